"""Where the documents lie on a plane, and the report that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from themata.core.arrays import Float2d
from themata.core.errors import InputError
from themata.fitted.fitted_model import FittedModel, graph_of, with_graph
from themata.fitted.vectorizer_facts import only_language, vectorizer_languages
from themata.pipeline import validation

if TYPE_CHECKING:
    from themata.report.page import Page


def with_coords(model: FittedModel) -> FittedModel:
    """The model whose documents have places on the plane, made now where they are missing."""
    docs = model.known_documents
    if docs.coords is not None:
        return model
    layout = model.recipe.layout
    if layout is None:
        raise InputError(
            "this model lays no documents out (layout=None): give reduced_embeddings=, or another layout"
        )
    model = with_graph(model)
    coords: Float2d = layout.lay_out(docs, graph_of(model), model.topics)
    return model.having(documents=docs.having(coords=validation.coords(layout, coords, docs)))


def page(model: FittedModel, title: str, columns: Sequence[str] | None = None) -> Page:
    from themata.report.page import Page, report

    language = only_language(vectorizer_languages(model.recipe.vectorizer))
    return Page(report(model.documents, model.topics, title=title, language=language, columns=columns))
