"""Seeders: what is known of the topics before they are found."""
