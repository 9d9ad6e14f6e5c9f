"""One version of a row: every column of its domain, dates in ISO 8601."""

from __future__ import annotations

from collections.abc import Mapping

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Day, Trial
from safety.simulate.sdtm.columns import COLUMNS

ENTERED_AT = "20:00:00"  # the source's own time of every version: before the extract of the day


class Source:
    """Makes the rows of one subject, with what all of them share."""

    def __init__(self, trial: Trial, usubjid: str) -> None:
        self.trial, self.usubjid = trial, usubjid

    def version(
        self,
        domain: str,
        row: str,
        known: Day,
        values: Mapping[str, str],
        *,
        deleted: bool = False,
    ) -> RowVersion:
        """Return a version; a column of the domain that `values` lacks is "".

        Raises KeyError for a column that the domain does not have.
        """
        shared = {
            "STUDYID": self.trial.studyid,
            "RDOMAIN" if domain == "SUPPAE" else "DOMAIN": domain[-2:],
            "USUBJID": self.usubjid,
        }
        unknown = set(values) - set(COLUMNS[domain])
        if unknown:
            raise KeyError(f"{domain} has no column {', '.join(sorted(unknown))}")
        full = {**dict.fromkeys(COLUMNS[domain], ""), **shared, **values}
        return RowVersion(domain, row, known, full, deleted)

    def date(self, day: Day | None) -> str:
        """Return a day as ISO 8601, "" for none."""
        return "" if day is None else self.trial.date(day).isoformat()


def updated(trial: Trial, known: Day) -> str:
    """Return the source's own timestamp of a version, at the site: 2024-03-04T20:00:00."""
    return f"{trial.date(known).isoformat()}T{ENTERED_AT}"


def number(value: float) -> str:
    """Return a number as it is reported: 65, 0.4."""
    return f"{value:.10g}"


def part(row: str, position: int) -> str:
    """Return what stands at a position of a natural key: 2 of LB|SIM-X-001|S7|NEUT is S7."""
    return row.split("|")[position]
