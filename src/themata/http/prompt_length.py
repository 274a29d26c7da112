"""How a prompt that is too long is recognized: by the code of a server that gives one, else by its words, here alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from themata.core.errors import PromptTooLong

# Statuses with which servers refuse what they do not like of a request
REFUSALS = (400, 413, 422, 500)
# OpenAI's and vLLM's, OpenAI's for one message, llama.cpp's, Anthropic's
_CODES = (
    "context_length_exceeded",
    "string_above_max_length",
    "exceed_context_size_error",
    "request_too_large",
)
_TOO_LONG = regex.compile(
    r"(?i)context.{0,20}(?:length|window|size)|(?:length|window|size) of the context|exceed_context|n_ctx|"
    r"too many (?:input |prompt )?tokens|reduce the length|string too long|"
    r"(?:prompt|input|messages?|request|text|sequence|content)\b.{0,60}(?:too (?:long|large)|longer than|exceed)|"
    r"maximum.{0,30}(?:tokens|length|characters)|exceed.{0,40}(?:tokens|characters|context|window)|"
    r"(?:tokens|characters).{0,60}(?:must be <=|exceed|at most|are the most)|length.{0,40}> ?\d|(?:more than|over|at most|up to) \d[\d,.]* (?:tokens|characters)"
)
_NUMBER = r"(\d[\d,. _]*\d|\d+)"
_LIMIT = regex.compile(
    rf"(?i)(?:maximum|\bmax\b|limit|window|n_ctx|at most|up to|no more than|longer than|more than|exceeds?|over|<=|>)"
    rf"\D{{0,60}}?{_NUMBER}(?:\s*(?P<unit>char))?"
)
_SIZE = regex.compile(
    rf"(?i){_NUMBER} (?:tokens )?(?:in the (?:messages|prompt|input)|`?inputs?`? tokens|input tokens|prompt tokens)|"
    rf"(?:n_prompt_tokens\"?\s*:|prompt (?:contains|has|is|of)|requested tokens \(|\(length) ?(?:too long: )?{_NUMBER}"
)


def of_refusal(
    said: str, status: int, code: str, error: Mapping[str, Any], text: str
) -> PromptTooLong | None:
    """The refusal of a server, if it is for the length of the prompt.

    said : the sentence for people; code, error : what the server calls it, and its fields; told : the whole answer

    >>> fields = {"n_prompt_tokens": 5000, "n_ctx": 4096}
    >>> error = of_refusal("no", 400, "exceed_context_size_error", fields, "")
    >>> error.limit, error.size
    (4096, 5000)
    """
    if status not in REFUSALS:
        return None
    by_words = too_long(text[:2000])
    if by_words is None and code not in _CODES and status != 413:
        return None
    if isinstance(error.get("n_ctx"), int) and isinstance(error.get("n_prompt_tokens"), int):
        return PromptTooLong(said, limit=error["n_ctx"], size=error["n_prompt_tokens"])
    refusal = by_words or PromptTooLong(said)
    return PromptTooLong(said, limit=refusal.limit, characters=refusal.characters, size=refusal.size)


def too_long(said: str) -> PromptTooLong | None:
    """The refusal of a prompt for its length, in another's words; None where they speak of something else.

    >>> error = too_long("This model's maximum context length is 512 tokens. However, you requested 700 tokens "
    ...     "(540 in the messages, 160 in the completion).")
    >>> error.limit, error.size
    (512, 540)
    >>> too_long("prompt of more than 2,000 characters").characters
    2000
    """
    if not _TOO_LONG.search(said):
        return None
    limit = characters = None
    for match in _LIMIT.finditer(said):
        number = _whole(match[1])
        if number < 16:
            continue
        if match["unit"]:
            characters = min(number, characters or number)
        else:
            limit = min(number, limit or number)
    size = next((_whole(match[1] or match[2]) for match in _SIZE.finditer(said)), None)
    if size is not None and limit is not None and size <= limit // 4:
        size = None  # of something else
    return PromptTooLong(said, limit=None if characters else limit, characters=characters, size=size)


def _whole(number: str) -> int:
    return int(regex.sub(r"\D", "", number))
