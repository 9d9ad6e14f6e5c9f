"""Proposing: the author signs what should be decided on the snapshot that is shown."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards.acts import Doing
from dashboards.components import detail, forms
from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.meeting_page import signed
from dashboards.signing import form, signer
from dashboards.view import View
from safety.decisions.decision import SHORT
from safety.decisions.ground import Ground, ground
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.signing import proposals as room
from safety.signing.signature import bound, sha256_of

BLANK = "..."  # in place of what nobody has typed yet


def part(view: View, act: str, of: str, about: Statement, *fields: Any) -> Any:
    """Return the form of a proposal, under what its signature binds.

    about: what it is about; its text is not looked at. fields: with the statement among them.
    """
    try:
        on = _ground(view, about)
    except WrongUseError as error:
        return dmc.Alert(str(error), color="red", variant="outline")
    meeting = view.address.get("meeting")
    drawn = form(
        view, act, of, t("Propose and sign"), *fields, forms.reason(act, of),
        forms.kept(act, of, "snapshot", view.shot.snapshot_id),
        forms.kept(act, of, "meeting", meeting),
    )  # fmt: skip
    if drawn is None:
        told = t("Members of the committee propose; your role in this study looks.")
        return dmc.Text(told, size="sm")
    return section(
        t("Propose"),
        t("You sign as author; another member of the committee must confirm it, then it is a "
          "decision."),
        _meeting(meeting),
        _bound(view, on),
        drawn,
    )  # fmt: skip


def _ground(view: View, about: Statement) -> Ground:
    with view.connection("verdict", "rule_result", "exposure") as connection:
        return ground(connection, view.store, view.shot, about)


def _meeting(meeting_id: str) -> Any:
    if not meeting_id:
        return dmc.Text(t("It is made outside a meeting."), size="sm")
    return dmc.Text(t("It is made in meeting {id}.", id=meeting_id[:SHORT]), size="sm")


def _bound(view: View, on: Ground) -> Any:
    cells = sum(len(columns) for rows in on.basis.values() for columns in rows.values())
    sizes = ", ".join(f"{len(rows)} {table}" for table, rows in on.basis.items() if rows)
    rows: list[tuple[str, Any]] = [
        *bound(view.shot).items(),
        (t("Rests on"), t("{n} cells ({rows}), sha256 {hash}", n=f"{cells:,}", rows=sizes,
                          hash=sha256_of(on.basis))),
        (t("The design says"), signed.design(on.quoted)),
    ]  # fmt: skip
    lead = t("What your signature binds beside the words below")
    return detail.unfolded(lead, detail.facts(rows, lead))


def propose(doing: Doing, said: Statement) -> str:
    """Propose it on the snapshot that the form was drawn of, signed by who proposes."""
    view, reason = doing.view, doing.signed().reason  # asked first: a proof signs only once
    made = room.propose(
        view.settings, view.shot.study, signer(doing), said, doing.value("snapshot"), reason,
        now=doing.now, meeting_id=doing.value("meeting"),
    )  # fmt: skip
    return t("Proposed and signed: {statement}. It waits for another member of the committee "
             "(proposal {id}).", statement=made.statement, id=made.proposal_id[:SHORT])  # fmt: skip
