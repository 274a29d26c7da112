"""Corpora that outgrow a machine: topics of a sample, and every other document assigned in parallel."""
