"""Language models, as the commands name them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape

from themata.cli.console import err
from themata.errors import InputError
from themata.parts.label.labeler import LLM
from themata.registry import make


def chat_of(name: str, *, quantize: str | None = None, base_url: str | None = None) -> Any:
    """The chat of a name, such as openai:gpt-4o-mini or a model's folder, loaded or checked as far as can be now."""
    options = {"quantize": quantize, "base_url": base_url}
    given = {key: value for key, value in options.items() if value is not None}
    _check(name, given)
    chat = make("chat", name, **given)
    if hasattr(chat, "load"):
        chat.load()  # a model that cannot be loaded is said now, and not after hours of fitting
    return chat


def labeler_of(
    name: str,
    folder: Path,
    *,
    quantize: str | None = None,
    base_url: str | None = None,
    prompt: Path | None = None,
    language: str | None = None,
) -> LLM:
    """A labeler that keeps its answers in a run folder."""
    if prompt is not None and not prompt.is_file():
        raise InputError(f"no prompt at {prompt}")
    chat = chat_of(name, quantize=quantize, base_url=base_url)
    return LLM(chat, prompt=prompt, language=language, cache=folder / "answers.sqlite")


def tell_report(labeler: Any) -> None:
    """What naming took, where a language model did it."""
    if isinstance(labeler, LLM):
        err.print(str(labeler.report_))
        for what, why in labeler.report_.failed.items():
            err.print(f"[yellow]{escape(what)} is named by its own phrases:[/] {escape(why)}")


def _check(name: str, given: Mapping[str, str]) -> None:
    """quantize is for local models, base_url for servers; the wrong one is an error rather than ignored."""
    kind = name.partition(":")[0]
    if "base_url" in given and kind != "openai":
        raise InputError(f"--base-url goes with openai:MODEL, not with {name}")
    if "quantize" in given and kind in ("openai", "litellm", "echo"):
        raise InputError(f"--quantize goes with a local model, not with {name}")
