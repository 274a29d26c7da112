"""Pipeline: the recipe from documents to topics, step by step."""
