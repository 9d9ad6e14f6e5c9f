"""What is possible in a meeting as it stands, and what is refused and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from safety.errors import WrongUseError
from safety.meetings.deeds import EVERYTHING, Cast, Declare, Deed, Finish, Recommend
from safety.meetings.life import CANCELLED, CLOSED, OPEN, PLANNED, Meeting

BEFORE = frozenset({"agenda", "finish", "conflict", "open", "cancel"})  # possible while planned


def require_state(of: Meeting, kind: str) -> None:
    """Raise WrongUseError if the state of a meeting does not allow an event of a kind."""
    if of.state in (CLOSED, CANCELLED):
        raise WrongUseError(
            f"the meeting was {of.state} at {of.ended_at}: nothing can be added to it."
        )
    if of.state == PLANNED and kind not in BEFORE:
        raise WrongUseError(f"the meeting is not open yet: open it first, then record the {kind}.")
    if of.state == OPEN and kind == "open":
        raise WrongUseError("the meeting is open already; to look at newer data bind it anew.")


def require(of: Meeting, deed: Deed, username: str) -> None:
    """Raise WrongUseError if a deed is not possible now. username: who acts."""
    require_state(of, deed.kind)
    if isinstance(deed, Finish):
        _require_finish(of, deed)
    elif isinstance(deed, Declare) and deed.item != EVERYTHING:
        _require_item(of, deed.item)
    elif isinstance(deed, Recommend):
        _require_item(of, deed.item)
        _require_undone(of, deed.item)
    elif isinstance(deed, Cast):
        _require_vote(of, deed.item, username)


def require_deviation(deed: Recommend, *, deviates: bool | None) -> None:
    """Raise WrongUseError for a deviation without a reason, and for the reason of none."""
    if deviates and not deed.deviation:
        raise WrongUseError(
            "this is not what the design says of the snapshot: give the reason of the deviation."
        )
    if not deviates and deed.deviation:
        raise WrongUseError(
            "this does not deviate from the design: leave the reason of a deviation out, and write "
            "it into the rationale."
        )


def require_level(deed: Recommend, levels: Iterable[str]) -> None:
    """Raise WrongUseError for a dose level that the study does not have."""
    known = list(levels)
    if deed.level and deed.level not in known:
        raise WrongUseError(
            f"the study has no dose level {deed.level!r}; it has: {', '.join(known) or 'none'}."
        )


def require_end(waiting: int) -> None:
    """Raise WrongUseError while proposals of the meeting wait: minutes tell what became of them."""
    if waiting:
        raise WrongUseError(
            f"{waiting} of its proposals still wait: confirm, refuse or withdraw them first."
        )


def require_close(of: Meeting, username: str, quorum: int | None) -> None:
    """Raise WrongUseError unless the chair may sign the minutes. quorum: None if none is stated."""
    who = of.attendance.get(username)
    if who is None or not who["present"] or who["role"] != "chair":
        raise WrongUseError(
            "the minutes are signed by the chair: record who signs as present with the role chair."
        )
    if quorum is None:
        raise WrongUseError(
            "the study file states no quorum: nobody can tell whether there is one. Add "
            "`committee: {quorum: N}` to it, publish a snapshot, and bind the meeting anew."
        )
    present = len(of.voters())
    if present < quorum:
        raise WrongUseError(
            f"no quorum: {present} members are present without a conflict of interest, {quorum} "
            "are needed."
        )
    for number in sorted(of.recommendations):
        votes = len(of.cast(number))
        if votes < quorum:
            raise WrongUseError(
                f"no quorum on item {number}: {votes} members voted, {quorum} are needed."
            )


def _require_item(of: Meeting, item: int) -> None:
    if item not in of.agenda:
        known = ", ".join(map(str, of.agenda)) or "none"
        raise WrongUseError(f"the agenda has no item {item}; it has: {known}.")


def _require_undone(of: Meeting, item: int) -> None:
    state = of.agenda[item]["state"]
    if state != "open":
        raise WrongUseError(f"item {item} is {state}: put it on the agenda again.")


def _require_finish(of: Meeting, deed: Finish) -> None:
    _require_item(of, deed.item)
    _require_undone(of, deed.item)
    if deed.state == "done" and of.state != OPEN:
        raise WrongUseError("an item is done in an open meeting; before, it may be dropped.")
    if deed.state == "dropped" and deed.item in of.recommendations:
        raise WrongUseError(f"item {deed.item} has a recommendation: it is not dropped any more.")


def _require_vote(of: Meeting, item: int, username: str) -> None:
    if item not in of.recommendations:
        raise WrongUseError(f"item {item} has no recommendation to vote on.")
    if of.is_recused(username, item):
        raise WrongUseError(f"you declared a conflict of interest: you do not vote on item {item}.")
    if username not in of.voters(item):
        raise WrongUseError(
            "only members of the committee vote who are recorded as present in this meeting."
        )
