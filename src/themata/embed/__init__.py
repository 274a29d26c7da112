"""Embedders: texts to points."""
