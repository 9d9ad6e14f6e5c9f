"""The recommendation form of each item, beside what the design had said, and the votes on it."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards import acts
from dashboards.acts import Doing, act
from dashboards.components import detail, forms
from dashboards.components.parts import nothing, section
from dashboards.i18n import mark, t
from dashboards.meeting_page import read
from dashboards.meeting_page.agenda import number, open_items
from dashboards.meeting_page.read import Held
from dashboards.meeting_page.words import OPTIONS, VOTES, options, plain
from dashboards.page import COMMITTEE
from dashboards.view import View
from safety.errors import WrongUseError
from safety.meetings import acts as room
from safety.meetings.deeds import Cast, Choice, Option, Recommend
from safety.meetings.life import OPEN
from safety.signing.signature import sha256_of

RECOMMEND, VOTE = "meeting-recommend", "meeting-vote"
DEVIATES = {
    True: mark("YES"), False: mark("no"), None: mark("cannot be judged: no design advises"),
}  # fmt: skip
OPTION: dict[str, Option] = {
    "escalate": "escalate", "stay": "stay", "de-escalate": "de-escalate",
    "eliminate": "eliminate", "pause": "pause", "declare RP2D": "declare RP2D", "amend": "amend",
}  # fmt: skip
CHOICE: dict[str, Choice] = {"for": "for", "against": "against", "abstain": "abstain"}


def part(view: View, held: Held) -> Any:
    """Return what is recommended, and the forms while the meeting is open on what is shown."""
    found = held.content["recommendations"]
    can = held.of.state == OPEN and held.of.snapshot_id == view.shot.snapshot_id
    return section(
        t("Recommendation and votes"),
        t("{n} of {m} items have one", n=len(found), m=len(held.of.agenda)),
        *([_one(view, held, each, can=can) for each in found]
          or [nothing(t("Nothing is recommended so far."))]),
        _form(view, held) if can else None,
    )  # fmt: skip


def _one(view: View, held: Held, each: dict[str, Any], *, can: bool) -> Any:
    counts = ", ".join(f"{each['counts'][c]} {t(word)}" for c, word in VOTES.items())
    rows: list[tuple[str, Any]] = [
        (t("Recommended"), f"{t(OPTIONS[each['option']])} {each['level']}".strip()),
        (t("Rationale"), each["rationale"]),
        (t("The design said when it was recorded"), _design(each["advised"])),
        (t("Deviates from the design"), t(DEVIATES[each["deviates"]])),
        (t("Reason of the deviation"), each["deviation"] or None),
        (t("Votes"), counts),
        (t("Who voted"), ", ".join(f"{v['username']}: {t(VOTES[v['vote']])}"
                                   for v in each["votes"]) or t("nobody")),
        (t("May vote and did not"), ", ".join(each["not_voted"]) or t("nobody")),
        (t("Recused for a conflict of interest"), ", ".join(each["recused"]) or t("nobody")),
    ]  # fmt: skip
    title = t("Item {n}: {about}", n=each["item"], about=each["about"])
    return detail.under(
        title, detail.facts(rows, title), _ballot(view, held, each) if can else None
    )


def _design(said: dict[str, Any] | None) -> str:
    if said is None:
        return t("no design advises")
    action = f"{said['action']} {said['level']}".strip() if said["action"] else t("nothing yet")
    return f"{action} ({said['design']}, {said['status']}): {said['why']}"


def _ballot(view: View, held: Held, each: dict[str, Any]) -> Any:
    username, item = view.person.account.username, each["item"]
    if not acts.may(view, VOTE):
        return None
    if held.of.is_recused(username, item):
        told = t("You declared a conflict of interest: you do not vote on this item.")
        return dmc.Text(told, fw=600)
    if username not in held.of.voters(item):
        return dmc.Text(t("You vote once you are recorded as present."), size="sm")
    this = f"{held.of.meeting_id}-{item}"
    return forms.form(
        view, VOTE, this, t("Vote"),
        forms.choice(VOTE, this, "vote", t("Your vote on item {n}", n=item), options(VOTES),
                     held.of.votes.get(item, {}).get(username, "")),
        forms.kept(VOTE, this, "item", str(item)),
        forms.kept(VOTE, this, "meeting", held.of.meeting_id),
        forms.kept(VOTE, this, "seen", _sha256(held, item)),
    )  # fmt: skip


def _sha256(held: Held, item: int) -> str:
    """Return the sha256 of the recommendation that somebody votes on."""
    return sha256_of(held.of.recommendations.get(item, {}))


def _form(view: View, held: Held) -> Any:
    this, items = held.of.meeting_id, open_items(held)
    if not items:
        return dmc.Text(t("Put an item on the agenda first: a recommendation belongs to one."))
    form = forms.form(
        view, RECOMMEND, this, t("Record the recommendation"),
        forms.choice(RECOMMEND, this, "item", t("Item"), items, items[0]["value"]),
        forms.choice(RECOMMEND, this, "option", t("The committee recommends"), options(OPTIONS)),
        forms.choice(RECOMMEND, this, "level", t("Dose level"),
                     [{"value": "-", "label": t("none")}, *plain(list(view.levels))]),
        forms.line(RECOMMEND, this, "rationale", t("Rationale")),
        forms.line(RECOMMEND, this, "deviation", t("Reason of the deviation"),
                   note=t("Only if it is not what the design says above")),
        forms.kept(RECOMMEND, this, "snapshot", held.of.snapshot_id),
    )  # fmt: skip
    lead = t("Record a recommendation; a newer one takes the place of that of its item, and is "
             "voted on anew")  # fmt: skip
    return detail.unfolded(lead, form, is_open=not held.of.recommendations) if form else None


@act(RECOMMEND, COMMITTEE)
def recommend(doing: Doing) -> str:
    """Record what the committee recommends on an item."""
    held = read.held(doing.view, doing.of)
    if held.of.snapshot_id != doing.value("snapshot"):
        raise WrongUseError("the meeting was bound to newer data meanwhile: look at them first.")
    level, option = doing.value("level"), doing.value("option")
    if option not in OPTION:
        raise WrongUseError(f"choose what is recommended: {', '.join(OPTION)}.")
    deed = Recommend(
        number(doing.value("item")), OPTION[option], "" if level == "-" else level,
        doing.value("rationale"), doing.value("deviation"),
    )  # fmt: skip
    room.do(read.room(doing), doing.of, deed)
    return t("The recommendation is recorded; members vote on it.")


@act(VOTE, COMMITTEE)
def vote(doing: Doing) -> str:
    """Vote on the recommendation that was read."""
    item, meeting_id = number(doing.value("item")), doing.value("meeting")
    held = read.held(doing.view, meeting_id)
    if _sha256(held, item) != doing.value("seen"):
        raise WrongUseError(
            "the recommendation is not the one that you have read: read it again, then vote."
        )
    cast = doing.value("vote")
    if cast not in CHOICE:
        raise WrongUseError(f"choose your vote: {', '.join(CHOICE)}.")
    room.do(read.room(doing), meeting_id, Cast(item, CHOICE[cast]))
    return t("Your vote is recorded.")
