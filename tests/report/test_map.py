"""The map of the report in a browser: names, colors by columns, texts that come when they are wanted, image and keys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chromium import WEBGL, chromium
from themata import AlignmentError, Documents, InputError, Label, Topics
from themata.report import document_texts
from themata.report.page import Page, report

browser_only = pytest.mark.browser


def layered(n: int = 4000, n_topics: int = 300) -> tuple[Documents, Topics]:
    """Topics under 30 groups under 5, those of a group side by side on the map."""
    rng = np.random.default_rng(0)
    rows = np.arange(n) % n_topics
    groups, parts = rows // 10, rows // 60
    far = rng.permutation(36)[:30]
    centers = np.stack([far % 6, far // 6], axis=1) * 20.0
    inside = np.stack([rows % 10 % 4, rows % 10 // 4], axis=1) * 4.0
    coords = centers[groups] + inside + rng.normal(0, 0.5, (n, 2))
    docs = Documents(
        [f"text {i} of topic {row}" for i, row in enumerate(rows.tolist())],
        coords=coords.astype(np.float32),
        times=np.datetime64("2020-01-01") + rows.astype("timedelta64[D]"),
        columns={
            "title": [f"Title {i}" for i in range(n)],
            "journal": [["Nature", "<b>Cell</b>", "Science"][i % 3] for i in range(n)],
            "price": [None if i % 10 == 0 else i / 10 for i in range(n)],
            "author": [f"Author {i * 7} & sons" for i in range(n)],
        },
    )
    topics = Topics.of(docs, rows, n_topics=n_topics, layers=(groups, parts))
    named = {layer: {k: Label(f"{layer} {k}") for k in range(30)} for layer in ("Group", "Part")}
    return docs, topics.having(
        layers=(groups, parts),
        layer_labels=(named["Group"], named["Part"]),
        labels=tuple(Label(f"Topic number {row}") for row in range(n_topics)),
        exemplars=tuple(np.arange(row, n, n_topics)[:3] for row in range(n_topics)),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium(*WEBGL) as made:
        yield made


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("map") / "report.html"
    return Page(report(*layered(), title="A map")).save(file)


@pytest.fixture
def page(browser: Any, path: Path) -> Any:
    return opened(browser, path)


def opened(browser: Any, path: Path) -> Any:
    browser.get(f"file://{path}")
    waited(browser, "return document.body.dataset.ready === 'true' && !view.pending")
    return browser


def waited(browser: Any, script: str) -> None:
    end = time.monotonic() + 15
    while not browser.execute_script(script):
        assert time.monotonic() < end, script
        time.sleep(0.03)


def colors_drawn(page: Any) -> set[tuple[int, ...]]:
    """The colors of the points, in steps of 16, that are seen more than now and then."""
    script = """paint(); const copy = document.createElement('canvas'); copy.width = below.width; copy.height = below.height;
    const pen = copy.getContext('2d'); pen.drawImage(below, 0, 0);
    const d = pen.getImageData(0, 0, copy.width, copy.height).data; const times = {};
    for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 110) { const key = [d[i] >> 4, d[i+1] >> 4, d[i+2] >> 4]; times[key] = (times[key] || 0) + 1; }
    return Object.keys(times).filter((key) => times[key] > 60)"""
    return {tuple(map(int, key.split(","))) for key in page.execute_script(script)}


NAMES = "return boxes.map((box) => [...box.slice(0, 4), box[5].name])"


@browser_only
def test_names_are_coarse_from_far_and_fine_near_and_never_cover_one_another(page: Any) -> None:
    seen = {}
    for place, go in {"far": "home()", "near": "zoom(12, ...toScreen(topics[0].x, topics[0].y))"}.items():
        page.execute_script(go)
        waited(page, "return !view.pending && !isMoving()")
        boxes = page.execute_script(NAMES)
        for k, (left, top, right, bottom, _) in enumerate(boxes):
            for other in boxes[k + 1 :]:
                assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]
        seen[place] = [name.split()[0] for *_, name in boxes]
    assert len(seen["far"]) > 12 and "Topic" not in seen["far"]
    assert len(seen["near"]) > 3 and set(seen["near"]) == {"Topic"}


@browser_only
def test_a_click_on_a_heading_opens_it(page: Any) -> None:
    page.execute_script(
        "const box = boxes.find((box) => box[4] === null); open((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)"
    )
    waited(page, "return !view.pending && !isMoving() && boxes.some((box) => box[4] !== null)")


@browser_only
def test_the_name_of_a_cluster_smaller_than_it_hides_no_point_of_it(page: Any) -> None:
    page.execute_script("zoom(5, ...toScreen(topics[0].x, topics[0].y))")
    waited(page, "return !view.pending && !isMoving()")
    hidden = """return boxes.filter((box) => box[4] !== null).map((box) => {
      const rows = [...rowsOf(box[4])].map((i) => toScreen(data.x[i], data.y[i]));
      return rows.filter(([x, y]) => x > box[0] && x < box[2] && y > box[1] && y < box[3]).length / rows.length;
    })"""
    shares = page.execute_script(hidden)
    assert len(shares) > 5 and np.mean(shares) < 0.15


@browser_only
def test_a_slow_machine_that_moves_the_map_shifts_what_is_drawn_and_adds_a_few_points_a_frame(
    page: Any,
) -> None:
    """Counted, not timed: a frame that finds all points in view draws none, and one that does not draws FEWEST at most."""
    page.execute_script("""
        pace = () => { marks.most = 700; };  // as on a machine that is never quick enough
        rest = () => {};
        const add = addPoints;
        window.added = 0;
        addPoints = (most) => { const before = drawn.points; add(most); added = drawn.points - before; };""")
    step = """const done = arguments[arguments.length - 1]; added = 0;
        view.left += arguments[0]; view.top += 3; moved();
        requestAnimationFrame(() => done([added, drawn.points, below.style.transform]))"""
    page.execute_script("zoom(6); view.isMoving = false; paint()")
    assert page.execute_async_script(step, 10) == [0, 4000, "translate(10px, 3px)"]
    assert page.execute_async_script(step, 900)[:2] == [700, 700]  # beyond what was drawn
    waited(page, "return drawn.points === 4000")
    page.execute_script("view.isMoving = false; draw()")
    waited(page, "return !view.pending && below.style.transform === 'none'")


@browser_only
def test_any_column_is_shown_searched_and_escaped(page: Any) -> None:
    page.execute_script("showDocument(7)")
    told = page.execute_script(
        "return [...document.querySelectorAll('#panel dl > *')].map((e) => e.textContent)"
    )
    assert told == ["journal", "<b>Cell</b>", "price", "0.7", "author", "Author 49 & sons"]
    page.execute_script("showHover(...toScreen(data.x[7], data.y[7]))")
    assert "journal: " in page.execute_script("return hover.textContent")
    page.execute_script("box.value = 'author 27993 nature'; return search()")
    assert page.execute_script("return document.querySelectorAll('#panel .doc').length") == 1
    assert page.get_log("browser") == []


@browser_only
@pytest.mark.parametrize("has_webgl", [True, False])
def test_a_column_colors_the_map_with_or_without_a_graphics_card(
    browser: Any, path: Path, has_webgl: bool
) -> None:
    without = "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext = function (kind, ...a) { return kind === 'webgl' ? null : get.call(this, kind, ...a) }"
    kept = browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": "" if has_webgl else without}
    )
    try:
        page = opened(browser, path)
        assert page.execute_script("return Boolean(marks.gl)") == has_webgl
        assert len(colors_drawn(page)) > 20  # of topics
        choose = "const by = document.getElementById('by'); by.value = arguments[0]; by.dispatchEvent(new Event('change'))"
        assert page.execute_script(
            "return [...document.getElementById('by').options].map((o) => o.text)"
        ) == [
            "topic",
            "date",
            "journal",
            "price",
        ]
        page.execute_script(choose, "journal")
        assert len(colors_drawn(page)) <= 12  # three, and their edges
        legend = "return [...document.querySelectorAll('#legend .mark + bdi')].map((e) => e.textContent)"
        assert sorted(page.execute_script(legend)) == ["<b>Cell</b>", "Nature", "Science"]
        assert page.execute_script("return new Set(marks.look.filter((_, k) => k % 4 === 3)).size") == 3
        page.execute_script(choose, "date")
        ends = "return [...document.querySelectorAll('#legend .ends span')].map((e) => e.textContent)"
        assert page.execute_script(ends) == ["2020-01-01", "2020-10-26"]
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", kept)


@browser_only
def test_marks_may_be_of_another_column_than_colors(browser: Any, tmp_path: Path) -> None:
    docs, topics = layered()
    order = [None if i % 7 == 0 else 1_000_000 + 997 * i for i in range(docs.n_docs)]
    given = {"journal": docs.columns["journal"], "order": order}
    Page(report(docs, topics, columns=given, marks="journal")).save(tmp_path / "report.html")
    page = opened(browser, tmp_path / "report.html")
    assert len(colors_drawn(page)) > 20, "topics are the colors"
    n_shapes = "paint(); return new Set([...marks.look].filter((_, k) => k % 4 === 3).map((flags) => flags & 127)).size"
    assert page.execute_script(n_shapes) == 3
    legend = "return [...document.querySelectorAll('#legend .mark')].map((e) => e.className + e.parentElement.textContent)"
    assert page.execute_script(legend) == [
        "mark circleNature",
        "mark square<b>Cell</b>",
        "mark triangleScience",
    ]
    page.execute_script(
        "const by = document.getElementById('by'); by.value = 'order'; by.dispatchEvent(new Event('change'))"
    )
    assert page.execute_script("return document.querySelectorAll('#legend .ends span').length") == 2
    assert len(page.execute_script(legend)) == 3
    page.execute_script("showDocument(5)")
    assert "1004985" in page.execute_script("return panel.textContent"), "a number keeps its digits"
    page.execute_script(
        "const choice = document.getElementById('marked'); choice.value = ''; choice.dispatchEvent(new Event('change'))"
    )
    assert page.execute_script(n_shapes) == 1
    image = page.execute_script("return imageOfMap().toDataURL().length")
    assert image > 10_000 and page.get_log("browser") == []


def test_what_marks_and_colors_may_be_is_said() -> None:
    docs, topics = layered(300)
    with pytest.raises(InputError, match="6 values at most, got 'author': it has 'journal'"):
        report(docs, topics, marks="author")
    with pytest.raises(InputError, match="it has 'date', 'journal', 'price'"):
        report(docs, topics, color="author")
    with pytest.raises(AlignmentError, match="300 documents, 2 in 'a'"):
        report(docs, topics, columns={"a": [1, 2]})


@browser_only
def test_texts_are_unpacked_when_they_are_wanted(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_texts, "EAGER", 0)
    monkeypatch.setattr(document_texts, "BLOCK", 10_000)
    Page(report(*layered())).save(tmp_path / "report.html")
    page = opened(browser, tmp_path / "report.html")
    assert page.execute_script("return [blocks.elements.length > 10, blocks.loaded]") == [True, 0]
    page.execute_script("chooseTopic(5)")
    waited(page, "return document.querySelectorAll('#panel .doc').length >= 13")
    assert 1 <= page.execute_script("return blocks.loaded") <= 2  # the documents of a topic lie side by side
    assert "Title 5" in page.execute_script("return document.querySelector('#panel .exemplar').textContent")
    page.execute_script("chooseTopic(null); showHover(...toScreen(data.x[299], data.y[299]))")
    waited(page, "return hover.textContent.includes('Title')")
    page.execute_script("box.value = 'title 3999'; return search()")
    assert "1 document," in page.execute_script("return panel.textContent")
    assert page.execute_script("return data.titles.every((title, i) => title === `Title ${i}`)")


@browser_only
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_image_and_print_are_light_whatever_the_page_is(browser: Any, path: Path, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page = opened(browser, path)
    paper = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 29)")
    told = page.execute_script(
        """const image = imageOfMap(); const d = image.getContext('2d').getImageData(0, 0, image.width, image.height).data;
        let [white, dark, colored] = [0, 0, 0];
        for (let i = 0; i < d.length; i += 4) { const [r, g, b] = [d[i], d[i+1], d[i+2]]; const far = Math.max(r, g, b) - Math.min(r, g, b);
          if (Math.min(r, g, b) > 250) white++; else if (far > 60) colored++; else if (Math.max(r, g, b) < 80) dark++; }
        return [image.width / surface.clientWidth, white / (d.length / 4), dark, colored]"""
    )
    assert told[0] == 2 and told[1] > 0.7 and told[2] > 1000 and told[3] > 1000
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    waited(page, "return document.getElementById('printed').naturalWidth > 0")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.get_log("browser")  # about this test's own look at the pixels


@browser_only
def test_keys_get_past_a_long_list_of_topics_and_what_they_open_is_told(browser: Any, path: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    page = opened(browser, path)
    where = "return document.activeElement.id || document.activeElement.textContent"
    told = "return document.getElementById('told').textContent"
    visible = (
        "const box = document.activeElement.getBoundingClientRect(); return box.left >= 0 && box.top >= 0"
    )
    ActionChains(page).send_keys(Keys.TAB).perform()
    assert page.execute_script(where) == "To the map" and page.execute_script(visible)
    ActionChains(page).send_keys(Keys.ENTER).perform()
    page.execute_script("showDocument(7)")
    waited(page, "return document.getElementById('told').textContent.includes('in Topic number')")
    assert page.execute_script(told).startswith("Title ")
    page.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    ActionChains(page).send_keys("/").perform()
    assert page.execute_script(where) == "search"


@browser_only
def test_on_paper_the_map_covers_nothing(browser: Any, path: Path) -> None:
    page = opened(browser, path)
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 720, "height": 1000, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        waited(page, "return document.getElementById('printed').naturalHeight > 0")
        edges = page.execute_script(
            """const [map, bar, list, panel] = ['#printed', '.bar', '#list', '#panel'].map((id) => document.querySelector(id).getBoundingClientRect());
            return [map.top, map.bottom, bar.top, list.top, list.bottom, panel.top]"""
        )
        assert edges[0] > 0 and edges[1] <= edges[2] <= edges[3] < edges[4] <= edges[5] + 1
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@browser_only
def test_the_map_is_read_by_keys_and_told_to_those_who_listen(page: Any) -> None:
    keys = page.find_element("id", "surface")
    page.execute_script(
        "const [x, y] = toScreen(data.x[4], data.y[4]); view.isMoved = true; view.left += surface.clientWidth / 2 - x; view.top += surface.clientHeight / 2 - y; boxes = []; surface.focus()"
    )
    page.execute_script("boxes = []; view.pending = true")  # no name lies over the point
    keys.send_keys("\ue007")  # Enter
    waited(page, "return Boolean(document.querySelector('#panel .back'))")
    assert "Title" in page.execute_script("return document.querySelector('#panel h2').textContent")
    assert "Topic number" in page.execute_script("return document.getElementById('told').textContent")
    page.find_element("css selector", "#panel .back").send_keys("\ue007")
    waited(page, "return document.activeElement.tagName === 'H2'")  # who reads goes on where they were
    unnamed = "return [...document.querySelectorAll('button, select, input, canvas, aside, nav, section')].filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length) && e.ariaHidden !== 'true').length"
    assert page.execute_script(unnamed) == 0


def test_of_a_million_documents_the_page_is_under_60_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 20_000
    rng = np.random.default_rng(0)
    words = ["".join(map(chr, rng.integers(97, 123, rng.integers(2, 12)))) for _ in range(20_000)]
    common = rng.zipf(1.3, (n, 60)) % len(words)
    texts = [" ".join(words[k] for k in row) for row in common.tolist()]
    monkeypatch.setattr(document_texts, "MOST", document_texts.MOST // 1_000_000 * n)
    monkeypatch.setattr(document_texts, "SHOWN", document_texts.SHOWN // 1_000_000 * n)
    monkeypatch.setattr(document_texts, "SEARCHED", document_texts.SEARCHED // 1_000_000 * n)
    docs = Documents(texts, coords=rng.standard_normal((n, 2)), columns={"title": [t[:60] for t in texts]})
    topics = Topics.of(docs, rng.integers(0, 100, n)).having(strength=rng.random(n).astype(np.float32))
    of_none = len(report(docs.take([0]), Topics.of(docs.take([0]), [0])))
    assert (len(report(docs, topics)) - of_none) / n < 60


def test_columns_are_chosen_by_name_and_unknown_ones_are_told() -> None:
    docs, topics = layered(100, 10)
    assert "Author 49" not in report(docs, topics, columns=["journal"])
    page = report(docs, topics, columns=["price", "journal"])
    assert page.index('"name": "price"') < page.index('"name": "journal"')
    with pytest.raises(InputError, match=r"no column 'color' among .*'journal', 'price', 'author'"):
        report(docs, topics, columns=["color"])
