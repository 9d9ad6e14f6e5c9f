"""Held rows still alarm: quarantined rows under every plausible reading (principle 3).

One row an alarm: KEY of the held row, USUBJID, TERM, GRADES (`3|4`, "" where nothing in it has a
grade), VALUE as received, REASON, SRCFILE, SRCROW. Whether the subject is known does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from safety.assess.held.limits import AlarmGrades
from safety.assess.held.records import events, others
from safety.assess.held.values import measurements
from safety.study.feeds import RecordKind
from safety.study.model import Study

__all__ = ["AlarmGrades", "alarms", "events", "measurements", "others"]


def alarms(
    held: Mapping[RecordKind, pd.DataFrame], accepted: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return every alarm of held rows. held: by kind; accepted: the measurements that are not."""
    rest = {k: rows for k, rows in held.items() if k not in {"measurement", "adverse_event"}}
    parts = [
        measurements(held["measurement"], accepted, study),
        events(held["adverse_event"], study),
        others(rest, study),
    ]
    return pd.concat(parts, ignore_index=True)
