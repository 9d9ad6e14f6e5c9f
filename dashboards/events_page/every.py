"""Every event as it was reported, page by page, with its state of review."""

from __future__ import annotations

from itertools import combinations

from dashboards import raw
from dashboards.components.listing import Listing, register
from dashboards.i18n import t
from dashboards.raw_tables import SUBJECT
from dashboards.view import View
from safety.rows.asked import Condition

NAME, TABLE = "events-every", "event"
GRADES = "12345"


def where(view: View) -> tuple[Condition, ...]:
    """Return what the filters choose, as `safety.displays.reported` does; of rows in SQL.

    Who was never treated is listed too unless levels are chosen: a listing leaves no row out.
    """
    scope = view.address.scope
    lower = below(scope.least_grade)
    found = [
        *([Condition("TRTEMFL", "not", ("N",))] if scope.emergent else []),
        *([Condition("REL", "not", ("N",))] if scope.related else []),
        *([Condition("AESER", "is", ("Y",))] if scope.serious else []),
        *([Condition("POSSIBLE", "not", lower)] if lower else []),
    ]
    if scope.levels:
        found.append(Condition(SUBJECT, "in", tuple(view.population().table[SUBJECT])))
    return tuple(found)


def below(grade: int) -> tuple[str, ...]:
    """Return every text of possible grades whose highest is below a grade: `1`, `2`, `1|2`, ..."""
    lower = GRADES[: max(grade - 1, 0)]
    return tuple(
        "|".join(some) for n in range(1, len(lower) + 1) for some in combinations(lower, n)
    )


def note(view: View) -> str:
    """Return what the filters leave out of the listing."""
    scope = view.address.scope
    if scope.emergent:
        return t("Events that surely began before the first dose, or after the treatment-emergent "
                 "period, are not listed: see the filter above.")  # fmt: skip
    return ""


register(
    Listing(
        NAME, TABLE, title=lambda _: t("Every event"),
        columns=lambda view: raw.columns(view, TABLE), where=where,
        order=((SUBJECT, False), ("STDTMIN", False)), reviewed=True,
    )
)  # fmt: skip
