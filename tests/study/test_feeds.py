"""What a study file may say of feeds that deliver daily."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from safety.study.feeds import Feed
from safety.study.model import Study
from tests import daily, trial

LAB: dict[str, Any] = {
    "id": "lab", "kind": "sdtm_folder", "path": "feeds/{day}/lab", "domains": daily.LAB,
}  # fmt: skip


def study(*feeds: dict[str, Any]) -> Study:
    content = trial.study().model_dump(mode="json") | {"feeds": list(feeds)}
    return Study.model_validate(content)


def test_a_feed_is_a_flat_folder_of_whole_extracts_unless_it_says_otherwise() -> None:
    plain = Feed.model_validate(LAB | {"path": "feeds/lab"})
    assert (plain.is_daily, plain.delivers, plain.encoding, plain.delimiter) == (
        False, "snapshot", "utf-8", ",",
    )  # fmt: skip
    assert Feed.model_validate(LAB).is_daily


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "feeds/{date}/lab"}, r"of names in braces only \{day\} is known"),
        ({"path": "feeds/x{day}/lab"}, r"\{day\} is the whole name of one folder"),
        ({"path": "feeds/{day}/{day}"}, r"\{day\} is the whole name of one folder"),
        ({"path": "{day}/lab"}, "write the folder that holds the days first"),
        ({"path": "feeds/{day}/../x"}, r"write it without \.\."),
        ({"path": "feeds/lab", "delivers": "changes"}, "give it a folder a delivery"),
        ({"encoding": "latin-1"}, "'utf-8' or 'gb18030'"),
        ({"delimiter": ":"}, "delimiter"),
    ],
)
def test_what_cannot_be_meant_is_an_error(change, message) -> None:
    with pytest.raises(ValidationError, match=message):
        Feed.model_validate(LAB | change)


def test_several_feeds_have_each_domain_once() -> None:
    edc, lab, diary = daily.feeds()
    assert [f.id for f in study(edc, lab, diary).feeds] == ["edc", "lab", "diary"]
    with pytest.raises(ValidationError, match="domain LB stands in two feeds; name it in one"):
        study(edc, lab, lab | {"id": "other"})
    with pytest.raises(ValidationError, match="feed lab occurs twice; give each its own id"):
        study(edc, lab, diary | {"id": "lab"})


def test_one_domain_of_subjects_in_all_feeds_together() -> None:
    _, lab, diary = daily.feeds()
    with pytest.raises(
        ValidationError, match="feeds lab, diary: exactly one domain has the record"
    ):
        study(lab, diary)
