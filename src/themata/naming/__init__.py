"""Naming: topics to names."""
