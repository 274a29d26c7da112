"""Saved models on the Hugging Face hub: up and down, and nothing read that themata or BERTopic did not write."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from themata.core.errors import MissingExtraError, StoreError, first_line
from themata.store import bertopic_folder
from themata.store.card import FILE as CARD
from themata.store.card import MARK
from themata.store.model_folder import FILES

PREFIX = "hf:"


def push(
    folder: Path,
    repo_id: str,
    *,
    commit_message: str,
    token: str | bool | None = None,
    revision: str | None = None,
    private: bool = False,
    create_pr: bool = False,
) -> str:
    """Put a folder's files into a repository, made if it is not there; returns where they are to be seen.

    token : of an account that may write there; None: the one that `hf auth login` kept, or HF_TOKEN
    revision : a branch, made if it is not there; None: the main one
    create_pr : ask for the change instead of making it

    A card that a person wrote is not replaced; every other file of the same name is.
    """
    with _hub_errors(f"the model cannot be put on the hub as {repo_id}"):
        api = _api(token)
        # Someone else's repository is there already, and may only be asked to change
        if not create_pr:
            api.create_repo(repo_id, private=private, exist_ok=True)
            if revision is not None:
                api.create_branch(repo_id, branch=revision, exist_ok=True)
        kept = [CARD] if _is_a_persons(api, repo_id, revision) else []
        with warnings.catch_warnings():
            # documents.parquet is meant to be there
            warnings.filterwarnings("ignore", "It seems that you are about to commit a data file")
            done = api.upload_folder(
                repo_id=repo_id,
                folder_path=folder,
                commit_message=commit_message,
                revision=revision,
                create_pr=create_pr or None,
                ignore_patterns=kept or None,
            )
    return str(done.pr_url or done.commit_url)


def fetch(repo_id: str, *, token: str | bool | None = None, revision: str | None = None) -> Path:
    """The folder on this machine that holds a repository's model: downloaded, or kept from the last time.

    repo_id : "owner/name", or "owner/name@revision"
    """
    name, _, after = repo_id.partition("@")
    with _hub_errors(f"the model {name} cannot be had from the hub"):
        kept = [*FILES, *bertopic_folder.FILES]
        return Path(
            _api(token).snapshot_download(name, revision=revision or after or None, allow_patterns=kept)
        )


def _api(token: str | bool | None) -> Any:
    try:
        from huggingface_hub import HfApi
    except ImportError as error:
        raise MissingExtraError("sharing models on the Hugging Face hub", extra="hub") from error
    return HfApi(token=token, library_name="themata")


def _is_a_persons(api: Any, repo_id: str, revision: str | None) -> bool:
    """Whether the repository has a card that themata did not write."""
    if not api.file_exists(repo_id, CARD, revision=revision):
        return False
    there = Path(api.hf_hub_download(repo_id, CARD, revision=revision))
    return MARK not in there.read_text(encoding="utf-8", errors="replace")


@contextmanager
def _hub_errors(what: str) -> Iterator[None]:
    """Whatever goes wrong on the way is a StoreError that says what to do; it never holds a token."""
    try:
        yield
    except (StoreError, MissingExtraError):
        raise
    except Exception as error:
        if not _is_theirs(error):
            raise
        raise StoreError(f"{what}: {_advice(error)}") from error


def _is_theirs(error: Exception) -> bool:
    """Whether the hub's library, or the one it speaks HTTP with, raised it: they have many kinds, some of them ValueErrors."""
    return isinstance(error, OSError) or type(error).__module__.startswith(
        ("huggingface_hub", "httpx", "requests")
    )


def _advice(error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 401:
        return "the hub does not know you, or nothing is there: hf auth login, or give token=, and look at the name"
    if status == 403:
        return "this token may not do that: make one that may write, in the hub's settings"
    if status == 404:
        return "there is no such model or revision, or it is private and needs token="
    return first_line(error)
