"""Whether the specimen of a laboratory value says by which criteria it is graded."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from safety.ctcae.criteria import Ladder, ladders_by_test

# Specimens as canonical records name them: what is taken from another one is known not to be
# graded (CDISC SPECTYPE terms). Everything else may be a blood sample by another name.
KNOWN = frozenset({
    "BLOOD", "URINE", "SEMEN", "CEREBROSPINAL FLUID", "CSF", "STOOL", "FECES", "SALIVA", "SPUTUM",
    "SWEAT", "TISSUE", "HAIR", "PLEURAL FLUID", "PERITONEAL FLUID", "ASCITES", "ASCITIC FLUID",
    "SYNOVIAL FLUID", "AMNIOTIC FLUID", "LAVAGE FLUID", "BILE", "NASOPHARYNX",
})  # fmt: skip


def ladders_of_unknown(code: str, specimen: str, version: str) -> tuple[Ladder, ...]:
    """Return the criteria a test may be graded by, for a specimen that does not tell; else none."""
    return () if specimen in KNOWN else _of_specimens(version).get(code, ())


@cache
def _of_specimens(version: str) -> dict[str, tuple[Ladder, ...]]:
    """Criteria by test that need a specimen."""
    found: dict[str, tuple[Ladder, ...]] = defaultdict(tuple)
    for (code, specimen), ladders in ladders_by_test(version).items():
        if specimen:
            found[code] += tuple(x for x in ladders if x.assign != "diagnosis")
    return {code: ladders for code, ladders in found.items() if ladders}
