"""B13: merge_models left no weights and no representative documents, and the hierarchy raised."""

from __future__ import annotations

from corpora import sample
from themata import TopicModel

CORPUS = sample(n_docs=120)


def test_a_merged_model_has_keywords_exemplars_and_a_hierarchy():
    halves = [
        TopicModel(embedder=None, layout=None).fit(CORPUS.texts[rows], CORPUS.embeddings[rows])
        for rows in (slice(0, 60), slice(60, 120))
    ]
    model = TopicModel.merged(halves)
    assert model.result_.n_topics == 4
    assert model.result_.term_counts.sum() == model.documents_.terms.sum()
    assert all(len(docs) == 3 for docs in model.get_representative_docs().values())
    assert len(model.hierarchy().linkage) == 3
    assert model.transform(CORPUS.texts[:8], CORPUS.embeddings[:8])[0] == model.topics_[:8]
