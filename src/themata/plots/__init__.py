"""Plots: values to plotly figures, one figure per file."""
