"""Topics as plain values, for --json and for topics.csv."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from themata.cli.run_results import whole_document_sizes
from themata.core.topics import MAIN
from themata.model import TopicModel


def model_payload(model: TopicModel, *, n_exemplars: int = 5) -> dict[str, Any]:
    """Everything `themata show` tells."""
    topics = model.result_
    return {
        "n_docs": int(whole_document_sizes(model).sum()),
        "n_topics": topics.n_topics,
        "n_outliers": int(whole_document_sizes(model)[-1]),
        "layers": [int(layer.max(initial=-1)) + 1 for layer in topics.layers],
        "contents": [entry.to_dict() for entry in model.contents().entries],
        "topics": _topics(model, range(topics.n_topics), n_exemplars),
    }


def layer_payload(model: TopicModel, layer: int) -> dict[str, Any]:
    """The groups of a layer above the topics, the largest first."""
    topics = model.result_
    topics.relabel_layer(layer, {})  # says which layers there are
    place, level = next((i, level) for i, level in enumerate(topics.levels) if level.layer == layer)
    sizes, names = whole_document_sizes(model), topics.names
    groups = []
    for row, group in enumerate(level.ids.tolist()):
        label, topics_of_group = topics.layer_labels[layer].get(group), level.topics(row).tolist()
        groups.append(
            {
                "id": group,
                "size": int(sizes[topics_of_group].sum()),
                "name": topics.level_names[place][row],
                "summary": label.summary if label else "",
                "source": label.source if label else "",
                "topics": [
                    {"id": topic, "name": names[topic], "size": int(sizes[topic])}
                    for topic in topics_of_group
                ],
            }
        )
    return {"layer": layer, "groups": sorted(groups, key=lambda group: -group["size"])}


def topic_payload(model: TopicModel, row: int, *, n_exemplars: int = 5) -> dict[str, Any]:
    """Everything `themata topic` tells."""
    return _topics(model, [row], n_exemplars)[0]


def _topics(model: TopicModel, rows: Iterable[int], n_exemplars: int) -> list[dict[str, Any]]:
    sizes, names = whole_document_sizes(model), model.result_.names
    n_docs = int(sizes.sum())
    return [_topic(model, row, int(sizes[row]), n_docs, names[row], n_exemplars) for row in rows]


def _topic(
    model: TopicModel, row: int, size: int, n_docs: int, name: str, n_exemplars: int
) -> dict[str, Any]:
    topics, docs = model.result_, model.documents_
    label = topics.labels[row]
    return {
        "id": row,
        "size": size,
        "share": round(size / max(1, n_docs), 4),
        "name": name,
        "summary": label.summary if label else "",
        "source": label.source if label else "keywords",
        "keywords": [word for word, _ in topics.keywords[row]],
        "weights": [round(weight, 6) for _, weight in topics.keywords[row]],
        "aspects": {
            way: [word for word, _ in aspect[row]] for way, aspect in topics.aspects.items() if way != MAIN
        },
        "exemplars": [docs.shown(int(i)) for i in topics.exemplars[row][:n_exemplars]],
        "exemplar_rows": [int(i) for i in topics.exemplars[row][:n_exemplars]],
    }
