"""B2: evolution_tuning changed nothing, because the average went into a copy."""

from __future__ import annotations

import numpy as np

from corpora import SUBJECTS

YEARS = [2020 + i // 40 for i in range(120)]


def test_words_of_a_period_carry_those_of_the_one_before(model_of):
    model = model_of()
    alone = model.over_time(YEARS, bins="year", evolution=False, tuning=False)
    evolved = model.over_time(YEARS, bins="year", evolution=True, tuning=False)
    first, later = alone.part == 0, alone.part > 0
    np.testing.assert_array_equal(evolved.weights[first].toarray(), alone.weights[first].toarray())
    assert abs(evolved.weights[later] - alone.weights[later]).max() > 0.005
    row = {(int(p), int(t)): i for i, (p, t) in enumerate(zip(alone.part, alone.topic, strict=True))}
    for (part, topic), place in row.items():
        if (part - 1, topic) in row:
            both = (alone.weights[place] + alone.weights[row[part - 1, topic]]) / 2
            assert abs(evolved.weights[place] - both).max() < 1e-12


def test_tables_show_the_difference(model_of):
    model = model_of()
    tables = [
        model.over_time(YEARS, bins="year", evolution=evolution, tuning=tuning).to_frame()
        for evolution in (False, True)
        for tuning in (False, True)
    ]
    words = [tuple(table.Words) for table in tables]
    assert len(set(words)) == 4


def test_a_word_of_one_year_is_still_heard_the_year_after(model_of):
    model = model_of()
    word = SUBJECTS["space"].split()[0]
    column = model.result_.vocabulary.tolist().index(word)
    found = model.over_time(YEARS, bins="year", evolution=True, tuning=False)
    plain = model.over_time(YEARS, bins="year", evolution=False, tuning=False)
    used = plain.weights[:, column].toarray().ravel()
    evolved = found.weights[:, column].toarray().ravel()
    assert ((evolved > 0) >= (used > 0)).all()


def test_the_familiar_topics_over_time_evolve(porch_of):
    model = porch_of()
    texts = model.get_document_info().Document.tolist()
    on, off = (
        model.topics_over_time(texts, YEARS, evolution_tuning=on, global_tuning=False) for on in (True, False)
    )
    assert on.Words.tolist() != off.Words.tolist()
    assert on.Frequency.tolist() == off.Frequency.tolist()
