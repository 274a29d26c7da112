"""What a language model is told: texts with tags in place of what each topic brings.

[KEYWORDS] [DOCUMENTS] [SIBLINGS] [LANGUAGE] [CHILDREN] [CANDIDATES]; a line whose tag has nothing to say is left out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import regex

from themata.core import encodings
from themata.core.errors import InputError
from themata.core.protocols import Prompt
from themata.naming.llm.answer_format import Form
from themata.naming.llm.answers import read_answer
from themata.naming.llm.brief import Brief
from themata.naming.llm.worked_examples import Example, examples_of

TAGS = ("KEYWORDS", "DOCUMENTS", "SIBLINGS", "LANGUAGE", "CHILDREN", "CANDIDATES")
_TAG = regex.compile(r"\[([A-Z][A-Z_]+)\]")
OURS = ("summary", "question")  # prompts for aspects that go by their names
_NO_TAGS = {"INST"}  # Llama 2's own
LINES = Form(("label", "summary"))
_FOLDER = Path(__file__).with_name("prompts")


@dataclass(frozen=True)
class Style:
    """How models of a size are asked.

    main, parent, examples : our texts
    n_docs : documents of each worked example
    has_system : whether there is a system prompt
    """

    main: str = "main.md"
    parent: str = "parent.md"
    examples: str = "example.md"
    n_docs: int = 3
    has_system: bool = True


USUAL_STYLE = Style()
SMALL_STYLE = Style("small.md", "small_parent.md", n_docs=1, has_system=False)
# So small a model says an instruction back, and goes on with what it has seen several times: examples in place of words
TINY_STYLE = Style("tiny.md", "tiny_parent.md", "tiny_examples.md", has_system=False)


@dataclass(frozen=True)
class Wording:
    """System prompt, worked examples and main prompt.

    before : (role, text) messages that come before the main prompt, the same for every topic
    main : asks about one topic, with tags
    form : of the answer that our own main prompt asks for; None: the user's may ask for anything
    """

    before: tuple[tuple[str, str], ...]
    main: str
    names: tuple[str, ...] = ()  # of the examples: no topic's by right
    form: Form | None = None

    def prompt(self, brief: Brief) -> Prompt:
        """The exact prompt of one topic."""
        before = [message for message in self.before if message[0] == "system" or not brief.bare]
        return Prompt((*before, ("user", filled(self.main, values(brief)))))

    def asks(self, main: str, form: Form | None) -> Wording:
        """The same with another main prompt."""
        return replace(self, main=main, form=form)


def wording(
    prompt: str | Path | None = None,
    system: str | Path | None = None,
    examples: Iterable[Any] | str | Path | None = None,
    *,
    form: Form = LINES,
    language: str | None = None,
    role: str = "system.md",
    style: Style = USUAL_STYLE,
) -> Wording:
    """The default texts, or the user's own.

    prompt, system : a text, or the path of a file that holds it. A whole conversation in Llama 2's format, system
        prompt and example included, is taken apart into its messages
    examples : Example values, mappings with their fields, or (question, answer) texts, or a file of them; None: ours
        with our own main prompt, and none with the user's. With our own prompt an answer in a pair is put into the form
        it asks for
    form : of the answer that our own prompt and example have; with the user's prompt an example's answer is in lines
    role : our system prompt that is meant when none is given
    style : which of our prompts; those for small models have no system prompt and no neighbors of the topic
    """
    form = form if prompt is None else replace(form, held=False)
    main = prompt_text(prompt, style.main)
    main = form.asks(main) if prompt is None else main
    before: list[tuple[str, str]] = []
    if "[INST]" in main:
        before, main = _conversation(main)
    main = with_known_tags(main)
    ours = system is None and (bool(before) or (not style.has_system and prompt is None))
    instructions = "" if ours else prompt_text(system, role)
    if instructions:
        before = [("system", instructions), *(message for message in before if message[0] != "system")]
    if examples is None:
        given: list[Any] = _ours(style) if prompt is None else []
    else:
        given = examples_of(examples)
    shots = [_shot(example, main, form, language) for example in given]
    if prompt is None:  # a model held to JSON, or asked for lines, must not be shown anything else
        shots = [(question, form.put(answer)) for question, answer in shots]
    for question, answer in shots:
        before += [("user", question), ("assistant", answer)]
    names = [example.name for example in given if isinstance(example, Example)]
    if prompt is None:
        names += [read_answer(example[1]).name for example in given if not isinstance(example, Example)]
    return Wording(tuple(before), main, tuple(filter(None, names)), form if prompt is None else None)


def values(brief: Brief) -> dict[str, str]:
    """What a brief puts in place of each tag."""
    return {
        "KEYWORDS": ", ".join(brief.keywords),
        "DOCUMENTS": "\n".join(f"<doc>{text}</doc>" for text in brief.documents),
        "SIBLINGS": "; ".join(brief.siblings),
        "CHILDREN": "; ".join(brief.children),
        "CANDIDATES": "; ".join(brief.candidates),
        "LANGUAGE": brief.language,
    }


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its tags replaced, once: what is put in is never searched for tags.

    >>> filled("Keywords: [KEYWORDS]\\nNear: [SIBLINGS]\\nGo.", {"KEYWORDS": "[SIBLINGS], b", "SIBLINGS": ""})
    'Keywords: [SIBLINGS], b\\nGo.'
    >>> filled("Some documents:\\n[DOCUMENTS]\\nGo.", {"DOCUMENTS": ""})
    'Go.'
    """
    lines: list[str] = []
    for line in text.split("\n"):
        tags = [tag for tag in _TAG.findall(line) if tag in values]
        if tags and not any(values[tag] for tag in tags):
            if line.strip() == f"[{tags[0]}]" and lines and lines[-1].rstrip().endswith(":"):
                lines.pop()  # it introduces what is not there
            continue
        lines.append(_TAG.sub(lambda match: values.get(match[1], match[0]), line))
    return str(regex.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def with_known_tags(text: str) -> str:
    """The text, if all its tags are known and it tells of the topic at all."""
    tags = [tag for tag in _TAG.findall(text) if tag not in _NO_TAGS]
    for tag in tags:
        if tag not in TAGS:
            near = difflib.get_close_matches(tag, TAGS, n=1, cutoff=0.5)
            hint = f"did you mean [{near[0]}]?" if near else f"known are {', '.join(f'[{t}]' for t in TAGS)}"
            raise InputError(f"the prompt has the unknown tag [{tag}]: {hint}")
    if not {"KEYWORDS", "DOCUMENTS", "CHILDREN"} & set(tags):
        raise InputError(
            "the prompt would say nothing of the topic: put [KEYWORDS], [DOCUMENTS] or both where they belong"
        )
    return text


def prompt_text(given: str | Path | None, default: str) -> str:
    """A text as it is, or from a file; "summary" and "question" are ours; None: the default's."""
    if given is None or given in OURS:
        name = default if given is None else f"{given}.md"
        return (_FOLDER / name).read_text(encoding="utf-8").strip()
    named = isinstance(given, Path) or (
        "\n" not in given and "[" not in given and given.endswith((".md", ".txt"))
    )
    if not named:
        return str(given).strip()
    return encodings.read_small_text(Path(given), "the prompt").strip()


def _shot(example: Any, main: str, form: Form, language: str | None) -> tuple[str, str]:
    if not isinstance(example, Example):
        return example[0], example[1]
    brief = Brief(
        -1,
        tuple(example.keywords),
        tuple(example.documents),
        candidates=tuple(example.phrases),
        language="English" if language else "",
    )
    return filled(main, values(brief)), example.answer(form)


def _conversation(text: str) -> tuple[list[tuple[str, str]], str]:
    """The messages of a text in Llama 2's format, and its last question."""
    messages: list[tuple[str, str]] = []
    for turn in regex.sub(r"</?s>", "", text).split("[INST]"):
        asked, _, answer = turn.partition("[/INST]")
        system = regex.match(r"(?s)\s*<<SYS>>(.*?)<</SYS>>(.*)", asked)
        if system:
            messages.append(("system", system[1].strip()))
            asked = system[2]
        said = (("user", asked.strip()), ("assistant", answer.strip()))
        messages += [(role, part) for role, part in said if part]
    return messages[:-1], messages[-1][1]


def in_full(given: str | Path | None) -> str | None:
    """The text that a file holds now, for a model to keep: the file may change, or stay behind.

    None stays None, and our own prompts, "summary" and "question", go by their names.
    """
    if given is None:
        return None
    return str(given) if given in OURS else prompt_text(given, "")


def _ours(style: Style) -> list[Example]:
    blocks = prompt_text(None, style.examples).split("\n\n")
    return [_example(block.splitlines(), style.n_docs) for block in blocks]


def _example(lines: Iterable[str], n_docs: int) -> Example:
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, _, text = line.partition(": ")
        fields.setdefault(name, []).append(text)
    return Example(
        fields["keywords"][0].split(", "),
        fields["document"][:n_docs],
        fields["label"][0],
        fields["summary"][0],
        fields["phrases"][0].split("; ") if "phrases" in fields else (),
    )
