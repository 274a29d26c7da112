"""The examples as notebooks: `make examples` writes one beside each script, and a test compares them.

A script's cells begin with `# %%`, those of prose with `# %% [markdown]`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def notebook(script: str) -> dict[str, Any]:
    """The notebook of a script's cells, without outputs."""
    told = [
        {"cell_type": "markdown", "id": f"cell-{place}", "metadata": {}, "source": text}
        if is_prose
        else {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{place}",
            "metadata": {},
            "outputs": [],
            "source": text,
        }
        for place, (is_prose, text) in enumerate(cells(script))
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": told, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def cells(script: str) -> Iterator[tuple[bool, str]]:
    """Whether each cell is prose, and its text."""
    for cell in script.split("# %%")[1:]:
        head, _, body = cell.partition("\n")
        is_prose = head.strip() == "[markdown]"
        lines = body.strip().splitlines()
        yield (
            is_prose,
            "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)
            if is_prose
            else body.strip(),
        )


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        told = json.dumps(notebook(path.read_text(encoding="utf-8")), indent=1, ensure_ascii=False)
        path.with_suffix(".ipynb").write_text(told + "\n", encoding="utf-8")
