"""The JSON Schema of study files is committed, and says what the models say."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from safety.study.load import load
from safety.study.model import Study
from safety.study.schema import schema_text
from tests import build
from tests.study.samples import FILES, FOLDER, rule

COPY = FOLDER.parent / "docs" / "study.schema.json"


def _errors(content: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    plain = json.loads(json.dumps(content, default=str))
    return [e.message for e in validator.iter_errors(plain)]


def test_the_committed_copy_is_the_schema() -> None:
    text = COPY.read_text(encoding="utf-8")
    assert text == schema_text(), "write it anew: toxwatch study schema > docs/study.schema.json"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_study_file_points_to_the_schema_and_fulfils_it(file) -> None:
    text = file.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first == "# yaml-language-server: $schema=../docs/study.schema.json"
    assert (file.parent / "../docs/study.schema.json").resolve() == COPY.resolve()
    assert _errors(yaml.safe_load(text)) == []


@pytest.mark.parametrize(
    "when",
    [{"toxicity": "any", "grade": ">=6"}, {"toxicity": "any", "lasting": "a week"},
     {"toxicty": "any"}, {"value": "NEUT 1.0"}, {"death": False}],
)  # fmt: skip
def test_the_schema_finds_what_is_wrong(when) -> None:
    content = build.study_content()
    content["dose_limiting"]["rules"] = [rule({"death": True})]
    assert _errors(content) == []
    content["dose_limiting"]["rules"] = [rule(when)]
    assert len(_errors(content)) == 1


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_study_survives_being_written_and_read(file) -> None:
    study = load(file)
    assert Study.model_validate(study.model_dump(mode="json")) == study
    assert Study.model_validate_json(study.model_dump_json(by_alias=True)) == study
