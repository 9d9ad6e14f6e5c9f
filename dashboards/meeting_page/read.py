"""What the page of meetings reads: meetings, proposals and decisions, as they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select

from dashboards.acts import Doing
from dashboards.meeting_page.words import COMMITTEE_ROLES
from dashboards.signing import actor
from dashboards.view import View
from safety.accounts.account import ACTIVE, EVERY
from safety.decisions import decision as decided
from safety.decisions import listing as decisions
from safety.decisions.decision import Decision, Question
from safety.meetings import read
from safety.meetings.acts import Room
from safety.meetings.life import Meeting
from safety.meetings.minutes import Minutes
from safety.signing import proposal as proposed
from safety.signing.proposal import WAITING, Proposal
from safety.signing.signature import Signature
from safety.store import tables

MEETING = ("meeting", "meeting_event", "proposal", "signature")


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting, and its minutes as they are now: what the page shows of it is their content."""

    of: Meeting
    minutes: Minutes

    @property
    def content(self) -> dict[str, Any]:
        return self.minutes.content


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions of a study, oldest first, the questions on them by id, and which of them count."""

    known: list[Decision]
    asked: dict[str, list[Question]]
    counting: set[str]

    def state(self, of: Decision) -> str:
        """Return whether a decision stands, in the words of `safety.decisions.listing`."""
        return decisions.state(of, self.asked.get(of.decision_id, []), self.counting)


def meetings(view: View) -> pd.DataFrame:
    """Return the meetings of the study, newest first."""
    with view.connection("meeting") as connection:
        return read.listing(connection, view.shot.study)


def held(view: View, meeting_id: str) -> Held:
    """Return a meeting; raise WrongUseError for none."""
    with view.connection(*MEETING) as connection:
        of = read.meeting(connection, view.shot.study, meeting_id)
        return Held(of, read.minutes(connection, view.store, of))


def proposals(view: View, **equal: str) -> list[Proposal]:
    """Return proposals of the study, oldest first."""
    with view.connection("proposal") as connection:
        return proposed.proposals(connection, view.shot.study, **equal)


def waiting(view: View) -> list[Proposal]:
    """Return the proposals that wait for a second person, oldest first."""
    return proposals(view, state=WAITING)


def signatures(view: View, of: Proposal) -> list[tuple[Signature, bool]]:
    """Return the signatures of a proposal, and whether each is valid."""
    with view.connection("signature") as connection:
        return proposed.signed(connection, of)


def made(view: View) -> Decided:
    """Return the decisions of the study."""
    with view.connection("decision", "question") as connection:
        known = decided.decisions(connection, view.shot.study)
        asked = decided.questions(connection, view.shot.study)
    return Decided(known, asked, decided.counting(known))


def members(view: View) -> pd.DataFrame:
    """Return USERNAME, NAME and ROLE of who has a role of the committee in the study."""
    a, g = tables.account.c, tables.role_grant.c
    query = (
        select(a.username, a.name, g.role)
        .join(tables.role_grant, g.account_id == a.account_id)
        .where(a.state == ACTIVE, g.role.in_(COMMITTEE_ROLES))
        .where(g.study.in_((view.shot.study, EVERY)))
        .distinct()
        .order_by(a.username, g.role)
    )
    with view.connection("account") as connection:
        return pd.read_sql_query(query, connection).rename(columns=str.upper)


def room(doing: Doing) -> Room:
    """Return where somebody acts in a meeting without signing."""
    view = doing.view
    return Room(view.settings, view.shot.study, actor(doing), doing.now)
