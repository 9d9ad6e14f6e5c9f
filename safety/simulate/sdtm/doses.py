"""The diary (EC): one row a drug and day; where some intakes were missed, a second row says so."""

from __future__ import annotations

from collections.abc import Iterator

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Dose, Subject, Trial
from safety.simulate.sdtm.row import Source, number, part
from safety.study.treatment import INTAKES_A_DAY

FREQUENCY = {int(n): name for name, n in INTAKES_A_DAY.items() if n >= 1}  # 1: QD, 2: BID
NOT_TAKEN = "-N"


def versions(trial: Trial, subject: Subject) -> Iterator[RowVersion]:
    """Yield the rows of one subject; a part that a later version no longer has is deleted."""
    source = Source(trial, subject.usubjid)
    parts: dict[str, dict[str, RowVersion]] = {}  # by row of the dose: its rows as they stand
    for dose in sorted(subject.doses, key=lambda d: d.known):
        now = {v.row: v for v in _rows(source, dose)}
        before = parts.get(dose.row, {})
        yield from now.values()
        for row, version in before.items():
            if row not in now:
                yield source.version("EC", row, dose.known, version.values, deleted=True)
        parts[dose.row] = now


def _rows(source: Source, dose: Dose) -> Iterator[RowVersion]:
    missed = max(0, dose.due - dose.taken)
    if dose.taken:
        yield _row(source, dose, "", dose.taken_mg, dose.taken)
    if missed:
        suffix = NOT_TAKEN if dose.taken else ""
        yield _row(source, dose, suffix, dose.due_mg, missed, taken=False)


def _row(
    source: Source, dose: Dose, suffix: str, mg: float, intakes: int, *, taken: bool = True
) -> RowVersion:
    day = source.date(dose.day)
    values = {
        "ECSPID": part(dose.row, 2) + suffix,
        "ECTRT": source.trial.drugs[dose.drug],
        "ECDOSE": number(mg),
        "ECDOSU": "mg",
        "ECDOSFRQ": FREQUENCY[intakes],
        "ECOCCUR": "Y" if taken else "N",
        "ECREASOC": "" if taken else dose.reason,
        "ECSTDTC": day,
        "ECENDTC": day,
    }
    return source.version("EC", dose.row + suffix, dose.known, values)
