"""Which event a dose-limiting rule is met by: truth and toxwatch name it each in its own words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from safety.simulate.score.read import Row

MISSED = " missed"  # T2: toxwatch says "surufatinib missed", truth the drug
# The rule itself says which event it is: febrile neutropenia, the liver, a delay, a death. Truth
# names one of its parts (or nothing), toxwatch all of them.
ITSELF = frozenset({"H2", "L1", "L2", "T1", "D1"})
# The one term without which a rule is not met; what else it asks for (an infection, a bleeding)
# truth does not name.
NEEDED = {
    "H1": "Neutrophil count decreased",
    "H3": "Neutrophil count decreased",
    "H4": "Platelet count decreased",
    "H5": "Platelet count decreased",
    "H6": "Anemia",
    "N3": "Proteinuria",
}


def of_truth(row: Row) -> str:
    """Return the event of a row of truth/rules.csv; "" where the rule has no other."""
    return _events(row["RULE"], [row["TERM"]])[0]


def of_result(row: Row) -> Sequence[str]:
    """Return the events of a rule_result: each term that may meet the rule by itself."""
    return _events(row["RULE"], json.loads(row["TERMS"]))


def _events(rule: str, terms: Sequence[str]) -> Sequence[str]:
    named = [t.removesuffix(MISSED) for t in terms if t]
    if rule in ITSELF or not named or NEEDED.get(rule) in named:
        return [""]
    return named
