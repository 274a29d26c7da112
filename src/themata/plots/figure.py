"""A figure of Plotly whose own page shows it in the middle, with no bar that scrolls over nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import plotly.graph_objects as go

_MIDDLE = """
document.title = %s;
document.body.style.cssText = "margin:0;display:flex";
document.body.firstElementChild.style.cssText = "margin:auto;max-width:100%%;overflow-x:auto";
"""


class Figure(go.Figure):  # type: ignore[misc]
    """Plotly's own figure; only a page that it is alone on is laid out for its readers."""

    def to_html(self, **options: Any) -> str:
        """Plotly's, with its options."""
        return str(super().to_html(**self._in_the_middle(options)))

    def write_html(self, file: Any, **options: Any) -> None:
        """Plotly's, with its options. file : a path, or what can be written to"""
        super().write_html(file, **self._in_the_middle(options))

    def _in_the_middle(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options.get("full_html", True):
            return options
        scripts = options.get("post_script") or []
        title = re.sub(r"<[^>]*>", " ", self.layout.title.text or "").strip()
        # No tag may end the script that this stands in
        title_in_script = json.dumps(title).replace("<", "\\u003c")
        given = [scripts] if isinstance(scripts, str) else list(scripts)
        return {**options, "post_script": [_MIDDLE % title_in_script, *given]}
