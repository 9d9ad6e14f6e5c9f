"""A real web server on this machine that takes posts and answers what a test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Post(NamedTuple):
    path: str
    headers: Any
    body: bytes


class Receiver:
    """Keeps what was posted. answers: status and body given first; then 200.

    A status of 0 takes the post and cuts the line; None hangs until the test is over.
    """

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answers: list[tuple[int | None, bytes]] = []
        self.location = ""
        self.url = ""
        self.over = threading.Event()


@contextmanager
def receiving(receiver: Receiver, context: Any = None) -> Iterator[Receiver]:
    """Answer on a free port of the loopback while the block runs. context: for TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            receiver.posts.append(Post(self.path, self.headers, self.rfile.read(length)))
            status, body = receiver.answers.pop(0) if receiver.answers else (200, b"taken")
            if status is None:
                receiver.over.wait(10)
            if not status:
                self.close_connection = True
                return
            self.send_response_only(status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that turns away is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}/tox"
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
