"""Addresses: of servers that speak OpenAI's language, and of documents."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit, urlunsplit


def rooted(base_url: str) -> str:
    """The address that paths are put to: without a path it means the usual one.

    >>> rooted("http://localhost:11434"), rooted("http://localhost:8000/v1/"), rooted("https://me.openai.azure.com")
    ('http://localhost:11434/v1', 'http://localhost:8000/v1', 'https://me.openai.azure.com/openai/v1')
    """
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/") or ("/openai/v1" if is_azure(base_url) else "/v1")
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def public(base_url: str) -> str:
    """An address without what could be a secret in it.

    >>> public("https://me:secret@host/v1?key=secret")
    'https://host/v1'
    """
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def is_link(value: object) -> bool:
    """Whether a value is an address of the web; no other kind of address is ever made a link.

    >>> is_link("https://example.org/a?b=1"), is_link("javascript:alert(1)"), is_link("example.org"), is_link(3)
    (True, False, False, False)
    """
    return (
        isinstance(value, str)
        and re.fullmatch(r"https?://[^\s/]\S*", value.strip(), re.IGNORECASE) is not None
    )


def is_azure(base_url: str) -> bool:
    return (urlsplit(base_url).hostname or "").endswith(".azure.com")


def api_key_of(base_url: str | None) -> str | None:
    """The key that the environment has for an address."""
    azure = os.environ.get("AZURE_OPENAI_API_KEY") if base_url and is_azure(base_url) else None
    return azure or os.environ.get("OPENAI_API_KEY")
