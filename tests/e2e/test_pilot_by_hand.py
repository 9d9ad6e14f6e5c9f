"""An independent, slow and plain reading of the pilot's laboratory data.

Nothing of safety is imported: limits are typed here from CTCAE v5.0, the baseline and the grades
are worked out row by row from the source files, and must agree with what was published.
"""

from __future__ import annotations

from collections import Counter

import pyreadstat
import pytest

from tests import databases

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]

# test: (term, [(grade, lowest value of the grade above, ...)]) read downwards; unit as reported
LOW = {
    "HGB": ("Anemia", [(3, 8.0), (2, 10.0)]),  # g/dL
    "PLAT": ("Platelet count decreased", [(4, 25), (3, 50), (2, 75)]),  # 10^9/L
    "WBC": ("White blood cell decreased", [(4, 1.0), (3, 2.0), (2, 3.0)]),  # 10^9/L
    "LYM": ("Lymphocyte count decreased", [(4, 0.2), (3, 0.5), (2, 0.8)]),  # 10^9/L
    "ALB": ("Hypoalbuminemia", [(3, 2.0), (2, 3.0)]),  # g/dL
    "SODIUM": ("Hyponatremia", [(4, 120), (3, 125), (2, 130)]),  # mmol/L; 125-<130 asymptomatic
    "K": ("Hypokalemia", [(4, 2.5), (3, 3.0)]),  # mmol/L; <LLN-3.0 asymptomatic
}
HIGH = {
    "K": ("Hyperkalemia", [(4, 7.0), (3, 6.0), (2, 5.5)]),  # mmol/L
    "SODIUM": ("Hypernatremia", [(4, 160), (3, 155), (2, 150)]),  # mmol/L
    "CHOL": ("Cholesterol high", [(4, 500), (3, 400), (2, 300)]),  # mg/dL
}
TIMES_ULN = {"CK": ("CPK increased", [(4, 10), (3, 5), (2, 2.5), (1, 1)])}
# multiples of ULN if the baseline was normal, of the baseline if it was above ULN
LIVER = {
    "ALT": ("Alanine aminotransferase increased", [20, 5, 3, 1], [20, 5, 3, 1.5], True),
    "AST": ("Aspartate aminotransferase increased", [20, 5, 3, 1], [20, 5, 3, 1.5], True),
    "ALP": ("Alkaline phosphatase increased", [20, 5, 2.5, 1], [20, 5, 2.5, 2.0], True),
    "GGT": ("GGT increased", [20, 5, 2.5, 1], [20, 5, 2.5, 2.0], True),
    "BILI": ("Blood bilirubin increased", [10, 3, 1.5, 1], [10, 3, 1.5, 1], False),
}


def by_limits(value: float, limits: list, normal: float, *, low: bool) -> int:
    for grade, limit in limits:
        if value < limit if low else value > limit:
            return grade
    return int(value < normal if low else value > normal)


def by_multiples(value: float, unit: float, steps: list, *, last_inclusive: bool = False) -> int:
    for grade, step in zip((4, 3, 2, 1), steps, strict=True):
        if value > step * unit * (1 + 1e-12):
            return grade
    if last_inclusive and abs(value - steps[-1] * unit) <= 1e-12 * unit:
        return 1
    return 0


@pytest.fixture(scope="module")
def by_hand(pilot) -> Counter:
    folder = pilot.home / "feeds" / "cdisc_pilot"
    lab, _ = pyreadstat.read_xport(str(folder / "lb.xpt"))
    doses, _ = pyreadstat.read_xport(str(folder / "ex.xpt"))
    first = doses.groupby("USUBJID")["EXSTDTC"].min()
    lab = lab[lab["LBTESTCD"].isin([*LOW, *HIGH, *TIMES_ULN, *LIVER])].copy()
    lab = lab[lab["LBORRES"].str.fullmatch(r"[\d.]+")]
    for column in ("LBORRES", "LBORNRLO", "LBORNRHI"):
        lab[column] = lab[column].astype(float)
    lab["DAY"] = lab["LBDTC"].str[:10]
    counts: Counter = Counter()
    for (subject, test), rows in lab.groupby(["USUBJID", "LBTESTCD"]):
        start = first.get(subject)
        before = rows["DAY"].apply(lambda d, s=start: s is None or d < s)
        # the visit BASELINE, or any sample of the day before the dose, comes first
        before |= rows["DAY"].eq(start) & rows["VISIT"].eq("BASELINE")
        known = rows[before].sort_values("LBDTC") if start else rows.iloc[:0]
        base = known.iloc[-1] if len(known) else None
        for row, early in zip(rows.itertuples(index=False), before, strict=True):
            counts.update(grades_of(test, row, base, early=bool(early)))
    return counts


def grades_of(test: str, row, base, *, early: bool):
    value, low, high = row.LBORRES, row.LBORNRLO, row.LBORNRHI
    if test in LOW:
        term, limits = LOW[test]
        yield term, by_limits(value, limits, low, low=True)
    if test in HIGH:
        term, limits = HIGH[test]
        yield term, by_limits(value, limits, high, low=False)
    if test in TIMES_ULN:
        term, steps = TIMES_ULN[test]
        yield term, by_multiples(value, high, [s for _, s in steps])
    if test in LIVER:
        term, normal, abnormal, inclusive = LIVER[test]
        if not early and base is not None and base.LBORRES > base.LBORNRHI:
            yield term, by_multiples(value, base.LBORRES, abnormal, last_inclusive=inclusive)
        else:
            yield term, by_multiples(value, high, normal)


TERMS = sorted({t[0] for table in (LOW, HIGH, TIMES_ULN, LIVER) for t in table.values()})


@pytest.mark.parametrize("term", TERMS)
def test_published_grades_agree(pilot, by_hand, term):
    published = databases.rows(
        pilot.db_url,
        "SELECT g.atoxgr, count(*) n FROM grade g JOIN measurement m ON m.key = g.mkey "
        "WHERE g.term = :term AND m.comparator = '' GROUP BY g.atoxgr",
        term=term,
    )
    mine = {grade: n for (t, grade), n in by_hand.items() if t == term}
    assert dict(published) == mine
