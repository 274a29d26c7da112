"""Representers: topics to keywords."""
