"""The daily digest: what it says, when it is due, to whom it goes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from safety.alerts import digest
from safety.alerts.digest_text import COLUMNS, Known, subject_line, text
from safety.alerts.tick import tick
from safety.store import tables
from safety.store.read import Hold
from tests.alerts import clockwork as c
from tests.alerts.clockwork import at

SINCE, NOW = "2024-03-04T00:00:00+00:00", "2024-03-05T00:00:00+00:00"  # 08:00 in Shanghai
BEFORE, WITHIN, LATER = (f"2024-03-0{d}T05:00:00+00:00" for d in (3, 4, 5))
NONE_UNSENT = pd.DataFrame(columns=["TIER", "CHANNEL", "STATE", "MESSAGES"])
CLEARED = (
    "P2 [cleared] S1 dose; open; cleared by a change of the data; "
    "to acknowledge by 2024-03-05 13:00 Asia/Shanghai"
)
TRAIL = (41, "0123456789abcdef")


def row(usubjid, tier, title, state="open", condition="holds", **changes):
    times = {"CREATED_AT": BEFORE, "TOLD_AT": BEFORE, "DUE_AT": "", "SUPPRESSED_UNTIL": "",
             "CLEARED_AT": ""} | changes  # fmt: skip
    fixed = {"ALERT_ID": f"{usubjid}{title}", "USUBJID": usubjid, "TIER": tier, "STATE": state,
             "CONDITION": condition, "TITLE": title}  # fmt: skip
    return fixed | times


def known(*alerts, **changes):
    frame = pd.DataFrame(list(alerts), columns=list(COLUMNS))
    return replace(
        Known(c.study(), "2024-03-05", SINCE, NOW, frame, "abc123", WITHIN, "2024-03-04", (),
              NONE_UNSENT, TRAIL),
        **changes,
    )  # fmt: skip


def test_nothing_to_report():
    found = known()
    assert subject_line(found) == "Daily digest T1 2024-03-05: nothing to report"
    assert text(found) == (
        "T1, from 2024-03-04 08:00 Asia/Shanghai to 2024-03-05 08:00 Asia/Shanghai\n"
        "\n"
        "Nothing to report.\n"
        "\n"
        "Data as of 2024-03-04, snapshot abc123, made 19 hours ago.\n"
        "Audit trail: entry 41, 0123456789ab"
    )


def test_everything():
    found = known(
        row("S2", "P2", "P2 S2 count", CREATED_AT=WITHIN, TOLD_AT=WITHIN, DUE_AT=LATER),
        row("S1", "P3", "P3 S1 trend", CREATED_AT=WITHIN, TOLD_AT=WITHIN, DUE_AT=LATER),
        row("S3", "P1", "P1 S3 death", TOLD_AT=WITHIN, DUE_AT=WITHIN),
        row("S3", "P2", "P2 S3 pressure", CREATED_AT=WITHIN, TOLD_AT=WITHIN, state="acknowledged"),
        row("S1", "P2", "P2 [cleared] S1 dose", condition="cleared", TOLD_AT=WITHIN,
            CLEARED_AT=WITHIN, DUE_AT=LATER),
        row("S2", "P2", "P2 S2 platelets", state="suppressed", SUPPRESSED_UNTIL=LATER),
        row("S2", "P2", "P2 S2 later", state="suppressed",
            SUPPRESSED_UNTIL="2024-03-09T00:00:00+00:00"),
        row("S4", "P2", "P2 S4 settled", state="resolved"),
        study=c.study().model_copy(update={"notice": "Made data."}),
        holds=(Hold("lab", "LB", "2024-03-02", "lb.csv: no rows"),
               Hold("edc", "", "2024-03-03", "no DM")),
        unsent=pd.DataFrame([("P1", "smtp", "pending", 2), ("P2", "chat:X", "dead", 1)],
                            columns=list(NONE_UNSENT)),
    )  # fmt: skip
    assert subject_line(found) == (
        "Daily digest T1 2024-03-05: 2 new, 1 told again, 1 new in P3, 4 open, 1 cleared, "
        "1 suppressed until soon, 1 overdue, held data, messages not delivered"
    )
    assert text(found).splitlines()[2:] == [
        "New (2)",
        "  S2",
        "    P2 S2 count; open; to acknowledge by 2024-03-05 13:00 Asia/Shanghai",
        "  S3",
        "    P2 S3 pressure; acknowledged",
        "",
        "Told again (1)",
        "  S3",
        "    P1 S3 death; open; overdue since 2024-03-04 13:00 Asia/Shanghai",
        "",
        "New of tier P3 (1)",
        "  S1",
        "    P3 S1 trend; open; to acknowledge by 2024-03-05 13:00 Asia/Shanghai",
        "",
        "Open and not acknowledged (4)",
        "  S3",
        "    P1 S3 death; open; overdue since 2024-03-04 13:00 Asia/Shanghai",
        "  S1",
        f"    {CLEARED}",
        "    P3 S1 trend; open; to acknowledge by 2024-03-05 13:00 Asia/Shanghai",
        "  S2",
        "    P2 S2 count; open; to acknowledge by 2024-03-05 13:00 Asia/Shanghai",
        "",
        "Cleared by a change of the data (1)",
        "  S1",
        f"    {CLEARED}",
        "",
        "Suppression ends soon (1)",
        "  S2",
        "    P2 S2 platelets; suppressed; until 2024-03-05 13:00 Asia/Shanghai",
        "",
        "Data as of 2024-03-04, snapshot abc123, made 19 hours ago.",
        "Held since 2024-03-02: lab LB: lb.csv: no rows",
        "Held since 2024-03-03: edc: no DM",
        "Messages not delivered yet: 2 of tier P1 by smtp",
        "Messages given up: 1 of tier P2 by chat:X",
        "Audit trail: entry 41, 0123456789ab",
        "Made data.",
    ]


def test_what_was_written_while_the_digest_before_was_made_is_new():
    stamped = row("S1", "P3", "P3 S1 trend", CREATED_AT="2024-03-03T23:59:00+00:00")
    long_ago = row("S1", "P3", "P3 S1 old", CREATED_AT="2024-03-03T23:29:00+00:00")
    assert "1 new in P3, 2 open" in subject_line(known(stamped, long_ago))


def test_held_data_or_unsent_messages_are_something_to_report():
    held = known(holds=(Hold("edc", "", "2024-03-03", "no DM"),))
    unsent = known(unsent=pd.DataFrame([("P1", "smtp", "dead", 2)], columns=list(NONE_UNSENT)))
    for found, words in ((held, "held data"), (unsent, "messages not delivered")):
        assert "Nothing to report" not in text(found)
        assert subject_line(found).endswith(words)


def test_without_a_snapshot_and_without_a_digest_before():
    found = text(known(snapshot_id="", since=""))
    assert found.startswith("T1, from the beginning to ")
    assert "No snapshot was made yet." in found


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2024-03-05 07:59", "2024-03-04"),
        ("2024-03-05 08:00", "2024-03-05"),
        ("2024-03-01 00:00", "2024-02-29"),
    ],
)
def test_the_day_that_is_due(now, day):
    assert digest.due_day(c.study(), at(now)).isoformat() == day


def test_it_goes_to_all_who_hear_of_a_tier_once():
    mine = c.study(monitors=[
        {"role": "medical_monitor", "address": c.MONITOR, "tiers": ["P1", "P3"]},
        {"role": "chair", "address": c.CHAIR, "tiers": ["P3"]},
        {"role": "data_engineer", "address": c.DATA, "tiers": ["P4"]},
    ])  # fmt: skip
    assert digest.audience(mine) == [c.MONITOR, c.CHAIR]


def digests(used):
    return [r for r in c.rows(used, tables.outbox) if r["kind"] == "digest"]


def test_the_first_one_is_of_the_morning_after_the_first_data(tmp_path):
    used = c.settings(tmp_path)
    c.snapshot(used, c.study(), at("2024-03-04 09:00"))
    tick(used, at("2024-03-04 23:00"))
    assert digests(used) == []
    tick(used, at("2024-03-05 08:00"))
    assert [r["revision"] for r in digests(used)] == [20240305]


def test_after_an_outage_the_newest_one_covers_everything_since(tmp_path, db_kind, db_url):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 09:00"))
    tick(used, at("2024-03-04 08:00"))
    c.tell(used, study, [c.fact("S1", "P1")], at("2024-03-05 09:00"))
    tick(used, at("2024-03-08 07:00"))
    tick(used, at("2024-03-08 07:30"))
    first, newest = digests(used)
    assert (first["revision"], newest["revision"]) == (20240304, 20240307)
    assert "from 2024-03-04 08:00 Asia/Shanghai to 2024-03-08 07:00" in newest["body"]
    assert "New (1)\n  S1\n    P1 T1 S1: GRADE4 of S1; open; " in newest["body"]
    assert (newest["alert_id"], newest["thread"], newest["tier"]) == (None, "", "P3")
    tick(used, at("2024-03-08 08:00"))
    assert [r["revision"] for r in digests(used)][2:] == [20240308]


def test_what_was_not_delivered_and_the_trail_are_told(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 09:00"))
    c.tell(used, study, [c.fact("S1", "P2")], at("2024-03-03 23:00"))  # waits until 07:00
    c.tell(used, study, [c.fact("S1", "P2"), c.fact("S3", "P1")], at("2024-03-04 06:00"))
    tick(used, at("2024-03-04 08:00"))
    (told,) = digests(used)
    lines = told["body"].splitlines()
    assert [x for x in lines if x.startswith("Messages")] == [
        "Messages not delivered yet: 1 of tier P1 by file"
    ]
    *_, head, own = (e for e in c.rows(used, tables.audit) if e["study"] == "T1")
    assert lines[-1] == f"Audit trail: entry {head['number']}, {head['hash'][:12]}"
    assert (own["object_type"], own["action"]) == ("outbox", "digest")  # it comes after
    assert f'"number":{own["number"]}' in used.anchors.read_text(encoding="utf-8")


def test_a_clock_that_was_ahead_once_silences_no_digest(tmp_path, db_kind, db_url):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 09:00"))
    tick(used, at("2024-03-04 08:00"))
    tick(used, at("2025-03-04 08:00"))
    for day in (5, 6):
        tick(used, at(f"2024-03-0{day} 08:00"))
        tick(used, at(f"2024-03-0{day} 08:01"))
    assert [r["revision"] for r in digests(used)] == [20240304, 20250304, 20240305, 20240306]
    assert "from 2024-03-04 08:00 Asia/Shanghai to 2024-03-05" in digests(used)[2]["body"]


def test_nothing_is_left_out_where_the_time_of_a_digest_comes_that_was_made_too_early(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 09:00"))
    for moment in ("2024-03-04 08:00", "2024-03-06 08:00", "2024-03-05 08:00",
                   "2024-03-06 08:00", "2024-03-07 08:00"):  # fmt: skip
        tick(used, at(moment))
    assert [r["revision"] for r in digests(used)] == [20240304, 20240306, 20240305, 20240307]
    assert "from 2024-03-05 08:00 Asia/Shanghai to 2024-03-07" in digests(used)[3]["body"]
