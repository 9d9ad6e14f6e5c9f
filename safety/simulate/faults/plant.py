"""Plant the faults of the catalogue in rows; faults of files are planted in `planted_files`."""

from __future__ import annotations

from collections.abc import Mapping

from safety.simulate.deliveries import Mode, Planted, RowVersion
from safety.simulate.faults import (
    dates,
    dosing,
    events,
    history,
    identity,
    more_events,
    ranges,
    results,
    vitals,
)
from safety.simulate.faults.catalogue import faults
from safety.simulate.faults.corrections import with_corrections
from safety.simulate.faults.files import as_delivered, plant_files
from safety.simulate.faults.ground import Ground, Spoiled
from safety.simulate.faults.recipe import Recipe, spread
from safety.simulate.model import Trial

__all__ = ["as_delivered", "plant_files", "plant_rows", "with_corrections"]
# Those that few rows can have come first, so that no other fault takes their rows.
RECIPES: tuple[Recipe, ...] = (
    *more_events.RECIPES, *events.RECIPES, *history.RECIPES, *vitals.RECIPES, *results.RECIPES,
    *dosing.RECIPES, *dates.RECIPES, *ranges.RECIPES, *identity.RECIPES,
)  # fmt: skip


def plant_rows(
    versions: tuple[RowVersion, ...], trial: Trial, mode: Mode
) -> tuple[tuple[RowVersion, ...], tuple[Planted, ...], Mapping[str, Spoiled]]:
    """Return the versions with faults, what was planted, and what it spoils.

    Days are days on which a source holds a version; `as_delivered` moves them to deliveries.
    """
    if mode == "none":
        return versions, (), {}
    ground = Ground(versions, trial, mode)
    recipes = RECIPES + (identity.HOSTILE if mode == "hostile" else ())
    for number, recipe in enumerate(recipes):
        fault = faults()[recipe.fault]
        rate = fault.hostile if mode == "hostile" else fault.realistic
        spread(ground, recipe, rate, (trial.options.seed, recipe.fault, number))
    return ground.versions(), tuple(ground.planted), ground.spoiled
