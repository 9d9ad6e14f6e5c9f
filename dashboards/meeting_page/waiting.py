"""Proposals that wait for a second person: on top of the page, whatever else it shows."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.meeting_page import read, signed
from dashboards.meeting_page.words import INK, KINDS
from dashboards.page import COMMITTEE
from dashboards.signing import actor, form, signer
from dashboards.view import View
from safety.decisions.decision import SHORT
from safety.decisions.ground import ground
from safety.errors import WrongUseError
from safety.signing import proposals as room
from safety.signing import still
from safety.signing.proposal import Proposal

CONFIRM, REFUSE, WITHDRAW = "proposal-confirm", "proposal-refuse", "proposal-withdraw"


def part(view: View) -> Any:
    """Return what waits; nothing if nothing does."""
    found = read.waiting(view)
    if not found:
        return None
    return section(
        t("Waits for a second person ({n})", n=len(found)),
        t("A decision is made when somebody else than its author confirms it and signs."),
        *(card(view, each) for each in found),
    )


def card(view: View, of: Proposal) -> dmc.Alert:
    """Return a proposal that waits, with what the person who looks may do about it."""
    is_own = of.proposed_by == view.person.account.username
    why_not = obstacle(view, of)
    is_urged = acts.may(view, CONFIRM) and not is_own
    return dmc.Alert(
        dmc.Stack([*_said(view, of), _cannot(why_not), _content(view, of),
                   *_forms(view, of, is_own=is_own, is_possible=not why_not)], gap="xs"),
        title=_title(of, is_urged=is_urged),
        color="red" if is_urged or why_not else "yellow",
        variant="outline",
        styles=INK,
    )  # fmt: skip


def _title(of: Proposal, *, is_urged: bool) -> str:
    about = f"{t(KINDS[of.kind])}: {of.usubjid or of.doselvl}"
    return t("Your answer is needed: {about}", about=about) if is_urged else about


def _said(view: View, of: Proposal) -> list[Any]:
    following = (
        [dmc.Text(t("Next subjects: {level}", level=of.next_level))] if of.next_level else []
    )
    is_here = of.snapshot_id == view.shot.snapshot_id
    where = t("the snapshot shown here") if is_here else t("another snapshot than the one shown")
    return [
        dmc.Text(of.statement, fw=700, size="lg"),
        *following,
        dmc.Text(t("Reason: {reason}", reason=of.reason)),
        dmc.Text(t("Proposed and signed by {by} at {at} UTC on snapshot {id} ({where}).",
                   by=of.proposed_by, at=of.proposed_at, id=of.snapshot_id[:SHORT],
                   where=where), size="sm"),
    ]  # fmt: skip


def obstacle(view: View, of: Proposal) -> str:
    """Return why a proposal cannot be confirmed as things stand, "" if it can be."""
    store = view.store
    try:
        with view.connection("proposal", "signature", "decision", "verdict") as connection:
            still.author(connection, of)
            shot = store.snapshot(of.study, of.snapshot_id)
            on = ground(connection, store, shot, of.said)
            still.require_as_signed(of, on)
            still.require(connection, of.usubjid, on)
            still.require_undecided(connection, of)
    except WrongUseError as error:
        return str(error)
    return ""


def _cannot(why_not: str) -> Any:
    if not why_not:
        return None
    return dmc.Alert(why_not, title=t("It cannot be confirmed"), color="red", variant="filled")


def _content(view: View, of: Proposal) -> Any:
    found = signed.content(json.loads(of.content), of.content_sha256, of.content)
    return dmc.Stack([found, signed.signatures(read.signatures(view, of), t("Signatures"))],
                     gap="xs")  # fmt: skip


def _forms(view: View, of: Proposal, *, is_own: bool, is_possible: bool) -> list[Any]:
    this = of.proposal_id
    if not acts.may(view, CONFIRM):
        said = t("Members of the committee confirm; your role in this study looks.")
        return [dmc.Text(said, size="sm")]
    if is_own:
        told = t("You proposed this: another member of the committee must confirm it.")
        taken = forms.form(view, WITHDRAW, this, t("Withdraw"), forms.reason(WITHDRAW, this))
        return [dmc.Text(told, fw=600), detail.unfolded(t("Withdraw it"), taken)]
    note = t("You sign all of the above, that you confirm it, and your reason.")
    confirmed = form(view, CONFIRM, this, t("Confirm and sign"), dmc.Text(note, size="sm"),
                     forms.reason(CONFIRM, this))  # fmt: skip
    refused = form(
        view, REFUSE, this, t("Refuse and sign"), forms.reason(REFUSE, this), danger=True
    )
    return [
        *([detail.unfolded(t("Confirm it"), confirmed, is_open=True)] if is_possible else []),
        detail.unfolded(t("Refuse it"), refused, is_open=not is_possible),
    ]


@act(CONFIRM, COMMITTEE)
def confirm(doing: Doing) -> str:
    """Confirm a proposal of somebody else, signed: it becomes a decision."""
    view, reason = doing.view, doing.signed().reason  # asked first: a proof signs only once
    made = room.confirm(
        view.settings, view.shot.study, doing.of, signer(doing), reason, now=doing.now
    )
    return t("Decided: {what}: {statement} (decision {id}).", what=made.about,
             statement=made.statement, id=made.decision_id[:SHORT])  # fmt: skip


@act(REFUSE, COMMITTEE)
def refuse(doing: Doing) -> str:
    """Refuse a proposal of somebody else, signed."""
    view, reason = doing.view, doing.signed().reason
    room.refuse(view.settings, view.shot.study, doing.of, signer(doing), reason, now=doing.now)
    return t("The proposal was refused, and you signed that.")


@act(WITHDRAW, COMMITTEE)
def withdraw(doing: Doing) -> str:
    """Take back one's own proposal."""
    view = doing.view
    room.withdraw(view.settings, view.shot.study, doing.of, actor(doing), doing.signed().reason,
                  now=doing.now)  # fmt: skip
    return t("Your proposal was withdrawn.")
