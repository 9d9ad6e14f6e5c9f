"""Dates: in the future, impossible, partial, with an offset, in the wrong order or place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from safety.simulate.chance import Chance
from safety.simulate.deliveries import Handling, RowVersion
from safety.simulate.faults import nasty
from safety.simulate.faults.facts import day, is_normal, moved
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.keys import key
from safety.simulate.faults.recipe import Action, Alteration, Recipe

DATE = {"LB": "LBDTC", "VS": "VSDTC", "EC": "ECSTDTC", "AE": "AESTDTC"}
AHEAD = timedelta(hours=8)  # of the site to UTC; China has no daylight saving time
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def _has_date(_: Ground, v: RowVersion) -> bool:
    return bool(v.values[DATE[v.domain]])


def _in_future(ground: Ground, v: RowVersion, chance: Chance) -> Altered:
    """A year that is too high: no later delivery reaches it."""
    column = DATE[v.domain]
    old = v.values[column]
    years = 2 + ground.trial.options.days // 365 + chance.whole(0, 2)
    new = f"{int(old[:4]) + years}-{old[5:]}".replace("-02-29", "-02-28")
    right: tuple[Handling, ...] = ("Q",) if v.domain == "AE" else ("R",)
    return Altered({column: new}, f"{old} as {new}", spoils=True, right=right)


def _impossible(ground: Ground, v: RowVersion, chance: Chance) -> Altered:
    column = DATE[v.domain]
    old = v.values[column]
    rest = old[10:]
    choices = (
        f"{old[:4]}-02-30{rest}", f"{old[:4]}-04-31{rest}", f"{old[:4]}-13-{old[8:10]}{rest}",
        f"19{old[2:]}", f"21{old[2:]}",
    )  # fmt: skip
    hostile = ground.mode == "hostile" and chance.yes(nasty.SHARE)
    texts = nasty.DATES if v.domain in {"LB", "EC"} else nasty.XPT_DATES
    new = chance.pick(texts if hostile else choices)
    return Altered({column: new}, f"{old} as {new}", spoils=True)


def _partial(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    old = v.values["AESTDTC"]
    month = MONTHS[int(old[5:7]) - 1]
    new = old[:7] if chance.yes(0.7) else f"UN-{month}-{old[:4]}"
    return Altered({"AESTDTC": new}, f"{old} as {new}", spoils=True)


def _with_offset(_: Ground, v: RowVersion, chance: Chance) -> Altered | None:
    old = v.values["LBDTC"]
    if "T" not in old:
        return None
    utc = datetime.fromisoformat(old) - AHEAD
    new = f"{old}+08:00" if chance.yes(0.5) else f"{utc:%Y-%m-%dT%H:%M}Z"
    return Altered({"LBDTC": new}, f"{old} as {new}", spoils=False, value=old[:10])


def _ended(_: Ground, v: RowVersion) -> bool:
    return bool(v.values["AEENDTC"]) and bool(v.values["AESTDTC"])


def _end_first(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    new = day(v.values["AESTDTC"], -chance.whole(1, 5))
    what = f"ends {new}, before it starts"
    return Altered({"AEENDTC": new}, what, spoils=False)


def _dose_end_first(_: Ground, v: RowVersion, __: Chance) -> Altered:
    new = day(v.values["ECSTDTC"], -1)
    return Altered({"ECENDTC": new}, f"ends {new}, before it starts", spoils=False)


def _baseline(ground: Ground, v: RowVersion) -> bool:
    """A normal first result of a subject with consent."""
    subject = v.values["USUBJID"]
    first = ground.facts.labs[(subject, v.values["LBTESTCD"])][0]
    return bool(ground.facts.consent.get(subject)) and is_normal(v) and first.row == v.row


def _before_consent(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    """An older result of the same test, normal too, comes beside the others."""
    subject = v.values["USUBJID"]
    before = date.fromisoformat(v.values["LBDTC"][:10]) - date.fromisoformat(
        ground.facts.consent[subject]
    )
    days = max(0, before.days) + chance.whole(30, 60)
    added = _copy(ground, v, moved(v.values["LBDTC"], -days))
    ground.add(added)
    what = f"drawn {added.values['LBDTC'][:10]}, before consent"
    ground.record(11, added, Altered({}, what, spoils=False))
    return True


def _copy(ground: Ground, v: RowVersion, when: str) -> RowVersion:
    """Return a copy of a laboratory row as another sample of another time."""
    number = 9001
    while True:
        values = {**v.values, "LBREFID": f"S{number}", "LBDTC": when}
        values["VISIT"] = "UNSCHEDULED"
        row = key("LB", values)
        if ground.is_free([row]) and not ground.history(row):
            return replace(v, row=row, values=values)
        number += 1


def _is_dead(ground: Ground, v: RowVersion) -> bool:
    subject = v.values["USUBJID"]
    return subject in ground.facts.death and _last_normal(ground, subject) is not None


def _last_normal(ground: Ground, subject: str) -> RowVersion | None:
    """Return the subject's last normal potassium, or other result."""
    found = [
        v for (who, _), labs in ground.facts.labs.items() if who == subject
        for v in labs if is_normal(v)
    ]  # fmt: skip
    return max(found, key=lambda v: (v.values["LBDTC"], v.row), default=None)


def _after_death(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    subject = v.values["USUBJID"]
    died, noted = ground.facts.death[subject]
    model = _last_normal(ground, subject)
    when = day(died, chance.whole(1, 4))
    known = max(noted, (date.fromisoformat(when) - ground.trial.start).days) + 1
    if model is None or known > ground.last:
        return False
    copy = _copy(ground, model, f"{when}T08:00")
    added = ground.stamped(copy, known, "F")
    ground.add(added)
    ground.record(14, added, Altered({}, f"drawn {when}, after death on {died}", spoils=False))
    return True


RECIPES: tuple[Recipe, ...] = (
    Action(14, "DM", _is_dead, _after_death),
    Alteration(10, "AE", _has_date, _partial),
    Alteration(13, "AE", _ended, _end_first),
    *(Alteration(7, d, _has_date, _in_future) for d in ("AE", "LB", "EC")),
    *(Alteration(8, d, _has_date, _impossible) for d in ("AE", "LB", "VS", "EC")),
    Action(11, "LB", _baseline, _before_consent),
    Alteration(13, "EC", _has_date, _dose_end_first),
    Alteration(16, "LB", _has_date, _with_offset, "never"),
)
