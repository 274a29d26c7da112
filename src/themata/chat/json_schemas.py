"""JSON schemas as servers take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without lengths and patterns of texts: strict modes of servers refuse a schema that has any.

    >>> without_bounds({"type": "object", "properties": {"a": {"type": "string", "maxLength": 9}}})
    {'type': 'object', 'properties': {'a': {'type': 'string'}}}
    """
    if schema.get("type") == "string":
        return {
            name: value for name, value in schema.items() if name not in ("minLength", "maxLength", "pattern")
        }
    unbounded = dict(schema)
    if "properties" in schema:
        unbounded["properties"] = {
            name: without_bounds(field) for name, field in schema["properties"].items()
        }
    if isinstance(schema.get("items"), Mapping):
        unbounded["items"] = without_bounds(schema["items"])
    return unbounded
