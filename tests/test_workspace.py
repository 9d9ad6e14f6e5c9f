"""The folder of a run: what is left behind by runs that were killed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safety.manifest import FeedDelivery, Manifest
from safety.workspace import Workspace
from tests import build

RUN = Manifest("b2", build.study(), "r", "c", "2024-04-02", "t", (FeedDelivery("f", "s", ()),))


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({"as_of": "2024-04-01"}, False),  # killed, and outrun by this one
        ({"as_of": "2024-04-02"}, True),  # may be published yet
        ({"as_of": "2024-04-01", "study": build.study(studyid="T2")}, True),
    ],
)
def test_a_run_that_was_outrun_leaves_no_data(tmp_path, change, stays) -> None:
    ours, other = Workspace(tmp_path, "b2"), Workspace(tmp_path, "a1")
    ours.create(RUN)
    other.create(replace(RUN, snapshot_id="a1", **change))
    ours.remove_outrun()
    assert (ours.exists(), other.exists()) == (True, stays)
