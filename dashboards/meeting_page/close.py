"""Closing a meeting: the chair signs the minutes that were read."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards import acts, minutes
from dashboards.acts import Doing, act
from dashboards.components import forms
from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.meeting_page import read, signed
from dashboards.meeting_page.read import Held
from dashboards.meeting_page.words import CHAIR, INK
from dashboards.signing import form, signer
from dashboards.view import View
from safety.errors import WrongUseError
from safety.meetings import acts as room
from safety.meetings import rules
from safety.meetings.life import CLOSED, OPEN
from safety.meetings.read import cut
from safety.signing.proposal import WAITING
from safety.signing.signature import sha256_of

CLOSE = "meeting-close"


def part(view: View, held: Held) -> Any:
    """Return the signatures of closed minutes, or how the chair closes an open meeting."""
    if held.of.state == CLOSED:
        return section(t("Signatures"), t("sha256 {hash}", hash=sha256_of(held.content)),
                       signed.signatures(held.minutes.signatures, t("Signatures")))  # fmt: skip
    if held.of.state != OPEN:
        return None
    return section(
        t("Close the meeting"),
        t("The chair reads the minutes and signs them; nothing can be added afterwards."),
        _form(view, held) if acts.may(view, CLOSE) else dmc.Text(t("The chair closes it.")),
    )


def _form(view: View, held: Held) -> Any:
    why_not = obstacle(view, held)
    if why_not:
        return dmc.Alert(
            why_not, title=t("It cannot be closed yet"), color="yellow", variant="outline",
            styles=INK,
        )  # fmt: skip
    this, seen = held.of.meeting_id, sha256_of(held.content)
    read_ = html.A(t("Read the minutes as they are now"), href=minutes.href(view, this),
                   target="_blank")  # fmt: skip
    told = t("You sign as chair that you approve these minutes, sha256 {hash}.", hash=seen)
    return form(view, CLOSE, this, t("Sign the minutes and close"), read_,
                dmc.Text(told, size="sm", className="toxwatch-body"),
                forms.kept(CLOSE, this, "seen", seen))  # fmt: skip


def obstacle(view: View, held: Held) -> str:
    """Return why the person who looks cannot close the meeting, "" if they can."""
    found = cut(view.store, held.of)
    waiting = [d for d in held.content["decisions"] if d["state"] == WAITING]
    try:
        rules.require_end(len(waiting))
        rules.require_close(held.of, view.person.account.username, found.quorum if found else None)
    except WrongUseError as error:
        return str(error)
    return ""


@act(CLOSE, CHAIR)
def close(doing: Doing) -> str:
    """Sign the minutes that were read, and close the meeting."""
    view = doing.view
    why_not = obstacle(view, read.held(view, doing.of))
    if why_not:  # told before the password is asked for: a proof signs only once
        raise WrongUseError(why_not)
    by = signer(doing)
    made = room.close(room.Room(view.settings, view.shot.study, by, doing.now), doing.of,
                      doing.value("seen"))  # fmt: skip
    return t("The minutes are signed by {name}, {at} UTC. The meeting is closed.",
             name=made.printed_name, at=made.at)  # fmt: skip
