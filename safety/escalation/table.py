"""The decision table of a design, printed before the trial: what follows after n subjects."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safety.escalation.advice import Design
from safety.escalation.designs.boin import Boin


def table(design: Design, max_n: int) -> dict[str, Any]:
    """Return the table for 1 to max_n subjects at a level, nobody treated elsewhere.

    Keys: design, target, lambda_e, lambda_d (of BOIN alone, None otherwise), rows (n,
    escalate_if_le, deescalate_if_ge, eliminate_if_ge; None: never).
    """
    boin = design if isinstance(design, Boin) and design.name == Boin.name else None
    return {
        "design": design.name,
        "target": design.target,
        "lambda_e": boin and boin.lambda_e,
        "lambda_d": boin and boin.lambda_d,
        "rows": [asdict(design.row(n)) for n in range(1, max_n + 1)],
    }
