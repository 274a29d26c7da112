"""The names that users of BERTopic know, over the verbs of TopicModel: change the import, keep the notebook.

from themata.familiar import BERTopic
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from themata.familiar.bertopic import BERTopic as BERTopic

__all__ = ["BERTopic"]


def __getattr__(name: str) -> Any:
    # Late, because TopicModel has some of these names from a module beside this one, and BERTopic is a TopicModel
    if name != "BERTopic":
        raise AttributeError(f"module 'themata.familiar' has no attribute {name!r}")
    return import_module("themata.familiar.bertopic").BERTopic
