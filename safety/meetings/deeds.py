"""What people do in a meeting. Each deed is checked for what can be seen of it alone.

kind: of the event that it becomes. Items of the agenda are told by their number, from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, get_args

from safety.errors import WrongUseError

MAX_LINE, MAX_NOTE = 1_000, 20_000  # characters
EVERYTHING = 0  # item of a conflict that concerns the whole meeting
Option = Literal[
    "escalate", "stay", "de-escalate", "eliminate", "pause", "declare RP2D", "amend"
]  # fmt: skip
OF_A_LEVEL = frozenset({"escalate", "stay", "de-escalate", "eliminate", "declare RP2D"})
Choice = Literal["for", "against", "abstain"]


def line(what: str, text: str) -> None:
    """Raise WrongUseError unless a text is one line that says something."""
    if not text.strip() or len(text) > MAX_LINE or not text.isprintable():
        raise WrongUseError(f"{what}: give a text of one line, of at most {MAX_LINE} characters.")


def day(what: str, text: str) -> None:
    """Raise WrongUseError unless a text is a day."""
    try:
        is_day = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        raise WrongUseError(f"{what}: give a day as 2024-03-31.")


def _one_of(what: str, text: str, known: tuple[str, ...]) -> None:
    if text not in known:
        raise WrongUseError(f"{what} {text!r}: give one of {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting is planned for a day."""

    kind: ClassVar[str] = "plan"
    title: str
    planned_on: str

    def __post_init__(self) -> None:
        line("the title", self.title)
        day("the day of the meeting", self.planned_on)


@dataclass(frozen=True, slots=True)
class Cancel:
    """A meeting does not take place, or ends without minutes."""

    kind: ClassVar[str] = "cancel"
    reason: str

    def __post_init__(self) -> None:
        line("the reason", self.reason)


@dataclass(frozen=True, slots=True)
class Agenda:
    """A point to talk about; it gets the next number."""

    kind: ClassVar[str] = "agenda"
    text: str

    def __post_init__(self) -> None:
        line("the item", self.text)


@dataclass(frozen=True, slots=True)
class Finish:
    """A point is done with, or dropped."""

    kind: ClassVar[str] = "finish"
    item: int
    state: Literal["done", "dropped"]

    def __post_init__(self) -> None:
        _one_of("state", self.state, ("done", "dropped"))


@dataclass(frozen=True, slots=True)
class Attend:
    """Somebody is there, or is not; the newest word on a person counts. role: as of accounts."""

    kind: ClassVar[str] = "attendance"
    username: str
    name: str
    role: str
    present: bool

    def __post_init__(self) -> None:
        for what in ("username", "name", "role"):
            line(f"the {what}", getattr(self, what))


@dataclass(frozen=True, slots=True)
class Declare:
    """A conflict of interest of a person, or that there is none (text "").

    item: what it concerns, EVERYTHING for the whole meeting. What was declared stays.
    """

    kind: ClassVar[str] = "conflict"
    username: str
    text: str
    item: int = EVERYTHING

    def __post_init__(self) -> None:
        line("the username", self.username)
        if self.text:
            line("the conflict of interest", self.text)


@dataclass(frozen=True, slots=True)
class Recommend:
    """The form of an item: what the committee recommends; a newer one takes its place.

    deviation: why it is not what the design says, "" where it is.
    """

    kind: ClassVar[str] = "recommendation"
    item: int
    option: Option
    level: str
    rationale: str
    deviation: str = ""

    def __post_init__(self) -> None:
        _one_of("option", self.option, get_args(Option))
        line("the rationale", self.rationale)
        if self.deviation:
            line("the reason of the deviation", self.deviation)
        if self.option in OF_A_LEVEL and not self.level:
            raise WrongUseError(f"{self.option}: name the dose level.")


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote of who acts, on the recommendation of an item; the latest counts."""

    kind: ClassVar[str] = "vote"
    item: int
    vote: Choice

    def __post_init__(self) -> None:
        _one_of("vote", self.vote, get_args(Choice))


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done: what, by whom, until which day."""

    kind: ClassVar[str] = "action"
    what: str
    who: str
    by: str

    def __post_init__(self) -> None:
        line("what is to be done", self.what)
        line("who does it", self.who)
        day("the day", self.by)


@dataclass(frozen=True, slots=True)
class Note:
    """Free text of the minutes, of several lines if need be."""

    kind: ClassVar[str] = "note"
    text: str

    def __post_init__(self) -> None:
        lines = self.text.splitlines()
        if not self.text.strip() or len(self.text) > MAX_NOTE:
            raise WrongUseError(f"the note: give a text of at most {MAX_NOTE} characters.")
        if not all(each.replace("\t", " ").isprintable() for each in lines):
            raise WrongUseError("the note holds a character that is no text; delete it.")


Deed = Agenda | Finish | Attend | Declare | Recommend | Cast | Task | Note
