"""The patients of `examples/nct06038461`: one of each answer. `python -m tests.rules.example`
writes the folder anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.rules import sdtm
from tests.rules.patient import Patient

FOLDER = Path(__file__).parents[2] / "examples" / "nct06038461"


def patients() -> list[Patient]:
    """DLT, cannot be judged, no DLT by an exception, not evaluable, DLT by missed doses."""
    return [
        Patient.model_validate(one)
        for one in (
            {"id": "101", "c2d1": 29,
             "labs": {"NEUT": {15: 0.45, 18: 0.48, 22: 0.40, 24: 0.9, 27: 1.7, 29: 2.4}},
             "ae": [{"term": "Neutrophil count decreased", "grade": 4, "start": 15, "end": 24,
                     "group": 1, "action": "DRUG INTERRUPTED"}]},
            {"id": "102", "c2d1": 25, "labs": {"NEUT": {15: 0.40, 22: 1.1, 25: 1.9}}},
            {"id": "103",
             "ae": [{"term": "Diarrhea", "grade": 3, "start": 10, "end": 12}],
             "cm": [{"name": "LOPERAMIDE", "cat": "SUPPORTIVE CARE", "indc": "DIARRHEA",
                     "start": 10, "end": 12}]},
            {"id": "104", "missed": [{"drug": "TEMOZOLOMIDE", "from": 13, "to": 14,
                                      "reason": "DRUG LOST"}]},
            {"id": "105", "c2d1": 24, "dipstick": {15: "3+"}, "urine24h": {15: 2.4, 24: 0.8},
             "ae": [{"term": "Proteinuria", "grade": 2, "start": 15, "end": 24,
                     "action": "DRUG INTERRUPTED"}],
             "missed": [{"drug": "SURUFATINIB", "from": 15, "to": 21}]},
        )
    ]  # fmt: skip


if __name__ == "__main__":
    sdtm.folder(patients(), FOLDER)
