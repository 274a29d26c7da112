"""The model card: what a shared model is, for a person who finds it. Markdown, everything in it escaped."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from themata._version import __version__
from themata.core.documents import Documents
from themata.core.text_layout import several
from themata.core.topics import Topics

FILE = "README.md"
MARK = "<!-- written by themata -->"  # a card without it is a person's, who may have spent an evening on it
MOST_TOPICS = 500
N_WORDS = 5
_PACKAGES = ("numpy", "scipy", "scikit-learn", "igraph", "sentence-transformers", "umap-learn", "hdbscan")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:@^=])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\ud800-\udfff]+")


def card(
    repo_id: str,
    topics: Topics,
    docs: Documents,
    parameters: Mapping[str, Any],
    *,
    languages: Sequence[str] = (),
    texts: bool = False,
) -> str:
    """The text of README.md.

    parameters : of the model, as plain values
    languages : codes
    texts : whether the documents' texts are shared along
    """
    shared = (
        "The texts of the documents are in `documents.parquet`."
        if texts
        else "The texts of the documents are not shared; their embeddings, counts of words and other columns are."
    )
    pieces = [
        _front(languages),
        f"{MARK}\n",
        f"# {escaped(repo_id.rpartition('/')[2])}\n",
        f"{several(topics.n_topics, 'topic')} found by themata in {several(topics.n_docs, 'document')}, "
        f"of which {topics.n_outliers:,} have no topic.\n",
        "## Use\n",
        _use(repo_id),
        "## Topics\n",
        _table(topics),
        "## How they were found\n",
        "\n".join(f"- {_code(name)}: {_code(_as_python(value))}" for name, value in _set(parameters)) + "\n",
        f"{shared} Every file is safetensors, Parquet or JSON: none of them can run code.\n",
        "Versions: " + ", ".join(f"{name} {number}" for name, number in _versions().items()) + ".\n",
    ]
    return "\n".join(pieces)


def escaped(text: str) -> str:
    """Text that Markdown, its tables and HTML leave as it is, on one line.

    >>> escaped("a | b *c* <i>")
    'a \\\\| b \\\\*c\\\\* &lt;i&gt;'
    """
    line = " ".join(_UNSEEN.sub(" ", text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", line)


def _front(languages: Sequence[str]) -> str:
    codes = [code for code in languages if re.fullmatch("[a-z]{2,3}", code)]
    lines = ["---", "library_name: themata", "pipeline_tag: text-classification"]
    if codes:
        lines += ["language:", *(f'- "{code}"' for code in codes)]  # unquoted, no is Norwegian for False
    return "\n".join([*lines, "tags:", "- themata", "- topic-modeling", "---", ""])


def _use(repo_id: str) -> str:
    return f"""    pip install 'themata[hub]'

```python
from themata import TopicModel

model = TopicModel.from_hub({json.dumps(repo_id)})
model.get_topic_info()
model.transform(["a new document"])
```
"""


def _table(topics: Topics) -> str:
    rows = ["| Topic | Documents | Name | Keywords |", "|---:|---:|---|---|"]
    sizes, names = topics.sizes, topics.names
    for row in range(min(MOST_TOPICS, topics.n_topics)):
        words = " · ".join(escaped(word) for word, _ in topics.keywords[row][:N_WORDS])
        rows.append(f"| {row} | {sizes[row]:,} | {escaped(names[row])} | {words} |")
    if topics.n_outliers:
        rows.append(f"| \\-1 | {topics.n_outliers:,} | no topic | |")
    left = topics.n_topics - MOST_TOPICS
    return "\n".join(rows) + (f"\n\nand {left:,} smaller ones" if left > 0 else "") + "\n"


def _set(parameters: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Those that say something, by name."""
    return sorted((name, value) for name, value in parameters.items() if value is not None and value != [])


def _as_python(value: Any) -> str:
    """A described value as Python would write it: a part by its class and what it was given."""
    if isinstance(value, list):
        return f"[{', '.join(map(_as_python, value))}]"
    if isinstance(value, dict) and "parts" in value:
        return (
            "{" + ", ".join(f"{name!r}: {_as_python(entry)}" for name, entry in value["parts"].items()) + "}"
        )
    if isinstance(value, dict) and "part" in value:
        given = (
            f"{name}={_as_python(entry)}"
            for name, entry in value.get("options", {}).items()
            if entry is not None
        )
        return f"{value['part'].rpartition(':')[2]}({', '.join(given)})"
    if isinstance(value, dict):
        inner = _as_python(next(iter(value.values()), None))
        return f"({inner[1:-1]})" if "tuple" in value else inner
    return repr(value)


def _code(text: str) -> str:
    line = " ".join(_UNSEEN.sub(" ", text).split()).replace("`", "'")
    return f"`{line if len(line) <= 300 else line[:300] + ' …'}`"


def _versions() -> dict[str, str]:
    versions = {"themata": __version__, "Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
