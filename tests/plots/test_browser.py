"""Figures in a browser: they open, nothing is logged, and what a reader does to them works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chromium import WEBGL, chromium
from themata import Documents, Topics
from themata.plots.documents import documents
from themata.plots.levels import levels

pytestmark = pytest.mark.browser
FIGURE = "document.querySelector('.plotly-graph-div')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium(*WEBGL) as made:
        yield made


def opened(browser: Any, figure: Any, path: Path) -> Any:
    figure.write_html(path)
    browser.get(f"file://{path}")
    return browser


def given(n: int, n_topics: int) -> tuple[Documents, Topics]:
    rows = np.arange(n) % (n_topics + 1) - 1
    coords = np.random.default_rng(0).standard_normal((n, 2)) + 9 * rows[:, None]
    docs = Documents([f"<b>text</b> {i}" for i in range(n)], coords=coords.astype(np.float32))
    return docs, Topics.of(docs, rows, n_topics=n_topics)


def test_many_topics_share_a_trace_each_in_its_own_color(browser: Any, tmp_path: Path) -> None:
    page = opened(browser, documents(*given(2000, 140)), tmp_path / "figure.html")
    assert page.execute_script(f"return {FIGURE}.data.map(t => t.name)")[::101] == [
        "other",
        "40 smaller topics",
    ]
    assert page.execute_script(f"return new Set({FIGURE}._fullData[101].marker.color).size") == 40
    assert page.execute_script(f"return {FIGURE}._fullData.length") == 102
    drawn = page.execute_script(f"return {FIGURE}._fullData.reduce((n, t) => n + t._length, 0)")
    assert drawn == 2000
    assert page.execute_script(f"return {FIGURE}.querySelectorAll('.annotation b').length") == 0
    assert page.get_log("browser") == []


def test_the_slider_of_levels_colors_and_names_anew(browser: Any, tmp_path: Path) -> None:
    import pandas as pd

    docs, topics = given(90, 4)
    below = [[0, 1], [2, 3], [0, 1, 2, 3]]
    joins = pd.DataFrame({"Topics": below, "Parent_Name": ["a_b", "c_d", "all"], "Distance": [1.0, 2.0, 3.0]})
    names = [f"name {row}" for row in range(4)]
    figure = levels(topics, joins, docs.coords, names, titles=docs.texts, nr_levels=3)
    page = opened(browser, figure, tmp_path / "figure.html")
    colors = f"return [...{FIGURE}._fullData[0].marker.color]"
    first = page.execute_script(colors)
    assert len(first) == 90 and len(set(first)) == 5
    last = page.execute_async_script(
        f"const done = arguments[0], step = {FIGURE}.layout.sliders[0].steps[2];"
        f"Plotly.update({FIGURE}, ...step.args).then(() => done([...{FIGURE}._fullData[0].marker.color]))"
    )
    assert len(last) == 90 and len(set(last)) == 3
    told = page.execute_script(
        f"return [...{FIGURE}.querySelectorAll('.annotation-text')].map(e => e.textContent)"
    )
    assert sorted(told) == ["a, b", "c, d"]
    assert page.get_log("browser") == []
