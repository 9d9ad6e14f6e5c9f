"""What people do on pages: each act is registered with who may do it, and is refused otherwise.

An act is done by functions of safety that write it with its reason in the trail. A form sends the
values of its fields; whatever is wrong with them is told beside the form, and nothing is lost of
what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboards.i18n import mark
from dashboards.page import Roles
from dashboards.view import ForbiddenError, View, Visit
from safety.audit import anchor
from safety.signed import Signed, sign

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody doing something to an object. view: of the study; of: what the form is about."""

    view: View
    of: str
    values: Values
    now: datetime

    def value(self, name: str) -> str:
        """Return what was typed into a field, without blanks around it."""
        return self.values.get(name, "").strip()

    def signed(self) -> Signed:
        """Return who acts and why (the field `reason`); raise WrongUseError for no reason."""
        return sign(self.view.person.account.name, self.value("reason"), self.now)


@dataclass(frozen=True, slots=True)
class Act:
    """One act. do: does it, and returns what is then said. roles: any of them may."""

    name: str
    roles: Roles
    do: Callable[[Doing], str]


ACTS: dict[str, Act] = {}


def act(name: str, roles: Roles) -> Callable[[Callable[[Doing], str]], Callable[[Doing], str]]:
    """Register a function as an act."""

    def register(do: Callable[[Doing], str]) -> Callable[[Doing], str]:
        ACTS[name] = Act(name, roles, do)
        return do

    return register


def perform(visit: Visit, name: str, of: str, values: Values) -> str:
    """Do an act; return what is said of it.

    Raises ForbiddenError for one that is not there or not theirs, ToxwatchError for one that
    cannot be done.
    """
    view = visit.view()
    found = ACTS.get(name)
    if found is None or not view.may(view.shot.study, found.roles):
        raise ForbiddenError(mark("Your role in this study does not do this."))
    now = datetime.now(UTC)
    told = found.do(Doing(view, of, values, now))
    anchor.write(visit.settings, now, again=True)
    return told


def may(view: View, name: str) -> bool:
    """Return whether the person may do an act in the study; who may not is shown no form."""
    return view.may(view.shot.study, ACTS[name].roles)
