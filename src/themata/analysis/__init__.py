"""Analysis: questions to a fitted model, answered as values."""
