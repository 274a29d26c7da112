"""What work deep inside a step tells of how far it is."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest

from corpora import sample
from themata import TopicModel
from themata.core.documents import Documents
from themata.core.graph import exact_neighbors, unit_rows
from themata.core.progress_reports import report_share, reporting_to, share
from themata.pipeline.progress import Lines
from themata.pipeline.step_cache import Steps


def test_a_share_of_a_share_is_a_share_of_the_whole() -> None:
    said: list[float] = []
    with reporting_to(said.append), share(0.5, 1.0), share(0.0, 0.5):
        report_share(0.5)
    assert said == [0.625, 0.75, 1.0]
    report_share(0.3)
    assert said == [0.625, 0.75, 1.0], "nobody hears what is told outside"


def test_a_search_for_neighbors_tells_how_many_rows_are_done() -> None:
    points = unit_rows(np.random.default_rng(0).standard_normal((1_500, 8)).astype(np.float32))
    said: list[float] = []
    with reporting_to(said.append):
        exact_neighbors(points, 3)
    assert said == sorted(said) and said[-1] == 1.0 and len(said) == 3


def test_a_step_that_tells_a_share_shows_it_with_the_time_left() -> None:
    lines = Lines(io.StringIO())
    with Steps(listener=lines).timed("relate"):
        report_share(0.25)
        assert re.fullmatch(r"relating documents: 25%, about \d.* s left", str(lines._running[-1]))


@pytest.mark.parametrize("step", ["count", "relate", "group", "label", "layout"])
def test_every_long_step_of_a_fit_tells_how_far_it_is(step: str) -> None:
    told: dict[str, list[float]] = {}

    class Hears:
        def started(self, step: str) -> None: ...
        def progress(self, step: str):  # type: ignore[no-untyped-def]
            return lambda done, total: told.setdefault(step, []).append(done / total)

        def finished(self, step: str, seconds: float, *, reused: bool) -> None: ...
        def failed(self, step: str) -> None: ...

    given = sample(300)
    docs = Documents(given.texts, embeddings=given.embeddings)
    TopicModel().fit_documents(docs, Steps(listener=Hears()), lay_out=True)
    assert len(told[step]) > (step != "count"), "words are counted in blocks of 4,096 documents"
    assert told[step] == sorted(told[step])
    assert told[step][0] >= 0 and told[step][-1] <= 1
