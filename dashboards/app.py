"""Make the Dash application: pages, shell, headers. Everything is served from here."""

from __future__ import annotations

from pathlib import Path

from dash import Dash
from flask import Response

from dashboards import seen
from dashboards.shell import shell

HERE = Path(__file__).parent
YEAR = 31_536_000  # seconds; assets carry a fingerprint in their name
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app() -> Dash:
    """Return the application; it reads its settings from the environment."""
    app = Dash(
        __name__,
        use_pages=True,
        pages_folder=str(HERE / "pages"),
        assets_folder=str(HERE / "assets"),
        title="toxwatch",
        update_title="",
        compress=True,
        serve_locally=True,
        suppress_callback_exceptions=False,
        health_endpoint="healthz",
        enable_mcp=False,
    )
    app.layout = shell
    app.server.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.server.after_request(_harden)
    app.server.after_request(seen.keep)
    return app


def _harden(response: Response) -> Response:
    for name, value in (HEADERS | {"Content-Security-Policy": _policy()}).items():
        response.headers.setdefault(name, value)
    if response.mimetype in {"application/json", "text/html"}:
        response.headers["Cache-Control"] = "no-store"
    return response


def _policy() -> str:
    """Only this server: no address outside is ever asked for anything."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
