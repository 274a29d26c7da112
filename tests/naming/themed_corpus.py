"""Six topics of twelve documents each, made from the words of six themes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.embed.lexical import Lexical
from themata.pipeline.describe import Description, describe

THEMES = {
    "whales": "whale ocean harpoon ship blubber calf migration sonar",
    "bread": "bread flour yeast oven dough crust rye baker",
    "trains": "train railway station locomotive track signal carriage timetable",
    "chess": "chess queen bishop gambit opening endgame checkmate tournament",
    "storms": "storm hurricane wind rainfall forecast pressure coast damage",
    "violins": "violin string bow orchestra luthier varnish concerto sonata",
}
N_EACH = 12


@dataclass(frozen=True)
class Corpus:
    """topics : described and without labels"""

    topics: Topics
    docs: Documents
    embedder: Lexical


def corpus_of(texts: list[str], assignment: list[int], layers: tuple[np.ndarray, ...] = ()) -> Corpus:
    vectorizer = CountVectorizer(stop_words="english")
    terms = vectorizer.fit_transform(texts)
    embedder = Lexical(dim=16).learn(texts)
    docs = Documents(
        texts, embeddings=embedder.encode(texts), terms=terms, vocabulary=vectorizer.get_feature_names_out()
    )
    return Corpus(describe(Topics.of(docs, assignment, layers=layers), docs, Description()), docs, embedder)


def themed() -> tuple[list[str], list[int]]:
    """Twelve documents for each theme, of five of its eight words each."""
    rng = np.random.default_rng(0)
    texts, rows = [], []
    for row, (theme, words) in enumerate(THEMES.items()):
        for i in range(N_EACH):
            chosen = rng.choice(words.split(), 5, replace=False)
            texts.append(f"Report {i} on {theme}: " + " and the ".join(chosen) + ".")
            rows.append(row)
    return texts, rows
