"""What people do with the pages in a real browser, from the sign-in to what came of it."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from safety.accounts import demo
from tests import command
from tests.e2e.browser import (
    ADMIN,
    AUDITOR,
    CHAIR,
    ENGINEER,
    MEMBER,
    MONITOR,
    Site,
    cells,
    go,
    served,
    shown,
    sign_in,
)
from tests.e2e.forms import choose, form_of, refused, send
from tests.e2e.trials import Pilot, environment
from tests.prepared import copied

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]
STUDY = "NCT06038461"
SIGN, PROPOSE, CONFIRM = "Your password, to sign", "Propose and sign", "Confirm and sign"
ID = re.compile(r"NCT06038461-\d")  # how the id of a subject begins


@dataclass
class Desk(Site):
    """The trial in a home of its own, in which people act and data come."""

    environ: dict[str, str] | None = None

    @property
    def home(self) -> Path:
        assert self.environ is not None
        return Path(self.environ["TOXWATCH_HOME"])


@pytest.fixture(scope="module")
def desk(browser: Browser, dose_finding: Pilot, tmp_path_factory) -> Iterator[Desk]:
    home = copied(dose_finding.home, tmp_path_factory.mktemp("journeys"))
    environ = environment(home)
    with served(environ) as url:
        yield Desk(browser, url, STUDY, environ=environ)


def addresses(page: Page) -> list[str]:
    """Return a list to which is added whatever the page asks for."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def test_the_committee_reads_the_decision_down_to_the_row(trial: Site) -> None:
    with trial.stranger(f"/decision?study={STUDY}") as page:
        asked = addresses(page)
        sign_in(page, MEMBER)
        shown(page, "Decision")
        said = page.get_by_role("alert").first
        expect(said).to_contain_text("No recommendation yet")
        expect(said).to_contain_text("Not robust: those who are open can still change")
        levels = page.get_by_role("table", name="Dose levels", exact=True)
        levels.get_by_role("link", name="2 / 3").first.click()
        who = page.get_by_role("table", name="Roster: With DLT, L1", exact=True)
        expect(who.get_by_role("link", name=f"{STUDY}-001-105")).to_be_visible()
        who.get_by_role("link", name=f"{STUDY}-001-101").click()
        shown(page, "Subject")
        expect(page.locator("#content")).to_contain_text("(lb.csv, row 62)")
        page.go_back()
        expect(who).to_be_visible()
        page.go_back()
        shown(page, "Decision")
        expect(levels).to_be_visible()
        assert [url for url in asked if ID.search(url)] == []


def test_evidence_of_a_dlt_leads_to_its_row_in_one_click(trial: Site) -> None:
    with trial.page(MEMBER, "/decision") as page:
        dlts = page.get_by_role("table", name="Dose-limiting toxicities", exact=True)
        dlts.get_by_role("row", name="001-105").get_by_role("link").last.click()
        shown(page, "Rows")
        expect(page.get_by_role("row", name="ae.csv 3")).to_be_visible()
        expect(page.get_by_role("row", name="Proteinuria")).to_contain_text("2024-03-18")
        assert ID.search(page.url) is None


def test_a_link_that_is_passed_on_opens_the_same_page(trial: Site) -> None:
    with trial.page(MEMBER, "/decision") as page:
        page.get_by_role("link", name=f"{STUDY}-001-105").first.click()
        shown(page, "Subject")
        passed = page.url.removeprefix(trial.url)
    with trial.stranger(passed) as page:
        sign_in(page, AUDITOR)
        shown(page, "Subject")
        expect(page.get_by_role("heading", name=f"{STUDY}-001-105")).to_be_visible()
        assert page.url == f"{trial.url}{passed}"


def link_of(home: Path, subject: str) -> str:
    """Return the path to which the mail about an alert leads."""
    mails = [email.message_from_bytes(p.read_bytes(), policy=policy.default)
             for p in sorted((home / "alerts").glob("*.eml"))]  # fmt: skip
    mail = next(m for m in mails if subject in m["Subject"])
    found = re.search(r"https?://[^/]+(/alerts\?\S+)", mail.get_body(("plain",)).get_content())
    assert found is not None
    return found[1]


def test_a_monitor_acknowledges_and_the_next_one_is_told(desk: Desk) -> None:
    path = link_of(desk.home, "DLT candidate T2")
    with desk.stranger(path) as page, desk.page(CHAIR, path) as other:
        sign_in(page, MONITOR)
        expect(page.get_by_role("heading", level=2)).to_contain_text("DLT candidate T2")
        send(page, "Acknowledge", {"Reason": "called the site"}, "is acknowledged now")
        happened = page.get_by_role("row").filter(has_text="called the site")
        expect(happened).to_contain_text("acknowledged Demo monitor", use_inner_text=True)
        refused(other, "Acknowledge", {"Reason": "me too"}, "is acknowledged")


def test_a_dlt_is_adjudicated_by_two_people(desk: Desk) -> None:
    said, mine = {"Reason": "missed doses for toxicity"}, {SIGN: demo.WELL_KNOWN}
    with desk.page(CHAIR, "/meeting?about=adjudication") as page:
        page.get_by_role("link", name=f"{STUDY}-001-105").click()
        choose(page, "Adjudicated as", "DLT")
        refused(page, PROPOSE, said | {SIGN: "not my password"}, "do not fit")
        expect(page.get_by_role("textbox", name="Adjudicated as")).to_have_value("DLT")
        send(page, PROPOSE, mine, "Proposed and signed: DLT")
        told = "You proposed this: another member of the committee must confirm it."
        expect(page.locator("#content")).to_contain_text(told)
        expect(page.get_by_role("button", name=CONFIRM)).to_have_count(0)
    with desk.stranger(f"/meeting?study={STUDY}") as page:
        sign_in(page, MEMBER)
        expect(page.locator("#content")).to_contain_text(
            f"Your answer is needed: adjudication: {STUDY}-001-105"
        )
        page.get_by_text("Exactly what is signed").click()
        assert ["statement", "DLT"] in cells(page, "What is signed")
        send(page, CONFIRM, mine | {"Reason": "agreed"},
             f"Decided: adjudication of {STUDY}-001-105: DLT")  # fmt: skip
        page.get_by_role("link", name="Decisions", exact=True).click()
        decided = page.get_by_role("table", name="Decisions", exact=True).get_by_role("row").last
        expect(decided).to_contain_text("stands")
        expect(decided).to_contain_text("Demo chair; Demo committee")


def test_a_meeting_decides_and_later_data_call_it_in_question(desk: Desk) -> None:
    with desk.page(CHAIR, "/meeting") as chair, desk.page(MEMBER, "/meeting") as member:
        plan_and_open(chair)
        be_there(chair)
        member.reload()
        member.get_by_role("link", name="Review of level L1").click()
        be_there(member)
        recommend(chair)
        vote(chair)
        member.reload()
        vote(member)
        decide(chair, member)
        close(chair)
    with desk.page(MONITOR, link_of(desk.home, "hold: temozolomide on 2024-03-14")) as late:
        expect(form_of(late, "Acknowledge")).to_be_visible()
        deliver(desk)
        refused(late, "Acknowledge", {"Reason": "as seen yesterday"}, "look at it again")
        for path in ("/decision", "/changes", "/meeting"):
            go(late, desk.at(path))
            expect(late.locator("#content")).to_contain_text("alled in question")
        go(late, desk.at("/alerts?tier=P1"))
        expect(late.get_by_role("link", name="Called in question: dose decision")).to_be_visible()


def plan_and_open(chair: Page) -> None:
    chair.get_by_text("Plan a meeting", exact=True).click()
    about = {"Title": "Review of level L1", "Planned on": "2024-04-18"}
    send(chair, "Plan the meeting", about, "The meeting is planned.")
    chair.get_by_role("link", name="Review of level L1").click()
    send(chair, "Open the meeting", {}, "The meeting is open")
    chair.get_by_text("Add an item", exact=True).click()
    send(chair, "Add the item", {"Item": "Next dose"}, "The item is on the agenda.")


def be_there(page: Page) -> None:
    form_of(page, "I am here").get_by_role("textbox", name="Conflict of interest").click()
    page.get_by_role("option", name="I have no conflict of interest").click()
    send(page, "I am here", {}, "You are recorded as present.")


def recommend(chair: Page) -> None:
    choose(chair, "The committee recommends", "stay (expand the level)")
    choose(chair, "Dose level", "L1")
    lines = {"Rationale": "too few are evaluable", "Reason of the deviation": "one verdict is open"}
    send(chair, "Record the recommendation", lines, "The recommendation is recorded")


def vote(page: Page) -> None:
    choose(page, "Your vote on item 1", "for")
    send(page, "Vote", {}, "Your vote is recorded.")


def decide(chair: Page, member: Page) -> None:
    why = {"Reason": "as voted", SIGN: demo.WELL_KNOWN}
    chair.get_by_role("link", name="Propose a dose decision").click()
    choose(chair, "Level of the next subjects", "L1")
    said = {"What is decided, in one sentence": "Stay at L1"}
    send(chair, PROPOSE, said | why, "Proposed and signed: Stay at L1")
    member.reload()
    send(member, CONFIRM, why, "Decided: dose decision on dose level L1: Stay at L1")


def close(chair: Page) -> None:
    chair.get_by_role("link", name="The meeting", exact=True).click()
    signed = "The minutes are signed by Demo chair"
    send(chair, "Sign the minutes and close", {SIGN: demo.WELL_KNOWN}, signed)
    with chair.expect_popup() as opened:
        chair.get_by_role("link", name="Read the minutes").click()
    minutes = opened.value.locator("body")
    expect(minutes).to_contain_text("FINAL")
    expect(minutes).to_contain_text("Review of level L1")


def deliver(desk: Desk) -> None:
    """Let a corrected file come: an event is of grade 4, and was of grade 3."""
    file = desk.home / "feeds" / "nct06038461" / "ae.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Diarrhea,Diarrhea,3", "Diarrhea,Diarrhea,4"), encoding="utf-8")
    ran = command.here(desk.environ, "run", "nct06038461", "--as-of", "2024-04-18", "--json")
    assert ran.returncode == 0, ran.stderr


def test_an_auditor_finds_who_did_what_and_checks_the_trail(desk: Desk) -> None:
    with desk.page(CHAIR, link_of(desk.home, "DLT candidate H1")) as page:
        send(page, "Acknowledge", {"Reason": "the laboratory was asked"}, "is acknowledged now")
    with desk.page(AUDITOR, "/audit") as page:
        page.get_by_role("link", name="what people did").click()
        entry = page.get_by_role("row").filter(has_text="the laboratory was asked").first
        expect(entry).to_contain_text("Demo chair")
        entry.get_by_role("link").first.click()
        expect(page.get_by_role("table", name="Entry")).to_contain_text("the laboratory was asked")
        page.get_by_text("Verify the trail", exact=True).click()
        send(page, "Verify now", {}, "Verified, all as it was written")
        expect(page.get_by_role("row", name="Last verified")).to_contain_text("no problem")


def test_an_admin_sees_no_data_of_subjects(desk: Desk) -> None:
    with desk.page(ADMIN) as page:
        expect(page.locator("#content")).to_contain_text("sees the data of no study")
        pages = page.get_by_role("navigation", name="Pages")
        expect(pages.get_by_role("link", name="Portfolio")).to_be_visible()
        expect(pages.get_by_role("link", name="Subject")).to_have_count(0)
        go(page, desk.at("/subject"))
        expect(page.locator("#content")).to_contain_text("Not yours to see")
        expect(page.locator("body")).not_to_contain_text(f"{STUDY}-001")


def test_who_chooses_chinese_reads_chinese(desk: Desk) -> None:
    with desk.page(ENGINEER, "/data") as page:
        shown(page, "Data")
        page.get_by_role("button", name="简体中文").click()
        shown(page, "数据")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        page.get_by_role("button", name="English").click()
        shown(page, "Data")
        expect(page.locator("html")).to_have_attribute("lang", "en")
