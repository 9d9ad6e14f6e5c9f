"""The committee of a study file: its quorum, which changes no result."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from safety.study.load import rule_set_hash
from tests import build


def test_a_quorum_is_at_least_one_member() -> None:
    found = build.study(committee={"quorum": 2}).committee
    assert found is not None
    assert found.quorum == 2
    assert build.study().committee is None
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        build.study(committee={"quorum": 0})


def test_it_changes_no_result() -> None:
    assert rule_set_hash(build.study(committee={"quorum": 2})) == rule_set_hash(build.study())
