"""What a part can do besides what its kind promises, looked up here: each power is a protocol, and most have a default."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from copy import copy
from typing import Any, TypeVar

from themata.core import protocols
from themata.core.part_descriptions import describe

Part = TypeVar("Part")


def takes(method: Any, parameter: str) -> bool:
    """Whether a method of a part has an optional parameter, such as `y` of `group`."""
    return parameter in inspect.signature(method).parameters


def parameters(part: Any) -> dict[str, Any]:
    """The parameters of a part by name, as scikit-learn has them; none where it tells none."""
    return part.get_params(deep=False) if isinstance(part, protocols.ConfigurablePart) else {}


def reseeded(part: Part, seed: int) -> Part:
    """A copy of a part, and of the parts it is made of, with another random_state; the part itself stays as it is."""
    try:
        attributes = vars(part)
    except TypeError:  # a built-in value
        return part
    if isinstance(part, type):
        return part
    again = copy(part)
    for name, value in attributes.items():
        if name == "random_state":
            vars(again)[name] = seed
        elif not name.endswith("_") and isinstance(value, protocols.RandomizedPart):
            vars(again)[name] = reseeded(value, seed)
    return again


# Embedders


def chunk(embedder: Any) -> int | None:
    """Texts that an embedder embeds between two savings; None leaves it to us."""
    return embedder.chunk if isinstance(embedder, protocols.ChunkedEmbedder) else None


def dim(embedder: Any) -> int | None:
    """Dimensions of an embedder's embeddings, where it knows them before it embeds."""
    known = embedder.dim if isinstance(embedder, protocols.SizedEmbedder) else None
    # Of few documents, one that learns has fewer than it says
    return known if isinstance(known, int) and not isinstance(embedder, protocols.Learner) else None


def name(part: Any) -> str:
    """The name that a part's products are kept under."""
    return part.name if isinstance(part, protocols.NamedPart) else ""


# Vectorizers


def ngram_range(vectorizer: Any) -> tuple[int, int] | None:
    """Fewest and most words of a term; None where it is not told."""
    return vectorizer.ngram_range if isinstance(vectorizer, protocols.NGramVectorizer) else None


def ignored(vectorizer: Any) -> Any:
    """The kinds of what is no language that a vectorizer passes over."""
    return vectorizer.ignore if isinstance(vectorizer, protocols.IgnoringVectorizer) else None


def decay(vectorizer: Any) -> float:
    """Share of the counts so far that a batch takes away."""
    return (vectorizer.decay or 0.0) if isinstance(vectorizer, protocols.FadingVectorizer) else 0.0


def facts(vectorizer: Any) -> dict[str, Any]:
    """What a vectorizer has learned besides its vocabulary."""
    return vectorizer.learned() if isinstance(vectorizer, protocols.RelearningVectorizer) else {}


# Seeders


def needs_embedder(seeder: protocols.Seeder) -> bool:
    return seeder.needs_embedder if isinstance(seeder, protocols.EmbeddingSeeder) else True


def topic_names(seeder: Any) -> Sequence[str]:
    """The names of the topics that a seeder knows, whose rows are their ids."""
    return seeder.topics if isinstance(seeder, protocols.Placer) else ()


# Groupers


def needs_graph(grouper: Any) -> bool:
    """Whether a grouper finds its topics in the neighbor graph."""
    return grouper.needs_graph if isinstance(grouper, protocols.GraphGrouper) else True


def takes_classes(grouper: protocols.Grouper) -> bool:
    """Whether a grouper has its own use for known classes."""
    return takes(grouper.group, "y")


def n_topics(grouper: Any) -> int | None:
    """The number of topics that a grouper is asked for; None where it finds that."""
    return grouper.n_topics if isinstance(grouper, protocols.CountedGrouper) else None


def asked_for(grouper: Part, n_topics: int | None) -> Part:
    """A grouper that is asked for so many topics; None leaves it as it is."""
    if n_topics is None or not isinstance(grouper, protocols.CountedGrouper):
        return grouper
    other = copy(grouper)
    other.n_topics = n_topics
    return other


def min_topic_size(grouper: Any) -> int | None:
    """The smallest topic that a grouper makes; None where it is not known."""
    return grouper.min_topic_size if isinstance(grouper, protocols.SizedGrouper) else None


def same_resolution(grouper: Part) -> Part:
    """A grouper that looks at the resolution it found, where it found one, rather than for another."""
    if not isinstance(grouper, protocols.ResolutionGrouper):
        return grouper
    other = copy(grouper)
    other.resolution = grouper.resolution or grouper.resolution_
    return other


# Relaters, labelers and representers


def lexical_weight(relater: Any) -> float:
    """Weight of words beside meaning in a relater's graph."""
    return relater.lexical if isinstance(relater, protocols.LexicalRelater) else 0.6


def identity(chat: Any) -> Any:
    """What of a chat decides its answers, besides its name: what it says itself, or else what its constructor was given."""
    stated = chat.identity if isinstance(chat, protocols.IdentifiedChat) else None
    return describe(chat) if stated is None else stated


def price(chat: Any) -> tuple[float, float] | None:
    """(prompt, answer) per million tokens, of a chat that was told."""
    return chat.price if isinstance(chat, protocols.PricedChat) else None


def keeps_answers(labeler: Any) -> bool:
    return isinstance(labeler, protocols.AnswerKeepingLabeler) and labeler.keeps_answers


def is_paid(representer: Any) -> bool:
    """Whether each answer of a representer costs something."""
    return isinstance(representer, protocols.PaidRepresenter) and representer.asks


def candidates(labeler: Any, topics: Any, docs: Any, n: int) -> list[tuple[str, ...]]:
    """Up to n names that a labeler has in mind for each topic; none where it has only one to give."""
    if not isinstance(labeler, protocols.SuggestingLabeler):
        return [()] * topics.n_topics
    return [tuple(names) for names in labeler.candidates(topics, docs, n)]


def n_parameters(chat: Any) -> int | None:
    """Weights of a chat's model; None where that is not known."""
    return chat.n_parameters if isinstance(chat, protocols.SizedChat) else None
