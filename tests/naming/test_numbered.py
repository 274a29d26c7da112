"""Phrases found in arrays are those that reading word by word finds."""

from __future__ import annotations

from collections import Counter
from itertools import chain, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from themata.naming.phrases.phrase_counts import _LINKS, ARTICLES, MOST, PREPOSITIONS, Numbered
from themata.naming.phrases.sentences import Beginning

STOPPED = frozenset(["of", "the", "a", "is", "and", "not"])
WORDS = ["graph", "neural", "networks", "of", "the", "is", "and", "not", "a", "8th", "x", "學"]
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), max_size=3)
PIECES = st.lists(st.lists(SENTENCES, max_size=4), min_size=1, max_size=3)


def read(sentences, touching=None):
    """All phrases of a document, one word after the other."""
    for words in sentences:
        ends = [word not in STOPPED and word not in ("x", "8th") for word in words]
        for start, first in enumerate(words):
            for end in range(start, min(start + MOST, len(words))):
                if ends[start] and ends[end]:
                    if touching is None or first in touching or words[end] in touching:
                        yield tuple(words[start : end + 1])
                elif words[end] in STOPPED and not links(words, start, end):
                    break


def begun(pieces):
    """Sentences of documents of topics, as they are read."""
    return [
        [Beginning(list(chain.from_iterable(text)), [*map(len, text)]) for text in texts] for texts in pieces
    ]


def links(words, start, end):
    if words[end] not in ARTICLES or end == start:
        return words[end] in _LINKS
    return words[end - 1] in PREPOSITIONS or (words[end] == "a" and end == start + 1)


@given(PIECES, st.sets(st.sampled_from(WORDS), max_size=3))
def test_phrases_are_counted_once_in_each_document_of_their_topic(pieces, touching):
    said = Numbered.of(begun(pieces), STOPPED)
    for topic, texts in enumerate(pieces):
        for some in (None, touching):
            expected = Counter(phrase for text in texts for phrase in set(read(text, some)))
            assert said.phrases(topic, touching=some) == expected
            often = {phrase: count for phrase, count in expected.items() if count > 1}
            assert said.phrases(topic, touching=some, least=2) == (often or expected)


@given(PIECES)
def test_users_of_phrases_are_the_documents_that_say_them(pieces):
    said = Numbered.of(begun(pieces), STOPPED)
    texts = [text for of_topic in pieces for text in of_topic]
    wanted = [*{phrase for text in texts for phrase in read(text)}, ("never", "said")]
    rows, documents = said.users(wanted)
    expected = [
        (row, document)
        for row, phrase in enumerate(wanted)
        for document, text in enumerate(texts)
        if phrase in set(read(text))
    ]
    assert list(zip(rows.tolist(), documents.tolist(), strict=True)) == expected


@given(PIECES)
def test_words_are_counted_beside_others(pieces):
    said = Numbered.of(begun(pieces), STOPPED)
    sentences = [words for texts in pieces for text in texts for words in text]
    total = Counter(word for words in sentences for word in words)
    after = Counter(other for words in sentences for one, other in pairwise(words) if one not in STOPPED)
    before = Counter(one for words in sentences for one, other in pairwise(words) if other not in STOPPED)
    for counts, found in zip((total, after, before), said.beside(), strict=True):
        assert found.dtype == np.int64
        assert {word: int(found[number]) for word, number in said.words.items()} == {
            word: counts[word] for word in said.words
        }
