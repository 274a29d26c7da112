"""B8: without hdbscan installed, transform raised a TypeError."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
from importlib.machinery import PathFinder

AWAY = {"hdbscan", "umap", "torch", "sentence_transformers", "transformers", "model2vec", "spacy"}


class WithoutExtras(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in AWAY else super().find_spec(name, path, target)


sys.meta_path = [WithoutExtras if finder is PathFinder else finder for finder in sys.meta_path]
from corpora import sample
from themata import TopicModel
from themata import MissingExtraError
from themata import ReduceThenCluster
from themata.core.registry import make

corpus = sample(n_docs=120)
for road in (None, ReduceThenCluster(make("reducer", "pca"), make("clusterer", "kmeans", n_clusters=4))):
    model = TopicModel(grouper=road).fit(corpus.texts, corpus.embeddings)
    assert model.transform(corpus.texts, corpus.embeddings)[0] == model.topics_
    model.reduce(2)
    model.visualize_documents()
assert TopicModel(embedder="lexical").fit(corpus.texts).transform(["a rocket in orbit"])[0][0] >= 0
try:
    TopicModel(grouper="classic").fit(corpus.texts, corpus.embeddings)
except MissingExtraError as error:
    print(error)
"""

PORCH = """
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from corpora import sample
from themata.familiar import BERTopic

corpus = sample(n_docs=120)
model = BERTopic(umap_model=PCA(5), hdbscan_model=KMeans(4, random_state=0)).fit(corpus.texts, corpus.embeddings)
assert list(model.transform(corpus.texts, corpus.embeddings)[0]) == list(model.topics_)
"""


def test_what_needs_no_extra_works_and_what_needs_one_says_which():
    tests = str(Path(__file__).parent.parent)
    code = f"import sys; sys.path.insert(0, {tests!r})\n{CODE}"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-2000:]
    assert "needs: pip install 'themata[classic]'" in told.stdout


def test_the_familiar_names_work_there_as_well():
    tests = str(Path(__file__).parent.parent)
    head = CODE.split("from corpora")[0]
    code = f"import sys; sys.path.insert(0, {tests!r})\n{head}{PORCH}"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-2000:]
