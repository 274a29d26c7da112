"""The figures as functions of a model, as bertopic.plotting has them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from themata.familiar.bertopic import BERTopic


def _function(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method as a function whose first parameter is called topic_model."""

    @wraps(method)
    def draw(topic_model: BERTopic, *args: Any, **kwargs: Any) -> Any:
        return method(topic_model, *args, **kwargs)

    signature = inspect.signature(method)
    first, *others = signature.parameters.values()
    renamed = signature.replace(parameters=[first.replace(name="topic_model"), *others])
    draw.__signature__ = renamed  # type: ignore[attr-defined]
    return draw


visualize_approximate_distribution = _function(BERTopic.visualize_approximate_distribution)
visualize_barchart = _function(BERTopic.visualize_barchart)
visualize_distribution = _function(BERTopic.visualize_distribution)
visualize_document_datamap = _function(BERTopic.visualize_document_datamap)
visualize_documents = _function(BERTopic.visualize_documents)
visualize_heatmap = _function(BERTopic.visualize_heatmap)
visualize_hierarchical_documents = _function(BERTopic.visualize_hierarchical_documents)
visualize_hierarchy = _function(BERTopic.visualize_hierarchy)
visualize_term_rank = _function(BERTopic.visualize_term_rank)
visualize_topics = _function(BERTopic.visualize_topics)
visualize_topics_over_time = _function(BERTopic.visualize_topics_over_time)
visualize_topics_per_class = _function(BERTopic.visualize_topics_per_class)

__all__ = [
    "visualize_approximate_distribution",
    "visualize_barchart",
    "visualize_distribution",
    "visualize_document_datamap",
    "visualize_documents",
    "visualize_heatmap",
    "visualize_hierarchical_documents",
    "visualize_hierarchy",
    "visualize_term_rank",
    "visualize_topics",
    "visualize_topics_over_time",
    "visualize_topics_per_class",
]
