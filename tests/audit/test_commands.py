"""`toxwatch audit ...`, and that commands which show data of subjects tell the trail."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from safety.audit import reads
from safety.cli import app, common
from safety.decisions import ground
from safety.decisions import record as decided
from safety.errors import WrongUseError
from tests import build
from tests.audit import home
from tests.worklist.published import ROW

pytestmark = pytest.mark.xdist_group("audit")  # what they share is made once


@pytest.fixture
def command(copy, monkeypatch) -> Callable[..., Any]:
    """Run a command on a copy of the small home."""
    copy.db.commit()
    monkeypatch.setenv("TOXWATCH_HOME", str(copy.settings.home))
    monkeypatch.setattr(reads, "user", lambda: "lee")

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["audit", *words])

    return run


def test_verify_says_what_it_looked_at(command) -> None:
    done = command("verify")
    assert (done.exit_code, done.stdout) == (
        0, "Verified: 2 chains, 36 entries, 2 anchors, 29 objects, 145 rows, 4 files\n",
    )  # fmt: skip
    assert json.loads(command("verify", "T1", "--json").stdout)["verified"] is True


def test_verify_names_the_first_thing_that_is_wrong_and_what_to_do(command, copy) -> None:
    copy.update("audit", 3, reason="another one")
    copy.update("alert", 1, state="closed")
    copy.db.commit()
    done = command("verify")
    assert done.exit_code == 1
    first, *others, todo, last = done.stdout.splitlines()
    assert first.startswith("T1: entry 3 (2024-04-02T08:00:00+00:00, toxwatch: receive delivery_f")
    assert first.endswith("was altered: its hash does not fit")
    assert "T1: alert a1 was altered: state is not what the trail says" in others
    assert todo.startswith("What to do: Keep the database and its files as they are for the inq")
    assert last.startswith("Wrong: 2 chains")
    told = json.loads(command("verify", "--json").stdout)
    assert (told["verified"], told["problems"][0]["kind"]) == (False, "chain")


def test_verify_writes_nothing(command, copy) -> None:
    command("verify")
    assert copy.db.execute("SELECT count(*) FROM audit").fetchone() == (36,)


def test_a_list_is_filtered_and_its_reading_is_an_entry(command, copy) -> None:
    done = command("list", "--study", "T1", "--object", "work_item", "--actor", "A. Lee", "--json")
    [entry] = json.loads(done.stdout)
    assert (entry["ACTION"], json.loads(entry["BEFORE"])["state"]) == ("ask", "held")
    assert entry["REASON"] == "confirmed by the laboratory"
    assert json.loads(command("list", "--since", "2999", "--json", "--study", "T1").stdout) == []
    assert len(json.loads(command("list", "--object", "alert:a1", "--json").stdout)) == 1
    assert "ask" in command("list", "--limit", "25").stdout
    told = "SELECT study, actor, role, action, object_id, after FROM audit ORDER BY seq"
    read = copy.db.execute(told).fetchall()[36]
    shown = '{"actor":"A. Lee","limit":50,"object":"work_item","rows":1,"study":"T1"}'
    assert read == ("T1", "lee", "command line", "read", "audit", shown)
    command("anchor")
    assert command("verify").exit_code == 0


def test_an_export_is_no_formula_and_leaves_an_entry(command, copy, tmp_path) -> None:
    told = home.Entry("T1", "=cmd()", "view", "page", "=1", None, None, "@x")
    engine = home.writer(copy.settings.db_url)
    with engine.begin() as connection:
        home.key.trail(copy.settings).append(connection, [told], home.STAMP)
    engine.dispose()
    out = tmp_path / "trail.csv"
    assert command("export", "--out", str(out), "--study", "T1").exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 34
    assert (rows[0]["ACTOR"], rows[0]["OBJECT_ID"], rows[0]["REASON"]) == ("'=cmd()", "'=1", "'@x")
    last = "SELECT action, object_id FROM audit ORDER BY seq DESC"
    assert copy.db.execute(last).fetchone() == ("export", "audit")
    with pytest.raises(WrongUseError, match=r"suffix '.txt'; give .csv"):
        app(["audit", "export", "--out", "trail.txt"], standalone_mode=False)


def test_an_anchor_is_written_by_hand(command, copy) -> None:
    reads.tell(copy.settings, "T1", "alert", home.NOW, shown={"rows": 1})
    done = json.loads(command("anchor", "--json").stdout)
    assert [(head["study"], head["number"]) for head in done] == [("", 3), ("T1", 34)]
    assert "T1: 34 entries, head " in command("anchor").stdout
    assert command("verify").stdout.startswith("Verified: ")


ACTED = ("--by", "A. Lee", "--reason", "seen")


@pytest.mark.parametrize(
    "words",
    [
        ("quarantine", "assign", "t1", ROW["KEY"], "--to", "B. Ray", *ACTED),
        ("decisions", "record", "t1", "--kind", "other", "--statement", "stop", *ACTED),
    ],
)
def test_an_act_cannot_be_cut_off_once_it_was_done(command, copy, monkeypatch, tmp_path, words):
    """Somebody who owns the database takes it away, its row too, as if it had never been."""
    (tmp_path / "t1.yaml").write_text(yaml.safe_dump(build.study_content()), encoding="utf-8")
    monkeypatch.setenv("TOXWATCH_STUDIES", str(tmp_path))
    # the small home has no argument of a verdict
    for module, step in ((ground, "freeze"), (decided, "_compare")):
        monkeypatch.setattr(module, step, lambda *_: {"subjects": {}})
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert command("verify").exit_code == 0
    before = copy.rows("work_item")[0] | {"owner": "source", "revision": 2}
    rowid = before.pop("rowid ")
    copy.update("work_item", rowid, **before)
    for table, number in (("audit", 33), ("work_event", 2), ("decision", 1), ("alert_event", 1),
                          ("question", 1), ("alert", 1), ("outbox", 1)):  # fmt: skip
        which = "study = 'T1' AND number" if table == "audit" else "rowid"
        copy.db.execute(f"DELETE FROM {table} WHERE {which} > {number}")
    copy.db.commit()
    [found, *_] = command("verify").stdout.splitlines()
    assert found.startswith("T1: its end was cut off: on 20")


def test_an_act_stands_where_its_anchor_cannot_be_written(command, copy, capsys) -> None:
    copy.settings.anchors.unlink()
    copy.settings.anchors.mkdir()
    common.anchor_act()
    said = capsys.readouterr().err
    assert said.startswith("It is recorded, but ")
    assert said.endswith("audit.jsonl cannot be written: Is a directory.\n")


def test_what_is_older_than_the_trail_is_taken_over(command, copy) -> None:
    copy.db.execute("DELETE FROM audit")
    copy.settings.anchors.unlink()
    copy.db.commit()
    assert command("verify").exit_code == 1
    done = command("adopt", "T1", "--by", "A. Lee", "--reason", "made by version 0.5")
    assert done.stdout == "29 objects of T1 were taken over\n"
    assert command("verify").exit_code == 1  # accounts and grants belong to no study
    command("adopt", "", "--by", "A. Lee", "--reason", "made by version 0.5")
    assert command("verify").exit_code == 0


def test_a_file_that_cannot_be_told_of_does_not_stay(copy, tmp_path, monkeypatch) -> None:
    out = tmp_path / "queries.csv"
    out.write_text("data")
    reads.tell_file(copy.settings, "T1", "query", out, home.NOW, 3)
    last = "SELECT action, after FROM audit ORDER BY seq DESC"
    sha256 = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"
    shown = f'{{"file":"queries.csv","rows":3,"sha256":"{sha256}"}}'
    assert copy.db.execute(last).fetchone() == ("export", shown)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(reads, "tell", fail)
    with pytest.raises(OSError):
        reads.tell_file(copy.settings, "T1", "query", out, home.NOW, 3)
    assert not out.exists()


def test_who_types_is_the_account_of_the_process(monkeypatch) -> None:
    monkeypatch.setattr(reads.getpass, "getuser", lambda: "lee")
    assert reads.user() == "lee"

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr(reads.getpass, "getuser", nobody)
    assert reads.user().startswith("uid ")
