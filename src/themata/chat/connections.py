"""Connections to one address: a plain one, or httpx's where there is a proxy between.

A plain connection takes a fifth of the processor time that httpx takes for a request, and when many are sent at once that
time is what the last of them wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

Told = tuple[int, Mapping[str, str], str]  # status, headers with small letters, text
LARGEST_READ = 65536


class NoConnection(OSError):
    """Nobody took the call."""


class Line(Protocol):
    """Something that posts to one address, one request at a time."""

    async def post(self, content: bytes) -> Told: ...

    async def close(self) -> None: ...


@asynccontextmanager
async def lines(
    address: str, headers: Mapping[str, str], timeout: float
) -> AsyncIterator[Callable[[], AbstractContextManager[Line]]]:
    """A function that lends a line, kept for the next who asks."""
    import httpx

    trust = httpx.create_ssl_context() if address.startswith("https") else False
    direct = _direct(address)
    idle: list[Line] = []

    @contextmanager
    def borrowed() -> Iterator[Line]:
        line = idle.pop() if idle else (Wire if direct else Proxied)(address, headers, timeout, trust)
        try:
            yield line
        finally:
            idle.append(line)

    try:
        yield borrowed
    finally:
        for line in idle:
            await line.close()


class Wire:
    """One connection, kept open between requests."""

    def __init__(self, address: str, headers: Mapping[str, str], timeout: float, trust: Any) -> None:
        parts = urlsplit(address)
        self.host, self.trust = parts.hostname or "", trust or None
        self.port = parts.port or (443 if trust else 80)
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.headers = [("Host", parts.netloc), ("Accept", "application/json"), *headers.items()]
        self._heard = False  # a part of the answer to what was sent last
        self._protocol: Any = None
        self._reader: Any = None
        self._writer: Any = None

    async def post(self, content: bytes) -> Told:
        """Raises OSError or h11.RemoteProtocolError where there is no whole answer."""
        import h11

        used = self._writer is not None
        try:
            return await self._exchange(content)
        except (ConnectionError, h11.RemoteProtocolError):
            self._drop()
            if not used or self._heard:
                raise
        except BaseException:  # a time-out leaves half an answer on the line
            self._drop()
            raise
        try:  # a server may hang up on a line that nobody used; it has not seen the request
            return await self._exchange(content)
        except BaseException:
            self._drop()
            raise

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    async def _exchange(self, content: bytes) -> Told:
        import h11

        if self._writer is None:
            try:
                self._reader, self._writer = await asyncio.open_connection(
                    self.host, self.port, ssl=self.trust
                )
            except OSError as error:
                refused = isinstance(error, ConnectionRefusedError)
                raise NoConnection("connection refused" if refused else str(error)) from error
            self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=2**20)
        protocol, self._heard = self._protocol, False
        headers = [*self.headers, ("Content-Length", str(len(content)))]
        head = protocol.send(h11.Request(method="POST", target=self.target, headers=headers))
        self._writer.write(head + protocol.send(h11.Data(content)) + protocol.send(h11.EndOfMessage()))
        await self._writer.drain()
        status, told, body = 0, {}, []
        while not isinstance(event := protocol.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                data = await self._reader.read(LARGEST_READ)
                if not data and not self._heard:
                    raise ConnectionResetError("the server hung up")
                self._heard = True
                protocol.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
                told = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError("the server hung up")
        if protocol.our_state is h11.DONE and protocol.their_state is h11.DONE:
            protocol.start_next_cycle()
        else:
            self._drop()
        return status, told, b"".join(body).decode("utf-8", "replace")

    def _drop(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
        self._protocol = self._reader = self._writer = None


class Proxied:
    """A client of httpx's, which knows proxies and passwords in addresses."""

    def __init__(self, address: str, headers: Mapping[str, str], timeout: float, trust: Any) -> None:
        import httpx

        self.address = address
        self._client = httpx.AsyncClient(headers=dict(headers), timeout=timeout, verify=trust)

    async def post(self, content: bytes) -> Told:
        response = await self._client.post(self.address, content=content)
        return response.status_code, response.headers, response.text

    async def close(self) -> None:
        await self._client.aclose()


def _direct(address: str) -> bool:
    """Whether nothing stands between: no proxy, and no password to be sent.

    >>> _direct("http://me:secret@host/v1"), _direct("localhost:8000/v1")
    (False, False)
    """
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(address)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or not address.isascii()
    ):
        return False
    proxies = getproxies()
    proxied = parts.scheme in proxies or "all" in proxies
    return not proxied or bool(proxy_bypass(parts.hostname))
