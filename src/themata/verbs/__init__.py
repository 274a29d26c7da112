"""What a fitted model can be asked and told, by kind: tables, questions, edits, pictures."""
