"""The language that somebody chose, kept with the account."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request

from dashboards import i18n
from dashboards.access import guard
from safety.accounts import people
from safety.settings import from_environment
from safety.signed import sign

routes = Blueprint("language", __name__)


@routes.post("/language")
def choose() -> Response:
    """Keep the language of whoever is signed in."""
    wanted = request.form.get("language", "")
    if wanted not in i18n.LANGUAGES:
        return Response("There is no such language.\n", 400, mimetype="text/plain")
    account = guard.session().person.account
    signed = sign(account.name, "chosen on the dashboard", datetime.now(UTC))
    people.set_language(from_environment(), account.account_id, wanted, signed)
    return Response(status=204)
