"""Words of meetings and proposals, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.i18n import mark, t
from dashboards.page import Roles
from safety.decisions.decision import ADJUDICATION, DOSE, OTHER
from safety.meetings.deeds import EVERYTHING

# Words of an alert in the colour of all text: its own colours are too light for some eyes.
INK = {"title": {"color": "var(--ink)"}, "message": {"color": "var(--ink)"}}
CHAIR: Roles = frozenset({"chair"})
COMMITTEE_ROLES = ("chair", "committee")  # a person with both attends as chair
STATES: Mapping[str, str] = {
    "planned": mark("planned"), "open": mark("open"), "closed": mark("closed"),
    "cancelled": mark("cancelled"), "done": mark("done"), "dropped": mark("dropped"),
    "waiting": mark("waits for a second person"), "confirmed": mark("confirmed"),
    "refused": mark("refused"), "withdrawn": mark("withdrawn"),
}  # fmt: skip
KINDS: Mapping[str, str] = {
    ADJUDICATION: mark("adjudication"), DOSE: mark("dose decision"), OTHER: mark("other"),
}  # fmt: skip
OPTIONS: Mapping[str, str] = {
    "escalate": mark("escalate"), "stay": mark("stay (expand the level)"),
    "de-escalate": mark("de-escalate"), "eliminate": mark("eliminate the level"),
    "pause": mark("pause enrolment"), "declare RP2D": mark("declare the RP2D"),
    "amend": mark("amend the protocol"),
}  # fmt: skip
VOTES: Mapping[str, str] = {
    "for": mark("for"), "against": mark("against"), "abstain": mark("abstain"),
}  # fmt: skip
MEANINGS: Mapping[str, str] = {
    "author": mark("author"), "confirm": mark("confirms"), "refuse": mark("refuses"),
    "approve": mark("approves"),
}  # fmt: skip


def options(words: Mapping[str, str]) -> list[dict[str, str]]:
    """Return words as the options of a field."""
    return [{"value": value, "label": t(label)} for value, label in words.items()]


def plain(values: list[str]) -> list[dict[str, str]]:
    """Return values that are their own labels as the options of a field."""
    return [{"value": value, "label": value} for value in values]


def concern(item: int) -> str:
    """Return what a conflict of interest concerns."""
    return t("item {n}", n=item) if item != EVERYTHING else t("the whole meeting")
