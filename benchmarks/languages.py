"""Names without a language model in thirteen languages, of the same topics: python benchmarks/languages.py [jpn_Jpan ...]

The sentences of sib13 are translations of each other. Topics are found once, in English, and named in each language from its
sentences. A name finds its topic as far as the ten sentences nearest to it by pairs to quintuples of characters, which no
cutting of words is part of, belong to the topic.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from typing import Any

import numpy as np
from common import DATA, embedded
from sklearn.feature_extraction.text import TfidfVectorizer

from themata import TopicModel
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.naming.phrases.phrase_labeler import Phrases
from themata.words.vectorizer import Words

CODES = {
    "arb_Arab": "ar", "deu_Latn": "de", "eng_Latn": "en", "fra_Latn": "fr", "hin_Deva": "hi", "jpn_Jpan": "ja", "kor_Hang": "ko",
    "rus_Cyrl": "ru", "spa_Latn": "es", "tha_Thai": "th", "tur_Latn": "tr", "vie_Latn": "vi", "zho_Hans": "zh",
}  # fmt: skip
N_TOPICS = 40
NEAREST = 10


def sentences() -> dict[str, list[str]]:
    """The sentences of each language, in the order of the English ones."""
    texts: dict[str, dict[str, str]] = {}
    with gzip.open(DATA / "sib13.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            language, number = row["id"].split("/")
            texts.setdefault(language, {})[number] = row["text"]
    return {language: [own[number] for number in texts["eng_Latn"]] for language, own in texts.items()}


def named(language: str, texts: list[str], assignment: np.ndarray[Any, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    words = Words(language=CODES[language])
    counts = words.fit_transform(texts)
    counted = time.perf_counter() - started
    docs = Documents(texts, terms=counts, vocabulary=words.get_feature_names_out())
    topics = Topics.of(docs, assignment)
    names = [label.name for label in Phrases(language=CODES[language]).label(topics, docs) if label]
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    nearest = np.argsort(-(vectorizer.fit_transform(texts) @ vectorizer.transform(names).T).toarray(), axis=0)
    own = assignment[nearest[:NEAREST]] == np.arange(len(names))
    return {"found": float(own.mean()), "seconds": counted, "names": names}


def main() -> None:
    texts = sentences()
    embeddings = embedded("sib13_eng_Latn", texts["eng_Latn"])
    model = TopicModel(n_topics=N_TOPICS).fit(texts["eng_Latn"], embeddings)
    assignment = np.array(model.result_.assignment)
    found = {language: named(language, texts[language], assignment) for language in sys.argv[1:] or CODES}
    for language, own in found.items():
        print(
            f"{language} found {own['found']:.3f}, counted in {own['seconds']:.1f} s: {'; '.join(own['names'])}"
        )
    print(json.dumps({"mean": float(np.mean([own["found"] for own in found.values()])), **found}))


if __name__ == "__main__":
    main()
