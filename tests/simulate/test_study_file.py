"""The study file of a simulated trial: the rules stay, the feeds and names change."""

from pathlib import Path

import pytest

from safety.errors import WrongUseError
from safety.simulate import study_file
from safety.simulate.model import Options
from safety.study.load import load

ORIGINAL = Path("studies/nct06038461.yaml")
OPTIONS = Options(seed=7, scenario="too_toxic")
CHANGED = {"studyid", "title", "notice", "feeds"}


@pytest.fixture(name="made")
def made_(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(study_file.simulated(ORIGINAL, OPTIONS), encoding="utf-8")
    return path


def edited(tmp_path, *changes):
    text = ORIGINAL.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "original.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_loads_and_says_that_it_is_simulated(made):
    study = load(made)
    assert study.studyid == "SIM-NCT06038461"
    assert study.title.startswith("SIMULATED: Surufatinib with")
    assert study.notice == "SIMULATED DATA: no real patients (seed 7, scenario too_toxic)."


def test_all_but_names_and_feeds_is_as_in_the_original(made):
    assert load(made).model_dump(exclude=CHANGED) == load(ORIGINAL).model_dump(exclude=CHANGED)


def test_comments_outside_what_changes_are_kept(made):
    text, original = made.read_text(encoding="utf-8"), ORIGINAL.read_text(encoding="utf-8")
    rules = original[original.index("derivations:") :]
    assert text.endswith(rules)
    assert "# Where the data come from" in text


def test_the_feeds_are_those_of_the_simulated_site(made):
    feeds = {f.id: f for f in load(made).feeds}
    assert {i: (f.path, f.delivers, f.encoding, list(f.domains)) for i, f in feeds.items()} == {
        "edc": ("feeds/sim-nct06038461/{day}/edc", "snapshot", "utf-8",
                ["DM", "SV", "VS", "AE", "SUPPAE", "CM", "PR", "MH", "DS"]),
        "central_lab": ("feeds/sim-nct06038461/{day}/central_lab", "changes", "gb18030", ["LB"]),
        "diary": ("feeds/sim-nct06038461/{day}/diary", "snapshot", "utf-8", ["EC"]),
    }  # fmt: skip
    lab, events = feeds["central_lab"].domains["LB"], feeds["edc"].domains["AE"]
    assert lab.key == ["USUBJID", "LBREFID", "LBTESTCD"]
    assert (lab.updated, lab.deleted.column, lab.deleted.values) == ("LBUPDTC", "LBRESSTA", ["X"])
    assert events.declares == {"AECTCV": "5.0"}
    assert feeds["diary"].domains["EC"].key == ["USUBJID", "ECSPID"]


def test_a_notice_and_a_data_cut_of_the_original_give_way(tmp_path):
    original = edited(
        tmp_path, ("phase: I/II\n", "phase: I/II\nnotice: a draft\ndata_cut: 2024-01-01\n")
    )
    path = tmp_path / "study.yaml"
    path.write_text(study_file.simulated(original, OPTIONS), encoding="utf-8")
    study = load(path)
    assert (study.notice[:14], study.data_cut, study.phase) == ("SIMULATED DATA", None, "I/II")


def test_a_title_may_hold_quotes_and_colons(tmp_path):
    original = edited(tmp_path, ("title: Surufatinib with", "title: 'The \"A\": 甲' #"))
    path = tmp_path / "study.yaml"
    path.write_text(study_file.simulated(original, OPTIONS), encoding="utf-8")
    assert load(path).title == 'SIMULATED: The "A": 甲'


def test_a_study_without_dose_levels_cannot_be_simulated():
    with pytest.raises(WrongUseError, match="no treatment with dose levels"):
        study_file.simulated(Path("studies/cdisc_pilot.yaml"), OPTIONS)


def test_a_simulated_study_is_not_simulated_again(made):
    with pytest.raises(WrongUseError, match="simulate from the original"):
        study_file.simulated(made, OPTIONS)


def test_what_is_no_study_file_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("- a\n", encoding="utf-8")
    with pytest.raises(WrongUseError, match="no study file"):
        study_file.simulated(path, OPTIONS)
