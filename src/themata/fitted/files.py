"""A fitted model as what a folder holds, and back; and such a folder put on the Hugging Face hub."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from themata.core.protocols import ResolutionGrouper
from themata.fitted.fitted_model import FittedModel
from themata.pipeline import saving
from themata.pipeline.lazy_embedder import LazyEmbedder
from themata.pipeline.recipe import Recipe, recipe_of
from themata.pipeline.saving import Loaded
from themata.store import card, hub, model_folder
from themata.store.model_folder import Saved


def saved_model(model: FittedModel | None, parameters: Mapping[str, Any]) -> Saved:
    """What a folder holds of a model; of one that is not fitted, its parameters."""
    if model is None:
        return saving.unfitted(parameters)
    grouper = model.recipe.grouper
    learned = {
        "seeder": model.recipe.seeder,
        "embeds": model.recipe.embeds,
        "fitted_resolution": grouper.resolution_ if isinstance(grouper, ResolutionGrouper) else None,
    }
    return saving.saved_of(
        model.tables,
        {**parameters, **learned},
        model.recipe.vectorizer,
        model.recipe.embedder.part if model.recipe.has_embedder else None,
        model.space.outliers,
    )


def restored_recipe(
    loaded: Loaded, parameters: Mapping[str, Any], vectorizer: Any, *, same_embedder: bool
) -> Recipe:
    """The parts of a loaded model.

    parameters : what the recipe is made of, by TopicModel's names
    vectorizer : that the caller handed over; None: the folder's
    same_embedder : the embedder is the folder's
    """
    counter = saving.knowing(vectorizer, loaded.fitted) if vectorizer else loaded.vectorizer
    recipe = recipe_of({**parameters, "vectorizer": counter}, embeds=False)
    if same_embedder and loaded.embedder is not None:
        recipe = replace(
            recipe, embedder=LazyEmbedder(loaded.embedder), embeds=loaded.parameters.get("embeds", True)
        )
    resolution = loaded.parameters.get("fitted_resolution")
    if resolution is not None and isinstance(recipe.grouper, ResolutionGrouper):
        recipe.grouper.resolution_ = resolution
    return recipe


def push_folder(
    saved: Saved,
    repo_id: str,
    *,
    languages: Sequence[str],
    texts: bool,
    model_card: bool,
    **options: Any,
) -> str:
    """Put a model on the hub; returns its address there.

    options : as store.hub.push takes them
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        model_folder.save(folder, saved, overwrite=False, texts=texts)
        if model_card:
            text = card.card(
                repo_id, saved.topics, saved.documents, saved.parameters, languages=languages, texts=texts
            )
            (folder / card.FILE).write_text(text, encoding="utf-8")
        return hub.push(folder, repo_id, **options)
