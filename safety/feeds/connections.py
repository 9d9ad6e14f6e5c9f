"""The secrets with which a feed is fetched: from Airflow or the environment, never from a file.

`connection: NAME` in a study file is looked for, in this order, in what the caller offers (a DAG
asks Airflow), in TOXWATCH_CONNECTION_<NAME> and in AIRFLOW_CONN_<NAME>. A variable holds a URI
(`https://login:password@host`, parts percent-encoded) or JSON (`{"login": "", "password": "",
"host": ""}`). Without a login the password is a token: FHIR's bearer token, REDCap's API token.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from safety.errors import WrongUseError

HIDDEN = "***"
SHORTEST = 4  # a shorter secret would hide every other letter of a message


@dataclass(frozen=True, slots=True)
class Secret:
    """Who asks. host: the only one that may be told, "" if the connection names none."""

    login: str = ""
    password: str = field(default="", repr=False)
    host: str = ""

    def hidden(self, text: str) -> str:
        """Return a text without the password, for messages."""
        secret = self.password
        return text.replace(secret, HIDDEN) if len(secret) >= SHORTEST else text


Resolver = Callable[[str], Secret | None]


def secret(
    name: str, first: Resolver | None = None, environ: Mapping[str, str] | None = None
) -> Secret:
    """Return the secret of a connection. Raises WrongUseError if it is nowhere or unreadable."""
    found = first(name) if first is not None else None
    if found is not None:
        return _plain(f"connection {name}", found)
    env = os.environ if environ is None else environ
    for variable in (f"TOXWATCH_CONNECTION_{name.upper()}", f"AIRFLOW_CONN_{name.upper()}"):
        if env.get(variable, "").strip():
            return _read(variable, env[variable].strip())
    raise WrongUseError(
        f"there is no connection {name}. Set TOXWATCH_CONNECTION_{name.upper()}, or make an "
        "Airflow connection of that name."
    )


def _read(variable: str, text: str) -> Secret:
    """Return what a variable says; no message repeats any of it."""
    try:
        chosen = _of_json(text) if text.startswith("{") else _of_uri(text)
    except (ValueError, RecursionError, TypeError):
        chosen = None
    if chosen is None or not chosen.password.strip():
        raise WrongUseError(
            f"{variable} cannot be read: give https://login:password@host (percent-encoded) or "
            'JSON as {"login": "...", "password": "..."}.'
        )
    return _plain(variable, chosen)


def _plain(place: str, given: Secret) -> Secret:
    """Return a secret without surrounding spaces; no message repeats any of it.

    A line break within it would end its line of the request and show it in an error.
    """
    login, password = given.login.strip(), given.password.strip()
    if not (login + password).isascii() or not (login + password).isprintable():
        raise WrongUseError(
            f"{place}: login or password holds a character that cannot be sent, as a line break "
            "or one that is not ASCII. Enter it again."
        )
    return replace(given, login=login, password=password)


def _of_json(text: str) -> Secret:
    told = json.loads(text)
    login, password, host = (str(told.get(k) or "") for k in ("login", "password", "host"))
    return Secret(login, password, _host(host))


def _of_uri(text: str) -> Secret:
    parts = urlsplit(text)
    login, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Secret(login, password, parts.hostname or "")


def _host(text: str) -> str:
    """Return the name of a host that is told alone or as an address."""
    return urlsplit(text if "//" in text else f"//{text}").hostname or ""
