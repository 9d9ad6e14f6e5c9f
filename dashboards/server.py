"""Serve the dashboard with gunicorn."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from dashboards.app import create_app

WORKERS, THREADS, TIMEOUT_SECONDS = 2, 4, 60


class _Server(BaseApplication):
    """gunicorn with settings from here instead of from a file or the command line."""

    def __init__(self, application: Any, options: dict[str, Any]) -> None:
        self._application, self._options = application, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._application


def serve(host: str, port: int, *, demo: bool = False) -> None:
    """Serve until interrupted. demo: accounts that everybody knows may sign in."""
    options = {
        "bind": f"{host}:{port}",
        "workers": WORKERS,
        "threads": THREADS,
        "timeout": TIMEOUT_SECONDS,
        "preload_app": True,
        "loglevel": "warning",
        "control_socket_disable": True,  # nothing talks to it, and it would open under $HOME
    }
    _Server(create_app(demo=demo).server, options).run()
