"""Names asked for again, and what asking would send and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from themata.core.errors import InputError
from themata.core.protocols import Prompt
from themata.core.registry import make
from themata.core.topics import Topics
from themata.fitted.edits import Edit, replaced
from themata.fitted.fitted_model import FittedModel
from themata.naming.llm.fallback import rather
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.usage import LabelReport
from themata.pipeline import validation
from themata.pipeline.describe import describe, keywords_by, label
from themata.pipeline.recipe import representer_of


def label_topics(model: FittedModel, labeler: Any, aspects: Mapping[str, Any] | None) -> Edit:
    part = model.recipe.labeler if labeler is None else make("labeler", labeler)
    made = {name: representer_of(representer) for name, representer in (aspects or {}).items()}
    validation.ready(part, *made.values())
    bare, how, docs = without_machine_labels(model.topics), model.description, model.documents
    if made:
        docs = model.known_documents
        how = replace(how, aspects={**how.aspects, **made})
        bare = bare.having(aspects={name: rows for name, rows in bare.aspects.items() if name not in made})
        bare = describe(bare, docs, how)
    topics = rather(label(bare, docs, part, how, embedder=model.space), model.topics)
    if not made:
        return replaced(model, "label again", topics)
    return Edit(
        f"label again, with {', '.join(made)}",
        model.having(topics=topics, recipe=replace(model.recipe, description=how)),
        parameters={"aspects": how.aspects},
    )


def label_cost(model: FittedModel, labeler: Any) -> LabelReport:
    return _language_model(model, labeler).dry_run(
        without_machine_labels(model.topics), model.documents, keywords=keywords_by(model.description)
    )


def label_prompts(model: FittedModel, labeler: Any, layer: int | None) -> dict[int, Prompt]:
    topics, bare = model.topics, without_machine_labels(model.topics)
    if layer is not None:
        finer = (
            known if place < layer else bare.layer_labels[place]
            for place, known in enumerate(topics.layer_labels)
        )
        bare = bare.having(labels=topics.labels, layer_labels=tuple(finer))
    keywords = keywords_by(model.description)
    return _language_model(model, labeler).prompts(bare, model.documents, layer=layer, keywords=keywords)


def _language_model(model: FittedModel, labeler: Any) -> LLM:
    part = model.recipe.labeler if labeler is None else make("labeler", labeler)
    if not isinstance(part, LLM):
        raise InputError(f"{type(part).__name__} asks no language model: give labeler=LLM(...)")
    part.lend(model.space)
    return part


def without_machine_labels(topics: Topics) -> Topics:
    """The topics with only the names that a person gave: those without a label are the ones to ask about."""
    return topics.having(
        labels=tuple(old if old and old.by_person else None for old in topics.labels),
        layer_labels=tuple(
            {group: old for group, old in labels.items() if old.by_person} for labels in topics.layer_labels
        ),
    )
