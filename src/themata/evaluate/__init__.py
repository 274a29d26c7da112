"""Evaluate: how good topics, labels and runs are."""
