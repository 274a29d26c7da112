"""Which weights of terms make keywords that tell topics apart: python benchmarks/keywords.py lee arxiv titles clinc150 sib13:eng_Latn

The same topics for every way to weigh, found once and kept. News: the Lee corpus (gensim's own test data), and any folder of
text files as news:FOLDER. A corpus that is measured is kept, too: `rm` its file to measure it again.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, DATA, corpus, embedded, write
from scipy import sparse
from scipy.stats import rankdata

from themata import TopicModel, Weighting
from themata.core.arrays import Csr, Float1d
from themata.core.graph import sparse_unit_rows, unit_rows
from themata.core.weighting import BY_CONTRAST, PRIOR, idf, top_terms
from themata.embed.sentence_transformer import Sentence
from themata.evaluate.coherence import CV_WINDOW, NPMI_WINDOW, c_v, npmi
from themata.evaluate.diversity import unique_share
from themata.evaluate.occurrences import positions

N_WORDS, N_SHOWN = 10, 7
SAMPLED = 8_000  # documents of the larger corpora
GENERAL = 0.2  # share of a topic's documents; a word that half of all topics use so often is no topic's own


def documents(name: str) -> tuple[list[str], np.ndarray]:
    kind, _, folder = name.partition(":")
    if kind == "news":
        texts = [file.read_text("utf-8", "replace") for file in sorted(Path(folder).rglob("*.txt"))]
        return texts, embedded(f"news-{Path(folder).name}", texts)
    if name == "lee":
        import gensim

        folder = Path(gensim.__file__).parent / "test" / "test_data"
        files = [folder / file for file in ("lee_background.cor", "lee.cor")]
        lines = [line for file in files for line in file.read_text("utf-8", "replace").splitlines()]
        texts = [line for line in lines if line.strip()]
        return texts, embedded("lee", texts)
    if name == "titles":
        with gzip.open(DATA / "arxiv_ml117k_titles.jsonl.gz", "rt", encoding="utf-8") as rows:
            texts = [json.loads(row)["title"] for row in rows]
        texts = [texts[row] for row in drawn(len(texts))]
        return texts, embedded("titles", texts)
    texts, points, _ = corpus(name)
    if name == "arxiv":
        rows = drawn(len(texts))
        return [texts[row] for row in rows], points[rows]
    return texts, points


def drawn(n_docs: int) -> np.ndarray:
    return np.sort(np.random.default_rng(0).permutation(n_docs)[:SAMPLED])


def fitted(name: str) -> TopicModel:
    folder = CACHE / f"keywords-{name.replace(':', '_')}"
    if not folder.exists():
        TopicModel(random_state=42, labeler=None, layout=None).fit(*documents(name)).save(folder)
    return TopicModel.load(folder)


class Cells:
    """Each term of each topic: its count, its topic's words, the term's and all uses, and the share of all words."""

    def __init__(self, counts: Csr, used: Float1d) -> None:
        rows = sparse.coo_matrix(counts)
        self.row, self.column, self.shape = rows.row, rows.col, rows.shape
        self.count = rows.data.astype(float)
        self.words = np.asarray(counts.sum(axis=1)).ravel()[self.row]
        self.used, self.all = used[self.column].astype(float), float(used.sum())
        self.share, self.part = self.count / self.words, self.words / self.all
        self.surprise = np.log((self.count + PRIOR * self.part) / ((self.used + PRIOR) * self.part))

    def matrix(self, weights: Any) -> Csr:
        return sparse.csr_matrix((np.maximum(weights, 0), (self.row, self.column)), self.shape)


def information(counts: Csr, used: Float1d) -> Float1d:
    """(n_terms,) bits that a term tells of the topic: divergence of its topics from all, smoothed by one use."""
    sizes = np.asarray(counts.sum(axis=1)).ravel()
    usual = (sizes / sizes.sum())[:, None]
    own = (counts.toarray() + usual) / (np.asarray(counts.sum(axis=0)).ravel() + 1)
    return (own * np.log2(own / usual)).sum(axis=0)


def log_odds(cells: Cells, prior: float = 500.0) -> Any:
    """z of the log-odds of a topic against all others, the corpus as prior (Monroe, Colaresi and Quinn 2008)."""
    known = prior * cells.used / cells.all
    own, others = cells.count + known, cells.used - cells.count + known
    left, right = cells.words + prior - own, cells.all - cells.words + prior - others
    return np.log(own / left * right / others) / np.sqrt(1 / own + 1 / others)


def frex(cells: Cells) -> Any:
    """Harmonic mean of the ranks of frequency and of exclusivity (Airoldi and Bischof 2016)."""
    found = np.zeros(len(cells.count))
    for topic in np.unique(cells.row):
        own = cells.row == topic
        ranks = [rankdata(values[own]) / own.sum() for values in (cells.share, cells.count / cells.used)]
        found[own] = 2 / (1 / ranks[0] + 1 / ranks[1])
    return found


def relevance(cells: Cells, share: float = 0.6) -> Any:
    """Sievert and Shirley 2014; terms used once are left out, else they lead."""
    lift = np.log(cells.share * cells.all / cells.used)
    found = share * np.log(cells.share) + (1 - share) * lift
    return np.where(cells.count > 1, found - found.min(), 0)


WEIGHTINGS = {
    "c-TF-IDF": Weighting(),
    "c-TF-IDF, BM25": Weighting(bm25=True),
    "c-TF-IDF, BM25 and root": Weighting(bm25=True, reduce_frequent=True),
    "root of share times surprise (by contrast)": BY_CONTRAST,
}


def others(counts: Csr, used: Float1d) -> dict[str, Csr]:
    """(n_topics, n_terms) weights by what Weighting does not offer."""
    cells = Cells(counts, used)
    telling = np.maximum(cells.surprise, 0)
    known = cells.share * idf(counts, used)[cells.column]
    mutual = np.log(cells.share * cells.all / cells.used) / -np.log(cells.count / cells.all)
    found = {
        "c-TF-IDF times information": known * information(counts, used)[cells.column],
        "c-TF-IDF times surprise": known * telling,
        "share times surprise": cells.share * telling,
        "share times surprise^1.5": cells.share * telling**1.5,
        "log-odds, informative prior": log_odds(cells),
        "relevance 0.6": relevance(cells),
        "NPMI of word and topic": mutual,
        "FREX": frex(cells),
    }
    return {way: cells.matrix(values) for way, values in found.items()}


def measured(name: str, embedder: Sentence) -> dict[str, Any]:
    model = fitted(name)
    topics, docs, vectorizer = model.result_, model.documents_, model.vectorizer_
    assert docs.terms is not None and docs.embeddings is not None and topics.centroids is not None
    shown = sparse.diags(vectorizer.showable().astype(float))
    known = topics.term_counts, topics.background, topics.vocabulary
    weights = {way: weighting.weigh(*known) for way, weighting in WEIGHTINGS.items()} | others(*known[:2])
    weights = {way: sparse.csr_matrix(own @ shown) for way, own in weights.items()}
    words = {
        way: [[word for word, _ in row] for row in top_terms(own, topics.vocabulary, N_WORDS)]
        for way, own in weights.items()
    }
    analyze = vectorizer.build_analyzer()
    every = [word for own in words.values() for row in own for word in row]
    read = positions([list(analyze(text)) for text in docs.texts], every)
    near, wide = read.windows(NPMI_WINDOW), read.windows(CV_WINDOW)
    center = docs.embeddings.mean(axis=0)
    centroids = unit_rows(topics.centroids - center)
    general = _general(model)
    told: dict[str, Any] = {}
    for way, own in words.items():
        points = unit_rows(embedder.encode([", ".join(row) for row in own]) - center)
        found = (points @ centroids.T).argmax(axis=1) == np.arange(topics.n_topics)
        said = [word for row in own for word in row]
        told[way] = {
            "npmi": float(np.nanmean(npmi(own, near))),
            "c_v": float(np.nanmean(c_v(own, wide))),
            "diversity": unique_share(own),
            "found_by_embedding": float(found.mean()),
            "precision": _precision(model, own),
            "general": float(np.mean([word in general for word in said])),
            "keywords": [", ".join(row) for row in own[:N_SHOWN]],
        }
    for way, weighting in WEIGHTINGS.items():
        own = sparse.csr_matrix(weighting.of(docs.terms, *known) @ shown)
        told[way]["nearest"] = _agreeing(model, own, weights[way])
    return {"n_docs": docs.n_docs, "n_topics": topics.n_topics, "ways": told}


def _general(model: TopicModel) -> set[str]:
    """Words that half of all topics use in a fifth of their documents."""
    topics, docs = model.result_, model.documents_
    used = (docs.terms > 0).astype(float)
    inside = np.flatnonzero(topics.assignment >= 0)
    member = sparse.csr_matrix(
        (np.ones(len(inside)), (topics.assignment[inside], inside)), (topics.n_topics, docs.n_docs)
    )
    shares = sparse.diags(1 / topics.sizes) @ (member @ used)
    often = np.asarray((shares >= GENERAL).mean(axis=0)).ravel() >= 0.5
    return set(map(str, topics.vocabulary[often]))


def _precision(model: TopicModel, words: list[list[str]]) -> float:
    """Of the documents that hold most of a topic's keywords, as many as it has: the share that are its own."""
    topics, docs = model.result_, model.documents_
    column = {str(word): place for place, word in enumerate(topics.vocabulary)}
    used = sparse.csc_matrix(docs.terms > 0).astype(float)
    shares = []
    for topic, own in enumerate(words):
        held = np.asarray(used[:, [column[word] for word in own]].sum(axis=1)).ravel()
        best = np.argsort(-held, kind="stable")[: topics.sizes[topic]]
        shares.append(float((topics.assignment[best] == topic).mean()))
    return float(np.mean(shares))


def _agreeing(model: TopicModel, own: Csr, weights: Csr) -> float:
    """Share of the documents whose weighted terms are nearest to their own topic's, by cosine."""
    cosines = sparse_unit_rows(own) @ sparse_unit_rows(weights).T
    nearest = np.asarray(cosines.todense()).argmax(axis=1)
    inside = model.result_.assignment >= 0
    return float((nearest == model.result_.assignment)[inside].mean())


def kept(name: str, embedder: Sentence) -> dict[str, Any]:
    path = CACHE / f"keywords-{name.replace(':', '_')}.json"
    if not path.exists():
        path.write_text(json.dumps(measured(name, embedder)), encoding="utf-8")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    minilm = Sentence("minilm")
    asked = sys.argv[1:] or ["lee", "arxiv", "titles", "clinc150", "sib13:eng_Latn"]
    result = {name: kept(name, minilm) for name in asked}
    write("keywords", result)
    print(json.dumps(result, indent=2))
