"""The house's docstrings as Markdown: `name : meaning` becomes a list, `>>>` a block of code.

A docstring of the house has paragraphs, and lines of the form `name : meaning`, whose further lines are indented. What is
returned or raised has the same form, under the names `returns` and `raises`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import griffe

# "texts, topics : meaning", "fit(docs) : meaning"; prose has no blank before its colons
_FIELD = re.compile(r"(?P<names>[\w*]+(?:, [\w*]+)*) : (?P<meaning>.*)")
_TITLES = {"returns": "Returns", "raises": "Raises", "source": "Source"}


class HouseDocstrings(griffe.Extension):
    """Rewrites every docstring before it is shown."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)


def markdown(docstring: str) -> str:
    """The docstring as Markdown.

    >>> print(markdown("Sum.\\n\\na, b : numbers,\\n    of any kind\\nreturns : their sum"))
    Sum.
    <BLANKLINE>
    - **`a`**, **`b`**: numbers, of any kind
    - **Returns**: their sum
    """
    return "\n\n".join(_block(lines) for lines in _blocks(docstring.splitlines())).strip()


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines without a blank line between them."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


def _block(lines: list[str]) -> str:
    if lines[0].lstrip().startswith(">>> "):
        return "\n".join(["```pycon", *(line.strip() for line in lines), "```"])
    if all(line.startswith("    ") for line in lines) or "──" in "".join(lines):
        return "\n".join(["```text" if "──" in "".join(lines) else "```python", *_dedented(lines), "```"])
    return "\n".join(_paragraphs(lines))


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Prose as it is; fields as a list, each on one line."""
    prose, fields = [], []
    for line in lines:
        field = _FIELD.fullmatch(line.strip()) if not line.startswith("    ") else None
        if field:
            fields.append(f"- {_names(field['names'])}: {field['meaning']}")
        elif fields and line.startswith("    "):
            fields[-1] += " " + line.strip()
        elif fields:  # prose that goes on after a list
            yield from [*prose, *([""] if prose else []), *fields, ""]
            prose, fields = [line], []
        else:
            prose.append(line)
    yield from prose
    if prose and fields:
        yield ""
    yield from fields


def _names(names: str) -> str:
    return (_TITLES.get(names) and f"**{_TITLES[names]}**") or ", ".join(
        f"**`{name}`**" for name in names.split(", ")
    )


def _dedented(lines: list[str]) -> list[str]:
    least = min(len(line) - len(line.lstrip()) for line in lines)
    return [line[least:] for line in lines]
