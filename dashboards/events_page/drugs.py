"""The drugs of the study, as far as events tell of them."""

from __future__ import annotations

from dashboards.view import View


def qualifiers(view: View) -> dict[str, str]:
    """Return by drug the supplemental qualifier that tells the action with it; none without."""
    treatment = view.study.treatment if view.study else None
    drugs = treatment.drugs if treatment else {}
    return {name: drug.action for name, drug in drugs.items() if drug.action}
