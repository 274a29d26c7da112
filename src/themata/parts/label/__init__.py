"""Labelers: topics to names."""
