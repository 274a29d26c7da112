"""A program over themata's public names, as its author's type checker sees it: nothing here runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import assert_type

import numpy as np
import pandas as pd

import themata
from themata import (
    HDBSCAN,
    LLM,
    UMAP,
    Answer,
    Ask,
    ChatError,
    Contents,
    Documents,
    Embedder,
    Hierarchy,
    InputError,
    KeyBERT,
    Label,
    LabelReport,
    Moves,
    OpenAIChat,
    Prompt,
    ReduceThenCluster,
    Representer,
    Scores,
    Timeline,
    TopicModel,
    Topics,
    Weighting,
    docstrings,
)
from themata.evaluate import npmi, positions, unique_share
from themata.familiar import BERTopic
from themata.read import Corpus, Rejected, read
from themata.testing import check


class Lengths:
    def encode(self, texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.array([[1.0, len(text)] for text in texts], dtype=np.float32)


class Longest:
    def represent(
        self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None
    ) -> tuple[tuple[tuple[str, float], ...], ...]:
        return tuple(tuple(sorted(words, key=lambda word: -len(word[0]))) for words in topics.keywords)


class Loud:
    name = "loud"

    def complete(self, prompts: Sequence[Prompt], on_answer: object = None) -> list[Answer | ChatError]:
        return [Answer(prompt.messages[-1][1].upper()) for prompt in prompts]


def parts() -> TopicModel:
    embedder: Embedder = Lengths()
    longest: Representer = Longest()
    check("embedder", embedder)
    road = ReduceThenCluster(UMAP(n_components=5), HDBSCAN(min_cluster_size=20))
    return TopicModel(
        embedder=embedder,
        grouper=road,
        weighting=Weighting(bm25=True),
        aspects={"Longest": longest, "KeyBERT": KeyBERT(), "Tone": Ask(Loud(), "summary")},
        labeler=LLM(OpenAIChat("model", base_url="http://localhost:8000/v1"), price=(0.1, 0.2)),
        n_topics=12,
        language="en",
    )


def everyday(folder: Path) -> None:
    corpus = read(folder / "reviews.csv", text="review")
    assert_type(corpus, Corpus)
    assert_type(corpus.rejected, tuple[Rejected, ...])
    texts = [record["text"] for record in docstrings(100)]
    model = TopicModel(random_state=1).fit(texts, columns={"class": texts}, times=range(len(texts)))
    assert_type(model, TopicModel)
    assert_type(model.topics_, list[int])
    assert_type(model.get_topic_info(), pd.DataFrame)
    assert_type(model.predict(texts), list[int])
    topics, _strength = model.transform(texts)
    assert_type(topics, list[int])
    assert_type(model.result_, Topics)
    assert_type(model.result_.names, tuple[str, ...])
    assert_type(model.documents_, Documents)
    assert_type(model.report(folder / "report.html"), Path)
    model.report().save(folder / "page.html")
    assert_type(TopicModel.load(folder), TopicModel)
    model.save(folder, overwrite=True, texts=False)


def edits_and_questions(model: TopicModel) -> None:
    assert_type(model.merge([1, 2]).relabel({0: "Billing", 1: Label("Delivery")}).undo(), TopicModel)
    assert_type(model.history, list[str])
    assert_type(model.contents(), Contents)
    assert_type(model.hierarchy(), Hierarchy)
    assert_type(model.over_time(bins="month"), Timeline)
    assert_type(model.over_time(bins="month").to_frame(), pd.DataFrame)
    assert_type(model.reduce_outliers("c-tf-idf"), Moves)
    assert_type(model.evaluate(), Scores)
    assert_type(model.evaluate()["npmi"], float)
    assert_type(model.label_cost(), LabelReport)
    assert_type(model.label_prompts(), dict[int, Prompt])
    assert_type(unique_share([["a"]]), float)
    npmi([["a", "b"]], positions([["a", "b"]], ["a", "b"]).windows(10))
    try:
        model.split(0, into=2)
    except InputError as error:
        print(error, themata.__version__)


def familiar(docs: list[str]) -> None:
    topic_model = BERTopic(nr_topics="auto", min_topic_size=10, calculate_probabilities=True)
    topics, _probs = topic_model.fit_transform(docs)
    assert_type(topics, list[int])
    assert_type(topic_model.get_topic_info(), pd.DataFrame)
    topic_model.update_topics(docs, top_n_words=5)
