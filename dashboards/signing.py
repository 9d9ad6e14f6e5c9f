"""Who signs on a page: the person proves again who it is, for each signature.

By password in the form; who signed in by OpenID Connect signs in there anew first. A password goes
to the room of accounts and nowhere else: it is not kept, logged or shown.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import html
from flask import has_request_context, request

from dashboards.acts import Doing
from dashboards.components import forms
from dashboards.i18n import t
from dashboards.view import View
from safety.accounts import sessions
from safety.accounts.session import OIDC, Session
from safety.signing.signer import Signer


def signer(doing: Doing) -> Signer:
    """Return who signs, after the person proved again who it is.

    Raises RefusedError for a wrong password; too many have to wait. Of somebody who signs in by
    OpenID Connect the last sign-in counts; whether it is fresh is asked where the signature is
    made.
    """
    settings, session = doing.view.settings, doing.view.session
    if session.method == OIDC:
        return _signer(session)
    password = doing.values.get("password", "")
    return _signer(sessions.confirm(settings, session, password, _address(), doing.now))


def actor(doing: Doing) -> Signer:
    """Return who acts without a signature."""
    return _signer(doing.view.session)


def form(
    view: View, act: str, of: str, submit: str, *fields: Any, danger: bool = False
) -> Any:  # fmt: skip
    """Return a form whose act is signed; None for somebody who may not do it."""
    if view.session.method == OIDC:
        return forms.form(view, act, of, submit, *fields, _anew(view), danger=danger)
    return forms.form(view, act, of, submit, *fields, signs=True, danger=danger)


def _anew(view: View) -> dmc.Text:
    href = f"/oidc/login?anew=1&next={quote(view.address.here(), safe='')}"
    told = t("Each signature needs its own proof of who signs, at most 5 minutes old. You last "
             "signed in at {at} UTC.", at=view.session.auth_at)  # fmt: skip
    return dmc.Text([told, " ", html.A(t("Sign in anew"), href=href)], size="sm")


def _signer(session: Session) -> Signer:
    account = session.person.account
    return Signer(account.account_id, account.username, account.name, session.method,
                  session.auth_at)  # fmt: skip


def _address() -> str:
    return (request.remote_addr or "") if has_request_context() else ""
