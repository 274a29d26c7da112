"""What the refusals of OpenAI-compatible servers mean: which heal, and which never will."""

from __future__ import annotations

import email.utils
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import regex

from themata.core.errors import ChatError, RateLimited, Refused, Unreachable
from themata.http.prompt_length import of_refusal

log = logging.getLogger(__name__)

_OVERLOADED = 529  # as some providers say of themselves, in no standard
_NEVER_HEALS = ("insufficient_quota", "billing_hard_limit_reached", "model_not_found")
_KEY = regex.compile(
    r"(?i)\bapi.?key\b.{0,20}\b(invalid|not valid|incorrect|missing)|\b(invalid|incorrect) api.?key"
)


def error_of(
    status: int, headers: Mapping[str, str], text: str, *, where: str, model: str, key: str | None
) -> ChatError:
    """What an answer that is no 200 means, in the server's own words.

    key : never repeated, should the server do so

    >>> error_of(404, {}, '{"error": "no such model"}', where="http://host/v1", model="m", key=None)
    Refused("http://host/v1 says: no such model (status 404): is the model called 'm' there, and is base_url right?")
    """
    code, words, fields = _words(text)
    said = f"{where} says: {words.replace(key, '…') if key else words} (status {status})"
    after = retry_after(headers)
    if (
        status == 401
        or code == "invalid_api_key"
        or (status == 403 and "moderat" not in words)
        or (status == 400 and _KEY.search(words))
    ):
        return Refused(said, hint="set OPENAI_API_KEY or give api_key=")
    if code in _NEVER_HEALS or status == 402:
        return Refused(
            said, hint="check the account's quota" if "model" not in code else "check the model's name"
        )
    too_long = of_refusal(said, status, code, fields, text)
    if too_long is not None:
        return too_long
    if status == 404 or 300 <= status < 400:
        return Refused(said, hint=f"is the model called {model!r} there, and is base_url right?")
    if status in (429, _OVERLOADED) or (status == 503 and after is not None):
        return RateLimited(said, after=after)
    if status >= 500 or status in (408, 409, 425):
        return Unreachable(said)
    return ChatError(said)


def _words(text: str) -> tuple[str, str, dict[str, Any]]:
    """The code, the words and the fields of a server's error, wherever it puts them."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return "", regex.sub(r"<[^>]*>|\s+", " ", text).strip()[:200] or "nothing", {}
    error = parsed.get("error", parsed) if isinstance(parsed, dict) else parsed
    if not isinstance(error, dict):
        return "", str(error)[:500], {}
    code = str(error.get("code") or error.get("type") or "")
    words = error.get("message") or error.get("detail") or error.get("error") or text
    return code, str(words)[:500], error


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: a number, or a date to wait for.

    >>> retry_after({"retry-after": "2.5"}), retry_after({"retry-after-ms": "250"}), retry_after({})
    (2.5, 0.25, None)
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        if regex.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
            return float(value) * unit
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except (TypeError, ValueError):
            log.info("the server's %s is neither seconds nor a date: %r", name, value)
    return None
