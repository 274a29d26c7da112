"""The parts that make a topic model, and how the parameters of a TopicModel say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from themata.core import errors, powers
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.parameter_checks import word_range
from themata.core.plain_text import SPOKEN_OF, kinds
from themata.core.protocols import (
    Embedder,
    Grouper,
    Labeler,
    Layout,
    Learner,
    Relater,
    Seeder,
    Vectorizer,
    Weigher,
    WordSeeder,
)
from themata.core.registry import checked_name, make
from themata.core.weighting import BY_CONTRAST, Weighting
from themata.pipeline import validation
from themata.pipeline.describe import Description, Showable
from themata.pipeline.embedding_space import Space
from themata.pipeline.lazy_embedder import LazyEmbedder


@dataclass(frozen=True)
class Recipe:
    """The parts that make a topic model; None leaves a step out.

    embedder : made when a text must be embedded; of embeddings that were given, perhaps never
    embeds : it made the embeddings of the documents, so that need not be checked before it embeds others
    seeder : says what is known of the topics beforehand
    ignore : kinds of what is no language in the texts, which are not embedded
    """

    embedder: LazyEmbedder
    vectorizer: Vectorizer
    relater: Relater
    grouper: Grouper
    description: Description
    labeler: Labeler | None
    layout: Layout | None
    embeds: bool = True
    seeder: Seeder | None = None
    ignore: tuple[str, ...] = ()

    @property
    def has_embedder(self) -> bool:
        """Whether the embedder is there: it embedded the documents, or was handed over beside their embeddings."""
        return self.embeds or not self.embedder.is_named

    def space(self, docs: Documents) -> Space:
        """Where documents lie, and new texts get to."""
        return Space(docs, self.vectorizer, self.embedder, made_here=self.embeds, ignore=self.ignore)


def recipe_of(given: Mapping[str, Any], *, embeds: bool) -> Recipe:
    """The parts that parameters ask for, made where they are named, all but the embedder.

    given : the parameters of TopicModel by name
    embeds : the documents' embeddings are the embedder's work
    """
    given = validation.checked_parameters(given)
    if isinstance(given["embedder"], str) and given["embedder"] != "auto":
        checked_name("embedder", given["embedder"])
    vectorizer = vectorizer_of(given)
    embedder = LazyEmbedder(given["embedder"])
    describes = not embedder.is_named and (embeds or not _is_untaught(embedder.part))
    seed = given["random_state"]
    seeder = make("seeder", given.get("seeder"))
    description = Description(
        weighting=weighting_of(given["weighting"], seeder),
        aspects={
            name: representer_of(part) for name, part in (given["aspects"] or {}).items() if part is not None
        },
        top_n_words=given["top_n_words"],
        showable=Showable(vectorizer),
        spoken_of=SPOKEN_OF if "handles" in kinds(powers.ignored(vectorizer)) else 0.0,
        embedder=embedder.part if describes else None,
    )
    return Recipe(
        embedder=embedder,
        embeds=embeds,
        vectorizer=vectorizer,
        relater=_seeded("relater", given["relater"], seed),
        grouper=grouper_of(given),
        description=description,
        labeler=labeler_of(given),
        layout=None if given["layout"] is None else _seeded("layout", given["layout"], seed),
        seeder=seeder,
        ignore=kinds(given["ignore"]),
    )


def _is_untaught(embedder: Any) -> bool:
    """Whether an embedder that learns from the corpus has seen none."""
    if not (isinstance(embedder, Learner) and isinstance(embedder, Embedder)):
        return False
    try:
        embedder.encode(["word"])
    except errors.NotFittedError:
        return True
    return False


def weighting_of(part: Weighting | None, seeder: Any) -> Weighting:
    """Counts to weights, seed words heavier: by their own multiplier where the weighting has seed words, too."""
    weighting = BY_CONTRAST if part is None else part
    if not isinstance(weighting, Weigher) or isinstance(weighting, type):
        raise InputError(
            f"weighting is a Weighting(...), or has weigh(counts, background, vocabulary): got {part!r:.60}"
        )
    if not isinstance(seeder, WordSeeder) or not isinstance(weighting, Weighting):
        return weighting
    factor = weighting.seed_multiplier if weighting.seed_words else seeder.multiplier
    words = tuple(dict.fromkeys((*weighting.seed_words, *seeder.words)))
    return replace(weighting, seed_words=words, seed_multiplier=factor)


def vectorizer_of(given: Mapping[str, Any]) -> Any:
    """The vectorizer asked for; ours counts words of the language given."""
    part = given["vectorizer"]
    ours = part is None or (isinstance(part, str) and part == "words")
    made = (
        make(
            "vectorizer",
            "words",
            language=given["language"],
            ignore=given["ignore"],
            more_stop_words=given["more_stop_words"],
        )
        if ours
        else make("vectorizer", part)
    )
    if powers.ngram_range(made) is not None:
        word_range("ngram_range", made.ngram_range)
    return made


def grouper_of(given: Mapping[str, Any]) -> Any:
    """The grouper asked for; one that is only named follows the number and size of topics wanted."""
    if given["grouper"] is None or given["grouper"] == "communities":
        names = ("n_topics", "min_topic_size", "max_outliers", "random_state")
        return make("grouper", "communities", **{name: given[name] for name in names})
    return make("grouper", given["grouper"])


def labeler_of(given: Mapping[str, Any]) -> Any:
    """The labeler asked for, None for none."""
    if given["labeler"] == "phrases":
        return make(
            "labeler",
            "phrases",
            language=given["language"],
            random_state=given["random_state"],
            ignore=given["ignore"],
            more_stop_words=given["more_stop_words"],
        )
    return None if given["labeler"] is None else make("labeler", given["labeler"])


def representer_of(part: Any) -> Any:
    """A representer by name or as it is; a list of them is a chain."""
    if isinstance(part, list | tuple):
        from themata.represent.chain import Chain

        return Chain(*(make("representer", link) for link in part))
    return make("representer", part)


def _seeded(kind: str, part: Any, seed: int) -> Any:
    return make(kind, part, random_state=seed) if isinstance(part, str) else make(kind, part)
