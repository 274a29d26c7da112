"""Models put on the Hugging Face hub."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themata.verbs.result import Result

if TYPE_CHECKING:
    from themata.store.model_folder import Saved


class Sharing(Result):
    """A fitted model for others."""

    _saved_params: Callable[[], dict[str, Any]]

    def push_to_hub(
        self,
        repo_id: str,
        *,
        commit_message: str = "Add a topic model",
        token: str | bool | None = None,
        revision: str | None = None,
        private: bool = False,
        create_pr: bool = False,
        model_card: bool = True,
        texts: bool = False,
    ) -> str:
        """Put the model on the Hugging Face hub; returns its address there.

        repo_id : "owner/name"; the repository is made if it is not there
        token : of an account that may write there; None: the one that `hf auth login` kept, or HF_TOKEN
        revision : a branch, made if it is not there; None: the main one
        private : make the repository a private one, if it is made
        create_pr : ask for the change instead of making it
        model_card : write a README.md with the table of topics and how to load them; one that a person wrote stays
        texts : share the texts and titles of the documents, too. They may be others' property or secrets, so without
            this they stay here: keywords, names, embeddings, counts of words and other columns go

        >>> model.push_to_hub("me/my-topics", private=True)  # doctest: +SKIP
        """
        from themata.pipeline import saving
        from themata.store import card, hub

        saved = self._saved()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "model"
            saving.save(folder, saved, overwrite=False, texts=texts)
            if model_card:
                told = card.card(
                    repo_id,
                    self.result_,
                    self.documents_,
                    saved.parameters,
                    languages=self._languages(),
                    texts=texts,
                )
                (folder / card.FILE).write_text(told, encoding="utf-8")
            return hub.push(
                folder,
                repo_id,
                commit_message=commit_message,
                token=token,
                revision=revision,
                private=private,
                create_pr=create_pr,
            )

    # Helpers of saving and sharing

    def _saved(self) -> Saved:
        from themata.pipeline import saving

        if not hasattr(self, "_state"):
            return saving.unfitted(self._saved_params())
        return saving.saved_of(
            self._fitted,
            {**self._saved_params(), **self._found_out()},
            self._recipe.vectorizer,
            self._recipe.embedder,
            getattr(self._space, "outliers", None),
        )

    def _found_out(self) -> dict[str, Any]:
        """What the parts found out about the documents, for those that come later."""
        return {
            "seeder": self._recipe.seeder,
            "fitted_resolution": getattr(self._recipe.grouper, "resolution_", None),
        }
