"""Embeddings from any server that speaks OpenAI's language."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.errors import BadAnswer, MissingExtraError, RateLimited, Refused, Unreachable
from themata.graph import Float2d
from themata.parts.embed.encodable import encodable

MAX_CHARACTERS = 24_000  # about 8,000 tokens, which these models read at most; servers refuse more


class OpenAIEmbedder:
    """Embeddings from an OpenAI-compatible endpoint.

    api_key : None reads OPENAI_API_KEY; never logged, never saved
    dimensions : asked of models that can shorten their embeddings
    retries : of requests that may heal, at the pace the server asks for
    """

    def __init__(
        self,
        model: str = "text-embedding-3-small",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        batch_size: int = 256,
        dimensions: int | None = None,
        timeout: float = 60.0,
        retries: int = 6,
    ) -> None:
        self.model = model
        self.base_url = base_url
        self._api_key = api_key
        self.batch_size = batch_size
        self.dimensions = dimensions
        self.timeout = timeout
        self.retries = retries

    @property
    def name(self) -> str:
        return f"openai {self.model} {self.base_url} {self.dimensions}"

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        client = self._client()
        rows = []
        for start in range(0, len(texts), self.batch_size):
            batch = [text[:MAX_CHARACTERS] or " " for text in texts[start : start + self.batch_size]]
            rows += self._asked(client, batch)
        return np.asarray(rows, dtype=np.float32)

    def _asked(self, client: Any, batch: list[str]) -> list[list[float]]:
        import openai

        options = {} if self.dimensions is None else {"dimensions": self.dimensions}
        try:
            answer = client.embeddings.create(
                model=self.model, input=encodable(batch), encoding_format="float", **options
            )
        except openai.RateLimitError as error:
            raise RateLimited(f"the server of {self.model} says: {error}", hint="try again later") from error
        except openai.APIConnectionError as error:
            raise Unreachable(f"no answer from {client.base_url}: {error}") from error
        except openai.APIStatusError as error:
            kind = Unreachable if error.status_code >= 500 else Refused
            raise kind(f"the server of {self.model} says: {error}") from error
        found = [row.embedding for row in sorted(answer.data, key=lambda row: row.index)]
        if len(found) != len(batch):
            raise BadAnswer(f"the server gave {len(found)} embeddings for {len(batch)} texts")
        return found

    def _client(self) -> Any:
        try:
            from openai import OpenAI
        except ImportError as error:
            raise MissingExtraError(f"the embedder {self.model!r}", extra="openai") from error
        # Local servers want no key, and the client wants one
        key = self._api_key or os.environ.get("OPENAI_API_KEY") or ("none" if self.base_url else None)
        if key is None:
            raise Refused("no API key", hint="set OPENAI_API_KEY or give api_key=")
        return OpenAI(api_key=key, base_url=self.base_url, timeout=self.timeout, max_retries=self.retries)
