"""Languages: what is known of each, one file a language, listed in catalog.py."""
