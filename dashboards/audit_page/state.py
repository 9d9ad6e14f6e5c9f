"""The state of the trail: its head, its anchors, and when it was last verified and reviewed."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.audit_page.words import AUDITORS
from dashboards.components import detail, forms
from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.view import View
from safety.audit import anchor, anchor_lines, key, reviewed, verify
from safety.audit.anchor_lines import Head
from safety.audit.reviewed import REVIEW, VERIFY, Done
from safety.audit.trail import head_of
from safety.decisions.decision import SHORT
from safety.errors import WrongUseError

CHECK, RECORD = "audit-verify", "audit-review"


def part(view: View) -> Any:
    """Return what is known of the chain of the study, and what an auditor does with it."""
    study = view.shot.study
    with view.connection("audit") as connection:
        number, head = head_of(connection, study)
        review = reviewed.last(connection, study, REVIEW)
        checked = reviewed.last(connection, study, VERIFY)
        done = int(review.told["up_to"]) if review else 0
        left = reviewed.since(connection, study, done)
    rows: list[tuple[str, Any]] = [
        (t("Newest entry"), t("{n}, hash {hash}", n=f"{number:,}", hash=head[:SHORT])),
        (t("Last anchor"), _anchored(view, number)),
        (t("Last verified"), _verified(checked)),
        (t("Last review"), _reviewed(review, left)),
    ]  # fmt: skip
    return section(
        t("State of the trail"),
        t("The chain of this study; entries on accounts are in another one."),
        _broken(checked),
        detail.facts(rows, t("State of the trail")),
        *_forms(view, number),
    )


def _anchored(view: View, number: int) -> str:
    found = last_anchor(view)
    if found is None:
        return t("none: that the newest entries were cut off would not be noticed")
    return t("entry {n}, hash {hash}, at {at} UTC; {left} entries since", n=f"{found.number:,}",
             hash=found.hash[:SHORT], at=found.at, left=f"{number - found.number:,}")  # fmt: skip


def last_anchor(view: View) -> Head | None:
    """Return the newest line of the file of anchors that is of the study."""
    trail = key.existing(view.settings)
    lines = anchor.lines_of(view.settings.anchors)
    known, _ = anchor_lines.read(lines, (*trail.older, trail.key))
    own = [head for head in known if head.study == view.shot.study]
    return own[-1] if own else None


def _verified(done: Done | None) -> str:
    if done is None:
        return t("never on this page (the command `toxwatch audit verify` does the same)")
    said = t("{n} problems", n=done.told["problems"]) if done.told["problems"] else t("no problem")
    return t("{at} UTC by {who}: {said} in {n} entries", at=done.at, who=done.actor, said=said,
             n=f"{done.told['entries']:,}")  # fmt: skip


def _broken(done: Done | None) -> Any:
    if done is None or not done.told["problems"]:
        return None
    return dmc.Alert(t("The last verification found {n} problems: keep the database as it is, and "
                       "tell who answers for the data.", n=done.told["problems"]),
                     title=t("The trail is not as it was written"), color="red",
                     variant="filled")  # fmt: skip


def _reviewed(done: Done | None, left: int) -> str:
    if done is None:
        return t("never; {n} entries to review", n=f"{left:,}")
    return t("up to entry {up_to} by {who} at {at} UTC ({reason}); {n} entries since",
             up_to=f"{done.told['up_to']:,}", who=done.actor, at=done.at, reason=done.reason,
             n=f"{left:,}")  # fmt: skip


def _forms(view: View, number: int) -> list[Any]:
    study = view.shot.study
    if not acts.may(view, CHECK):
        return [dmc.Text(t("Auditors verify and review the trail; the chair reads it."), size="sm")]
    told = t("Every entry, anchor, audited row and file of the study is held against what was "
             "written. It may take minutes.")  # fmt: skip
    check = forms.form(view, CHECK, study, t("Verify now"), dmc.Text(told, size="sm"))
    record = forms.form(
        view, RECORD, study, t("Record the review"),
        forms.line(RECORD, study, "up_to", t("Reviewed up to entry"), str(number)),
        forms.reason(RECORD, study, t("What was looked at, and what was found")),
    )  # fmt: skip
    return [detail.unfolded(t("Verify the trail"), check),
            detail.unfolded(t("Record a review"), record)]  # fmt: skip


@act(CHECK, AUDITORS)
def check(doing: Doing) -> str:
    """Verify the trail of the study; what comes of it is in the trail itself."""
    view = doing.view
    found = verify.run(view.settings, view.shot.study)
    by = view.person.account.username
    reviewed.verified(view.settings, view.shot.study, by, found, doing.now)
    counted = ", ".join(f"{number:,} {name}" for name, number in found.counts.items())
    if found.problems:
        first = found.problems[0]
        raise WrongUseError(
            f"{len(found.problems)} problems in {counted}. The first: {first} {first.todo}"
        )
    return t("Verified, all as it was written: {counted}.", counted=counted)


@act(RECORD, AUDITORS)
def record(doing: Doing) -> str:
    """Record that the trail was reviewed up to an entry."""
    given = doing.value("up_to")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise WrongUseError("reviewed up to entry: give its number.")
    reviewed.review(doing.view.settings, doing.view.shot.study, int(given), doing.signed())
    return t("The review up to entry {n} is recorded.", n=given)
