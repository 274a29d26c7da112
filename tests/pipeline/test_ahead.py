"""What is found ahead of the words changes nothing, whether it is found, fails or is never begun."""

from __future__ import annotations

import logging
import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from corpora import Sample, sample
from themata import TopicModel
from themata.core.graph import in_blocks
from themata.group import granularity
from themata.group.communities import Communities
from themata.layout.multilevel import Multilevel
from themata.pipeline import prefetch
from themata.relate import neighbors, two_views
from themata.relate.two_views import TwoViews
from themata.words.vectorizer import Words


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> Sample:
    """Few documents that are treated as many, some of them copies."""
    monkeypatch.setattr(two_views, "EXACT_UP_TO", 200)
    monkeypatch.setattr(neighbors, "EXACT_UP_TO", 200)
    monkeypatch.setattr(granularity, "SAMPLE", 150)
    made = sample(n_docs=400)
    made.embeddings[50:60] = made.embeddings[10:20]
    return made


def fitted(corpus: Sample, **parts: object) -> TopicModel:
    parts = {"labeler": None, "layout": None, "random_state": 3, **parts}
    return TopicModel(**parts).fit(corpus.texts, corpus.embeddings)


def told(model: TopicModel) -> list[object]:
    topics = model.result_
    return [
        topics.assignment.tolist(),
        topics.strength.tolist(),
        [x.tolist() for x in topics.layers],
        topics.keywords,
    ]


class Watched(TwoViews):
    """Remembers where it looked ahead, and what came of it."""

    def foresee(self, docs):
        self.thread_ = threading.current_thread()
        self.seen_ = super().foresee(docs)
        return self.seen_


class WatchedGroups(Communities):
    def foresee(self, docs, graph):
        self.seen_ = super().foresee(docs, graph)
        return self.seen_


def test_what_is_found_ahead_is_what_is_found_in_turn(corpus, monkeypatch):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 1)
    unasked = Watched(random_state=3)
    in_turn = fitted(corpus, relater=unasked)
    assert not hasattr(unasked, "seen_"), "one processor has none to spare"
    for n_workers in (2, 4):
        monkeypatch.setattr(prefetch, "n_workers", lambda n=n_workers: n)
        monkeypatch.setattr("themata.core.graph.n_workers", lambda n=n_workers: n)
        relater, grouper = Watched(random_state=3), WatchedGroups(random_state=3)
        assert told(fitted(corpus, relater=relater, grouper=grouper)) == told(in_turn)
        assert relater.thread_ is not threading.main_thread()
        assert relater.seen_ is not None and grouper.seen_ == grouper.resolution_


def test_it_is_found_in_processes_of_its_own_as_well(corpus, monkeypatch):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 1)
    in_turn = told(fitted(corpus))
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)
    monkeypatch.setattr(granularity, "n_workers", lambda: 2)
    monkeypatch.setattr(granularity, "APART_FROM", 0)
    assert told(fitted(corpus)) == in_turn


class FailsToSeeNeighbors(TwoViews):
    def foresee(self, docs):
        raise MemoryError("no room")


class FailsToSeeTopics(Communities):
    def foresee(self, docs, graph):
        raise BrokenPipeError("the other process is gone")


@pytest.mark.parametrize(
    "parts", [{"relater": FailsToSeeNeighbors(random_state=3)}, {"grouper": FailsToSeeTopics(random_state=3)}]
)
def test_a_look_that_fails_is_done_in_turn(corpus, monkeypatch, caplog, parts):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)
    whole = told(fitted(corpus))
    with caplog.at_level(logging.WARNING, logger="themata.pipeline.prefetch"):
        assert told(fitted(corpus, **parts)) == whole
    assert "done in turn" in caplog.text


def test_few_documents_are_not_looked_at_ahead(monkeypatch):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)
    relater, grouper = Watched(), WatchedGroups()
    fitted(sample(n_docs=120), relater=relater, grouper=grouper)
    assert relater.seen_ is None and not hasattr(grouper, "seen_")


@pytest.mark.parametrize("options", [{"n_topics": 3}, {"resolution": 2.0}])
def test_a_number_that_was_given_is_not_looked_for(corpus, monkeypatch, options):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)
    grouper = WatchedGroups(**options)
    fitted(corpus, grouper=grouper)
    assert grouper.seen_ is None


def test_an_own_relater_needs_to_know_nothing_of_it(corpus, monkeypatch):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)

    class Own(TwoViews):
        def relate(self, docs):
            return super().relate(docs)

    assert told(fitted(corpus, relater=Own(random_state=3))) == told(fitted(corpus))


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_is_left_behind_when_counting_is_stopped(corpus, monkeypatch, error):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)

    class Stopped(Words):
        def fit_transform(self, raw_documents, y=None, **_):
            raise error

    def limits() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    before = limits()
    with pytest.raises(error):
        fitted(corpus, vectorizer=Stopped())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
    assert limits() == before


def test_a_search_ahead_is_not_waited_for_when_counting_is_stopped(corpus, monkeypatch):
    monkeypatch.setattr(prefetch, "n_workers", lambda: 2)
    begun, steps = threading.Event(), []

    class Slow(TwoViews):
        """Minutes of small steps."""

        def foresee(self, docs):
            def search(rows):
                begun.set()
                time.sleep(0.01)
                steps.append(rows.start)
                return np.zeros((1, 1)), np.zeros((1, 1))

            in_blocks(search, 50_000, 1, 1)

    class Stopped(Words):
        def fit_transform(self, raw_documents, y=None, **_):
            assert begun.wait(10)
            raise KeyboardInterrupt

    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        fitted(corpus, relater=Slow(), vectorizer=Stopped())
    assert time.perf_counter() - start < 10
    assert 0 < len(steps) < 5_000
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


class WatchedMap(Multilevel):
    """Remembers the threads that it was asked in; in the first of them it may fail."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(random_state=3)
        self.fails = fails
        self.threads: list[str] = []

    def lay_out(self, docs, graph, topics):
        self.threads.append(threading.current_thread().name)
        if self.fails and len(self.threads) == 1:
            raise MemoryError("no room for a map")
        return super().lay_out(docs, graph, topics)


def test_a_map_made_beside_the_names_is_the_one_made_after_them(
    corpus: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("themata.pipeline.prefetch.n_workers", lambda: 2)
    maps = {}
    for many in (401, 400):
        monkeypatch.setattr("themata.pipeline.fit.MANY", many)
        layout = WatchedMap()
        model = TopicModel(layout=layout, random_state=3)
        maps[many] = model.fit(corpus.texts, corpus.embeddings, lay_out=True)
        assert [name.startswith("beside") for name in layout.threads] == [many == 400]
    after, beside = maps.values()
    assert np.array_equal(after.documents_.coords, beside.documents_.coords)
    assert after.result_.names == beside.result_.names


def test_a_map_that_fails_beside_the_names_is_made_after_them(
    corpus: Sample, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("themata.pipeline.prefetch.n_workers", lambda: 2)
    monkeypatch.setattr("themata.pipeline.fit.MANY", 400)
    layout = WatchedMap(fails=True)
    model = TopicModel(layout=layout, random_state=3).fit(corpus.texts, corpus.embeddings, lay_out=True)
    assert model.documents_.coords is not None and layout.threads[1] == "MainThread"
    assert "no room for a map" in caplog.text
