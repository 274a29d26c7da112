"""Topics as plain values, for --json and for topics.csv."""

from __future__ import annotations

from typing import Any

from themata.model import TopicModel
from themata.topics import MAIN


def model_payload(model: TopicModel, *, n_exemplars: int = 5) -> dict[str, Any]:
    """Everything `themata show` tells."""
    topics = model.result_
    return {
        "n_docs": topics.n_docs,
        "n_topics": topics.n_topics,
        "n_outliers": topics.n_outliers,
        "layers": [int(layer.max(initial=-1)) + 1 for layer in topics.layers],
        "topics": [topic_payload(model, row, n_exemplars=n_exemplars) for row in range(topics.n_topics)],
    }


def topic_payload(model: TopicModel, row: int, *, n_exemplars: int = 5) -> dict[str, Any]:
    topics, docs = model.result_, model.documents_
    label = topics.labels[row]
    size = int(topics.sizes[row])
    return {
        "id": row,
        "size": size,
        "share": round(size / max(1, topics.n_docs), 4),
        "name": topics.names[row],
        "summary": label.summary if label else "",
        "source": label.source if label else "keywords",
        "keywords": [word for word, _ in topics.keywords[row]],
        "weights": [round(weight, 6) for _, weight in topics.keywords[row]],
        "aspects": {
            name: [word for word, _ in aspect[row]] for name, aspect in topics.aspects.items() if name != MAIN
        },
        "exemplars": [docs.shown(int(i)) for i in topics.exemplars[row][:n_exemplars]],
        "exemplar_rows": [int(i) for i in topics.exemplars[row][:n_exemplars]],
    }
