"""The embedder of a recipe: made when it is needed, and trusted only with what it made."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path

import numpy as np
import pytest

from corpora import Sample
from themata import LLM, Lexical, TopicModel
from themata.chat.echo import Echo
from themata.core.errors import InputError, UnknownPartError
from themata.pipeline.lazy_embedder import LazyEmbedder

BY_WORDS = {"labeler": None, "layout": None, "random_state": 0}


def test_a_named_embedder_is_made_once_and_not_before_it_is_needed() -> None:
    lazy = LazyEmbedder("openai:unreachable")
    assert lazy.is_named and "part" not in vars(lazy)
    assert lazy.part is lazy.part
    assert LazyEmbedder(None).part is None
    with pytest.raises(UnknownPartError, match="lexical"):
        _ = LazyEmbedder("lexcal").part


def test_a_lazy_embedder_goes_where_its_model_goes(corpus: Sample) -> None:
    model = TopicModel(embedder="lexical", **BY_WORDS).fit(corpus.texts, corpus.embeddings)
    assert pickle.loads(pickle.dumps(model)).topics_ == model.topics_


def test_an_embedder_beside_others_embeddings_is_found_out_in_the_fit_and_after_loading(
    corpus: Sample, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = Lexical(corpus.embeddings.shape[1]).learn(corpus.texts)
    labeler = LLM(Echo())
    with caplog.at_level(logging.INFO, "themata"):
        model = TopicModel(embedder=embedder, **{**BY_WORDS, "labeler": labeler}).fit(
            corpus.texts, corpus.embeddings
        )
    assert "held against the words of their topics alone" in caplog.text and all(model.result_.labels)
    model.save(tmp_path / "m")
    for each in (model, TopicModel.load(tmp_path / "m")):
        with pytest.raises(InputError, match="were not made by its embedder"):
            each.transform(["rocket orbit moon"])


def test_an_embedder_beside_its_own_embeddings_is_used_after_loading(corpus: Sample, tmp_path: Path) -> None:
    embedder = Lexical(corpus.embeddings.shape[1]).learn(corpus.texts)
    model = TopicModel(embedder=embedder, **BY_WORDS).fit(corpus.texts, embedder.encode(corpus.texts))
    model.save(tmp_path / "m")
    loaded = TopicModel.load(tmp_path / "m")
    np.testing.assert_array_equal(loaded.transform(corpus.texts[:40])[0], model.topics_[:40])
