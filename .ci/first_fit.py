"""What a newcomer does first, in an environment that holds themata's core and nothing else."""

import importlib.util
import sys
from pathlib import Path

from themata import MissingExtraError, TopicModel
from themata.testing import sample

for absent in ("plotly", "pyarrow", "torch", "sentence_transformers", "umap", "bertopic"):
    assert importlib.util.find_spec(absent) is None, f"{absent} is no part of the core"
corpus = sample(120)
model = TopicModel(embedder="lexical", random_state=42).fit(corpus.documents.texts)
assert model.result_.n_topics == 3, model.get_topic_info()
assert len(set(zip(model.topics_, corpus.labels.tolist(), strict=True))) == 3, "a topic for each subject"
model.report("report.html")
model.save("model")
assert TopicModel.load("model").predict(corpus.documents.texts) == model.topics_
for extra, work in {
    "classic": lambda: TopicModel(grouper="classic").fit(corpus.documents.texts),
    "plots": model.visualize_topics,
}.items():
    told = ""
    try:
        work()
    except MissingExtraError as error:
        told = str(error)
    assert f"pip install 'themata[{extra}]'" in told, told
Path("docs.csv").write_text("text\n" + "\n".join(corpus.documents.texts))
print(f"Python {sys.version.split()[0]}: {', '.join(model.result_.names)}")
