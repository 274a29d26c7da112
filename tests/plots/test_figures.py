"""Every figure: what it shows, that it escapes, and that few or odd topics do not break it."""

from __future__ import annotations

import json
from base64 import b64decode

import numpy as np
import pytest

from corpora import sample
from themata import AlignmentError, Documents, Given, InputError, Label, TopicModel, UnknownTopicError
from themata.core.dense_places import densest_place
from themata.plots.name_places import free_places, tags
from themata.plots.topics import scaled
from themata.report.page import report

HOSTILE = "<img src=x onerror=alert(1)>"


def of(rows, n_docs: int = 120) -> TopicModel:
    corpus = sample(n_docs=n_docs)
    classes = [HOSTILE if i % 2 else "plain" for i in range(n_docs)]
    times = np.datetime64("2024-01-01") + np.arange(n_docs) * np.timedelta64(9, "D")
    model = TopicModel(embedder=None, grouper=Given(rows), aspects={"MMR": "mmr"})
    return model.fit(
        corpus.texts, corpus.embeddings, times=times.astype("datetime64[ns]"), columns={"class": classes}
    )


@pytest.fixture(scope="module")
def model() -> TopicModel:
    rows = sample(n_docs=120).labels.copy()
    rows[::12] = -1
    made = of(rows)
    made.set_topic_labels({0: HOSTILE, 1: "Second", 2: "Third " * 30, 3: "Fourth"})
    return made


def all_figures(model: TopicModel, **labels):
    tree = model.hierarchy().to_frame()
    shares = model.distribution(model.documents_.texts[:1], tokens=True)
    return {
        "topics": model.visualize_topics(**labels),
        "barchart": model.visualize_barchart(**labels),
        "heatmap": model.visualize_heatmap(**labels),
        "hierarchy": model.visualize_hierarchy(hierarchical_topics=tree, **labels),
        "levels": model.visualize_hierarchical_documents(None, tree, hide_document_hover=False, **labels),
        "documents": model.visualize_documents(**labels),
        "datamap": model.visualize_document_datamap(**labels),
        "term_rank": model.visualize_term_rank(**labels),
        "over_time": model.visualize_topics_over_time(model.over_time(bins="month").to_frame(), **labels),
        "per_class": model.visualize_topics_per_class(model.by_class().to_frame(), **labels),
        "distribution": model.visualize_distribution(shares.weights[0], **labels),
    }


@pytest.mark.parametrize("custom_labels", [False, True, "MMR"])
def test_no_name_or_class_is_ever_markup(model: TopicModel, custom_labels) -> None:
    for name, figure in all_figures(model, custom_labels=custom_labels).items():
        told = json.dumps(json.loads(figure.to_json()), ensure_ascii=False)
        assert "<img" not in told, name
        assert len(figure.data), name


def test_every_figure_is_there_without_embeddings_and_without_labels() -> None:
    corpus = sample(n_docs=120)
    times = np.datetime64("2024-01-01") + np.arange(120) * np.timedelta64(9, "D")
    rows = np.where(np.arange(120) % 12, corpus.labels, -1)
    model = TopicModel(embedder=None, grouper=Given(rows), labeler=None)
    model.fit(corpus.texts, times=times, columns={"class": ["a", "b"] * 60})
    for custom_labels in (False, True, "Main"):
        for name, figure in all_figures(model, custom_labels=custom_labels).items():
            assert len(figure.data), name


def test_names_of_an_aspect_say_the_number_first(model: TopicModel) -> None:
    words = [word for word, _ in model.get_topic(1, full=True)["MMR"][:3]]
    names = [trace.name for trace in model.visualize_term_rank(custom_labels="MMR").data]
    assert names[1].startswith(f"1: {', '.join(words)}"[:27])


def test_a_model_that_lays_nothing_out_says_so() -> None:
    corpus = sample(n_docs=120)
    model = TopicModel(embedder=None, grouper=Given(corpus.labels), layout=None)
    model.fit(corpus.texts, corpus.embeddings)
    with pytest.raises(InputError, match="give reduced_embeddings="):
        model.visualize_documents()
    placed = np.zeros((120, 2))
    assert (
        len(model.visualize_documents(reduced_embeddings=placed).data) == 5
    )  # the first is of documents without a topic
    assert len(model.visualize_document_datamap(reduced_embeddings=placed).data) == 1


@pytest.mark.parametrize("n_topics", [0, 1, 2])
def test_few_topics_never_break_a_figure(n_topics: int) -> None:
    model = of([i % n_topics if n_topics else -1 for i in range(120)])
    for custom_labels in (False, True, "MMR"):
        for name, figure in all_figures(model, custom_labels=custom_labels).items():
            assert len(figure.to_json()) > 100, name
            assert len(figure.data) or figure.layout.annotations[0].text, name  # says why there is nothing


def test_hundreds_of_topics_never_break_a_figure() -> None:
    model = of([i // 2 for i in range(600)], n_docs=600)
    for name, figure in all_figures(model).items():
        assert len(figure.to_json()) < 6_000_000, name


def test_circles_are_as_large_as_their_topics(model: TopicModel) -> None:
    figure = model.visualize_topics(top_n_topics=3)
    assert figure.data[0].marker.size.tolist() == model.result_.sizes[:3].tolist()
    assert len(figure.layout.sliders[0].steps) == 3


def test_points_at_given_distances_are_found() -> None:
    points = np.random.default_rng(0).standard_normal((12, 2))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    found = scaled(apart)
    np.testing.assert_allclose(np.linalg.norm(found[:, None] - found[None], axis=2), apart, atol=1e-9)


def test_bars_are_keywords_heaviest_above(model: TopicModel) -> None:
    figure = model.visualize_barchart(topics=[2], n_words=4)
    assert list(figure.data[0].y)[::-1] == [word for word, _ in model.result_.keywords[2][:4]]
    assert list(figure.data[0].x) == sorted(figure.data[0].x)
    assert len(model.visualize_barchart(top_n_topics=2).data) == 2


def test_one_scale_unless_each_has_its_own(model: TopicModel) -> None:
    shared = model.visualize_barchart()
    assert shared.layout.xaxis.range == shared.layout.xaxis2.range
    assert model.visualize_barchart(autoscale=True).layout.xaxis.range is None


def test_the_heatmap_holds_cosines(model: TopicModel) -> None:
    cells = model.visualize_heatmap().data[0].z
    np.testing.assert_allclose(np.diag(cells), 1, atol=1e-3)
    np.testing.assert_array_equal(cells, cells.T)
    assert sorted(model.visualize_heatmap(n_clusters=2).data[0].z.sum(axis=0).tolist()) == pytest.approx(
        sorted(cells.sum(axis=0).tolist()), abs=1e-4
    )
    with pytest.raises(InputError, match="n_clusters"):
        model.visualize_heatmap(n_clusters=9)


@pytest.mark.parametrize("orientation", ["left", "bottom"])
def test_the_tree_has_a_leaf_per_topic_and_a_branch_per_join(model: TopicModel, orientation: str) -> None:
    tree = model.hierarchy().to_frame()
    figure = model.visualize_hierarchy(orientation, hierarchical_topics=tree)
    ends = [np.isnan(trace.x).sum() for trace in figure.data if trace.mode == "lines"]
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert sum(ends) == 3 and len(dots[0].x) == 3
    axis = figure.layout.yaxis if orientation == "left" else figure.layout.xaxis
    assert len(axis.ticktext) == 4
    assert sorted(figure.layout.meta["topics"]) == [0, 1, 2, 3]


def test_a_branch_is_named_by_the_topics_below_it(model: TopicModel) -> None:
    tree = model.hierarchy().to_frame()
    told = {frozenset(row.Topics): row.Parent_Name for row in tree.itertuples()}
    figure = model.visualize_hierarchy(hierarchical_topics=tree, topics=[0, 1, 3])
    dots = next(trace for trace in figure.data if trace.mode == "markers")
    named = {name.replace("_", ", ") for below, name in told.items() if below <= {0, 1, 3}}
    # what has keywords begins with them
    bold = [text.split("</b>")[0].replace("<br>", " ") for text in dots.hovertext if "<b>" in text]
    assert {text.removeprefix("<b>") for text in bold} <= named
    assert frozenset([0, 1, 2, 3]) in told  # the root of all four names no branch of three


def test_a_branch_says_what_it_joins_without_any_table(model: TopicModel) -> None:
    branches, leaves = [trace for trace in model.visualize_hierarchy().data if trace.mode == "markers"]
    sizes = model.result_.sizes
    root = branches.hovertext[-1].split("<br>")
    assert root[0] == f"4 topics, {sizes.sum()} documents"
    assert root[1].startswith("joined at distance ") and len(root) == 4
    assert {text.rsplit("<br>", 1)[1] for text in leaves.hovertext} == {f"{size} documents" for size in sizes}


@pytest.mark.parametrize("orientation", ["left", "bottom"])
def test_leaves_of_a_tree_have_room_and_its_last_join_is_whole(orientation: str) -> None:
    figure = of([i // 3 for i in range(240)], n_docs=240).visualize_hierarchy(orientation)
    across, along = figure.layout.width, figure.layout.height
    assert (along if orientation == "left" else across) / 80 > 20
    axis = figure.layout.xaxis if orientation == "left" else figure.layout.yaxis
    joins = [trace.x if orientation == "left" else trace.y for trace in figure.data if trace.mode == "lines"]
    assert axis.range[1] > max(np.nanmax(depth) for depth in joins)


def test_no_name_in_a_figure_is_joined_by_underscores(model: TopicModel) -> None:
    ticks = model.visualize_hierarchy().layout.yaxis.ticktext
    assert all("_" not in tick and ": " in tick for tick in ticks)


def test_the_slider_marks_a_topic_from_the_beginning(model: TopicModel) -> None:
    figure = model.visualize_topics()
    marked = figure.layout.sliders[0].steps[0].args[0]["marker.color"][0]
    assert list(figure.data[0].marker.color) == list(marked) and len(set(marked)) == 2


def test_a_figure_stands_in_the_middle_of_its_page(model: TopicModel, tmp_path) -> None:
    figure = model.visualize_term_rank(title="<b>A </script> title</b>")
    figure.write_html(tmp_path / "figure.html", include_plotlyjs=False)
    for page in ((tmp_path / "figure.html").read_text(), figure.to_html(include_plotlyjs=False)):
        assert "margin:auto" in page and page.count("</script>") == page.count("<script")
    assert "margin:auto" not in figure.to_html(include_plotlyjs=False, full_html=False)


def test_levels_go_from_all_topics_to_few_over_the_same_points(model: TopicModel) -> None:
    figure = model.visualize_hierarchical_documents(None, model.hierarchy().to_frame(), nr_levels=3)
    assert [step.label for step in figure.layout.sliders[0].steps] == ["4 topics", "3 topics", "2 topics"]
    assert [len(trace.x) for trace in figure.data] == [120]
    assert len(set(figure.data[0].marker.color.tolist())) == 5  # four topics and the outliers
    last = figure.layout.sliders[0].steps[-1].args[0]
    code = np.frombuffer(b64decode(last["marker.color"][0]["bdata"]), dtype=np.int16)
    assert len(code) == 120 and len(set(code.tolist())) == 3
    with pytest.raises(InputError, match="level_scale"):
        model.visualize_hierarchical_documents(None, model.hierarchy().to_frame(), level_scale="cubic")


def test_lines_over_time_sum_to_the_topics(model: TopicModel) -> None:
    figure = model.visualize_topics_over_time(model.over_time(bins=5).to_frame())
    assert len(figure.data) == 4
    assert sum(sum(trace.y) for trace in figure.data) == model.result_.sizes.sum()
    scaled_to = model.visualize_topics_over_time(model.over_time(bins=5).to_frame(), normalize_frequency=True)
    assert np.linalg.norm(scaled_to.data[0].y) == pytest.approx(1)


def test_the_first_topic_is_shown_per_class(model: TopicModel) -> None:
    figure = model.visualize_topics_per_class(model.by_class().to_frame(), top_n_topics=2)
    assert [trace.visible for trace in figure.data] == [True, "legendonly"]


def test_only_shares_that_count_are_drawn(model: TopicModel) -> None:
    figure = model.visualize_distribution(np.array([0.5, 0.01, 0.3, 0.19]))
    assert sorted(figure.data[0].x.tolist()) == [0.19, 0.3, 0.5]
    assert "no topic" in model.visualize_distribution(np.zeros(4)).layout.annotations[0].text


def test_words_of_a_document_are_colored_and_escaped(model: TopicModel) -> None:
    text = "rocket <b> rocket orbit garlic"
    found = model.distribution([text], tokens=True)
    styled = model.visualize_approximate_distribution(text, found.tokens[0])
    page = styled.to_html()
    assert page.count("rocket") == 2 and "<b>" not in page
    assert "rgba(66, 105, 208" in page
    normalized = model.visualize_approximate_distribution(text, found.tokens[0], normalize=True)
    assert normalized.data.to_numpy().sum(axis=0).max() == pytest.approx(1, abs=0.01)
    with pytest.raises(AlignmentError, match="one row per word"):
        model.visualize_approximate_distribution("other words", found.tokens[0])


def test_names_on_the_printed_map_never_cover_one_another() -> None:
    rng = np.random.default_rng(0)
    at, names, pixel = (
        list(rng.random((40, 2)) * 0.3),
        ["A name of some length"] * 40,
        np.array([0.001, 0.001]),
    )
    places = free_places(at, names, pixel)
    wide, tall = (6.9 * 21 + 8) * 0.001, 17 * 0.001
    assert sum(place is None for place in places) == 0
    for i, one in enumerate(places):
        for other in places[i + 1 :]:
            assert abs(one[0] - other[0]) >= wide - 1e-9 or abs(one[1] - other[1]) >= tall - 1e-9


def test_a_name_stands_beside_a_cluster_that_is_smaller_than_it() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 3, (60, 2)), rng.normal([400, 0], 100, (400, 2))])
    members = {0: np.arange(60), 1: np.arange(60, 460)}
    small, large = tags(points, members, ["A long name of few", "Large"], np.ones(2))
    half = (6.9 * 18 + 8) / 2
    inside = np.abs(points[:60] - [small["x"], small["y"]]) < [half, 8]
    assert inside.all(axis=1).mean() < 0.1
    assert abs(large["x"] - 400) < 100 and not small["showarrow"] and not large["showarrow"]


def test_a_name_stands_where_documents_are_dense_not_between_two_halves() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, (50, 2)), rng.normal(20, 1, (40, 2))])
    assert np.abs(densest_place(points, np.array([0.5, 0.5]))).max() < 2


@pytest.mark.parametrize("figure", ["documents", "levels"])
def test_names_on_maps_never_cover_one_another(figure: str) -> None:
    rng = np.random.default_rng(0)
    model = of([i // 12 for i in range(360)], n_docs=360)
    coords = rng.standard_normal((30, 2)).repeat(12, axis=0) + 0.02 * rng.standard_normal((360, 2))
    drawn = (
        model.visualize_documents(reduced_embeddings=coords)
        if figure == "documents"
        else model.visualize_hierarchical_documents(
            None, model.hierarchy().to_frame(), reduced_embeddings=coords, nr_levels=3
        )
    )
    layout = drawn.layout
    area = np.array([layout.width, layout.height]) - [
        layout.margin.l + layout.margin.r,
        layout.margin.t + layout.margin.b,
    ]
    low, high = np.array([layout.xaxis.range, layout.yaxis.range]).T
    boxes = []
    for tag in layout.annotations:
        x, y = (np.array([tag.x, tag.y]) - low) / (high - low) * area + [tag.ax or 0, -(tag.ay or 0)]
        boxes.append((x, y, 6 * (len(tag.text) - 7), 14))  # "<b></b>", and somewhat less than is kept free
    assert len(boxes) > 25
    assert all(wide / 2 <= x <= area[0] - wide / 2 and 0 < y < area[1] for x, y, wide, _ in boxes)
    for i, (x, y, wide, tall) in enumerate(boxes):
        for u, v, wide_, tall_ in boxes[i + 1 :]:
            assert abs(x - u) >= (wide + wide_) / 2 or abs(y - v) >= (tall + tall_) / 2


def test_the_map_shows_names_with_or_without_numbers(model: TopicModel) -> None:
    plain = model.visualize_document_datamap()
    numbered = model.visualize_document_datamap(custom_labels=True, topic_prefix=True, sub_title="<i>below")
    assert not any(tag.text.startswith("<b>0") for tag in plain.layout.annotations)
    assert [
        tag.text.startswith(f"<b>Topic-{row}: ") for row, tag in enumerate(numbered.layout.annotations)
    ] == [True] * 4
    assert "<br><sup>&lt;i&gt;below</sup>" in numbered.layout.title.text
    only = model.visualize_document_datamap(topics=[2])
    assert len(only.layout.annotations) == 1
    assert sorted(set(only.data[0].marker.color.tolist())) == [0, 1]  # gray and one color


def test_an_interactive_map_shows_what_it_is_told(model: TopicModel) -> None:
    shown = [f"TITLE {i}" for i in range(120)]
    page = model.visualize_document_datamap(shown, interactive=True, topic_prefix=True)
    docs = Documents(shown, coords=model.lay_out(), times=model.documents_.times)
    words = [", ".join(word for word, _ in words[:3]) for words in model.result_.keywords]
    labels = tuple(Label(f"Topic-{row}: {name}") for row, name in enumerate(words))
    assert page.text == report(
        docs, model.result_.having(labels=labels), title="Documents and Topics", language="en"
    )


def test_an_interactive_map_is_a_page_that_can_be_saved(model: TopicModel, tmp_path) -> None:
    page = model.visualize_document_datamap(interactive=True)
    page.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").stat().st_size > 10_000
    assert page._repr_html_().startswith("<iframe srcdoc=") and "<script" not in page._repr_html_()


def test_unknown_topics_and_aspects_are_refused(model: TopicModel) -> None:
    with pytest.raises(UnknownTopicError):
        model.visualize_topics(topics=[99])
    with pytest.raises(InputError, match="no aspect is called"):
        model.visualize_term_rank(custom_labels="Llama")
