"""From which grade on a held row alarms: severe ones, and whatever a DLT rule counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from safety.ctcae import catalogue
from safety.study.conditions import Toxicity, parts_of
from safety.study.model import Study
from safety.study.names import terms_meant

SEVERE = 3  # a row nobody may look at for days alarms one grade earlier than one in the data


class AlarmGrades:
    """Lowest grade of each term that matters in a held row: a severe one, or that of a DLT rule.

    source: `measured` or `reported`. A term CTCAE does not have may be any: the lowest of all.
    """

    def __init__(self, study: Study, source: str) -> None:
        self._alert = min(study.alerts.grade, SEVERE)
        self._lowest: dict[str, int] = {}
        for rule in study.dose_limiting.rules:
            if rule.kind == "dose_limiting":
                for part in positive_parts(rule.when):
                    if isinstance(part, Toxicity) and part.source in {"both", source}:
                        self._add(part, study)
        names = (t.term for t in catalogue.terms(study.ctcae))
        self._known = {catalogue.plain(name) for name in names}

    def _add(self, part: Toxicity, study: Study) -> None:
        for term in terms_meant(study, part):
            name = catalogue.plain(term.term)
            self._lowest[name] = min(part.grade.low, self._lowest.get(name, self._alert))

    def of(self, terms: pd.Series) -> pd.Series:
        """Return the grade of each term."""
        return terms.map({t: self._of(t) for t in terms.unique()}).astype(np.int64)

    def _of(self, term: str) -> int:
        name = catalogue.plain(term)
        if name in self._known:
            return self._lowest.get(name, self._alert)
        return min(self._lowest.values(), default=self._alert)


def positive_parts(condition: Any) -> list[Any]:
    """Return what a condition asks for, with all inside it, but not what must be absent."""
    parts = parts_of(condition)
    without = [w for p in parts if isinstance(p, Toxicity) for w in p.without]
    absent = [a for w in without for a in parts_of(w)]
    return [p for p in parts if not any(p is a for a in absent)]
