"""Values show themselves in notebooks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sklearn.pipeline import Pipeline

from chromium import chromium
from corpora import Sample
from themata import Label, TopicModel
from themata.core import html_views
from themata.familiar import BERTopic


@pytest.fixture(scope="module")
def model(corpus: Sample) -> TopicModel:
    return TopicModel(n_topics=4, layout="multilevel").fit(corpus.texts, corpus.embeddings)


def test_a_model_shows_its_topics(model: TopicModel) -> None:
    shown = model._repr_html_()
    assert all(f"<b>{name}</b>" in shown for name in model.result_.names)
    assert "n_topics=4" in shown and f"{model.result_.n_docs:,} documents, 4 topics" in shown
    assert "TopicModel(n_topics=4)" in TopicModel(n_topics=4)._repr_html_()


def test_a_long_table_tells_what_it_leaves_out() -> None:
    names = [f"Topic number {row}" for row in range(25)]
    shown = html_views.topics_table(names, range(25, 0, -1), [["word"]] * 25, n_docs=325, n_outliers=0)
    assert "number 19<" in shown and "number 20<" not in shown and "and 5 more" in shown


def test_names_and_keywords_are_no_markup(model: TopicModel) -> None:
    shown = model.result_.relabel({0: "<script>alert(1)</script>"})._repr_html_()
    assert "<script" not in shown and "&lt;script&gt;" in shown
    named = replace(model.result_, labels=(Label("<img src=x>"), *model.result_.labels[1:]))
    assert "<img" not in named._repr_html_()


def test_contents_and_tree_show_themselves(model: TopicModel) -> None:
    contents, tree = model.contents(), model.hierarchy()
    shown = contents._repr_html_()
    assert all(entry.name.replace("&", "&amp;") in shown for _, entry in contents.walk())
    assert shown.count("<ul") == shown.count("</ul>") and shown.count("<li>") == shown.count("</li>")
    assert tree._repr_html_().startswith("<pre") and model.result_.names[0] in tree._repr_html_()


def test_the_report_is_a_page_until_it_has_a_path(model: TopicModel, tmp_path: Any) -> None:
    page = model.report(title="Shown")
    assert page._repr_html_().startswith("<iframe") and "<script" not in page._repr_html_()
    assert (
        page.save(tmp_path / "a.html").read_text()
        == model.report(tmp_path / "b.html", title="Shown").read_text()
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda model: model.evaluate(),
        lambda model: model.label_scores(),
        lambda model: model.over_time(list(range(model.result_.n_docs)), bins=3),
        lambda model: model.by_class(["a", "b"] * (model.result_.n_docs // 2)),
        lambda model: model.reduce_outliers(),
        lambda model: model.distribution(),
        lambda model: model.granularity(),
    ],
)
def test_answers_show_their_tables(model: TopicModel, answer: Any) -> None:
    assert "<table" in answer(model)._repr_html_()


def test_a_pipeline_shows_the_model_in_it() -> None:
    assert "TopicModel" in Pipeline([("topics", TopicModel(n_topics=3))])._repr_html_()
    assert "BERTopic" in BERTopic()._repr_html_()


@pytest.mark.browser
def test_the_map_fits_a_page_that_was_hidden_when_it_was_loaded(model: TopicModel, tmp_path: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    cell = tmp_path / "cell.html"
    hidden = f'<div id="cell" style="display:none">{model.report()._repr_html_()}</div>'
    cell.write_text(hidden, encoding="utf-8")
    with chromium() as browser:
        browser.get(cell.as_uri())
        browser.execute_script("document.getElementById('cell').style.display = 'block'")
        browser.switch_to.frame(0)
        WebDriverWait(browser, 20).until(lambda page: page.execute_script("return view.scale") > 200)


def test_a_notebook_shows_a_model_and_lines_of_progress() -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    code = (
        "from themata import TopicModel\nfrom themata.testing import sample\n"
        "TopicModel(embedder='lexical', labeler=None).fit(sample(60).documents.texts, verbose=True)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbclient.NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    progress = "".join(output["text"] for output in outputs if output.get("name") == "stdout")
    (shown,) = [output["data"] for output in outputs if output.output_type == "execute_result"]
    assert "✓ finding topics" in progress
    assert "60 documents" in shown["text/html"] and "TopicModel" in shown["text/plain"]
