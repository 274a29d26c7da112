from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from themata import TopicModel
from themata.core.documents import Documents
from themata.core.topics import Label, Topics
from themata.group.known_labels import Given
from themata.naming.phrases.phrase_labeler import Phrases
from themata.words.vectorizer import Words

GRAPHS = [
    "Graph neural networks learn molecules",
    "We train graph neural networks on social data",
    "Pooling in graph neural networks",
]
COVID = [
    "Patients with COVID-19 had fever",
    "Vaccines against COVID-19 work",
    "Treatment of COVID-19 in hospitals",
]
GANS = ["Training GANs is unstable", "Better images with GANs today", "A theory of how GANs generate images"]


def topics_of(*groups: Sequence[str]) -> tuple[Topics, Documents]:
    texts = [text for group in groups for text in group]
    vectorizer = Words(min_df=1)
    docs = Documents(
        texts, terms=vectorizer.fit_transform(texts), vocabulary=vectorizer.get_feature_names_out()
    )
    return Topics.of(docs, np.repeat(np.arange(len(groups)), [len(group) for group in groups])), docs


def names(*groups: Sequence[str]) -> list[str]:
    found = Phrases().label(*topics_of(*groups))
    assert all(label is not None and label.source == "phrases" for label in found)
    return [label.name for label in found if label]


def test_a_topic_is_named_by_a_phrase_its_documents_use() -> None:
    assert names(GRAPHS, COVID)[0] == "Graph neural networks"


def test_words_keep_the_casing_writers_use() -> None:
    assert "COVID-19" in names(GRAPHS, COVID)[1]
    assert "GANs" in names(GRAPHS, GANS)[1]


def test_no_two_topics_get_one_name() -> None:
    found = names(GRAPHS, GRAPHS, GRAPHS, GRAPHS)
    assert len(set(found)) == 4


def test_a_persons_name_stays_and_is_not_given_again() -> None:
    topics, docs = topics_of(GRAPHS, GRAPHS)
    named = topics.having(labels=(Label("Graph neural networks"), None))
    first, second = Phrases().label(named, docs)
    assert first == Label("Graph neural networks")
    assert second is not None
    assert second.name != "Graph neural networks"


@pytest.mark.parametrize(
    "texts",
    [
        [""],
        ["😀"],
        ["word"],
        ["<script>alert(1)</script>"],
        ["https://a.b/c"],
        ["x" * 1_000_000],
        ["the of and"],
        ["a\nb\tc\x00d"],
    ],
)
def test_junk_gets_a_name_of_one_readable_line(texts: list[str]) -> None:
    for name in names(texts, GRAPHS):
        assert name.strip()
        assert len(name) <= 60
        assert "\n" not in name
        assert "<" not in name


def test_names_of_unspaced_scripts_have_no_spaces() -> None:
    chinese = ["机器学习模型预测天气", "我们训练机器学习模型", "机器学习模型的应用"]
    found = names(chinese, ["足球比赛今天开始", "球队赢得足球比赛", "足球比赛的结果"])
    assert " " not in found[0]
    assert "学习" in found[0]


def test_the_same_seed_gives_the_same_names() -> None:
    assert names(GRAPHS, COVID, GANS) == names(GRAPHS, COVID, GANS)


def test_two_words_of_a_german_name_are_joined_in_german() -> None:
    words = ["Wasser", "Regen", "Sturm", "Hagel"]
    rng = np.random.default_rng(0)
    weather = [
        f"Heute kommt viel {' oder '.join(rng.permutation(words)[:2])} und dann nichts." for _ in range(40)
    ]
    bank = [f"Die Bank will {x} vom Konto und mehr Zinsen." for x in ("Geld", "Gold", "Kredit", "Geld") * 10]
    model = TopicModel(embedder=None, grouper=Given([0] * 40 + [1] * 40), language="de")
    names = model.fit([*weather, *bank]).result_.names
    assert all(" and " not in name for name in names)
    assert any(word in names[0] for word in words)  # nouns keep their capitals


def test_german_nouns_and_names_keep_their_capitals_though_sentences_look_like_headings() -> None:
    bush = [
        f"Präsident Bush empfing Minister {x} im Weißen Haus." for x in ("Meyer", "Huber", "Kohl", "Genscher")
    ]
    seen = [f"Das Wasser der Seen {x} heute klar." for x in ("ist", "war", "bleibt", "wird")]
    (first, _) = Phrases(language="de").label(*topics_of(bush * 3, seen * 3))
    assert first is not None and all(word[0].isupper() for word in first.name.split() if word != "und")


def test_a_phrase_that_everybody_uses_names_no_topic_of_its_own() -> None:
    rng = np.random.default_rng(0)
    points = np.repeat(np.eye(3), 30, axis=0) + 0.05 * rng.standard_normal((90, 3))
    texts = [
        f"We apply machine learning to {noun} number {i} of the {noun} kind"
        for noun in ("protein folding", "bird song", "stock prices")
        for i in range(30)
    ]
    model = TopicModel(embedder=None, grouper=Given(np.repeat(np.arange(3), 30)), layout=None)
    assert all("achine" not in name for name in model.fit(texts, points).result_.names)


def test_a_name_is_a_thing_and_no_deed() -> None:
    people = ["my", "her", "the", "a", "his", "our"]
    lost = [f"I want to report {who} lost card because it is gone {i}" for i, who in enumerate(people * 4)]
    meal = [f"Please suggest {who} warm soup that we can eat {i}" for i, who in enumerate(people * 4)]
    assert names(lost, meal) == ["Lost card", "Warm soup"]


def test_a_name_begins_with_no_verb_though_most_documents_do() -> None:
    stored = [
        f"Store the configuration of {what} and read the configuration again"
        for what in ("models", "servers", "mails", "games") * 3
    ]
    assert "tore" not in names(stored, GRAPHS)[0]


def test_a_name_has_the_hyphens_and_slashes_that_writers_use() -> None:
    few = [f"Few-shot learning of {what} by few-shot learning" for what in ("cats", "words", "maps", "songs")]
    stack = [f"A TCP/IP stack for {what}" for what in ("phones", "clocks", "ships", "cars")]
    assert names(few, stack) == ["Few-shot learning", "TCP/IP stack"]


def test_a_topic_of_two_halves_is_named_by_both() -> None:
    rng = np.random.default_rng(0)
    stars = [f"Look, the galaxies are {x}" for x in ("far", "old", "dim", "red")] * 4
    moons = [f"Look, the comets are {x}" for x in ("far", "old", "dim", "red")] * 4
    sky = rng.permutation([*stars, *moons]).tolist()
    assert names(sky, COVID * 4)[0] in ("Galaxies and comets", "Comets and galaxies")


def test_both_halves_of_a_name_are_plurals_where_writers_use_them() -> None:
    rng = np.random.default_rng(0)
    tasks = [
        f"Look, {word} {x}"
        for word in ("a class is", "the classes are")
        for x in ("far", "old", "dim", "red")
    ]
    keys = [
        f"Look, {word} {x}" for word in ("a key is", "the keys are") for x in ("far", "old", "dim", "red")
    ]
    both = rng.permutation([*tasks, *keys] * 3).tolist()
    assert names(both, COVID * 4)[0] in ("Classes and keys", "Keys and classes")


def test_a_half_that_cannot_be_counted_stays_as_it_is_beside_a_plural() -> None:
    rng = np.random.default_rng(0)
    traffic = [f"Look, the traffic is {x}" for x in ("far", "old", "dim", "red")] * 2
    cars = [
        f"Look, {word} {x}" for word in ("a car is", "the cars are") for x in ("far", "old", "dim", "red")
    ]
    both = rng.permutation([*traffic, *cars] * 3).tolist()
    assert names(both, COVID * 4)[0] in ("Traffic and cars", "Cars and traffic")


@pytest.mark.parametrize(("article", "named"), [("a", "parsers"), ("the", "parser")])
def test_of_what_is_one_of_many_fewer_plurals_are_enough(article: str, named: str) -> None:
    rng = np.random.default_rng(0)
    ends = ("far", "old", "dim", "red")
    parsers = [f"Look, {article} parser is {x}" for x in ends] * 8 + ["Look, the parsers are old"] * 2
    keys = [f"Look, {word} {x}" for word in ("a key is", "the keys are") for x in ends] * 4
    found = names(rng.permutation([*parsers, *keys]).tolist(), COVID * 4)[0]
    assert named in found.lower().split() and found.endswith("s") == (named == "parsers")


def test_a_name_begins_with_the_capitals_that_many_write() -> None:
    arrays = [f"We sort numpy arrays {x}" for x in ("fast", "slowly", "in place", "by key")]
    arrays += [f"All NumPy arrays are sorted {x}" for x in ("fast", "slowly")]
    assert names(arrays, COVID)[0] == "NumPy arrays"


def test_the_number_of_one_flight_names_no_topic() -> None:
    flights = [f"Is {whose} flight DL123 {x}" for whose in ("the", "my") for x in ("late", "full", "on time")]
    flights += ["The flight was full", "My flight was late", "Is the flight on time"]
    assert "DL123" not in names(flights, COVID, GRAPHS)[0]


def test_a_german_name_is_in_the_nominative() -> None:
    games = [
        f"Die Gewinner von den olympischen Spielen {x} feiern ihre Medaille."
        for x in ("heute", "gern", "laut")
    ]
    other = [f"Das Wasser der Seen {x} heute klar." for x in ("ist", "war", "bleibt")]
    (first, _) = Phrases(language="de").label(*topics_of(games * 4, other * 4))
    assert first is not None and "Spielen" not in first.name


def test_chinese_names_are_of_nouns() -> None:
    brazil = ["巴西至少有三个城市", "至少在巴西有大城市", "巴西的城市至少很大", "巴西至少赢了"]
    found = names(brazil, ["足球比赛今天开始", "球队赢得足球比赛", "足球比赛的结果"])
    assert "至少" not in found[0]


def test_orders_of_lists_of_changes_begin_no_name() -> None:
    things = ["symbol files", "man pages", "debug packages", "test suites"]
    changes = [f"{what} the {thing}" for what in ("Update", "Updated") for thing in things]
    changes += [f"Update symbol files for {thing}" for thing in ("libc", "perl", "ruby", "tcl")]
    (first, *_) = names(changes, GRAPHS, COVID)
    assert "pdate" not in first


def test_what_something_does_ends_no_name() -> None:
    parts = ("role", "member", "key", "rule", "name")
    binding = [f"The policy binding is safe. A binding consists of a {what}" for what in parts] * 4
    assert names(binding, GRAPHS * 6)[0] == "Policy binding"
