"""Embeddings from any server that speaks OpenAI's language."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import Absent, BadAnswer, MissingExtraError, RateLimited, Refused, Unreachable
from themata.core.server_addresses import key_of, public, rooted
from themata.embed.clean_texts import encodable

log = logging.getLogger(__name__)
MAX_CHARACTERS = 24_000  # about 8,000 tokens, which these models read at most; servers refuse more


class OpenAIEmbedder:
    """Embeddings from an OpenAI-compatible endpoint.

    base_url : None reads OPENAI_BASE_URL; without a path it means /v1
    api_key : None reads OPENAI_API_KEY, for Azure AZURE_OPENAI_API_KEY first; never logged, never saved
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
        self._met = False

    @property
    def name(self) -> str:
        where = None if self.base_url is None else public(self.base_url)
        return f"openai {self.model} {where} {self.dimensions}"

    @property
    def chunk(self) -> int:
        """Texts between two savings: what was asked at once, since it is paid for."""
        return self.batch_size

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        client = self._client()
        if not self._met:
            self._meet(client)
        rows = []
        for start in range(0, len(texts), self.batch_size):
            batch = [text[:MAX_CHARACTERS] or " " for text in texts[start : start + self.batch_size]]
            rows += self._asked(client, batch)
        return np.asarray(rows, dtype=np.float32)

    def n_cut(self, texts: Sequence[str]) -> tuple[int, str]:
        """How many texts are longer than what is sent of each, and how much that is."""
        return sum(len(text) > MAX_CHARACTERS for text in texts), f"{MAX_CHARACTERS:,} characters"

    def _meet(self, client: Any) -> None:
        """Say at once that nobody is there, which the client would take half a minute to find out."""
        import openai

        try:
            client.with_options(max_retries=1, timeout=10.0).models.list()
        except openai.APITimeoutError:
            log.info("%s has not answered in 10 s", public(str(client.base_url)))
        except openai.APIConnectionError as error:
            hint = "is the server running, and is its address right?"
            raise Absent(
                f"no connection to {public(str(client.base_url))}: {error.__cause__}", hint=hint
            ) from error
        except openai.APIError as error:  # many list no models, which says nothing
            log.info("%s does not list its models: %s", public(str(client.base_url)), error)
        self._met = True

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
            raise Unreachable(f"no answer from {public(str(client.base_url))}: {error}") from error
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
        address = self.base_url or os.environ.get("OPENAI_BASE_URL") or None
        # Local servers want no key, and the client wants one
        key = self._api_key or key_of(address) or ("none" if address else None)
        if key is None:
            raise Refused("no API key", hint="set OPENAI_API_KEY or give api_key=")
        return OpenAI(
            api_key=key,
            base_url=address and rooted(address),
            timeout=self.timeout,
            max_retries=self.retries,
        )
