"""Layouts: documents to places on a plane."""
