"""Relaters: documents to a neighbour graph."""
