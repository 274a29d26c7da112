"""Language models, as the commands name them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from themata.cli.console import say, warn
from themata.core.errors import UNSENT, InputError, failure_log
from themata.core.registry import make
from themata.core.topics import Aspect
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.prompt_templates import OURS
from themata.naming.llm.questions import Ask
from themata.naming.llm.usage import LabelReport, failures, reasons
from themata.pipeline.step_cache import Silent, Steps

_PANEL = "The language model"
_option = partial(typer.Option, rich_help_panel=_PANEL)


@dataclass(frozen=True)
class ChatOptions:
    """Which language model, and where it is."""

    llm: Annotated[
        str | None,
        _option(
            "--llm",
            help="A model's name, folder or GGUF file, or a package's that holds one; openai:MODEL, litellm:MODEL, llamacpp:FILE.gguf, vllm:MODEL.",
        ),
    ] = None
    quantize: Annotated[str | None, _option(help="nf4 or int8, for a local model.")] = None
    base_url: Annotated[str | None, _option(help="Address of an OpenAI-compatible server.")] = None


@dataclass(frozen=True)
class LLMOptions(ChatOptions):
    """A language model, what it is asked about topics, and how."""

    prompt: Annotated[
        Path | None, _option(help="File with a prompt of your own: [KEYWORDS], [DOCUMENTS], [SIBLINGS].")
    ] = None
    parent_prompt: Annotated[
        Path | None, _option(help="The same for groups of topics: [CHILDREN] are the names in it.")
    ] = None
    system: Annotated[Path | None, _option(help="File with a system prompt of your own.")] = None
    examples: Annotated[
        Path | None,
        _option(
            help="JSON file with a list of worked examples: {keywords, documents, name, summary}, or \\[question, answer]."
        ),
    ] = None
    language: Annotated[str | None, typer.Option(help="Language of the names, such as German.")] = None
    nr_docs: Annotated[
        int | None, _option(min=0, help="Documents shown of each topic: 4, or 3 to a small model.")
    ] = None
    doc_length: Annotated[
        int | None, _option(min=1, help="Tokens shown of each document: 200, or 60 to a small model.")
    ] = None
    diversity: Annotated[
        float | None, _option(min=0, max=1, help="0 shows the best examples, towards 1 those least alike.")
    ] = None
    price: Annotated[str | None, _option(help="PROMPT,ANSWER per million tokens, to reckon the cost.")] = None
    aspect: Annotated[
        list[str] | None,
        _option(
            "--aspect",
            help="NAME=PROMPT: ask more about every topic. summary, question, or a file; may be repeated.",
        ),
    ] = None
    batch: Annotated[
        bool,
        _option(
            "--batch",
            help="Hand prompts in as a job, answered within a day at half the price; the same command asks for it again.",
        ),
    ] = False

    def shape(self) -> dict[str, Any]:
        """How a brief is made, as LLM and Ask take it."""
        shape = {
            "nr_docs": self.nr_docs,
            "doc_length": self.doc_length,
            "diversity": self.diversity,
            "language": self.language,
        }
        return {name: value for name, value in shape.items() if value is not None}


def chat_of(name: str, options: ChatOptions, listener: Any = None, *, batch: bool = False) -> Any:
    """The chat of a name, such as openai:gpt-4o-mini or a model's folder; a local model is loaded now.

    A server is checked by what asks it, so that prompts are shown, and their cost reckoned, before there is a key.
    """
    named = {"quantize": options.quantize, "base_url": options.base_url, "batch": batch or None}
    given = {key: value for key, value in named.items() if value is not None}
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


def labeler_of_options(name: str, folder: Path | None, options: LLMOptions, listener: Any = None) -> LLM:
    """A labeler that keeps its answers in a run folder, or beside a saved model; nowhere without a folder."""
    for path in (options.prompt, options.parent_prompt, options.system):
        if path is not None and not path.is_file():
            raise InputError(f"no prompt at {path}")
    price = None if options.price is None else _price(options.price)
    return LLM(
        chat_of(name, options, listener, batch=options.batch),
        prompt=options.prompt,
        parent_prompt=options.parent_prompt,
        system=options.system,
        examples=options.examples,
        cache=None if folder is None else answers_of(folder),
        price=price,
        **options.shape(),
    )


def asks_of(labeler: LLM, options: LLMOptions) -> dict[str, Ask]:
    """The aspects asked for as NAME=PROMPT, by the chat and the cache of a labeler."""
    asks = {}
    for aspect in options.aspect or ():
        name, _, prompt = (part.strip() for part in aspect.partition("="))
        path = Path(prompt)
        if not name or not prompt or (prompt not in OURS and not path.is_file()):
            raise InputError(
                f"--aspect is NAME=PROMPT, where PROMPT is {', '.join(OURS)} or a file, got {aspect!r}"
            )
        question = prompt if prompt in OURS else path
        asks[name] = Ask(
            labeler.chat, question, cache=labeler.cache, system=options.system, **options.shape()
        )
    return asks


@contextmanager
def quiet_failure_log() -> Iterator[None]:
    """Failures are told once, by the command, and not by the log as well."""
    level = failure_log.level
    failure_log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        failure_log.setLevel(level)


def tell_naming(labeler: Any, asks: Mapping[str, Any]) -> None:
    """What naming and asking took, where a language model did it, and what failed.

    asks : aspects, of which those by a language model are looked at
    """
    lacking = [
        f"{name}: some answers did not come: {ask.error_}"
        for name, ask in asks.items()
        if isinstance(ask, Ask) and ask.error_
    ]
    if isinstance(labeler, LLM):
        say(str(labeler.report_))
        lacking = [
            *(f"not named by {labeler.chat.name}: {failure}" for failure in failures(labeler.report_.failed)),
            *lacking,
        ]
    for failure in lacking:
        warn(failure)
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


def _check(name: str, given: Mapping[str, Any]) -> None:
    """quantize is for local models, base_url for servers; the wrong one is an error rather than ignored."""
    kind = name.partition(":")[0]
    if "base_url" in given and kind != "openai":
        raise InputError(f"--base-url goes with openai:MODEL, not with {name}")
    if "batch" in given and kind != "openai":
        raise InputError(f"--batch goes with openai:MODEL, not with {name}")
    if "quantize" in given and kind in ("openai", "litellm", "echo"):
        raise InputError(f"--quantize goes with a local model, not with {name}")
