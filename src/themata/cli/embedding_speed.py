"""How many documents a second each way of embedding that is installed embeds here: `themata doctor --measure`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from themata.cli.docstrings import docstrings
from themata.core.errors import ThemataError
from themata.core.processor import bfloat16_units
from themata.core.progress_reports import report_share
from themata.core.protocols import Learner
from themata.embed import bert
from themata.embed.lexical import Lexical
from themata.embed.packaged_weights import packaged_minilm
from themata.embed.sentence_transformer import Sentence
from themata.embed.student import SHARE, Student

SECONDS = 4.0  # that each way is measured for
BATCH = 64  # texts between two looks at the clock


@dataclass(frozen=True)
class Speed:
    """One way, and how fast it is.

    docs_per_second : None where it failed
    failed : what went wrong, or ""
    """

    way: str
    docs_per_second: float | None
    failed: str = ""


def embedding_speeds(n_docs: int = 400) -> list[Speed]:
    """Every way of embedding that is installed, on the same docstrings of at most 256 tokens; those that learn learn from them.

    The time of "fast" is that of all it does: the model reads its share of these texts, and the rest is estimated.
    """
    texts = [record["text"] for record in docstrings(n_docs)]
    ways = list(_ways())
    rows = []
    for done, (way, embedder) in enumerate(ways):
        report_share(done / len(ways))
        rows.append(_measured(way, embedder, texts))
    return rows


def _ways() -> Iterator[tuple[str, Any]]:
    yield "lexical", Lexical()
    if packaged_minilm() is None:
        return
    yield "fast: minilm reads a part", Student("minilm")
    if bert.available():
        yield "minilm, float32 by NumPy", Sentence("minilm", backend="numpy")
    if find_spec("sentence_transformers") is None:
        return
    import torch

    for dtype in ("float32", "bfloat16") if any(bfloat16_units().values()) else ("float32",):
        yield f"minilm, {dtype} by torch", Sentence("minilm", dtype=dtype, device="cpu", backend="torch")
    if torch.cuda.is_available():
        yield "minilm, on the graphics card by torch", Sentence("minilm", device="cuda", backend="torch")


def _measured(way: str, embedder: Any, texts: list[str]) -> Speed:
    try:
        if isinstance(embedder, Student):
            return _measured_whole(way, embedder, texts)
        if isinstance(embedder, Learner):
            embedder.learn(texts)
        embedder.encode(texts[:8])  # loads the model
        n, start = 0, time.perf_counter()
        for first in range(0, len(texts), BATCH):
            n += len(embedder.encode(texts[first : first + BATCH]))
            if time.perf_counter() - start > SECONDS:
                break
    except (ThemataError, RuntimeError, OSError) as error:
        return Speed(way, None, str(error).partition("\n")[0])
    return Speed(way, round(n / (time.perf_counter() - start), 1))


def _measured_whole(way: str, student: Student, texts: list[str]) -> Speed:
    """With what the teacher reads of these texts, which are too few for a student to be worth it by itself."""
    student.teacher.encode(texts[:8])
    student = Student(student.teacher, n_sample=max(50, round(SHARE * len(texts))))
    start = time.perf_counter()
    student.learn(texts)
    student.encode(texts)
    return Speed(way, round(len(texts) / (time.perf_counter() - start), 1))
