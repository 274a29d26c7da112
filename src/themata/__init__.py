"""themata: documents into topics a person can read, each named in plain language.

from themata import TopicModel

model = TopicModel(random_state=42).fit(texts)
model.topics_
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from themata._version import __version__

if TYPE_CHECKING:
    from themata.documents import Documents as Documents
    from themata.errors import ThemataError as ThemataError
    from themata.model import TopicModel as TopicModel
    from themata.topics import Label as Label
    from themata.topics import Topics as Topics

# Each name is imported when first asked for, so that `import themata` costs nothing
_HOMES = {
    "Documents": "themata.documents",
    "Label": "themata.topics",
    "ThemataError": "themata.errors",
    "TopicModel": "themata.model",
    "Topics": "themata.topics",
}

__all__ = ["Documents", "Label", "ThemataError", "TopicModel", "Topics", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'themata' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
