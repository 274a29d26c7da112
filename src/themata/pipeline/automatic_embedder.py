"""What embedder="auto" comes to on a corpus: its model reads all documents, or, where that takes long, a sample of them."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from typing import Any

from themata.core import powers
from themata.core.protocols import PreloadingEmbedder
from themata.embed.readable_texts import encodable
from themata.embed.student import Student, is_small
from themata.pipeline.embedding import Work, learn
from themata.pipeline.progress import span

log = logging.getLogger(__name__)

PATIENCE = 180.0  # seconds up to which the model reads everything
N_TIMED = 64
# Cosine of estimates on documents held out, from which topics lose little (docs/fast-embedding.md)
TRUE_ENOUGH = 0.84
# Mean characters from which estimates are thought of: of 20,000 titles they lose 0.1 of AMI at a cosine of 0.82, of abstracts
# 0.01 at the same one
SHORTEST = 160


def chosen(texts: Sequence[str], model: Any, work: Work) -> Any:
    """The model itself, or a Student of it that has learned from these texts.

    The time is reckoned once for a run that is kept, so that one that goes on after a kill goes on as it began.
    """
    unique = list(dict.fromkeys(texts))
    if is_small(unique):
        return model
    seconds = _reckoned(unique, model, work)
    if seconds <= PATIENCE:
        log.info("embedding takes about %s here", span(seconds))
        return model
    if sum(map(len, unique)) < SHORTEST * len(unique):
        log.warning(
            "embedding %s documents takes about %s here; embedder='fast' estimates most of them in a sixth of that, at some "
            "loss for texts as short as these",
            f"{len(unique):,}",
            span(seconds),
        )
        return model
    log.warning(
        "embedding %s documents would take about %s here: the model reads a sample and the rest is estimated "
        "(embedder='minilm' reads all)",
        f"{len(unique):,}",
        span(seconds),
    )
    student = Student(model)
    learn(texts, student, work)
    fidelity = student.fidelity_
    if fidelity is None or fidelity.cosine >= TRUE_ENOUGH:
        return student
    log.warning(
        "estimates would be too far from the model's own embeddings (a cosine of %.2f): it reads all documents",
        fidelity.cosine,
    )
    return model


def _reckoned(texts: Sequence[str], model: Any, work: Work) -> float:
    """Seconds that embedding takes here, from a few texts of all lengths."""
    path = None if work.keep is None else work.keep / "reckoned.json"
    corpus = [powers.name(model), len(texts), sum(map(len, texts))]
    if path is not None and path.exists():
        *of, known = json.loads(path.read_text(encoding="utf-8"))
        if of == corpus:
            return float(known)
    if isinstance(model, PreloadingEmbedder):
        if work.loading is None:
            model.preload()
        else:
            with work.loading():
                model.preload()
    by_length = sorted(texts, key=len)
    some = encodable(by_length[len(texts) // (2 * N_TIMED) :: len(texts) // N_TIMED][:N_TIMED])
    model.encode(some[:4])  # the first call prepares what later ones use
    start = time.perf_counter()
    model.encode(some)
    seconds = (time.perf_counter() - start) / len(some) * len(texts)
    if path is not None:
        path.write_text(json.dumps([*corpus, seconds]), encoding="utf-8")
    return seconds
