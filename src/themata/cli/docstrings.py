"""A real corpus that every machine has: the docstrings of the installed Python packages."""

from __future__ import annotations

import ast
import inspect
import random
import re
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

MIN_WORDS = 12
_RULE = re.compile(r"^[-=~^*]{3,}$")
# Placeholders that a program fills in; roles and links of reStructuredText, of which the last name is left
_MARKUP = re.compile(r"%\(\w+\)[sdr]|:[\w:]+:`~?(?:[\w.]+\.)?(?P<inside>[^`<]*)(?:<[^`>]*>)?`")


def docstrings(n_docs: int = 8000, *, seed: int = 42) -> list[dict[str, str]]:
    """Docstrings of modules, classes and functions, drawn at random from the installed packages.

    returns : up to n_docs of {"id": "package.module.name", "title": "name", "text": docstring, "label": package}
    """
    roots = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")}
    files = sorted({path for root in roots for path in _sources(root)})
    random.Random(seed).shuffle(files)
    found: dict[str, dict[str, str]] = {}
    ids: set[str] = set()
    for path in files:
        root = max((root for root in roots if root in path.parents), key=lambda root: len(root.parts))
        for record in _of_file(path, root):
            if record["text"] not in found and record["id"] not in ids:  # the same again teaches nothing
                found[record["text"]] = record
                ids.add(record["id"])
        if len(found) >= 3 * n_docs:
            break
    records = sorted(found.values(), key=lambda record: (record["id"], record["text"]))
    return random.Random(seed).sample(records, min(n_docs, len(records)))


def _sources(root: Path) -> Iterator[Path]:
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).parts
        if not any(
            part in ("test", "tests", "testing", "site-packages") or part.startswith("test_")
            for part in parts
        ):
            yield path


def _of_file(path: Path, root: Path) -> Iterator[dict[str, str]]:
    try:
        with warnings.catch_warnings():  # other people's invalid escapes are no news to our user
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):  # a template, or a file for another Python
        return
    module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if not isinstance(node, nodes):
            continue
        text = _prose(ast.get_docstring(node) or "")
        if len(text.split()) >= MIN_WORDS and "copyright" not in text.lower():
            name = getattr(node, "name", module.rpartition(".")[2])
            place = module if isinstance(node, ast.Module) else f"{module}.{name}"
            yield {"id": place, "title": name, "text": text, "label": module.partition(".")[0]}


def _prose(docstring: str) -> str:
    """The sentences before the first section: what the thing is for, without markup."""
    lines: list[str] = []
    for line in inspect.cleandoc(docstring).splitlines():
        bare = line.strip()
        if bare.startswith(
            (">>>", ":param", "@param", "Args:", "Parameters", "Arguments:", "Returns", ".. ", "Examples")
        ):
            break
        if _RULE.match(bare):  # under the title of a section, or of the whole
            title = lines.pop() if lines else ""
            if len(" ".join(lines).split()) >= MIN_WORDS:
                break
            bare = title
        lines.append(bare)
    text = " ".join(" ".join(lines).split())
    return " ".join(_MARKUP.sub(lambda found: found["inside"] or " ", text).replace("`", "").split())[:2000]
