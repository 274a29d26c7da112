"""The parameters of TopicModel that BERTopic's stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from themata.core.weighting import Weighting
from themata.familiar.constructor_checks import check_parameters
from themata.familiar.language_embedders import embedder_asked_for
from themata.familiar.part_mapping import ClassicRoad, aspects_of
from themata.familiar.vectorizers import fitted_to, transformer_of, weighting_for
from themata.fitted.fitted_model import FittedModel
from themata.model import TopicModel
from themata.pipeline.lazy_embedder import LazyEmbedder
from themata.seed.combined import Both
from themata.seed.seed_words import SeedWords
from themata.seed.zero_shot import ZeroShot

# Parameters by BERTopic's name and by ours
_CALLED = {
    "embedding_model": "embedder",
    "vectorizer_model": "vectorizer",
    "representation_model": "aspects",
    "top_n_words": "top_n_words",
}


class Parameters(TopicModel):
    """A TopicModel that takes BERTopic's parameters."""

    _assigns_to_new_topics = True
    _loaded_embedder: Any = None

    umap_model: Any
    hdbscan_model: Any
    vectorizer_model: Any
    representation_model: Any
    nr_topics: int | str | None
    seed_topic_list: Sequence[Sequence[str]] | None
    zeroshot_topic_list: Sequence[str] | None
    zeroshot_min_similarity: float

    @property
    def embedding_model(self) -> Any:
        """What embeds texts, as it was given. Of a fitted model it may be set to what embeds new texts."""
        return self._embedding_model

    @embedding_model.setter
    def embedding_model(self, value: Any) -> None:
        self._embedding_model = value
        self._loaded_embedder = None
        if self._current is not None:
            space = self._current.space.embedded_by(LazyEmbedder(self.embedder))
            self._current = self._current.having(space=space)

    @property
    def embedder(self) -> Any:
        return embedder_asked_for(self.embedding_model, self.language)

    @embedder.setter
    def embedder(self, value: Any) -> None:
        self.embedding_model = value

    @property
    def vectorizer(self) -> Any:
        return self.vectorizer_model

    @vectorizer.setter
    def vectorizer(self, value: Any) -> None:
        self.vectorizer_model = value

    @property
    def seeder(self) -> Any:
        named, hinted = self.zeroshot_topic_list, self.seed_topic_list
        names = ZeroShot(named, self.zeroshot_min_similarity) if named else None
        words = SeedWords(hinted) if hinted else None
        return Both(names, words) if names and words else names or words

    @property
    def ctfidf_model(self) -> Any:
        """What weighs the terms; of a fitted model, fitted to the topics of now."""
        return (
            fitted_to(self._ctfidf_model, self.result_) if self._current is not None else self._ctfidf_model
        )

    @ctfidf_model.setter
    def ctfidf_model(self, value: Any) -> None:
        self._ctfidf_model = value

    @property
    def weighting(self) -> Weighting:
        return weighting_for(self._ctfidf_model)

    @weighting.setter
    def weighting(self, value: Weighting) -> None:
        self.ctfidf_model = transformer_of(value)

    @property
    def aspects(self) -> dict[str, Any] | None:
        return aspects_of(self.representation_model, self)

    @aspects.setter
    def aspects(self, value: Mapping[str, Any] | None) -> None:
        self.representation_model = value

    def _set(self, fitted: FittedModel) -> Self:
        super()._set(fitted)
        self._described_by = self._describing()
        return self

    def _describing(self) -> dict[str, Any]:
        """The parameters that topics are described by."""
        return {
            "vectorizer_model": self.vectorizer_model,
            "ctfidf_model": self._ctfidf_model,
            "representation_model": self.representation_model,
            "top_n_words": self.top_n_words,
        }

    def _set_since(self) -> dict[str, Any]:
        """Those of them that were set by hand since the topics were described."""
        before, now = self._described_by, self._describing()
        return {name: part for name, part in now.items() if part is not None and part is not before.get(name)}

    def _recipe_params(self) -> dict[str, Any]:
        """The parameters of TopicModel that stand for these."""
        check_parameters(self.get_params())
        return {
            **TopicModel().get_params(),
            "embedder": self.embedder,
            "vectorizer": self.vectorizer,
            "seeder": self.seeder,
            "grouper": ClassicRoad(self.umap_model, self.hdbscan_model, self.nr_topics),
            "weighting": self.weighting,
            "aspects": self.aspects,
            "labeler": None,
            "layout": self.layout,
            "language": None,
            "top_n_words": self.top_n_words,
            "random_state": self.random_state,
        }

    def _saved_params(self) -> dict[str, Any]:
        """Of TopicModel, so that it can load what is saved here, and of BERTopic."""
        return {**self._recipe_params(), "familiar": self.get_params()}

    @classmethod
    def _loaded_params(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        weighting = saved.get("weighting")
        params = saved.get("familiar") or {
            **{theirs: saved.get(ours) for theirs, ours in _CALLED.items()},
            "ctfidf_model": None if weighting is None else transformer_of(weighting),
        }
        return {name: value for name, value in params.items() if value is not None}
