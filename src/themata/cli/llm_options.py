"""Language models, as the commands name them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from themata.cli.console import say, warn
from themata.core.errors import UNSENT, InputError
from themata.core.registry import make
from themata.core.topics import Aspect
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.prompt_templates import OURS
from themata.naming.llm.questions import Ask
from themata.naming.llm.usage import LabelReport, failures, reasons
from themata.pipeline.step_cache import Silent, Steps

_TELL_FAILURES = "themata.chat.retries", "themata.naming.llm.questions", "themata.naming.llm.llm_labeler"

# Options that several commands share
_PANEL = "The language model"
Model = Annotated[
    str | None,
    typer.Option(
        "--llm",
        help="A model's name or folder, openai:MODEL, litellm:MODEL, llamacpp:FILE.gguf, vllm:MODEL.",
        rich_help_panel=_PANEL,
    ),
]
Quantize = Annotated[str | None, typer.Option(help="nf4 or int8, for a local model.", rich_help_panel=_PANEL)]
BaseUrl = Annotated[
    str | None, typer.Option(help="Address of an OpenAI-compatible server.", rich_help_panel=_PANEL)
]
OwnPrompt = Annotated[
    Path | None,
    typer.Option(
        help="File with a prompt of your own: [KEYWORDS], [DOCUMENTS], [SIBLINGS].", rich_help_panel=_PANEL
    ),
]
ParentPrompt = Annotated[
    Path | None,
    typer.Option(
        help="The same for groups of topics: [CHILDREN] are the names in it.", rich_help_panel=_PANEL
    ),
]
System = Annotated[
    Path | None, typer.Option(help="File with a system prompt of your own.", rich_help_panel=_PANEL)
]
Examples = Annotated[
    Path | None,
    typer.Option(
        help="JSON file with a list of worked examples: {keywords, documents, name, summary}, or \\[question, answer].",
        rich_help_panel=_PANEL,
    ),
]
Aspects = Annotated[
    list[str] | None,
    typer.Option(
        "--aspect",
        help="NAME=PROMPT: ask more about every topic. summary, question, or a file; may be repeated.",
        rich_help_panel=_PANEL,
    ),
]
NrDocs = Annotated[int, typer.Option(min=0, help="Documents shown of each topic.", rich_help_panel=_PANEL)]
DocLength = Annotated[int, typer.Option(min=1, help="Tokens shown of each document.", rich_help_panel=_PANEL)]
Diversity = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        help="0 shows the best examples, towards 1 those least alike.",
        rich_help_panel=_PANEL,
    ),
]
Price = Annotated[
    str | None,
    typer.Option(help="PROMPT,ANSWER per million tokens, to reckon the cost.", rich_help_panel=_PANEL),
]


@dataclass(frozen=True)
class Asking:
    """What is asked of a language model, and how."""

    quantize: str | None = None
    base_url: str | None = None
    prompt: Path | None = None
    parent_prompt: Path | None = None
    system: Path | None = None
    examples: Path | None = None
    language: str | None = None
    nr_docs: int = 4
    doc_length: int = 200
    diversity: float | None = None
    price: str | None = None

    def shape(self) -> dict[str, Any]:
        return {
            "nr_docs": self.nr_docs,
            "doc_length": self.doc_length,
            "diversity": self.diversity,
            "language": self.language,
        }


def chat_of(
    name: str, *, quantize: str | None = None, base_url: str | None = None, listener: Any = None
) -> Any:
    """The chat of a name, such as openai:gpt-4o-mini or a model's folder; a local model is loaded now.

    A server is checked by what asks it, so that prompts are shown, and their cost reckoned, before there is a key.
    """
    options = {"quantize": quantize, "base_url": base_url}
    given = {key: value for key, value in options.items() if value is not None}
    _check(name, given)
    chat = make("chat", name, **given)
    if hasattr(chat, "load"):
        with Steps(listener=listener or Silent()).timed("chat"):
            chat.load()  # a model that cannot be loaded is said now, and not after hours of fitting
    return chat


def answers_of(run: Path) -> Path:
    """Where answers are kept: in the run folder, or beside a saved model, whose folder is written anew as a whole."""
    saved = (run / "model.json").exists()
    return run.with_name(f"{run.resolve().name}.answers.sqlite") if saved else run / "answers.sqlite"


def labeler_of(name: str, folder: Path, how: Asking, listener: Any = None) -> LLM:
    """A labeler that keeps its answers in a run folder, or beside a saved model."""
    for path in (how.prompt, how.parent_prompt, how.system):
        if path is not None and not path.is_file():
            raise InputError(f"no prompt at {path}")
    price = None if how.price is None else _price(how.price)
    chat = chat_of(name, quantize=how.quantize, base_url=how.base_url, listener=listener)
    return LLM(
        chat,
        prompt=how.prompt,
        parent_prompt=how.parent_prompt,
        system=how.system,
        examples=how.examples,
        cache=answers_of(folder),
        price=price,
        **how.shape(),
    )


def asks_of(given: Sequence[str], labeler: LLM, how: Asking) -> dict[str, Ask]:
    """The aspects asked for as NAME=PROMPT, by the chat and the cache of a labeler."""
    found = {}
    for one in given:
        name, _, prompt = (part.strip() for part in one.partition("="))
        path = Path(prompt)
        if not name or not prompt or (prompt not in OURS and not path.is_file()):
            raise InputError(
                f"--aspect is NAME=PROMPT, where PROMPT is {', '.join(OURS)} or a file, got {one!r}"
            )
        question = prompt if prompt in OURS else path
        found[name] = Ask(labeler.chat, question, cache=labeler.cache, system=how.system, **how.shape())
    return found


@contextmanager
def told_here() -> Iterator[None]:
    """Failures are told once, by the command, and not by the log as well."""
    loggers = [logging.getLogger(name) for name in _TELL_FAILURES]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def tell_report(labeler: Any, asks: Mapping[str, Any]) -> None:
    """What naming and asking took, where a language model did it, and what failed.

    asks : aspects, of which those by a language model are looked at
    """
    lacking = [
        f"{name}: some answers did not come: {one.error_}"
        for name, one in asks.items()
        if isinstance(one, Ask) and one.error_
    ]
    if isinstance(labeler, LLM):
        say(str(labeler.report_))
        lacking = [
            *(f"not named by {labeler.chat.name}: {told}" for told in failures(labeler.report_.failed)),
            *lacking,
        ]
    for told in lacking:
        warn(told)
    if lacking:
        say("the same command asks again for what is lacking, and pays for nothing twice")


def why_nothing_came(labeler: LLM | None, asks: Mapping[str, Ask], answers: Iterable[Aspect]) -> str:
    """The model's own words where no answer at all came to names and other questions, and "" where some did."""
    report = LabelReport(0) if labeler is None else labeler.report_
    if report.answered or any(rows for aspect in answers for rows in aspect):
        return ""
    words = [*reasons(report.failed), *(str(ask.error_) for ask in asks.values() if ask.error_)]
    return words[0].removeprefix(UNSENT) if words else ""


def _price(given: str) -> tuple[float, float]:
    try:
        asked, said = (float(part) for part in given.split(","))
    except ValueError as error:
        raise InputError(
            f"--price is PROMPT,ANSWER per million tokens, such as 0.15,0.60, got {given!r}"
        ) from error
    return asked, said


def _check(name: str, given: Mapping[str, str]) -> None:
    """quantize is for local models, base_url for servers; the wrong one is an error rather than ignored."""
    kind = name.partition(":")[0]
    if "base_url" in given and kind != "openai":
        raise InputError(f"--base-url goes with openai:MODEL, not with {name}")
    if "quantize" in given and kind in ("openai", "litellm", "echo"):
        raise InputError(f"--quantize goes with a local model, not with {name}")
