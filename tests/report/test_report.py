from __future__ import annotations

import base64
import gzip
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chromium import WEBGL, chromium
from clip import drawn
from themata import AlignmentError, Documents, Label, Topics
from themata.core.passages import document_sizes
from themata.report import document_texts as texts_of_report
from themata.report.exemplar_images import pictures
from themata.report.page import Page, report

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!-- ",
    "<img src=x onerror=alert(3)>",
    "\u2028 %DATA% & \ud800",
]


def given(n: int = 300) -> tuple[Documents, Topics]:
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 3
    texts = [f"{['kitten', 'rocket', 'café'][label]} story number {i}" for i, label in enumerate(labels)]
    texts[-5:] = HOSTILE
    times = np.datetime64("2020-01-01") + np.arange(n).astype("timedelta64[D]")
    docs = Documents(texts, coords=labels[:, None] * 4 + rng.standard_normal((n, 2)), times=times)
    topics = Topics.of(docs, np.where(np.arange(n) < 6, -1, labels))
    topics = topics.having(
        labels=(Label("Kittens", "About small cats."), Label(HOSTILE[1]), Label("Coffee houses")),
        exemplars=(np.array([6, 9]), np.array([n - 5, n - 2]), np.array([8])),
    )
    return docs, topics.with_aspect("Main", [[("kitten", 1.0)], [("<b>rocket", 0.5)], [("café", 0.4)]])


def test_nothing_of_a_document_is_markup() -> None:
    page = report(*given(), title=HOSTILE[0], facts={HOSTILE[3]: HOSTILE[2]})
    assert page.count("<script") == 6
    for text in HOSTILE[:4]:
        assert text not in page.replace("<!doctype", "")
    assert "<title>&lt;script&gt;" in page


def test_the_page_may_load_nothing() -> None:
    page = report(*given())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


def test_the_same_input_gives_the_same_page() -> None:
    assert report(*given()) == report(*given())


def test_the_page_is_small() -> None:
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(5000)]
    texts = [" ".join(rng.choice(words, 30)) for _ in range(5000)]
    docs = Documents(texts, coords=rng.standard_normal((5000, 2)))
    assert len(report(docs, Topics.of(docs, [0] * 5000))) < 5000 * 200 + 60_000


def test_rows_must_fit() -> None:
    docs, topics = given()
    with pytest.raises(AlignmentError):
        report(docs.take(range(5)), topics)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium(*WEBGL) as made:
        yield made


def opened(browser: Any, path: Path, docs: Documents, topics: Topics) -> None:
    Page(report(docs, topics, title="A report")).save(path)
    browser.get(f"file://{path}")
    waited(browser, "return document.body.dataset.ready === 'true'")


def waited(browser: Any, script: str) -> None:
    end = time.monotonic() + 15
    while not browser.execute_script(script):
        assert time.monotonic() < end, script
        time.sleep(0.05)


def shown(browser: Any, selector: str) -> str:
    return str(browser.execute_script(f"return document.querySelector({selector!r}).textContent"))


@pytest.mark.browser
def test_a_topic_is_chosen_and_isolated_on_the_map(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *given())
    assert "300 documents · 3 topics" in shown(browser, "#facts")
    browser.find_element("css selector", "#list button[data-topic='0']").click()
    assert shown(browser, "#panel h2") == "Kittens"
    assert "About small cats." in shown(browser, "#panel")
    assert "kitten story number 6" in shown(browser, "#panel .exemplar")
    assert browser.execute_script("return view.chosen") == 0
    drawn = "paint(); const copy = document.createElement('canvas'); copy.width = below.width; copy.height = below.height; const pen = copy.getContext('2d'); pen.drawImage(below, 0, 0); const d = pen.getImageData(0, 0, copy.width, copy.height).data; let k = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 120) k++; return k"
    waited(browser, "return !view.pending")
    alone = browser.execute_script(drawn)
    browser.find_element("css selector", "#panel .back").click()
    waited(browser, "return !view.pending && view.chosen === null")
    time.sleep(0.2)
    assert browser.execute_script(drawn) > alone > 0
    browser.get_log("browser")  # the warning is about this test's own look at the pixels


@pytest.mark.browser
def test_documents_in_passages_are_counted_as_documents(browser: Any, tmp_path: Path) -> None:
    docs, topics = given(300)
    docs = docs.having(columns={"document": np.arange(300) // 6})  # six passages each, two in every topic
    opened(browser, tmp_path / "report.html", docs, topics)
    assert "50 documents · 3 topics" in shown(browser, "#facts")
    assert "50 documents in 3 topics, split into 300 passages" in shown(browser, "#panel")
    assert "1 document resembles no other" in shown(browser, "#panel")
    sizes = document_sizes(topics, docs).tolist()
    assert sizes == [49, 0, 0, 1]  # of equals the first
    browser.find_element("css selector", "#list button[data-topic='0']").click()
    assert "49 documents, 98.0 %" in shown(browser, "#panel")
    browser.find_element("id", "search").send_keys("story")
    waited(browser, "return view.found !== null")
    assert "295 passages" in shown(browser, "#panel")


@pytest.mark.browser
def test_examples_and_what_a_model_said_come_before_more_keywords(browser: Any, tmp_path: Path) -> None:
    docs, topics = given()
    topics = topics.with_aspect("MMR", [[(f"word{i}{k}", 1.0) for k in range(3)] for i in range(3)])
    topics = topics.with_aspect("Summary", [[(f"Topic {i} is told here.", 1.0)] for i in range(3)])
    opened(browser, tmp_path / "report.html", docs, topics)
    browser.find_element("css selector", "#list button[data-topic='0']").click()
    heads = [element.text.upper() for element in browser.find_elements("css selector", "#panel h3")]
    assert heads[:2] == ["KEYWORDS", "SUMMARY"] and heads.index("EXAMPLES") < heads.index("MMR")
    assert "Topic 0 is told here." in [
        element.text for element in browser.find_elements("css selector", "#panel p")
    ]


@pytest.mark.browser
def test_a_topic_at_the_edge_has_its_whole_name_on_the_screen(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *given())
    name_of_0 = "boxes.find((box) => box[4] === 0)"
    browser.execute_script(
        "view.isMoved = true; view.left -= toScreen(topics[0].x, topics[0].y)[0] - 3; draw();"
    )
    waited(browser, f"return !view.pending && {name_of_0} && toScreen(topics[0].x, 0)[0] < 4")
    left, right = browser.execute_script(f"const [left, , right] = {name_of_0}; return [left, right]")
    assert left == 0 < right


@pytest.mark.browser
def test_words_are_searched_whatever_their_case_and_accents(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *given())
    box = browser.find_element("id", "search")
    box.send_keys("CAFE story")
    waited(browser, "return document.querySelectorAll('#panel .doc mark').length > 0")
    found = [element.text for element in browser.find_elements("css selector", "#panel .doc")]
    assert found
    assert all("café story" in text for text in found)
    assert len(browser.find_elements("css selector", "#list button")) == 0  # no topic has both words
    browser.find_element("css selector", "#panel .doc").click()
    assert "café story" in shown(browser, "#panel p[dir]")


@pytest.mark.browser
def test_hostile_text_stays_text(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *given())
    browser.find_element("css selector", "#list button[data-topic='1']").click()
    assert shown(browser, "#panel h2") == HOSTILE[1]
    assert HOSTILE[0] in shown(browser, "#panel")
    assert len(browser.find_elements("css selector", "#panel img")) == 0
    # what is data, what was never asked for, and the one that runs
    running = "return [...document.scripts].filter((script) => !script.type.match(/json|plain/)).length"
    assert browser.execute_script(running) == 1
    assert browser.get_log("browser") == []


@pytest.mark.browser
@pytest.mark.parametrize("case", ["no map", "one document", "no topics"])
def test_little_is_shown_too(browser: Any, tmp_path: Path, case: str) -> None:
    docs, topics = given(30)
    if case == "no map":
        docs = docs.having(coords=None)
    elif case == "one document":
        docs = Documents(["just one"], coords=np.zeros((1, 2)))
        topics = Topics.of(docs, [0])
    else:
        topics = Topics.of(docs, [-1] * 30)
    opened(browser, tmp_path / "report.html", docs, topics)
    told = "1 document · 1 topic" if docs.n_docs == 1 else f"{docs.n_docs} documents"
    assert told in shown(browser, "#facts")
    assert browser.get_log("browser") == []


def newspaper(n: int = 60) -> tuple[Documents, Topics]:
    """Title, text, link and date of each article; every third text says "economy" far behind its beginning."""
    filler = " ".join(f"word{i}" for i in range(200))
    texts = [
        f"Title {i} is here. Opening {i}. {filler} {'the economy grows' if i % 3 == 0 else 'ends'} naïve {i}x"
        for i in range(n)
    ]
    columns = {
        "title": [f"Title {i} is here" for i in range(n)],
        "link": [f"https://news.example/{i}" for i in range(n - 2)]
        + ["javascript:alert(1)", "data:text/html,x"],
    }
    times = np.datetime64("2021-03-01") + np.arange(n).astype("timedelta64[D]")
    docs = Documents(
        texts, coords=np.random.default_rng(0).standard_normal((n, 2)), times=times, columns=columns
    )
    topics = Topics.of(docs, np.arange(n) % 2)
    return docs, topics.having(exemplars=(np.array([0, 2]), np.array([1, n - 1])))


def asked(browser: Any, words: str) -> str:
    """What the page says when it is asked for words."""
    box = browser.find_element("id", "search")
    box.clear()
    box.send_keys(words)
    waited(browser, f"return document.querySelector('#panel h2').textContent === '“{words}”'")
    return shown(browser, "#panel")


@pytest.mark.browser
@pytest.mark.parametrize("n_shown", [1_000_000, 1])
def test_whole_texts_are_searched_however_little_is_shown(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_shown: int
) -> None:
    monkeypatch.setattr(texts_of_report, "SHOWN", n_shown)
    opened(browser, tmp_path / "report.html", *newspaper())
    assert "20 documents" in asked(browser, "economy")
    assert "20 documents" in asked(browser, "ECONOMY naive title")
    assert "10 documents" in asked(browser, "2021-03-1")
    assert "1 document," in asked(browser, "news.example/57")
    assert "1 document," in asked(browser, "37x")
    assert browser.execute_script("return foldedTexts()[0].includes('economy')") == (n_shown > 1)
    assert browser.get_log("browser") == []


@pytest.mark.browser
def test_title_text_date_and_link_are_shown_wherever_a_document_is(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *newspaper())
    browser.execute_script("const [x, y] = toScreen(data.x[5], data.y[5]); showHover(x, y);")
    for place in ("#hover", "#list"):
        browser.find_element(
            "css selector", "#list button[data-topic='1']"
        ).click() if place == "#list" else None
        told = shown(browser, "#hover" if place == "#hover" else "#panel .exemplar")
        assert "Title" in told and "Opening" in told and "2021-0" in told
    link = browser.find_element("css selector", "#panel .exemplar a")
    assert link.get_attribute("href") == "https://news.example/1"
    assert "noopener" in link.get_attribute("rel")
    browser.find_element("css selector", "#panel .doc").click()
    assert shown(browser, "#panel h2") == "Title 1 is here"
    assert shown(browser, "#panel p[dir]").startswith("Opening 1. word0")  # the title is not said twice
    assert shown(browser, "#panel p > a") == "https://news.example/1"
    browser.execute_script("showDocument(59)")
    assert shown(browser, "#panel h2") == "Title 59 is here"
    assert browser.find_elements("css selector", "#panel a") == []


@pytest.mark.browser
def test_something_is_offered_where_nothing_is_found(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *newspaper())
    assert "Perhaps you meant" in asked(browser, "ecomony")
    browser.find_element("css selector", "#panel .offer").click()
    assert "20 documents" in shown(browser, "#panel")
    told = asked(browser, "economy ends")
    assert "No document has all of these words" in told and "60 documents with some of the words" in told
    assert "The largest topics" in asked(browser, "qqqqqqqq")


@pytest.mark.browser
def test_scripts_without_blanks_are_searched_beyond_what_is_shown(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts_of_report, "SHOWN", 1)
    texts = ["机器学习是人工智能的一个分支。" * 20 + tail for tail in ("国家经济增长。", "天气很好。")]
    docs = Documents(texts, coords=np.zeros((2, 2)))
    opened(browser, tmp_path / "report.html", docs, Topics.of(docs, [0, 0]))
    assert "1 document," in asked(browser, "经济增长")
    assert "2 documents" in asked(browser, "人工智能")


ARABIC = "كرة القدم (2022): المنتخب يفوز 3!"
HEBREW = "בנק ישראל (2024): הריבית ירדה ל-3%!"


@pytest.mark.browser
@pytest.mark.parametrize("title", [ARABIC, HEBREW])
def test_what_is_written_from_the_right_begins_at_the_right(browser: Any, tmp_path: Path, title: str) -> None:
    docs, topics = newspaper()
    docs = docs.having(columns={**docs.columns, "title": [title] * docs.n_docs}, texts=[title] * docs.n_docs)
    words = [(f"{title.split()[1]}{title.split()[0]}{k}", 1.0) for k in range(30)]
    topics = topics.with_aspect("Main", [words, [("plain", 1.0)]]).having(labels=(Label(title, title), None))
    Page(report(docs, topics, title=title, language="he")).save(tmp_path / "report.html")
    browser.get(f"file://{tmp_path / 'report.html'}")
    waited(browser, "return document.body.dataset.ready === 'true'")
    browser.execute_script("chooseTopic(0)")
    directions = "return ['h1', '#panel h2', '#list .words', '#panel .chips', '#panel .doc .line'].map((at) => getComputedStyle(document.querySelector(at)).direction)"
    assert browser.execute_script(directions) == ["rtl"] * 5
    assert browser.execute_script("return document.querySelector('#panel h2').lang") == "he"
    # the first keyword stands at the right end, the cut is at the left
    ends = "const line = document.querySelector('#list .words'); return [line.querySelector('bdi').getBoundingClientRect().right, line.getBoundingClientRect().right, line.scrollWidth > line.clientWidth]"
    first, edge, is_cut = browser.execute_script(ends)
    assert abs(first - edge) < 2 and is_cut
    assert browser.execute_script("return directionOf(topics[0].name)") == "rtl"
    assert browser.execute_script("return directionOf(topics[1].name)") == "ltr"


@pytest.mark.browser
def test_names_without_blanks_are_wrapped_on_the_map(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "report.html", *given())
    lines = browser.execute_script("return wrapped('人工智能和机器学习的国际会议与研究', 22)")
    assert len(lines) == 2 and "".join(lines) == "人工智能和机器学习的国际会议与研究"
    assert browser.execute_script("return wrapped('Coffee houses of the old town', 22)") == [
        "Coffee houses of the",
        "old town",
    ]


def pictured(n: int = 60, n_topics: int = 3) -> tuple[Documents, Topics]:
    """Documents of which most are images alone; the file of one is gone."""
    images: list[Any] = [drawn(row % 3, row) for row in range(n)]
    images[0], images[1] = "nowhere.png", None
    texts = ["" if row % 2 else f"text {row}" for row in range(n)]
    coords = np.random.default_rng(0).standard_normal((n, 2))
    docs = Documents(texts, coords=coords, columns={"image": images})
    topics = Topics.of(docs, np.arange(n) % n_topics)
    return docs, topics.having(exemplars=tuple(np.arange(row, n, n_topics)[:4] for row in range(n_topics)))


def test_a_report_shows_images_and_stays_small() -> None:
    docs, topics = pictured()
    shown = pictures(docs, topics)
    assert [len(own) for own in shown] == [6, 6, 6]
    assert 0 not in [image["row"] for image in shown[0]] and 1 not in [image["row"] for image in shown[1]]
    assert shown[0][0]["row"] == 3
    page = report(docs, topics)
    assert page.count("data:image/jpeg;base64,") == 18 and page == report(docs, topics)
    many = pictured(600, 300)
    assert sum(len(own) for own in pictures(*many)) <= 400 and len(report(*many)) < 2_000_000


@pytest.mark.browser
def test_images_of_a_topic_are_seen_and_lead_to_their_documents(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path / "images.html", *pictured())
    browser.execute_script("document.querySelector('[data-topic=\"0\"]').click()")
    wide = "return [...document.querySelectorAll('.picture img')].map((image) => image.naturalWidth)"
    waited(browser, wide.replace("return", "return (") + ").every((width) => width > 0)")
    assert len(browser.execute_script(wide)) == 6
    examples = browser.execute_script(
        "return [...document.querySelectorAll('.exemplar')].map((e) => e.textContent)"
    )
    assert examples and all(examples)
    browser.execute_script("document.querySelector('.picture').click()")
    assert "Document 3" in shown(browser, "#panel") and browser.execute_script(
        "return document.querySelector('#panel img').naturalWidth > 0"
    )


def test_the_page_knows_the_topic_of_each_document_whatever_the_number_of_topics() -> None:
    n = 33_000
    page = report(Documents([""] * n), Topics.of(Documents([""] * n), np.arange(n)))
    points = gzip.decompress(base64.b64decode(re.search(r'id="points">([^<]+)<', page)[1]))  # type: ignore[index]
    assert np.array_equal(np.frombuffer(points, "<i4", n), np.arange(n))
