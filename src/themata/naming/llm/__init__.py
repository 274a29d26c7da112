"""Names by a language model: what it sees, what it is asked, and how its answers are read."""
