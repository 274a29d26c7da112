"""Vectorizers: texts to counts of terms."""
