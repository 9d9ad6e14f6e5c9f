"""With what the alerts of a study are written."""

from __future__ import annotations

from dataclasses import dataclass

from safety.audit.trail import Trail
from safety.study.model import Study


@dataclass(frozen=True, slots=True)
class Voice:
    """A study, the channel by which mail leaves here, and the trail that acts are kept in."""

    study: Study
    mail_channel: str
    trail: Trail
