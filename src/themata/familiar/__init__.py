"""The names that users of BERTopic know, over the verbs of TopicModel."""
