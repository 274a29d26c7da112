"""B5: after update_topics, a merge left aspects behind: names of the wrong topic."""

from __future__ import annotations


def test_aspects_have_the_rows_of_the_topics_after_describing_and_merging(model_of):
    model = model_of(aspects={"MMR": "mmr"})
    model.redescribe(top_n_words=6).merge([0, 1])
    topics = model.result_
    assert topics.n_topics == 3
    assert all(len(rows) == 3 for rows in topics.aspects.values())
    for row in range(3):
        words = {word for word, _ in topics.aspects["MMR"][row]}
        counts = dict(zip(topics.vocabulary, topics.term_counts[row].toarray().ravel(), strict=True))
        assert words and all(counts[word] > 0 for word in words)
    assert set(model.get_topics(full=True)["MMR"]) == {0, 1, 2}
