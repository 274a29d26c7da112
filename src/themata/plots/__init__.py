"""Plots: values to plotly figures, one figure per file."""

from importlib.util import find_spec

from themata.core.errors import MissingExtraError

if find_spec("plotly") is None:
    raise MissingExtraError("a figure", extra="plots")
