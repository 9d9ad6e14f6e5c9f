"""A provider of identities on this machine: OpenID Connect with PKCE, as far as a client needs."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "toxwatch", "the secret of the client"


@dataclass
class Provider:
    """What it says of whoever comes, and what it was asked. claims: that stand above the usual."""

    url: str = ""
    subject: str = "sub-1"
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    signing: RSAKey | None = None  # another key than the one that is told


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on a free port."""
    found = Provider()
    server = make_server("127.0.0.1", 0, _app(found), threaded=True)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _app(found: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return jsonify(
            issuer=found.url, authorization_endpoint=f"{found.url}/authorize",
            token_endpoint=f"{found.url}/token", jwks_uri=f"{found.url}/keys",
            id_token_signing_alg_values_supported=["RS256"],
        )  # fmt: skip

    @app.get("/authorize")
    def authorize() -> Any:
        found.asked = dict(request.args)
        back = urlencode({"code": "the-code", "state": request.args["state"]})
        return redirect(f"{request.args['redirect_uri']}?{back}")

    @app.post("/token")
    def token() -> Any:
        verifier = request.form["code_verifier"].encode()
        told = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        if told != found.asked["code_challenge"] or request.form["code"] != "the-code":
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": found.url, "sub": found.subject, "aud": CLIENT, "iat": now,
                  "exp": now + 60, "auth_time": now, "nonce": found.asked["nonce"]}  # fmt: skip
        signed = jwt.encode({"alg": found.algorithm, "kid": "k1"}, claims | found.claims,
                            found.signing or found.key)  # fmt: skip
        return jsonify(access_token="a", token_type="Bearer", id_token=signed)

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[found.key.as_dict(private=False)])

    return app
