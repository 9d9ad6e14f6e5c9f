"""A simulated trial by the real commands: made, delivered day by day, scored, and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from safety.study.load import load
from tests import command
from tests.e2e import fans
from tests.e2e.browser import ENGINEER, Site, do, go, served, sign_in
from tests.e2e.trials import environment, toxwatch

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("simulated")]
STUDYID = "SIM-NCT06038461"
MADE = ["--subjects", "6", "--days", "100", "--accrual", "3", "--deliveries", "3"]


class Simulated(NamedTuple):
    folder: Path
    environ: dict[str, str]
    score: dict[str, Any]

    def goal(self, name: str) -> dict[str, Any]:
        return next(g for g in self.score["goals"] if g["name"] == name)


def make(environ: dict[str, str], out: Path, seed: int, faults: str, *more: str) -> None:
    made = command.here(environ, *words(out, seed, faults, *more))
    assert made.returncode == 0, made.stderr


def words(out: Path, seed: int, faults: str, *more: str) -> list[str]:
    """The command that makes a trial; without `more` the one that is shared."""
    asked = ["--seed", str(seed), "--out", str(out), "--faults", faults, *(more or MADE)]
    return ["simulate", "nct06038461", *asked]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory) -> Simulated:
    """Six subjects with realistic faults; the last three days of a hundred come day by day."""
    folder, home = tmp_path_factory.mktemp("simulated") / "trial", tmp_path_factory.mktemp("home")
    environ = environment(home)
    made = toxwatch(environ | {"PYTHONHASHSEED": "7"}, *words(folder, 1, "realistic"))
    assert made.returncode == 0, made.stderr
    scored = command.here(environ, "simulate", "score", folder, "--home", home, "--json")
    return Simulated(folder, environ, json.loads(scored.stdout))


@pytest.fixture(scope="module")
def site(simulated: Simulated, browser: Browser) -> Iterator[Site]:
    with served(simulated.environ) as url:
        yield Site(browser, url, STUDYID)


def test_no_day_crashes_and_no_row_is_lost(simulated: Simulated) -> None:
    assert simulated.goal("crashes")["value"] == 0
    assert simulated.goal("lost rows")["value"] == 0
    assert [d["state"] for d in simulated.score["days"]] == ["published"] * 3


def test_every_dlt_is_found_on_the_day_it_could_be(simulated: Simulated) -> None:
    assert candidates(simulated.score) == {"H2": (1, 1), "H4": (1, 1)}
    assert simulated.goal("DLT recall")["value"] == 1
    assert simulated.goal("DLT candidates late")["value"] == 0
    assert simulated.goal("DLT alerts late")["value"] == 0


def test_faults_are_caught_and_clean_rows_left_alone(simulated: Simulated) -> None:
    assert simulated.goal("fault recall")["value"] >= 0.95
    assert simulated.goal("clean rows accused")["value"] <= 0.02


def test_clean_data_give_every_dlt_and_no_false_one(tmp_path: Path) -> None:
    environ = environment(tmp_path / "home")
    make(
        environ, tmp_path / "trial", 3, "none", "--scenario", "too_toxic", "--subjects", "6",
        "--days", "90", "--accrual", "4", "--deliveries", "2",
    )  # fmt: skip
    scored = command.here(environ, "simulate", "score", tmp_path / "trial", "--json")
    score = json.loads(scored.stdout)
    assert {g["name"]: g["value"] for g in score["goals"]} == {
        "crashes": 0, "days refused": 0, "lost rows": 0, "DLT recall": 1,
        "DLT candidates late": 0, "DLT alerts missed": 0, "DLT alerts late": 0,
        "false DLT candidates": 0, "wrong verdicts": 0,
    }  # fmt: skip
    assert candidates(score) == {"H1": (1, 1), "N1": (1, 1), "T2": (4, 4)}


def candidates(score: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return how many candidates each rule has in truth, and how many of them were found."""
    part = next(p for p in score["parts"] if p["title"].startswith("DLT candidates"))
    return {t["name"]: (t["expected"], t["hit"]) for t in part["tallies"] if t["expected"]}


def test_the_fan_of_every_day_holds_what_came(simulated: Simulated) -> None:
    study = load(Path("studies/nct06038461.yaml"))
    first = date(2024, 3, 4)
    days = list(fans.of_truth(simulated.folder, study, first, first + timedelta(days=100)))
    assert [held for held, _ in days] == [True] * len(days)
    assert (len(days), max(number for _, number in days)) == (90, 3)


def test_the_fan_of_every_snapshot_holds_what_came(simulated: Simulated) -> None:
    known = fans.trials(simulated.environ["TOXWATCH_DB_URL"], STUDYID)
    assert [fans.held_what_came(then, known[-1]) for then in known] == [True] * 3


def test_the_next_dose_of_a_simulated_trial(simulated: Simulated) -> None:
    done = command.here(simulated.environ, "escalate", "next", STUDYID, "--json")
    found = json.loads(done.stdout)
    assert sum(level["treated"] for level in found["levels"]) == 6
    told = command.here(simulated.environ, "escalate", "fan", STUDYID).stdout
    assert told.startswith("SIMULATED DATA: no real patients (seed 1")


def test_the_same_seed_makes_the_same_bytes(simulated: Simulated, tmp_path: Path) -> None:
    make(simulated.environ, tmp_path / "again", 1, "realistic")  # in a process of another hash seed
    assert digests(tmp_path / "again") == digests(simulated.folder)
    make(simulated.environ, tmp_path / "other", 2, "realistic")
    assert digests(tmp_path / "other") != digests(simulated.folder)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_every_file_says_that_it_is_made_up(simulated: Simulated) -> None:
    delivered = [p for p in simulated.folder.glob("2*/*/*") if p.stat().st_size]
    unsaid = [p.name for p in delivered if STUDYID.encode() not in p.read_bytes()]
    assert len(delivered) == 29
    assert unsaid == []


def test_every_alert_says_that_it_is_made_up(simulated: Simulated) -> None:
    mails = list((Path(simulated.environ["TOXWATCH_HOME"]) / "alerts").glob("*.eml"))
    assert mails
    assert [m.name for m in mails if "SIMULATED DATA: no real patients" not in m.read_text()] == []


def test_every_page_says_that_it_is_made_up(site: Site) -> None:
    with site.page(ENGINEER) as page:
        for path in ("/decision", "/events", "/subject", "/labs", "/alerts", "/data"):
            go(page, site.at(path))
            banner = page.locator("#banner")
            expect(banner).to_contain_text("SIMULATED DATA: no real patients (seed 1")
            expect(banner).to_contain_text(STUDYID)


def test_an_engineer_releases_a_held_row_and_cannot_release_another(site: Site) -> None:
    with site.stranger(f"/data?study={STUDYID}") as page:
        sign_in(page, ENGINEER)
        page.get_by_role("link", name="Quarantine").click()
        page.get_by_role("link", name="sample date is not in the future").click()
        row = page.get_by_role("table", name="Fields of the row")
        expect(row.get_by_role("row", name="LBTESTCD")).to_contain_text("SODIUM")
        page.get_by_text("Release: let the row in although a check of plausibility fails").click()
        form = page.get_by_role("group", name="Release the row")
        form.get_by_label("Reason").fill("the site confirmed the day")
        do(page, form.get_by_role("button"), "It is released now")
        happened = page.get_by_role("row").filter(has_text="the site confirmed the day")
        expect(happened).to_contain_text("Demo engineer")
        page.get_by_role("link", name="Back to the list").click()
        page.get_by_role("link", name="subject is in dm (EX-002").first.click()
        expect(page.locator("#content")).to_contain_text("nobody may overrule EX-002")
        expect(page.get_by_role("button", name="Release the row")).to_have_count(0)
        expect(page.get_by_text("Ask: the source was asked for a correction")).to_be_visible()
