"""The section `stopping` of a study file: what it may say, what it is in words, what is wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from safety.escalation.stopping.boundary import crossing
from safety.escalation.stopping.configured import rule_of
from safety.study.load import rule_set_hash
from safety.study.places import placed
from safety.study.show import show
from safety.study.stopping import StoppingRule
from safety.study.traps import warnings
from tests.study.samples import study, treatment, trial

BAYESIAN = {"limit": 0.3, "prior": [0.6, 1.4], "from": 6}
DLTS = "- **S1** toxicity: evaluable subjects with a DLT, at each dose level by itself."
EVALUABLE = {"evaluability": {"minimum_dose": ">=80%", "assessments": [], "citation": "test"}}


def rule(**changes) -> dict:
    """A monitor of DLTs by at_most; `changes` replace it, None leaves a field out."""
    content = {"id": "S1", "text": "toxicity", "dlt": True, "at_most": 1, "n_max": 40,
               "citation": "test", "confidence": "M"} | changes  # fmt: skip
    return {name: value for name, value in content.items() if value is not None}


def refused(content: dict) -> str:
    with pytest.raises(ValidationError) as error:
        StoppingRule.model_validate(content)
    return error.value.errors()[0]["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dlt": None}, "stopping S1: name one of dlt, related_deaths, toxicity"),
        ({"related_deaths": True}, "stopping S1: name one of dlt, related_deaths, toxicity"),
        ({"at_most": None},
         "stopping S1: name one of bayesian, pocock, thall_simon, at_most"),
        ({"bayesian": BAYESIAN},
         "stopping S1: name one of bayesian, pocock, thall_simon, at_most"),
        ({"related": False}, "stopping S1: related is only for toxicity"),
        ({"levels": []}, "stopping S1: levels names each level once, at least one"),
        ({"levels": ["L1", "L1"]}, "stopping S1: levels names each level once, at least one"),
        ({"at_most": 40}, "stopping S1: at_most 40 of 40 never stops; write a smaller number"),
        ({"at_most": None, "bayesian": BAYESIAN, "n_max": 5},
         "stopping S1: the first look at 6 subjects lies beyond n_max 5"),
        ({"at_most": None, "bayesian": BAYESIAN | {"looks": [41]}},
         "stopping S1: the first look at 41 subjects lies beyond n_max 40"),
        ({"at_most": None, "bayesian": BAYESIAN | {"looks": [20, 10]}},
         "looks are numbers of subjects, each once and in order"),
        ({"at_most": None, "bayesian": BAYESIAN | {"looks": [3, 10]}},
         "looks begin with 6 subjects (from) or more"),
        ({"at_most": None, "bayesian": BAYESIAN | {"looks": []}},
         "looks begin with 6 subjects (from) or more"),
        ({"at_most": None, "bayesian": BAYESIAN | {"limit": 30}},
         "Input should be less than 1"),
        ({"at_most": None, "bayesian": BAYESIAN | {"prior": [0, 1]}},
         "Input should be greater than 0"),
        ({"at_most": None, "pocock": {"rate": 0.2, "crossing": 0}},
         "Input should be greater than 0"),
        ({"at_most": True}, "a number is expected, not true or false"),
        ({"dlt": False}, "Input should be True"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes, message) -> None:
    assert refused(rule(**changes)) == message


@pytest.mark.parametrize("looks", ["each", "every 0", "every  3", "every 3 "])
def test_looks_are_every_so_many(looks) -> None:
    content = rule(at_most=None, bayesian=BAYESIAN | {"looks": looks})
    assert "String should match" in refused(content)


def faults(*rules: dict, **changes) -> str:
    with pytest.raises(ValidationError) as error:
        study(stopping=list(rules), **changes)
    return error.value.errors()[0]["msg"]


def test_names_are_looked_up() -> None:
    deaths = rule(dlt=None, related_deaths=True)
    assert faults(deaths | {"levels": ["L1", "L7"]}, treatment=treatment()) == (
        "stopping S1: there is no level L7; known: L1"
    )
    assert faults(deaths | {"levels": ["L1"]}) == ("stopping S1: there is no level L1; known: none")
    assert study(stopping=[deaths | {"levels": ["L1"]}], treatment=treatment()).stopping
    skin = rule(dlt=None, toxicity={"toxicity": "skin", "grade": ">=4"})
    assert faults(skin) == "stopping S1: there is no term set skin; known: none"
    nausea = rule(dlt=None, toxicity={"toxicity": "Nausea", "grade": 4})
    assert faults(nausea) == "stopping S1: Nausea never has grade 4; CTCAE has 1, 2, 3"


def test_an_id_stands_once() -> None:
    deaths = rule(dlt=None, related_deaths=True)
    assert faults(deaths, deaths) == "stopping S1 stands twice"
    assert len(study(stopping=[deaths, deaths | {"id": "S2"}]).stopping) == 2


def test_dlts_need_to_know_who_is_evaluable() -> None:
    assert faults(rule()) == (
        "stopping S1: without dose_limiting.evaluability nobody is known to count who had no DLT; "
        "define it"
    )
    assert study(stopping=[rule()], dose_limiting=EVALUABLE).stopping


def test_the_condition_is_one_of_the_file() -> None:
    made = study(stopping=[rule(dlt=None, toxicity={"toxicity": "any", "grade": ">=4"})])
    assert [(p.path, p.name) for p in placed(made)][-1] == (
        ("stopping", 0, "toxicity"), "stopping S1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"bayesian": BAYESIAN | {"limit": 0.9, "from": 1}, "n_max": 6},
         "no number of events in up to 6 subjects stops it"),
        ({"bayesian": BAYESIAN | {"prior": [30, 1]}},
         "it stops without any event: the prior is already above the limit"),
        ({"bayesian": BAYESIAN}, None),
        ({"at_most": 0}, None),
    ],
)  # fmt: skip
def test_a_boundary_that_surprises(said, expected) -> None:
    made = study(stopping=[rule(at_most=None) | said], dose_limiting=EVALUABLE)
    assert [w.text for w in warnings(made) if w.place == "stopping S1"] == (
        [expected] if expected else []
    )


def test_it_is_part_of_the_rule_set() -> None:
    one, other = (study(stopping=[rule(at_most=n)], dose_limiting=EVALUABLE) for n in (1, 2))
    assert rule_set_hash(one) != rule_set_hash(other)


def lines(*rules: dict, **changes) -> list[str]:
    text = show(study(stopping=list(rules), dose_limiting=EVALUABLE, **changes))
    return text.partition("## Stopping for toxicity\n\n")[2].partition("\n\n")[0].splitlines()


@pytest.mark.parametrize(
    ("content", "first", "second"),
    [
        (rule(at_most=None, bayesian=BAYESIAN, n_max=10),
         (f"{DLTS} It stops "
         "if the rate is above 30% with a probability above 95%, prior Beta(0.6, 1.4), looked at "
         "after every subject from 6 to 10."),
         "  Stops at 5 of 6 to 8, 6 of 9 or 10."),
        (rule(dlt=None, related_deaths=True, at_most=0, levels="all", n_max=3),
         "- **S1** toxicity: related deaths, at all dose levels together. None is allowed.",
         "  Stops at 1 of 1 to 3."),
        (rule(dlt=None, toxicity={"toxicity": "Ileus", "grade": ">=4"}, related=False,
              levels=["L1"], n_max=3),
         ("- **S1** toxicity: subjects with Ileus of grade 4 or worse, whatever its cause, at L1 "
         "together. At most 1 allowed."),
         "  Stops at 2 of 2 or 3."),
        (rule(at_most=None, pocock={"rate": 0.2, "crossing": 0.05, "looks": "every 3"}, n_max=7),
         (f"{DLTS} It stops "
         "a trial of 7 subjects with a true rate of 20% in 5% at most, at the same level at every "
         "look, looked at after every 3 subjects from 1 to 7."),
         "  Stops at 3 of 4, 4 of 7."),
        (rule(at_most=None, n_max=10, thall_simon={
            "standard": [3e6, 7e6], "margin": 0.05, "prior": [0.6, 1.4], "looks": [5, 10]}),
         (f"{DLTS} It stops "
         "if the rate is above that of the standard, Beta(3e+06, 7e+06), by more than 5% with a "
         "probability above 95%, prior Beta(0.6, 1.4), looked at after 5 and 10 subjects."),
         "  Stops at 4 of 5, 7 of 10."),
    ],
)  # fmt: skip
def test_in_words(content, first, second) -> None:
    said = lines(content, treatment=treatment())
    assert said == [first, second, "  Source: test (confidence M)."]


def test_none_is_said() -> None:
    assert lines() == ["The study file has none."]


def test_the_trial_has_the_monitors_of_its_reference() -> None:
    found = {r.id: r for r in trial().stopping}
    assert {i: (r.levels, r.n_max, r.confidence) for i, r in found.items()} == {
        "STOP-1": ("each", 40, "M"), "STOP-2": ("all", 40, "M"), "STOP-3": ("each", 40, "M"),
    }  # fmt: skip
    dlts, deaths, grave = found.values()
    assert (dlts.dlt, deaths.related_deaths, deaths.at_most) == (True, True, 0)
    assert dlts.bayesian is not None
    assert (dlts.bayesian.limit, dlts.bayesian.prior, dlts.bayesian.probability) == (
        0.30, (0.6, 1.4), 0.95,
    )  # fmt: skip
    assert rule_of(dlts).boundary(40).rows[0] == (6, 5)
    assert rule_of(dlts).boundary(40).rows[-1] == (40, 18)
    assert grave.toxicity is not None
    assert (str(grave.toxicity.grade), grave.related) == (">=4", True)


def test_the_boundary_for_grade_4_of_the_trial() -> None:
    """The reference gives the limit of 15%; the rest is ours, so its consequence is kept here."""
    grave = rule_of(trial().stopping[2])
    stops = {3: (6, 6), 4: (7, 10), 5: (11, 14), 6: (15, 19), 7: (20, 23), 8: (24, 28), 9: (29, 33),
             10: (34, 38), 11: (39, 40)}  # fmt: skip
    expected = tuple((n, y) for y, (a, b) in stops.items() for n in range(a, b + 1))
    assert (grave.limit, grave.boundary(40).rows) == (0.15, expected)
    chances = [crossing(grave.boundary(40), rate, 40).probability for rate in (0.05, 0.15, 0.30)]
    assert chances == pytest.approx((0.003, 0.141, 0.828), abs=6e-4)
