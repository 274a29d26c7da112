"""Names without a language model: phrases of the documents themselves."""
