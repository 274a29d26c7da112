"""Embeddings from any server that speaks OpenAI's language."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import BadAnswer, ChatError, MissingExtraError
from themata.core.server_addresses import public, rooted
from themata.embed.readable_texts import encodable
from themata.http.client import OPENAI, Server
from themata.http.rate_limit import Pace
from themata.http.retries import Send, ask_all

MAX_CHARACTERS = 24_000  # about 8,000 tokens, which these models read at most; servers refuse more


class OpenAIEmbedder:
    """Embeddings from an OpenAI-compatible endpoint.

    model : the name that requests ask for
    base_url : None reads OPENAI_BASE_URL; without a path it means /v1
    api_key : None reads OPENAI_API_KEY, for Azure AZURE_OPENAI_API_KEY first; never logged, never saved
    dimensions : asked of models that can shorten their embeddings
    batch_size : texts in one request
    timeout : seconds until an answer must be whole
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
        where = None if self.base_url is None else public(self.base_url)
        return f"openai {self.model} {where} {self.dimensions}"

    @property
    def chunk(self) -> int:
        """Texts between two savings: what was asked at once, since it is paid for."""
        return self.batch_size

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        if find_spec("httpx") is None:
            raise MissingExtraError(f"the embedder {self.model!r}", extra="openai")
        self._server.check_key()
        starts = range(0, len(texts), self.batch_size)
        batches = [[text[:MAX_CHARACTERS] or " " for text in texts[i : i + self.batch_size]] for i in starts]
        rows: list[list[float]] = []
        for answer in ask_all(batches, self._session, Pace(1), size=_n_characters, retries=self.retries):
            if isinstance(answer, ChatError):
                raise answer
            rows += answer
        return np.asarray(rows, dtype=np.float32)

    def n_cut(self, texts: Sequence[str]) -> tuple[int, str]:
        """How many texts are longer than what is sent of each, and how much that is."""
        return sum(len(text) > MAX_CHARACTERS for text in texts), f"{MAX_CHARACTERS:,} characters"

    @property
    def _server(self) -> Server:
        address = self.base_url or os.environ.get("OPENAI_BASE_URL")
        return Server(rooted(address) if address else OPENAI, self._api_key, self.timeout)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Send[list[str], list[list[float]]]]:
        server = self._server
        options = {} if self.dimensions is None else {"dimensions": self.dimensions}
        async with server.posting("/embeddings") as post:

            async def send(batch: list[str]) -> list[list[float]]:
                body = {"model": self.model, "input": encodable(batch), "encoding_format": "float", **options}
                status, headers, text = await post(body)
                if status != 200:
                    raise server.error(status, headers, text, self.model)
                return _embeddings(text, len(batch), server.name)

            yield send


def _embeddings(text: str, n_texts: int, where: str) -> list[list[float]]:
    """The embeddings in a server's answer, in the order of the texts."""
    try:
        rows = sorted(json.loads(text)["data"], key=lambda row: row["index"])
        embeddings = [row["embedding"] for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise BadAnswer(f"{where} gave no embeddings but {text[:80]!r}") from error
    if len(embeddings) != n_texts:
        raise BadAnswer(f"the server gave {len(embeddings)} embeddings for {n_texts} texts")
    return embeddings


def _n_characters(batch: list[str]) -> int:
    return sum(map(len, batch))
