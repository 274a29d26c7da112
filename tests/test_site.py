"""The documentation as a site: it is whole, builds strictly, and asks no other machine for anything."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml

import themata
from chromium import chromium
from themata import TopicModel
from themata.core.public_names import HOMES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def _leaves(nav: Any) -> Iterator[str]:
    """The pages of a navigation."""
    if isinstance(nav, str):
        yield nav
    else:
        for inside in nav.values() if isinstance(nav, dict) else nav:
            yield from _leaves(inside)


def test_the_navigation_leads_to_every_page_once() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.glob("**/*.md")}
    assert Counter(_leaves(nav)) == Counter(pages)


def test_every_public_name_has_one_place_in_the_reference() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md")]
    named = re.findall(r"^::: themata\.(\w+)$", "\n".join(pages), re.MULTILINE)
    assert Counter(name for name in named if name in HOMES) == Counter(list(HOMES)), (
        "`::: themata.NAME` on its page"
    )


def _told(docstring: str) -> set[str]:
    """The names that lines of the form `name, other : meaning` tell of, and those that its prose names."""
    return set(re.findall(r"\w+", docstring))


def _parts() -> list[str]:
    """Public classes and functions that a user calls: no promises, errors or lists of words."""
    kinds = {name: getattr(themata, name) for name in HOMES}
    return [
        name
        for name, kind in kinds.items()
        if not (
            inspect.isclass(kind)
            and (
                getattr(kind, "_is_protocol", False) or issubclass(kind, Exception) or issubclass(kind, Enum)
            )
        )
    ]


@pytest.mark.parametrize("name", _parts())
def test_every_parameter_of_a_public_name_is_told(name: str) -> None:
    kind = getattr(themata, name)
    told = _told(inspect.getdoc(kind) or "")
    assert not {*inspect.signature(kind).parameters} - told - {"others"}


def test_every_parameter_of_a_verb_is_told() -> None:
    page = (DOCS / "reference" / "model.md").read_text(encoding="utf-8")
    shared = _told(page.split("## What figures take")[1].split(":::")[0])
    lacking = {
        name: left
        for name, verb in inspect.getmembers(TopicModel, callable)
        if not name.startswith("_")
        and (
            left := {*inspect.signature(verb).parameters}
            - _told(inspect.getdoc(verb) or "")
            - (shared if name.startswith("visualize_") else set())
            - {"self", "others"}
        )
    }
    assert not lacking


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, (
        told.stderr
    )  # a dead link or anchor is a warning, and strict makes it an error
    return folder


def test_the_site_asks_no_other_machine_for_anything(site: Path) -> None:
    fetched = re.compile(
        r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?(?:https?:)?//|<link\b[^>]*href=\"?(?:https?:)?//"
    )
    asking = [
        page.name for page in site.glob("**/*.html") if fetched.search(page.read_text(encoding="utf-8"))
    ]
    styles = "".join(path.read_text(encoding="utf-8") for path in site.glob("**/*.css"))
    assert not asking and not re.search(r"url\([\"']?(?:https?:)?//", styles)


def test_the_reference_lists_what_docstrings_tell_of_parameters(site: Path) -> None:
    page = (site / "reference" / "model.html").read_text(encoding="utf-8")
    assert (
        "<strong><code>max_outliers</code></strong>: largest share of documents left without a topic" in page
    )
    assert "get_topic_info" in page  # what it has from elsewhere, too
    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    assert "themata fit" in commands and "<code>--out</code>" in commands


@pytest.mark.browser
def test_the_site_opens_and_searches_from_disk(site: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    with chromium() as browser:
        browser.get((site / "index.html").as_uri())
        width = "return document.querySelector('.md-content img')?.naturalWidth ?? 0"
        WebDriverWait(browser, 20).until(lambda page: page.execute_script(width) > 500)
        browser.find_element(By.CSS_SELECTOR, "[data-md-component=search-query]").send_keys("granularity")
        hits = WebDriverWait(browser, 20).until(
            lambda page: page.find_elements(By.CSS_SELECTOR, ".md-search-result__link")
        )
        assert "reference" in "".join(hit.get_attribute("href") for hit in hits)
        failed = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert not failed
