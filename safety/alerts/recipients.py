"""Who hears of an alert: addresses of the study file, by tier and by role. Pure."""

from __future__ import annotations

from safety.study.alerts import Role, Tier
from safety.study.model import Study

# Of people; P4 concerns those who move the data.
OF_PEOPLE = frozenset[str]({"P1", "P2", "P3"})
OF_DATA: Role = "data_engineer"


def of(study: Study, tier: Tier | str) -> list[str]:
    """Return the addresses that hear of a tier, each once.

    P1 to P3: the study's recipients and the monitors who name the tier. P4: the data engineers and
    the monitors who name it, or the recipients where there are none: somebody always hears.
    """
    monitors = study.alerts.monitors
    named = [m.address for m in monitors if tier in m.tiers]
    if tier in OF_PEOPLE:
        return list(dict.fromkeys([*study.alerts.recipients, *named]))
    engineers = in_role(study, OF_DATA)
    return list(dict.fromkeys([*engineers, *named])) or list(study.alerts.recipients)


def everybody(study: Study) -> list[str]:
    """Return every address that the study names, each once."""
    monitors = [m.address for m in study.alerts.monitors]
    return list(dict.fromkeys([*study.alerts.recipients, *monitors]))


def in_role(study: Study, role: Role | str) -> list[str]:
    """Return the addresses of a role, each once; [] if nobody has it."""
    return list(dict.fromkeys(m.address for m in study.alerts.monitors if m.role == role))
