"""A network in front of PostgreSQL that cuts connections, in a process of its own.

Each connection draws its fate. The worst is `answer of COMMIT lost`: the server has committed and
the client cannot know.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from pathlib import Path

FATES = {
    "none": 79.0, "cut after some bytes": 6.0, "COMMIT lost": 3.0, "answer of COMMIT lost": 10.0,
    "black hole": 2.0,
}  # fmt: skip
CHUNK = 65536
DARK = 2.0  # seconds until a black hole is noticed by the network


class Proxy:
    """Listens on a loopback port and passes on to another, badly."""

    def __init__(self, folder: Path, upstream: int, seed: int) -> None:
        self._log = folder / "cuts"
        self._log.touch()
        told, tell = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                asyncio.run(_serve(upstream, tell, random.Random(seed), self._log))
            finally:
                os._exit(0)
        os.close(tell)
        self.port = int(os.read(told, 16))
        os.close(told)

    def cuts(self) -> Counter[str]:
        """Return how many connections were cut, by how."""
        return Counter(self._log.read_text(encoding="utf-8").splitlines())

    def stop(self) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)


async def _serve(upstream: int, tell: int, chance: random.Random, log: Path) -> None:
    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = chance.choices(list(FATES), list(FATES.values()))[0]
        link = _Link(fate, int(10 ** chance.uniform(2, 5)), log)
        try:
            await link.connect(reader, writer, upstream)
        except OSError:
            writer.transport.abort()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    os.write(tell, str(server.sockets[0].getsockname()[1]).encode())
    await server.serve_forever()


class _CutError(Exception):
    """The connection ends here."""


class _Link:
    """One connection and its fate. left: bytes that still pass before it is cut."""

    def __init__(self, fate: str, left: int, log: Path) -> None:
        self._fate, self._left, self._log = fate, left, log
        self._is_committing = False

    async def connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: int
    ) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", upstream)
        ways = [
            asyncio.create_task(self._asked(reader, to)),
            asyncio.create_task(self._answered(there, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        ended = [w.exception() for w in ways if w.done() and not w.cancelled()]
        cut = any(isinstance(end, _CutError) for end in ended)
        if cut:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(self._fate + "\n")
        for end in (to, writer):
            if cut:
                end.transport.abort()
            end.close()

    async def _asked(self, reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            if b"COMMIT" in data:
                self._is_committing = True
                if self._fate == "COMMIT lost":
                    raise _CutError
            await self._pass(data, to)

    async def _answered(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await there.read(CHUNK):
            if self._is_committing and self._fate == "answer of COMMIT lost":
                raise _CutError
            await self._pass(data, writer)

    async def _pass(self, data: bytes, to: asyncio.StreamWriter) -> None:
        self._left -= len(data)
        if self._left < 0 and self._fate == "black hole":
            await asyncio.sleep(DARK)
        if self._left < 0 and self._fate in {"black hole", "cut after some bytes"}:
            raise _CutError
        to.write(data)
        await to.drain()
