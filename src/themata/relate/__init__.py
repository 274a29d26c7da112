"""Relaters: documents to a neighbor graph."""
