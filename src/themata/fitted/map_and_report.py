"""Where the documents lie on a plane, and the report that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from themata.core.arrays import Float2d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.images import IMAGE
from themata.core.passages import DOCUMENT, whole_rows
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


def page(
    model: FittedModel,
    title: str,
    columns: Any = None,
    color: str | None = None,
    marks: str | None = None,
    pictures: Sequence[Any] | None = None,
) -> Page:
    """The report. columns, color, marks, pictures : as `report` takes them; passages have the values of their document"""
    from themata.report.page import Page, report

    docs = model.documents
    language = only_language(vectorizer_languages(model.recipe.vectorizer))
    if pictures is not None:
        (pictures,) = _of_points(docs, {IMAGE: pictures}).values()
        docs = docs.having(columns={**docs.columns, IMAGE: pictures})
    if columns is not None and not isinstance(columns, Sequence):
        columns = _of_points(docs, columns)
    text = report(
        docs, model.topics, title=title, language=language, columns=columns, color=color, marks=marks
    )
    return Page(text)


def _of_points(docs: Documents, columns: Any) -> dict[str, list[Any]]:
    """The values of documents by name, for each of their passages where they were split."""
    given = {str(name): list(values) for name, values in columns.items()}
    if DOCUMENT not in docs.columns:
        return given
    whole = whole_rows(docs).tolist()
    n_whole = max(whole, default=-1) + 1
    return {
        name: [values[row] for row in whole] if len(values) == n_whole else values
        for name, values in given.items()
    }
