"""What names are made of is read once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from themata.naming.phrases.candidates import phrase_sample
from themata.naming.phrases.phrase_labeler import Phrases
from themata.naming.phrases.sentences import MAX_WORDS, Reader
from themata.testing import sample as corpus
from themata.words.word_boundaries import cutter


def test_a_heading_tells_no_casing_of_words_inside_sentences() -> None:
    read = Reader(["Training Large Language Models\nWe train BERT on text, slowly"], cutter(["en"])).read(0)
    assert " ".join(read.words) == "training large language models we train bert on text slowly"
    assert read.lengths == [4, 5, 1]
    assert read.in_headings == ["Large", "Language", "Models"]
    assert read.inside == ["train", "BERT", "on", "text", "slowly"]


def test_only_the_beginning_of_a_document_is_read() -> None:
    read = Reader(["word " * 1000], cutter(["en"])).read(0)
    assert len(read.words) == sum(read.lengths) == MAX_WORDS


def test_a_group_takes_documents_that_its_topics_took() -> None:
    made = corpus(240)
    reader = Reader(made.documents.texts, cutter(["en"]))
    nothing_shown = made.topics.having(exemplars=(np.empty(0, dtype=np.int64),) * made.topics.n_topics)
    topics = phrase_sample(nothing_shown, made.documents, reader, 0, most=20)
    merged = nothing_shown.regroup(np.zeros(made.topics.n_topics, dtype=np.int64))
    whole = phrase_sample(merged, made.documents, reader, 0, most=20)
    assert len(whole.rows[0]) == 20
    assert set(whole.rows[0].tolist()) <= set(np.concatenate(topics.rows).tolist())


def test_no_document_is_read_twice() -> None:
    made = corpus(240)
    labeler = Phrases(language="en")
    first = labeler.label(made.topics, made.documents)
    reader = labeler._last_reader
    assert labeler.label(made.topics, made.documents) == first
    assert labeler._last_reader is reader, "the texts are the same"
    others = replace(made.documents, texts=list(made.documents.texts))
    assert labeler.label(made.topics, others) == first
    assert labeler._last_reader is not reader
