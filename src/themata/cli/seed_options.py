"""What `themata fit` is told of topics beforehand: names, seed words, or classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from themata.cli.fit_options import FitOptions
from themata.core.documents import Documents
from themata.core.encodings import read_small_text
from themata.core.errors import InputError


def seeder_of(options: FitOptions) -> Any:
    """The seeder asked for, or None."""
    if options.supervised and (options.zero_shot is not None or options.seed_topics is not None):
        raise InputError("--supervised goes with neither --zero-shot nor --seed-topics: choose one")
    from themata.seed.combined import Both
    from themata.seed.seed_words import SeedWords
    from themata.seed.zero_shot import ZeroShot

    named = hinted = None
    if options.zero_shot is not None:
        named = ZeroShot(_lines(options.zero_shot, "--zero-shot"), options.min_similarity)
    if options.seed_topics is not None:
        lines = _lines(options.seed_topics, "--seed-topics")
        hinted = SeedWords([line.replace(",", " ").split() for line in lines])
    if named and hinted:
        return Both(named, hinted)
    return named or hinted or ("classes" if options.supervised else None)


def known_classes(docs: Documents, options: FitOptions) -> Sequence[Any] | None:
    """The column of classes, for a supervised fit."""
    if not options.supervised:
        return None
    classes = docs.columns.get("class")
    if classes is None:
        raise InputError("--supervised needs a column of classes: name it by --class")
    return [None if value is None or not str(value).strip() else str(value) for value in classes]


def _lines(path: Path, option: str) -> list[str]:
    """The lines of a file that say something; those that begin with # are notes."""
    lines = [line.strip() for line in read_small_text(path, option).splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    if not kept:
        raise InputError(f"{option} {path} has no topics: one is expected on each line")
    return kept
