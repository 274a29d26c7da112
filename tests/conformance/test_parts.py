"""Every part we ship keeps its promise, and a part that breaks one is found out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import llama
from chat_server import Reply, serving
from clip import tiny_clip
from themata import (
    LLM,
    Answer,
    Clusters,
    Communities,
    Echo,
    Given,
    MissingExtraError,
    ReduceThenCluster,
    TwoViews,
    UnknownPartError,
    testing,
)
from themata.core import protocols
from themata.core.registry import _OURS, make
from themata.familiar.representation import TextGeneration
from themata.testing.powers import POWERS as OPTIONAL

SAMPLE = testing.sample()
PARTS = [(kind, name) for kind, names in _OURS.items() for name in names if kind in testing.SUITES]


# Powers that a part of another kind may have beside its own
POWERS = {
    "assigner": ("assign",),
    "checkable": ("check",),
    "holding": ("holds",),
    "tokens": ("context", "count", "cut"),
    "layer_labeler": ("label_layer",),
    "borrower": ("lend",),
    "placer": ("place",),
    "image_embedder": ("encode_images",),
    "learner": ("learn",),
    "word_embedder": ("encode_words",),
}


class Place:
    """Where a part that needs files, a server or a model gets them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack

    def server(self, answer: Callable[[dict[str, Any]], Reply]) -> str:
        return self.stack.enter_context(serving(lambda number, body: answer(body))).url

    def static_model(self) -> None:
        """A vector for each word of the sample, as model2vec keeps them."""
        model2vec = pytest.importorskip("model2vec")
        tokenizers = pytest.importorskip("tokenizers")
        words = sorted(set(" ".join(SAMPLE.documents.texts).replace(".", " ").lower().split()))
        names = {word: row for row, word in enumerate(["[PAD]", "[UNK]", *words])}
        tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(names, unk_token="[UNK]"))
        tokenizer.normalizer = tokenizers.normalizers.Lowercase()
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
        vectors = np.random.default_rng(0).standard_normal((len(names), 16)).astype(np.float32)
        model2vec.StaticModel(vectors, tokenizer).save_pretrained(self.folder)

    def gguf(self) -> str:
        """A Llama of random weights, as llama.cpp reads it."""
        for needed in ("llama_cpp", "gguf", "transformers"):
            pytest.importorskip(needed)
        return str(llama.to_gguf(llama.build(self.folder, SAMPLE.documents.texts)))

    def embeddings(self) -> str:
        def answer(body: dict[str, Any]) -> Reply:
            rows = [
                {"index": i, "object": "embedding", "embedding": [float(len(text)), 1.0, float("a" in text)]}
                for i, text in enumerate(body["input"])
            ]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            return Reply(body={"object": "list", "data": rows, "model": "m", "usage": usage})

        return self.server(answer)


def spacy_pipeline() -> Any:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("attribute_ruler")
    for word in " ".join(testing.sample().documents.texts).replace(".", "").split():
        ruler.add([[{"LOWER": word.lower()}]], {"POS": "NOUN"})
    return pipeline


def whales(body: dict[str, Any]) -> Reply:
    return Reply('{"label": "Whales"}' if "response_format" in body else "Label: Whales")


# What a part of this name is made with, where its name alone is not enough
MADE: dict[tuple[str, str], Callable[[Place], dict[str, Any]]] = {
    ("embedder", "minilm"): lambda place: {"dtype": "float32"},
    ("embedder", "sentence"): lambda place: {"model": "minilm", "dtype": "bfloat16"},
    ("embedder", "openai"): lambda place: {"model": "m", "base_url": place.embeddings()},
    ("grouper", "classic"): lambda place: {
        "reducer": make("reducer", "pca", n_components=4), "clusterer": make("clusterer", "kmeans", n_clusters=3)
    },
    ("embedder", "clip"): lambda place: {"model": tiny_clip(place.folder / "clip")},
    ("seeder", "zero_shot"): lambda place: {"topics": ["rocket in orbit", "garlic soup"], "min_similarity": 0.5},
    ("seeder", "words"): lambda place: {"topics": [["rocket", "orbit", "moon"], ["garlic", "soup", "oven"]]},
    ("seeder", "classes"): lambda place: {"classes": [row if row < 2 else -1 for row in SAMPLE.labels.tolist()]},
    ("seeder", "both"): lambda place: {
        "named": make("seeder", "zero_shot", topics=["rocket in orbit"], min_similarity=0.5),
        "hinted": make("seeder", "words", topics=[["garlic", "soup", "oven"]]),
    },
    ("representer", "pos"): lambda place: {"model": spacy_pipeline()},
    ("labeler", "llm"): lambda place: {"chat": "echo"},
    ("chat", "transformers"): lambda place: {"model": str(llama.build(place.folder, SAMPLE.documents.texts))},
    ("chat", "openai"): lambda place: {
        "model": "m", "base_url": place.server(whales), "api_key": "none"
    },
    ("chat", "litellm"): lambda place: {
        "model": "openai/m", "api_base": place.server(whales), "api_key": "none"
    },
    ("chat", "llamacpp"): lambda place: {"model": place.gguf(), "n_ctx": 512},
    ("chat", "vllm"): lambda place: {"model": "none"},
    ("clusterer", "hdbscan"): lambda place: {"min_cluster_size": 5},
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(tmp_path, stack)


def made(kind: str, name: str, place: Place) -> Any:
    if (kind, name) == ("embedder", "static"):
        place.static_model()
        return make("embedder", f"static:{place.folder}")
    options = MADE.get((kind, name), lambda place: {})(place)
    try:
        return make(kind, name, **options)
    except MissingExtraError as error:
        pytest.skip(str(error))


def _dealt(kind: str, name: str) -> Any:
    marks = [getattr(pytest.mark, name), pytest.mark.slow] if name in ("umap", "litellm") else []
    return pytest.param(kind, name, id=f"{kind}-{name}", marks=marks)


@pytest.mark.parametrize(("kind", "name"), [_dealt(*part) for part in PARTS])
def test_a_part_of_ours_keeps_its_promise(kind: str, name: str, place: Place) -> None:
    part = made(kind, name, place)
    try:
        testing.check(kind, part)
        for power, check in OPTIONAL.items():
            declared = "".join(word.capitalize() for word in power.split("_")).replace("Ngram", "NGram")
            if power.endswith((kind, "part")) and isinstance(part, getattr(protocols, declared)):
                check(part)
        for promise, powers in POWERS.items():
            if all(hasattr(part, power) for power in powers):
                testing.check(promise, part)
    except MissingExtraError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("grouper", Given(SAMPLE.labels)),
        ("grouper", ReduceThenCluster(make("reducer", "pca"), make("clusterer", "kmeans", n_clusters=4))),
        ("labeler", LLM("echo", fallback=None)),
        ("asker", TextGeneration(lambda texts: [f"topic: {text[:9]}" for text in texts], "[KEYWORDS]?")),
    ],
    ids=["given", "classic", "echo", "asker"],
)
def test_parts_without_a_name_of_their_own_keep_theirs(kind: str, part: Any) -> None:
    testing.check(kind, part)


def test_other_libraries_parts_are_parts_as_they_are() -> None:
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import CountVectorizer

    testing.check_vectorizer(CountVectorizer(ngram_range=(1, 2)))
    testing.check_reducer(TruncatedSVD(3, random_state=0))
    testing.check_clusterer(KMeans(3, n_init=1, random_state=0))


def test_the_suites_need_nothing_but_the_part() -> None:
    code = "import sys, themata.testing; print(sorted({'pytest', 'hypothesis', 'torch', 'sklearn'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_an_unknown_promise_says_which_there_are() -> None:
    with pytest.raises(UnknownPartError, match="did you mean 'embedder'"):
        testing.check("embeder", object())


# Parts that break one promise each, and what the suite says of them


class Turning:
    """Embeds a text by its place in the batch."""

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.eye(len(texts) + 20, 20 + len(texts), dtype=np.float32)[: len(texts), :20] + 0.01


class Greedy:
    """Counts the words of the text before as well."""

    def fit_transform(self, texts: list[str]) -> Any:
        from sklearn.feature_extraction.text import CountVectorizer

        self.counter = CountVectorizer().fit(texts)
        return self.transform(texts)

    def transform(self, texts: list[str]) -> Any:
        return self.counter.transform([a + " " + b for a, b in zip(["", *texts], texts, strict=False)])

    def get_feature_names_out(self) -> Any:
        return self.counter.get_feature_names_out()


class Writing:
    """Scales the caller's points in place."""

    def fit_transform(self, points: np.ndarray) -> np.ndarray:
        points *= 2
        return points[:, :2]

    def transform(self, points: np.ndarray) -> np.ndarray:
        return points[:, :2]


class Crossing:
    """Layers that are not nested."""

    def group(self, docs: Any, graph: Any) -> Clusters:
        rows = np.arange(docs.n_docs)
        return Clusters(rows % 4, np.ones(len(rows), np.float32), (rows % 4, rows % 3))


class Rising:
    def represent(self, topics: Any, docs: Any, *, embedder: Any = None) -> Any:
        return tuple((("a", 0.1), ("b", 0.9)) for _ in range(topics.n_topics))


class Twins:
    def label(self, topics: Any, docs: Any) -> Any:
        from themata import Label

        return [Label("Same") for _ in range(topics.n_topics)]


class Renaming(LLM):
    def label_layer(self, groups: Any, docs: Any, below: Any, children: Any) -> Any:
        from themata import Label

        return [Label(f"New {row}") for row in range(groups.n_topics)]

    def lend(self, embedder: Any) -> None:
        embedder.encode(["at once"])


class Sowing:
    """Seeds nobody has an id for."""

    def seed(self, docs: Any, embedder: Any) -> Any:
        from themata import Seeds

        return Seeds(np.arange(docs.n_docs) % 5, np.arange(2), (None, None))

    def place(self, embeddings: Any) -> Any:
        return np.full(len(embeddings), 9), np.ones(len(embeddings))


class Sowed(Sowing):
    def seed(self, docs: Any, embedder: Any) -> Any:
        from themata import Seeds

        return Seeds(np.arange(docs.n_docs) % 2, np.arange(2), (None, None))


class Blind:
    def encode(self, texts: Any) -> Any:
        return np.ones((len(texts), 3))

    def encode_images(self, images: Any) -> Any:
        return np.ones((len(images), 4))


class Silent:
    name = "silent"

    def complete(self, prompts: Any, **_: Any) -> Any:
        return [Answer("yes") for _ in prompts]


class Deaf(Echo):
    """Gives every prompt of a batch what the first one asks for."""

    def complete(self, prompts: Any, on_answer: Any = None) -> Any:
        first = [replace(prompts[0], messages=prompt.messages) for prompt in prompts]
        return super().complete(first, on_answer)


class Sociable(TextGeneration):
    def joins(self, other: Any) -> bool:
        return True


class Boasting(Echo):
    """Says that it holds answers to a schema, and forgets to."""

    def complete(self, prompts: Any, on_answer: Any = None) -> Any:
        return super().complete([replace(prompt, schema=None) for prompt in prompts], on_answer)


class Long:
    context = 100

    def count(self, text: str) -> int:
        return len(text.split())

    def cut(self, text: str, n_tokens: int) -> str:
        return text[: 10 * n_tokens]


class Random:
    def lay_out(self, docs: Any, graph: Any, topics: Any) -> np.ndarray:
        return np.random.default_rng().random((docs.n_docs, 2))


class OneSided:
    def relate(self, docs: Any) -> Any:
        from scipy import sparse

        from themata import NeighborGraph

        n = docs.n_docs
        links = sparse.csr_matrix((np.ones(n - 1), (np.arange(n - 1), np.arange(1, n))), (n, n))
        return NeighborGraph(links, np.full((n, 1), -1), np.full((n, 1), -1.0), np.arange(n))


class Misled(TwoViews):
    def relate(self, docs: Any, *, foreseen: Any = None) -> Any:
        return TwoViews(lexical=0.6 if foreseen is None else 0.1).relate(docs)


@pytest.mark.parametrize("part", [TwoViews(), Communities()], ids=lambda part: type(part).__name__)
def test_what_is_foreseen_changes_no_answer(part: Any) -> None:
    testing.check("foreseer", part)


class Elsewhere(Given):
    def assign(self, embeddings: Any) -> Any:
        return np.full(len(embeddings), 77), np.ones(len(embeddings))


class Shrugging:
    def check(self) -> Any:
        return False


class Mixing:
    def fit(self, points: np.ndarray) -> Any:
        self.labels_ = np.arange(len(points)) % 5
        return self


@pytest.mark.parametrize(
    ("kind", "part", "told"),
    [
        ("embedder", Turning(), "row i for text i|the same in any batch"),
        ("vectorizer", Greedy(), "no term across documents"),
        ("reducer", Writing(), "the caller's array left alone"),
        ("grouper", Crossing(), "nested layers"),
        ("representer", Rising(), "heaviest first"),
        ("labeler", Twins(), "different names"),
        ("layer_labeler", Renaming("echo"), "the name it had"),
        ("borrower", Renaming("echo"), "none until it labels"),
        ("asker", Sociable(str.split, "[KEYWORDS]"), "its like alone"),
        ("seeder", Sowing(), "-1 to 1"),
        ("placer", Sowed(), "its own, or -1"),
        ("image_embedder", Blind(), "expected"),
        ("chat", Silent(), "of each prompt"),
        ("checkable", Shrugging(), "what is wrong is raised"),
        ("holding", Boasting(), "JSON that follows it"),
        ("chat", Deaf(), "2 at most"),
        ("tokens", Long(), "at most"),
        ("layout", Random(), "the second time"),
        ("relater", OneSided(), "symmetry"),
        ("foreseer", Misled(), "the same as untold"),
        ("assigner", Elsewhere(SAMPLE.labels), "its own, or -1"),
        ("clusterer", Mixing(), "each within one of them"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_a_broken_promise_is_found_and_told(kind: str, part: Any, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        testing.check(kind, part)


def test_every_promise_has_a_suite() -> None:
    import themata.core.protocols as protocols

    promises = {
        re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        for name, kind in vars(protocols).items()
        if getattr(kind, "_is_protocol", False) and name != "Protocol"
    }
    assert promises == set(testing.SUITES)
