"""Planted faults that may be why truth and toxwatch differ: an explanation, never an excuse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from safety.simulate.score.read import Truth
from safety.simulate.score.spans import span

SHOWN = 2  # faults that a reason names


def beside(
    truth: Truth, usubjid: str, days: Iterable[str], rows: Collection[str] = ()
) -> Sequence[str]:
    """Return the faults of a subject that were there on some of the days, in words.

    First those of `rows` (what was judged), then those planted last.
    """
    wanted = list(days)
    found = [
        f for f in truth.rows("faults", USUBJID=usubjid)
        if any(span(f["DAY"], f["CORRECTED"]).holds(d) for d in wanted)
    ]  # fmt: skip
    found.sort(key=lambda f: f["DAY"], reverse=True)
    found.sort(key=lambda f: f["ROW"] not in rows)
    return [f"planted fault {f['FAULT']} on {f['ROW'] or f['FILE']}" for f in found]


def note(faults: Sequence[str]) -> str:
    """Return " (planted fault 19 on ROW, ...)", "" for none."""
    if not faults:
        return ""
    more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return f" ({', '.join(faults[:SHOWN])}{more})"
