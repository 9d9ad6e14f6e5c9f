"""The section `alerts` of a study file: what it takes, and what it refuses with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from safety.errors import StudyError
from safety.study.alerts import Alerts
from safety.study.load import load, rule_set_hash
from tests import build

TO = {"recipients": ["monitor@example.org"]}


@pytest.mark.parametrize("address", ["a@b.org", "webhook:SAFETY_1", "chat:" + "A" * 32])
def test_an_address_is_a_mail_address_or_a_name_of_the_settings(address):
    assert Alerts(recipients=[address]).recipients == [address]


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a b@c.org", "webhook:safety", "webhook:", "chat:" + "A" * 33,
     "webhook:https://u:p@host", "webhook:a@b.org", "a@b.org\n"],
)  # fmt: skip
def test_no_secret_and_no_half_address_is_taken(address):
    with pytest.raises(ValidationError):
        Alerts(recipients=[address])


@pytest.mark.parametrize(
    "wrong",
    [
        {"working": {"start": "17:00", "end": "09:00"}},
        {"working": {"days": []}},
        {"working": {"days": ["MO", "MO"]}},
        {"working": {"start": "9:00"}},
        {"quiet_hours": {"start": "22:00", "end": "22:00"}},
        {"quiet_hours": {"start": "22:00"}},
        {"digest_at": "24:00"},
        {"digest_at": 8},
        {"tiers": {"P5": {}}},
        {"tiers": {"P1": {"acknowledge_hours": 0}}},
        {"tiers": {"P1": {"acknowledge_hours": True}}},
        {"max_data_age_hours": 0},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Alerts.model_validate(TO | wrong)


def test_times_of_day_may_stand_without_quotes(tmp_path):
    file = written(tmp_path, "alerts: {recipients: [a@b.org], working: {start: 08:30, end: 17:00}}")
    assert load(file).alerts.working.end == "17:00"


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("{recipients: [nobody]}", "write an e-mail address, or webhook:NAME or chat:NAME"),
        ("{recipients: [a@b.org], digest_at: 8h}", "write a time of day, e.g. 08:00"),
    ],
)
def test_an_error_says_what_to_write(tmp_path, section, told):
    with pytest.raises(StudyError, match=told):
        load(written(tmp_path, f"alerts: {section}"))


def written(home: Path, alerts: str) -> Path:
    content = {k: v for k, v in build.study_content().items() if k != "alerts"}
    file = home / "t1.yaml"
    file.write_text(f"{yaml.safe_dump(content)}{alerts}\n", encoding="utf-8")
    return file


def test_clocks_and_addresses_are_no_rules_and_the_grade_is():
    def of(**alerts):
        return rule_set_hash(build.study(alerts=TO | alerts))

    assert of(digest_at="07:00", max_data_age_hours=None, working={"end": "16:00"}) == of()
    assert of(grade=3) != of()
