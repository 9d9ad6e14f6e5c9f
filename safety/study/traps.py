"""What a valid study file may hold that surprises: warnings, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from safety.ctcae.derive import DERIVATIONS
from safety.ctcae.units import conversion
from safety.study.conditions import Declared, History, Medication, Procedure, Toxicity
from safety.study.language import ValueTest
from safety.study.looked_at import units_by_test, value_tests
from safety.study.model import Study
from safety.study.names import as_list
from safety.study.places import placed
from safety.study.traps_of_follow_up import follow_up_traps
from safety.study.traps_of_treatment import Warning as Warning  # noqa: PLC0414
from safety.study.traps_of_treatment import treatment_traps

RECORD_OF = {
    Procedure: ("procedure", "procedures"),
    Medication: ("medication", "medications"),
    History: ("history", "medical history"),
    Declared: ("declaration", "declarations of the committee"),
}
