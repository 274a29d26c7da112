"""The color of each topic: the same on every figure and on the map."""

from __future__ import annotations

import colorsys

GRAY = "#c9ccd1"
# Twelve calm colors that differ in hue and lightness; further topics take shades between them
_BASE = (
    "#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7",
    "#a463f2", "#97bbf5", "#9c6b4e", "#2f7f86", "#b5485d", "#7a8b2f",
)  # fmt: skip


def color(topic: int) -> str:
    """The color of a topic, gray for outliers; the same on every figure."""
    if topic < 0:
        return GRAY
    if topic < len(_BASE):
        return _BASE[topic]
    # steps of the golden ratio never come near a hue just used
    hue = (topic * 0.618034) % 1
    red, green, blue = colorsys.hls_to_rgb(hue, 0.42 + 0.16 * (topic % 3) / 2, 0.5)
    return f"#{int(255 * red):02x}{int(255 * green):02x}{int(255 * blue):02x}"
