"""Core: the two tables, the graph, and the values and promises that everything else is built on."""
