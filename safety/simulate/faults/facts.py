"""What the clean rows say of each subject, so that a fault is planted where it is one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Day, Trial

NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
RELATED = ("POSSIBLE", "PROBABLE", "DEFINITE")
CAUSALITY = (*RELATED, "UNLIKELY", "UNRELATED")


def value(v: RowVersion) -> float | None:
    """Return the number of a result, None for text and for `<0.5`."""
    text = v.values[f"{v.domain}ORRES"]
    return float(text) if NUMBER.fullmatch(text) else None


def limits(v: RowVersion) -> tuple[float, float] | None:
    """Return the reference range of a laboratory row, None unless both limits are given."""
    low, high = v.values["LBORNRLO"], v.values["LBORNRHI"]
    return (float(low), float(high)) if low and high else None


def is_normal(v: RowVersion) -> bool:
    """Whether a laboratory value lies inside its own reference range."""
    number, between = value(v), limits(v)
    return number is not None and between is not None and between[0] <= number <= between[1]


def day(text: str, plus: int = 0) -> str:
    """Return the date of a date-time, some days later."""
    return (date.fromisoformat(text[:10]) + timedelta(days=plus)).isoformat()


def moved(text: str, plus: int) -> str:
    """Return a date or date-time some days later, its time as it was."""
    return day(text, plus) + text[10:]


class Facts:
    """Dates and neighbours. All maps are by USUBJID, alone or with a second key."""

    def __init__(self, versions: tuple[RowVersion, ...], trial: Trial) -> None:
        self.start = trial.start
        self.labs: dict[tuple[str, str], list[RowVersion]] = {}
        self.signs: dict[tuple[str, str], list[RowVersion]] = {}
        self.taken: dict[tuple[str, str], list[str]] = {}
        self.told_doses: dict[str, list[tuple[str, Day]]] = {}
        self.visits: dict[str, list[str]] = {}
        self.events: dict[tuple[str, str], list[str]] = {}
        self.about: dict[tuple[str, str], list[str]] = {}
        self.attributions: list[str] = []
        self.consent: dict[str, str] = {}
        self.death: dict[str, tuple[str, Day]] = {}
        for v in versions:
            if not v.deleted:
                self._note(v, v.values)
        self._first = self._first_doses()
        self.qnams = dict(zip(self.attributions, trial.drugs.values(), strict=False))

    def _note(self, v: RowVersion, values: Mapping[str, str]) -> None:
        subject = values["USUBJID"]
        match v.domain:
            case "LB":
                self.labs.setdefault((subject, values["LBTESTCD"]), []).append(v)
            case "VS":
                self.signs.setdefault((subject, values["VSTESTCD"]), []).append(v)
            case "EC" if values["ECOCCUR"] == "Y":
                self.taken.setdefault((subject, values["ECTRT"]), []).append(values["ECSTDTC"])
                self.told_doses.setdefault(subject, []).append((values["ECSTDTC"], v.known))
            case "SV":
                self.visits.setdefault(subject, []).append(v.row)
            case "AE":
                self._once(self.events, (subject, values["AEGRPID"]), v.row)
            case "SUPPAE":
                self._once(self.about, (subject, values["IDVARVAL"]), v.row)
                if values["QNAM"].startswith("AEREL") and values["QNAM"] not in self.attributions:
                    self.attributions.append(values["QNAM"])
            case "DM":
                self.consent[subject] = values["RFICDTC"]
                if values["DTHDTC"]:
                    self.death.setdefault(subject, (values["DTHDTC"], v.known))

    @staticmethod
    def _once(map_: dict[tuple[str, str], list[str]], at: tuple[str, str], row: str) -> None:
        rows = map_.setdefault(at, [])
        if row not in rows:
            rows.append(row)

    def first_dose(self, subject: str) -> str:
        """Return the date of the first dose that was taken, "" for none."""
        return self._first.get(subject, "")

    def _first_doses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for (subject, _), dates in self.taken.items():
            found[subject] = min(found.get(subject, "9999"), *dates)
        return found

    def dose_told(self, subject: str, since: str) -> Day | None:
        """Return the day from which a dose taken on a date or later is known, None for never."""
        doses = self.told_doses.get(subject, ())
        return min((known for taken, known in doses if taken >= since), default=None)

    def is_followed(self, v: RowVersion) -> bool:
        """Whether another row of the same adverse event comes after this one."""
        rows = self.events[v.values["USUBJID"], v.values["AEGRPID"]]
        return rows[-1] != v.row

    def in_window(self, v: RowVersion, days: int) -> bool:
        """Whether an adverse event starts before, or at most `days` after the first dose."""
        first = self.first_dose(v.values["USUBJID"])
        return not first or v.values["AESTDTC"] <= day(first, days)

    def near(self, subject: str, test: str, when: str, days: int) -> list[RowVersion]:
        """Return results of a test at most `days` before or after a date."""
        low, high = day(when, -days), day(when, days)
        found = self.labs.get((subject, test), [])
        return [v for v in found if low <= v.values["LBDTC"][:10] <= high]

    def date(self, number: Day) -> str:
        """Return the date of a day of the trial."""
        return (self.start + timedelta(days=number)).isoformat()

    def number(self, date_: str) -> Day:
        """Return the day of the trial of a date."""
        return (date.fromisoformat(date_) - self.start).days
