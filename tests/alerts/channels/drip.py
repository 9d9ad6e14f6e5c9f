"""A server that never finishes what it says: one byte after the other, each in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Drip:
    """Where it listens, and whether somebody listened to the end."""

    port = 0
    heard_out = False


@contextmanager
def dripping(start: bytes) -> Iterator[Drip]:
    """Say `start` and then x for ten seconds on a free port of the loopback."""
    over, drip = threading.Event(), Drip()

    def speak() -> None:
        line, _ = server.accept()
        with line, suppress(OSError):  # whoever listened turns away
            line.sendall(start)
            for _ in range(1000):
                if over.wait(0.01):
                    return
                line.sendall(b"x")
            drip.heard_out = True

    with socket.create_server(("127.0.0.1", 0)) as server:
        drip.port = server.getsockname()[1]
        thread = threading.Thread(target=speak)
        thread.start()
        try:
            yield drip
        finally:
            over.set()
            thread.join()
