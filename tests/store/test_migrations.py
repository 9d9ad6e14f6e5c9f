"""Migrations make exactly the tables the code names, and can be taken back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from safety.store.engine import downgrade, upgrade, writer
from safety.store.tables import OPTIONAL, metadata


def test_up_is_what_the_code_says_and_down_leaves_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url)
    engine = writer(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    downgrade(url, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_upgrading_twice_changes_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url)
    upgrade(url)
    engine = writer(url)
    assert "measurement" in inspect(engine).get_table_names()
    engine.dispose()


def test_the_fourth_step_says_what_became_of_each_file_and_can_be_taken_back(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url, "0003")
    engine = writer(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO delivery (seq, study, feed, sha256, received_at, status, reason) "
            "VALUES (1, 'T1', 'sdtm', 'x', '2024-04-01', 'published', '')"
        )
        for name, domain in (("lb.csv", "LB"), ("notes.txt", "")):
            connection.exec_driver_sql(
                "INSERT INTO delivery_file VALUES (1, ?, 'x', 9, ?, 2, 2, 0, 0)", (name, domain)
            )
    upgrade(url)
    with engine.connect() as connection:
        files = "SELECT name, received, superseded, deleted, status, reason FROM delivery_file"
        assert connection.exec_driver_sql(files).all() == [
            ("lb.csv", 2, 0, 0, "used", ""), ("notes.txt", 2, 0, 0, "unused", ""),
        ]  # fmt: skip
        assert connection.exec_driver_sql("SELECT day FROM delivery").all() == [("",)]
    downgrade(url, "0003")
    left = inspect(engine)
    assert "day" not in {c["name"] for c in left.get_columns("delivery")}
    assert {c["name"] for c in left.get_columns("delivery_file")}.isdisjoint(
        {"superseded", "deleted", "status", "reason"}
    )
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT received FROM delivery_file").all() == [(2,)] * 2
    engine.dispose()


def test_the_fifth_step_has_a_place_for_several_domains_of_a_file(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url, "0004")
    engine = writer(url)
    before = set(inspect(engine).get_table_names())
    file = "INSERT INTO delivery_file VALUES (1, 'a.xml', 'x', 9, ?, 2, ?, 0, 0, 0, 0, 'used', '')"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO delivery (seq, study, feed, sha256, received_at, status, reason) "
            "VALUES (1, 'T1', 'edc', 'x', '2024-04-01', 'published', '')"
        )
        connection.exec_driver_sql(file, ("LB", 2))
    upgrade(url, "0005")
    assert set(inspect(engine).get_table_names()) - before == {"query", "work_item", "work_event"}
    with engine.begin() as connection:
        connection.exec_driver_sql(file, ("AE", 2))
        domains = connection.exec_driver_sql("SELECT domain FROM delivery_file ORDER BY 1").all()
        assert domains == [("AE",), ("LB",)]
    with pytest.raises(IntegrityError, match="ck_delivery_file_rows"), engine.begin() as connection:
        connection.exec_driver_sql(file, ("DM", 1))
    downgrade(url, "0004")
    assert set(inspect(engine).get_table_names()) == before
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT domain FROM delivery_file").all() == [("AE",)]
    engine.dispose()


def test_the_third_step_replaces_candidates_and_can_be_taken_back(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url, "0002")
    engine = writer(url)
    before = set(inspect(engine).get_table_names())
    upgrade(url, "0003")
    after = set(inspect(engine).get_table_names())
    assert before - after == {"candidate"}
    assert after - before == {"verdict", "rule_result", "surveillance", "dose_account", "trigger",
                              "deviation", "pause"}  # fmt: skip
    downgrade(url, "0002")
    assert set(inspect(engine).get_table_names()) == before
    indexes = {i["name"] for i in inspect(engine).get_indexes("candidate")}
    assert indexes == {"ix_candidate_current", "ix_candidate_subject"}
    engine.dispose()


def test_the_second_step_adds_records_and_can_be_taken_back(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url)
    engine = writer(url)
    added = {"supplement", "medication", "procedure", "disposition", "visit", "history",
             "declaration"}  # fmt: skip
    assert added < OPTIONAL < set(inspect(engine).get_table_names())
    downgrade(url, "0001")
    left = inspect(engine)
    assert added.isdisjoint(left.get_table_names())
    columns = {c["name"] for name in ("dose", "measurement", "adverse_event")
               for c in left.get_columns(name)}  # fmt: skip
    assert columns.isdisjoint({"occur", "reason", "adj", "mood", "clsig", "grpid"})
    upgrade(url)
    engine.dispose()
