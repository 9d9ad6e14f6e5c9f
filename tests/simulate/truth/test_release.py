"""When what was held may be taken again: by each rule a case that still holds and one not."""

import pytest

from safety.simulate.truth.release import is_over
from safety.simulate.truth.triggers import Trigger
from tests.simulate.truth.subjects import at, event, sample, subject

FEVER, RASH = "Febrile neutropenia", "Rash maculo-papular"


def counts(**by_day):
    return [sample(int(day[1:]), NEUT=neut, PLAT=plat) for day, (neut, plat) in by_day.items()]


def enzymes(**by_day):
    return [sample(int(day[1:]), ALT=alt, AST=ast) for day, (alt, ast) in by_day.items()]


HELD = [
    ("F1", subject(counts(d8=(0.9, 220), d12=(1.4, 74)))),
    ("S15", subject(counts(d8=(0.9, 220), d12=(0.99, 220)))),
    ("A1", subject(counts(d8=(0.4, 220), d12=(1.2, 220)), reports=(event(1, FEVER, 3, 8),))),
    ("A1", subject(counts(d8=(0.4, 220)), reports=(event(1, FEVER, 3, 8, 10),))),
    ("F3", subject(reports=(event(1, RASH, 3, 8, 10, group=1), event(2, RASH, 2, 11, group=1)))),
    ("S9", subject([sample(8, PROT24=2.4), sample(12, PROT24=1.0)])),
    ("S11", subject(enzymes(d8=(220, 90), d12=(121, 90)))),
    ("S11", subject(enzymes(d8=(220, 90)))),  # not measured again
    ("F6", subject([sample(8, CREAT=150), sample(12, CREAT=98)])),
    ("S15-G4", subject(counts(d8=(0.4, 220), d12=(0.99, 220)))),
    ("A3-HOLD", subject(counts(d8=(3.0, 20), d12=(3.0, 74)))),
    ("F2", subject(reports=(event(1, "Diarrhea", 2, 8),))),
    (
        "S13",
        subject(
            reports=(event(1, "Diarrhea", 3, 8, 10, group=1), event(2, "Diarrhea", 2, 11, group=1))
        ),
    ),
    ("T2", subject([sample(8, K=2.8)])),  # told by a value alone
    ("S2", subject([sample(8, K=2.8), sample(12, K=2.9)])),
    ("S12", subject(enzymes(d8=(900, 90), d12=(20, 20)))),
]
OVER = [
    ("F1", subject(counts(d8=(0.9, 220), d12=(1.0, 75)))),
    ("S15", subject(counts(d8=(0.9, 220), d12=(1.0, 220)))),
    ("A1", subject(counts(d8=(0.4, 220), d12=(1.2, 220)), reports=(event(1, FEVER, 3, 8, 10),))),
    ("F3", subject(reports=(event(1, RASH, 3, 8, 10, group=1), event(2, RASH, 1, 11, group=1)))),
    ("S9", subject([sample(8, PROT24=2.4), sample(12, PROT24=0.9)])),
    ("S11", subject(enzymes(d8=(220, 90), d12=(120, 90)))),
    ("F6", subject([sample(8, CREAT=150), sample(12, CREAT=97)])),
    ("S15-G4", subject(counts(d8=(0.4, 220), d12=(1.0, 220)))),
    ("A3-HOLD", subject(counts(d8=(3.0, 20), d12=(3.0, 75)))),
    ("F2", subject(reports=(event(1, "Diarrhea", 2, 8, 10),))),
    ("S13", subject(reports=(event(1, "Diarrhea", 3, 8, 10),))),
    ("T2", subject([sample(8, K=2.8), sample(12, K=3.3)])),
    # what was of grade 1 all the time holds nothing
    ("S2", subject(reports=(event(1, RASH, 3, 8, 10), event(2, "Alopecia", 2, 8)))),
]


@pytest.mark.parametrize(("rule", "made"), HELD)
def test_it_is_still_held(rule, made):
    assert not is_over(at(made, 14), Trigger(rule, "s1", "hold", 7))


@pytest.mark.parametrize(("rule", "made"), OVER)
def test_it_may_be_taken_again(rule, made):
    assert is_over(at(made, 14), Trigger(rule, "s1", "hold", 7))


def test_a_stop_never_ends():
    made = subject(counts(d8=(0.9, 220), d12=(3.0, 220)))
    assert not is_over(at(made, 14), Trigger("F1", "s1", "discontinue", 7))
