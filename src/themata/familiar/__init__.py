"""The names that users of BERTopic know, over the verbs of TopicModel: change the import, keep the notebook.

from themata.familiar import BERTopic
"""

from themata.familiar.bertopic import BERTopic

__all__ = ["BERTopic"]
