"""Commands on the next dose: the decision table of a design, and how it does in simulation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safety.cli.common import (
    AsJson,
    output,
    study_file,
)
from safety.errors import WrongUseError

if TYPE_CHECKING:
    from safety.escalation.advice import Design
    from safety.escalation.named import Options
    from safety.escalation.operating.scenario import Result, Scenario

escalate_app = typer.Typer(help="The next dose: designs and their figures.", no_args_is_help=True)
MOST_LEVELS, MOST_SUBJECTS, MOST_TRIALS, MOST_SLOW_TRIALS = 20, 200, 1_000_000, 100_000
DIGITS = 6  # of figures in JSON: far below what a simulation can tell, without noise of doubles

DesignName = Annotated[
    str, typer.Option(help="boin, 3+3, rolling6, mtpi2, i3+3, blrm, crm or tite-boin.")
]
Target = Annotated[float, typer.Option(help="DLT rate that is aimed at.")]
ConfirmTop = Annotated[
    bool, typer.Option(help="3+3: three more at the highest level before it is the MTD.")
]
TwoOfSix = Annotated[bool, typer.Option("--two-of-six-ok", help="3+3: 2 of 6 are the MTD.")]
ExtraSafe = Annotated[bool, typer.Option("--extrasafe", help="boin: stop sooner at the lowest.")]
MaxN = Annotated[int, typer.Option(help="Most evaluable subjects.")]


@escalate_app.command("table")
def escalate_table(
    design: DesignName = "boin",
    target: Target = 0.3,
    max_n: MaxN = 18,
    levels: Annotated[int, typer.Option(help="Dose levels, for crm and blrm.")] = 5,
    confirm_top: ConfirmTop = True,
    two_of_six_ok: TwoOfSix = False,
    extrasafe: ExtraSafe = False,
    study: Annotated[
        str, typer.Option(help="Of every design that a study file names, instead of --design.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Print what follows after n subjects at a level, by the number of DLTs."""
    from safety.escalation import named
    from safety.escalation.table import table

    if study:
        _print_study(study, as_json)
        return
    _check("--max-n", max_n, MOST_SUBJECTS)
    _check("--levels", levels, MOST_LEVELS)
    options = named.Options(confirm_top, two_of_six_ok, extrasafe)
    found = table(_design(design, target, levels, options), max_n)
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        _print_rows(found)


def _print_study(name: str, as_json: bool) -> None:
    from safety.nextdose import tables

    found = tables.of_study(study_file(name))
    if as_json:
        print(tables.text(found), end="")
        return
    for each in found["tables"]:
        _print_rows(each)


@escalate_app.command("simulate")
def escalate_simulate(
    truth: Annotated[str, typer.Option(help="True DLT rate by level: 0.05,0.15,0.30.")],
    design: DesignName = "boin",
    target: Target = 0.3,
    cohort: Annotated[int, typer.Option(help="Subjects of a cohort.")] = 3,
    max_n: MaxN = 30,
    trials: Annotated[int, typer.Option(help="How many; 3+3 and rolling6 are exact.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
    stop_n: Annotated[
        int | None, typer.Option(help="End early with so many at a level that would be kept.")
    ] = None,
    start_level: Annotated[int, typer.Option(help="Level to start at, from 1.")] = 1,
    confirm_top: ConfirmTop = True,
    two_of_six_ok: TwoOfSix = False,
    extrasafe: ExtraSafe = False,
    window: Annotated[float, typer.Option(help="tite-boin: days in which a DLT counts.")] = 28,
    days_between: Annotated[
        float, typer.Option(help="tite-boin: mean days from subject to subject.")
    ] = 10,
    as_json: AsJson = False,
) -> None:
    """Print how a design does where the true DLT rates are known."""
    from safety.escalation import named
    from safety.escalation.operating.simulate import simulate
    from safety.escalation.operating.timed import Pace

    rates = _rates(truth)
    _check("--cohort", cohort, MOST_SUBJECTS)
    _check("--max-n", max_n, MOST_SUBJECTS)
    _check("--stop-n", 1 if stop_n is None else stop_n, MOST_SUBJECTS)
    _check("--start-level", start_level, len(rates))
    _check("--seed", seed, 2**63, least=0)
    scenario = _scenario(rates, cohort, max_n, start_level, stop_n)
    options = named.Options(confirm_top, two_of_six_ok, extrasafe)
    asked = _design(design, target, len(rates), options)
    _check_trials(asked, trials)
    try:
        pace = Pace(window, days_between)
    except ValueError as error:
        raise WrongUseError(f"--window, --days-between: {error}.") from error
    found = simulate(asked, scenario, trials, seed, pace)
    if as_json:
        print(json.dumps(_content(asked, scenario, trials, found), indent=1))
    else:
        _print_result(asked, scenario, trials, found)


def _check(option: str, value: int, most: int, least: int = 1) -> None:
    if not least <= value <= most:
        raise WrongUseError(f"{option} {value}: give a number from {least} to {most:,}.")


def _check_trials(design: Design, trials: int) -> None:
    """Designs whose decisions are no table take far longer to simulate."""
    from safety.escalation.operating.simulate import is_quick

    _check("--trials", trials, MOST_TRIALS if is_quick(design) else MOST_SLOW_TRIALS)


def _rates(text: str) -> tuple[float, ...]:
    try:
        rates = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise WrongUseError(f"--truth {text}: give DLT rates such as 0.05,0.15,0.30.") from error
    if len(rates) > MOST_LEVELS:
        raise WrongUseError(f"--truth names {len(rates)} levels, of at most {MOST_LEVELS}.")
    return rates


def _scenario(
    rates: tuple[float, ...], cohort: int, max_n: int, start_level: int, stop_n: int | None
) -> Scenario:
    from safety.escalation.operating.scenario import Scenario

    try:
        return Scenario(rates, cohort, max_n, start_level - 1, stop_n)
    except ValueError as error:
        raise WrongUseError(f"{error}.") from error


def _design(name: str, target: float, levels: int, options: Options) -> Design:
    from safety.escalation import named

    if not 0 < target < 1:
        raise WrongUseError(f"--target {target:g}: give a DLT rate between 0 and 1.")
    try:
        return named.design(name, target, levels, options)
    except ValueError as error:
        raise WrongUseError(f"--design {name}, --target {target:g}: {error}.") from error


def _print_rows(found: dict[str, Any]) -> None:
    from rich.table import Table

    title = f"{found['design']}, target {found['target']:g}"
    if found["lambda_e"] is not None:
        title += f", lambda_e {found['lambda_e']:.6f}, lambda_d {found['lambda_d']:.6f}"
    heads = ("n", "escalate if DLT <=", "de-escalate if DLT >=", "eliminate if DLT >=")
    shown = Table(*heads, title=title)
    for row in found["rows"]:
        shown.add_row(*("-" if value is None else str(value) for value in row.values()))
    output.print(shown)


def _content(design: Design, scenario: Scenario, trials: int, found: Result) -> dict[str, Any]:
    return {
        "design": design.name,
        "target": design.target,
        "truth": list(scenario.truth),
        "trials": trials,
        "selected_pct": [round(share, DIGITS) for share in found.selected_pct],
        "none_pct": round(found.none_pct, DIGITS),
        "mean_n": [round(mean, DIGITS) for mean in found.mean_n],
        "mean_total": round(found.mean_total, DIGITS),
        "mean_dlt": round(found.mean_dlt, DIGITS),
    }


def _print_result(design: Design, scenario: Scenario, trials: int, found: Result) -> None:
    from rich.table import Table

    from safety.escalation.operating.simulate import is_exact

    how = "exact" if is_exact(design) else f"{trials:,} simulated trials"
    shown = Table(
        "level", "true DLT rate", "selected %", "mean subjects",
        title=f"{design.name}, target {design.target:g}, {how}",
    )  # fmt: skip
    figures = zip(scenario.truth, found.selected_pct, found.mean_n, strict=True)
    for level, (rate, share, subjects) in enumerate(figures, start=1):
        shown.add_row(str(level), f"{rate:g}", f"{share:.2f}", f"{subjects:.3f}")
    output.print(shown)
    for line in (
        f"no level selected: {found.none_pct:.2f} %",
        f"subjects of a trial: {found.mean_total:.3f}, with a DLT: {found.mean_dlt:.3f}",
        f"ended before {scenario.max_n} subjects: {found.early_stop_pct:.2f} % of trials",
        f"at levels above the target: {found.overdosing_pct:.2f} % of subjects",
    ):
        output.print(line, markup=False, highlight=False)
