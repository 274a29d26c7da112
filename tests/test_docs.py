"""The code in the documents runs."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from themata.core.public_names import HOMES

ROOT = Path(__file__).parent.parent


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


# Pages that take more than ten seconds
SLOW = ["guide", "variations", "coming-from-bertopic", "names"]


def _blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def _dealt(page: Path) -> Any:
    """A page by itself, but those that read the installed packages' docstrings together: listing them takes seconds."""
    code = "\n".join(_blocks(page))
    marks = [pytest.mark.slow] if page.stem in SLOW else []
    if "UMAP(" in code:
        marks.append(pytest.mark.umap)
    else:
        marks.append(pytest.mark.xdist_group("docstrings" if "docstrings(" in code else page.stem))
    return pytest.param(page, id=_name(page), marks=marks)


@pytest.mark.parametrize("page", map(_dealt, PAGES))
def test_code_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = _blocks(page)
    assert blocks, f"{page.name} shows no code"
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(dedent(block), page.name, "exec"), names)


PUBLIC = r"themata(\.(evaluate|read|testing|familiar(\.(representation|vectorizers|backend|cluster|dimensionality|plotting))?))?"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "tutorial.ipynb"], ids=_name)
def test_no_page_imports_from_inside(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    imported = re.findall(r"(?:from|import) (themata[\w.]*)|`(themata\.[a-z_.]+)`", text)
    deeper = {one or other for one, other in imported if not re.fullmatch(PUBLIC, one or other)}
    assert deeper == set()


def test_every_public_name_is_listed() -> None:
    page = (ROOT / "docs" / "public-names.md").read_text(encoding="utf-8")
    assert set(HOMES) <= set(re.findall(r"`(\w+)`", page))


def test_every_command_the_readme_names_is_there() -> None:
    named = set(re.findall(r"themata (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    commands = {path.stem for path in (ROOT / "src" / "themata" / "cli").glob("*.py")}
    assert named & {"fit", "show"}
    assert named - {"import"} <= commands


def test_every_path_of_the_architecture_is_there() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.split("## Where your change goes")[1].split("## Rules")[0]
    for path in re.findall(r"`([\w/]+(?:/|\.py))`", table):
        assert (ROOT / "src" / "themata" / path).exists(), path
