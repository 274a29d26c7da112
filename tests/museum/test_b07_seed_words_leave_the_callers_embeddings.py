"""B7: seed_topic_list wrote into the user's array of embeddings."""

from __future__ import annotations

import numpy as np

from corpora import sample
from themata import SeedWords, TopicModel

CORPUS = sample(n_docs=80)


def test_the_callers_embeddings_stay_as_they_were():
    given = CORPUS.embeddings.copy()
    given.flags.writeable = False
    model = TopicModel(embedder=None, layout=None, seeder=SeedWords([["rocket", "moon"], ["garlic", "soup"]]))
    model.fit(CORPUS.texts, given)
    np.testing.assert_array_equal(given, CORPUS.embeddings)
    np.testing.assert_array_equal(model.documents_.embeddings, CORPUS.embeddings)
