"""A model held to a JSON schema, by llguidance: of the next tokens only those are left that the schema allows."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from themata.core.errors import first_line

log = logging.getLogger(__name__)

SPARE = 8  # tokens more than the shortest answer has bytes, for a character half written and a comma


class Guide:
    """What a schema allows, in the tokens of one model.

    shortest : bytes of the shortest answer there is, which are its tokens at most
    closers : tokens that begin with a quote, and those that begin by closing a list or an object
    """

    def __init__(self, grammar: str, tokens: Any, shortest: int) -> None:
        self._grammar = grammar
        self._tokens = tokens
        self.shortest = shortest
        begins = [tokens.decode_bytes([token])[:1] for token in range(tokens.vocab_size)]
        quotes = [token for token, byte in enumerate(begins) if byte == b'"']
        brackets = [token for token, byte in enumerate(begins) if byte in (b"}", b"]")]
        self.closers = (quotes, brackets)

    def begin(self, n: int) -> Held:
        """The guide of one answer of at most `n` tokens."""
        from llguidance import LLMatcher

        return Held(self, LLMatcher(self._tokens, self._grammar), n)


class Held:
    """One answer under way.

    ended : nothing may follow
    hurried : it was made to end by the limit of its tokens
    """

    def __init__(self, guide: Guide, matcher: Any, n: int) -> None:
        self._guide = guide
        self._matcher = matcher
        self._left = n
        self.ended = self.hurried = False

    def hold(self, logits: Any) -> None:
        """Make what the schema does not allow impossible; near the end of the room, also what makes the answer longer.

        logits : (vocabulary,), changed in place
        """
        import torch

        allowed = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.bool)
        n = min(len(allowed), len(logits))
        if self._left <= self._guide.shortest + SPARE:
            for closers in self._guide.closers:  # a bracket inside a text closes nothing, a quote does
                closing = torch.zeros_like(allowed)
                closing[closers] = allowed[closers]
                if closing.any():
                    self.hurried = self.hurried or bool((allowed & ~closing).any())
                    allowed = closing
                    break
        logits[:n].masked_fill_(~allowed[:n].to(logits.device), float("-inf"))
        logits[n:] = float("-inf")

    def take(self, token: int) -> None:
        self._left -= 1
        self._matcher.consume_token(token)
        self.ended = self._matcher.is_stopped()


def guide_of(schema: Mapping[str, Any], tokenizer: Any, ends: set[int]) -> Guide | None:
    """None, and a word in the log, where llguidance is missing or cannot follow: the answer is then only parsed."""
    try:
        from llguidance import LLMatcher
        from llguidance.hf import from_tokenizer
    except ImportError:
        log.info("answers are not held to their schema: pip install 'themata[llm]' brings llguidance")
        return None
    try:
        tokens = from_tokenizer(tokenizer, eos_token=sorted(ends))
        grammar = LLMatcher.grammar_from_json_schema(
            json.dumps(schema), overrides={"whitespace_flexible": False}
        )
        fault = LLMatcher.validate_grammar(grammar, tokens)
    except (ValueError, TypeError) as error:  # a tokenizer of Python's own, a schema that is none
        fault = first_line(error)
    if fault:
        log.info("answers are not held to their schema: %s", fault)
        return None
    return Guide(grammar, tokens, len(json.dumps(least(schema), separators=(",", ":")).encode()))


def least(schema: Mapping[str, Any]) -> Any:
    """The shortest value that a simple schema allows.

    >>> least({"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]})
    {'a': ''}
    """
    if "enum" in schema:
        # Which of them is the model's to choose
        return max(schema["enum"], key=lambda value: len(json.dumps(value)))
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: least(fields.get(name, {})) for name in schema.get("required", fields)}
    if kind == "array":
        return [least(schema.get("items", {}))] * int(schema.get("minItems", 0))
    return {"string": "x" * int(schema.get("minLength", 0)), "integer": 0, "number": 0, "boolean": False}.get(
        str(kind)
    )
