"""Groupers: documents and their graph to groups."""
