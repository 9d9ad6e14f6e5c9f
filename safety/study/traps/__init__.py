"""What a valid study file may hold that surprises."""

from __future__ import annotations

from safety.study.model import Study
from safety.study.traps.follow_up import follow_up_traps
from safety.study.traps.names import name_traps
from safety.study.traps.settings import setting_traps
from safety.study.traps.stopping import stopping_traps
from safety.study.traps.trap import Trap
from safety.study.traps.treatment import treatment_traps

__all__ = ["Trap", "warnings"]


def warnings(study: Study) -> list[Trap]:
    """Return every trap of a study: of its treatment, follow-up, settings, stopping and names.

    What is said alike of several places is said once.
    """
    found = (
        *treatment_traps(study),
        *follow_up_traps(study),
        *setting_traps(study),
        *stopping_traps(study),
        *name_traps(study),
    )
    places: dict[str, list[str]] = {}
    for trap in found:
        places.setdefault(trap.text, []).append(trap.place)
    return [Trap(", ".join(dict.fromkeys(where)), text) for text, where in places.items()]
