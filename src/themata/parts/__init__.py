"""Parts: each keeps one promise of themata.protocols. Third-party libraries live behind these doors and nowhere else."""
