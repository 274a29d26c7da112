"""Atlas: the map and report, one self-contained HTML file."""
