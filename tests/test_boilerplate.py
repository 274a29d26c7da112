"""What people and machines leave in texts: it names no topic, unless somebody asks for it."""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from themata import TopicModel
from themata.chat.context_window import Guess
from themata.core.errors import InputError
from themata.core.plain_text import KINDS, kinds, plain
from themata.familiar import BERTopic
from themata.naming.llm.brief import Shape, briefs
from themata.words.vectorizer import Words

SUBJECTS = {
    "space": "rocket orbit moon launch satellite astronaut planet telescope".split(),
    "cooking": "recipe oven garlic butter soup bread pepper onion".split(),
    "football": "goal striker referee penalty stadium league coach midfield".split(),
    "money": "bank loan interest credit stock bond market inflation".split(),
}
WORDS = {word for words in SUBJECTS.values() for word in words}


def bodies(n: int = 120) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(0)
    names = [list(SUBJECTS)[row % 4] for row in range(n)]
    return [" ".join(rng.choice(SUBJECTS[name], 6)) for name in names], names


def fitted(texts: list[str], **options: Any) -> TopicModel:
    return TopicModel(embedder="lexical", n_topics=4, language="en", **options).fit(texts)


def said_of(model: Any) -> set[str]:
    """Words of names and keywords."""
    names = [label.name if label else "" for label in model.result_.labels]
    keywords = [word for words in model.result_.keywords for word, _ in words]
    return {word.lower() for text in [*names, *keywords] for word in re.findall(r"[@\w]+", text)} - {"and"}


RETWEET = "RT @user{user}: {body} https://t.co/{row} #x{row}"
PAGE = (
    "<html><head><style>p {{color: red}}</style><script>alert(1); var tracker = 'analytics';</script></head>"
    "<body><p class='lead'>{body}&nbsp;&mdash; <b>{body}</b></p><!-- comment --><script>alert({row})</script></body></html>"
)
MAIL = (
    "From: bob{user}@host.example (Bob)\nReceived: from mx{user}.example.com\nDate: 1 May 2020 10:00:00\n"
    "Message-ID: <{row}.abc@host.example>\nSubject: Re: {body}\nX-Mailer: Mutt 1.9\n\n"
    "On Tue, May 1, 2020 at 9:00 AM Ann <ann@host.example> wrote:\n> {body} =E2=80=93 long=\ner line=20\n\n-- \nBob, bob@host.example\n"
)
LOG = "{body} deadbeef{row:08x} 550e8400-e29b-41d4-a716-{row:012x} ?utm_source=news&utm_medium=mail&fbclid={row}"


@pytest.mark.parametrize("form", [RETWEET, PAGE, MAIL, LOG])
@pytest.mark.parametrize("road", ["native", "familiar"])
def test_boilerplate_names_no_topic(form: str, road: str) -> None:
    texts, names = bodies()
    texts = [
        form.format(user=row % 4 if row % 3 else row % 10, row=row, body=body)
        for row, body in enumerate(texts)
    ]
    if road == "native":
        model: Any = fitted(texts)
    else:
        clusterer = KMeans(4, random_state=0, n_init=3)
        model = BERTopic(embedding_model="lexical", umap_model=PCA(5), hdbscan_model=clusterer).fit(texts)
    left = {word for word in said_of(model) - WORDS if not re.fullmatch(r"x?\d+", word)}
    assert left <= ({"longer", "line"} if form is MAIL else set())
    for topic in range(4):
        assert len({name for name, given in zip(names, model.topics_, strict=True) if given == topic}) == 1
    assert model.get_document_info(texts).Document.tolist() == texts  # tables show what came
    assert model.transform(texts[:8])[0] == list(model.topics_[:8])


def test_what_is_ignored_can_be_switched_off() -> None:
    texts, _ = bodies()
    texts = [RETWEET.format(user=row % 4, row=row, body=body) for row, body in enumerate(texts)]
    assert "@user3" in set(fitted(texts, ignore=None).result_.vocabulary)
    assert "@user3" not in set(fitted(texts).result_.vocabulary)
    only = set(fitted(texts, ignore=["markup"]).result_.vocabulary)
    assert {"@user3", "https"} <= only
    for model in (fitted(texts, ignore=["handles"]), fitted(texts, vectorizer=Words(ignore="handles"))):
        assert "https" in set(model.result_.vocabulary) and "@user3" not in set(model.result_.vocabulary)
    with pytest.raises(InputError, match="'handels'"):
        fitted(texts, ignore=["handels"])


def test_a_handle_names_a_topic_only_where_the_topic_is_about_it() -> None:
    texts, names = bodies()
    rng = np.random.default_rng(1)
    texts = [
        f"{body} says @nasa of it" if name == "space" else f"thanks @user{rng.integers(4)} for {body}"
        for body, name in zip(texts, names, strict=True)
    ]
    model = fitted(texts)
    shown = [{word for word, _ in words if "@" in word} for words in model.result_.keywords]
    space = model.topics_[names.index("space")]
    assert shown[space] == {"@nasa"} and not set().union(*shown[:space], *shown[space + 1 :])
    assert not any("@user" in label.name for label in model.result_.labels)
    by_half = model.by_class(["a" if row % 2 else "b" for row in range(len(texts))]).to_frame()
    assert not by_half.Words.str.contains("@user").any()
    free = fitted(texts, ignore=None)
    assert any("@user" in word for words in free.result_.keywords for word, _ in words)


def test_a_language_model_reads_no_markup() -> None:
    texts, _ = bodies(40)
    model = fitted([PAGE.format(user=1, row=row, body=body) for row, body in enumerate(texts)])
    for brief in briefs(model.result_, model.documents_, [0, 1], Shape(), Guess()):
        assert brief.documents
        for text in brief.documents:
            assert not re.search(r"[<>]|alert|tracker|nbsp|color", text)


class Recording:
    """An embedder that keeps what it was given."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.seen += texts
        return np.array(
            [
                [sum(text.count(w) for w in ws) for ws in SUBJECTS.values()] + [len(text) / 50]
                for text in texts
            ]
        )


def test_an_embedder_reads_what_is_language_and_whatever_the_caller_embedded() -> None:
    texts, _ = bodies(60)
    pages = [PAGE.format(user=1, row=row, body=body) for row, body in enumerate(texts)]
    made = Recording()
    model = TopicModel(embedder=made, n_topics=4).fit(pages)
    assert not any("<" in text or "alert" in text for text in made.seen)
    model.transform(pages[:3])
    assert not any("<" in text for text in made.seen[-3:])
    raw = Recording()
    given = TopicModel(embedder=raw, n_topics=4).fit(pages, raw.encode(pages))
    raw.seen.clear()
    assert given.transform(pages[:4])[0] == given.topics_[:4]
    assert raw.seen[-4:] == sorted(pages[:4], key=lambda text: (-len(text), text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a < b and c > d, List<String> of <unk>", "a < b and c > d, List<String> of <unk>"),
        ("if x <b then y", "if x <b then y"),
        ("&lt;p&gt;Feeds &amp;amp; more&lt;/p&gt;", "Feeds & more"),
        ("AT&T and R&D; Q&A", "AT&T and R&D; Q&A"),
        ("un<b>believ</b>able <br/>line", "unbelievable line"),
        ("<dc:title>Trains</dc:title> <item id=\"3\">x</item>", "Trains x"),
        ("<SCRIPT type='a'>var a = '<b>';</SCRIPT >end <style>p{}", "end"),
        ("soft\u00adware क्\u200dया", "software क्या"),
        ("見て https://t.co/abc。東京タワー", "見て 。東京タワー"),
        ("see (https://x.org/a_(b)?c=1), then www.y.de.", "see ( ), then ."),
        ("mail ann.lee+x@host.co.uk or @ann", "mail or @ann"),
        ("buy at amazon.com today, not node.js or 3.5/week", "buy at amazon today, not node.js or 3.5/week"),
        ("bit.ly/3abc and docs.x.io/a/b?c", "and"),
        ("RT @a: MT @b_c via @d trains", "trains"),
        ("sha 9fceb02d0ae598e95dc970b74767f19372d61af8 and 0xDEADBEEF1", "sha and"),
        ("facade decade 20202020 covid-19 defaced", "facade decade 20202020 covid-19 defaced"),
        ("On Tuesday the minister said:\nDate: 1 May\nthe end", "On Tuesday the minister said:\nDate: 1 May\nthe end"),
        ("x=20 and y=3D shapes", "x=20 and y=3D shapes"),
        ("caf=C3=A9 cr=C3=A8me=\nbr=C3=BBl=C3=A9e", "café crèmebrûlée"),
    ],
)  # fmt: skip
def test_kinds_of_boilerplate_are_told_from_words(text: str, left: str) -> None:
    assert " ".join(plain(text).split()) == " ".join(left.split())
    assert plain(text, ()) == text


def test_plain_text_stays_as_it_is_and_long_ones_are_read_in_time() -> None:
    text = "Trains don't wait: \u201cDie Züge, über 300 km/h\u201d, said the editor.\n\nNext: नमस्ते दुनिया."
    assert plain(text) == text
    started = time.perf_counter()
    for long in ("a" * 300_000, "<" * 20_000, "<p" * 20_000, "a.b" * 50_000, "=3D" * 50_000, "@a " * 50_000, "http://" * 20_000,
                 "&amp" * 50_000, "a-" * 50_000, "Date: x\n" * 20_000, "> " * 50_000, "x@" * 50_000, "<script>" * 5_000, "<!--" * 5_000):  # fmt: skip
        plain(long)
    assert time.perf_counter() - started < 20


def test_kinds_are_named() -> None:
    assert kinds("all") == KINDS and kinds(None) == () and kinds("codes") == ("codes",)
