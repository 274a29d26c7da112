"""How the documents of a run were read, so that later ones are read alike: reading.json, in the run and beside its model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Int1d
from themata.read import Corpus
from themata.store.result_files import in_place

NAME = "reading.json"


@dataclass(frozen=True)
class Reading:
    """How documents were read.

    columns : by role
    markup : as `read` takes it
    dropped : passages that were left out, as `Corpus.dropped` has them: numbers, from which no text can be read
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    markup: str = "auto"
    dropped: Int1d | None = None

    @classmethod
    def of(cls, corpus: Corpus, markup: str | None) -> Reading:
        return cls(dict(corpus.columns), markup or "auto", corpus.dropped)

    @classmethod
    def in_folder(cls, folder: Path) -> Reading:
        """Of a run or a saved model; of one that does not tell, everything is found out."""
        if (folder / NAME).exists():
            facts: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
            dropped = facts.get("dropped")
            columns, markup = facts.get("columns", {}), facts.get("markup", "auto")
            return cls(columns, markup, None if dropped is None else np.array(dropped, dtype=np.uint64))
        if not (folder / "run.json").exists():
            return cls()
        # Of a run before there was the other
        facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return cls(facts.get("columns", {}), facts.get("options", {}).get("markup", "auto"))

    def write(self, folder: Path) -> None:
        facts = {
            "columns": dict(self.columns),
            "markup": self.markup,
            "dropped": None if self.dropped is None else self.dropped.tolist(),
        }
        with in_place(folder / NAME) as path:
            path.write_text(json.dumps(facts, ensure_ascii=False) + "\n", encoding="utf-8")

    def as_options(self) -> dict[str, Any]:
        """As `read` and `batches` take it."""
        return {"like": self.columns, "markup": self.markup, "without": self.dropped}
