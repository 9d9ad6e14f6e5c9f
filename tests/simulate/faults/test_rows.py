"""What holds of all faults in rows together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

from safety.simulate.faults import plant
from safety.simulate.faults.catalogue import faults
from safety.simulate.faults.ground import Ground
from safety.simulate.faults.identity import HOSTILE
from safety.simulate.faults.keys import key
from safety.simulate.faults.plant import RECIPES
from tests.simulate.faults import big

OF_FILES = {9, 37, 51, 52, 53}
SHOWN_BY_DOSES = {39, 42}  # no fault of the row alone
STAMPS = {"LBRESSTA", "LBUPDTC"}


def _planted(mode="realistic", seed=1):
    return plant.plant_rows(big.rows(), big.trial(seed), mode)


def test_no_faults_leave_every_row_as_it_is():
    versions, planted, spoiled = _planted("none")
    assert versions is big.rows()
    assert planted == ()
    assert spoiled == {}


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_the_same_seed_plants_the_same(mode):
    assert _planted(mode, 3) == _planted(mode, 3)


def test_another_seed_plants_elsewhere():
    assert {p.row for p in _planted(seed=1)[1]} != {p.row for p in _planted(seed=2)[1]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fault_of_rows_is_planted_at_least_once(seed):
    found = {p.fault for p in _planted(seed=seed)[1]}
    assert set(range(1, 57)) - OF_FILES - found == set()


@pytest.mark.parametrize(("mode", "low", "high"), [("realistic", 0.008, 0.025),
                                                   ("hostile", 0.1, 0.3)])  # fmt: skip
def test_a_share_of_rows_has_a_fault(mode, low, high):
    _, planted, _ = _planted(mode)
    share = len({p.row for p in planted}) / len({v.row for v in big.rows()})
    assert low <= share <= high


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_every_planted_row_is_delivered_under_its_key_on_its_day(mode):
    versions, planted, _ = _planted(mode)
    delivered = {(key(v.domain, v.values), v.known) for v in versions}
    at_once = [p for p in planted if p.fault not in SHOWN_BY_DOSES]
    assert [p for p in at_once if (p.row, p.day) not in delivered] == []
    first = dict(sorted(delivered, key=lambda d: -d[1]))
    later = [p for p in planted if p.fault in SHOWN_BY_DOSES]
    assert later
    assert [p for p in later if not first[p.row] <= p.day < (p.corrected or p.day + 1)] == []


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_a_drug_withdrawn_is_a_fault_from_the_day_a_later_dose_is_told_of(mode):
    versions, planted, _ = _planted(mode)
    events = {}
    for v in sorted((v for v in versions if v.domain == "AE"), key=lambda v: v.known):
        events.setdefault(key(v.domain, v.values), v.values)
    doses = [v for v in big.rows() if v.domain == "EC" and v.values["ECOCCUR"] == "Y"]
    for p in (p for p in planted if p.fault == 42):
        event = events[p.row]
        over = date.fromisoformat((event["AEENDTC"] or event["AESTDTC"])[:10])
        limit = (over + timedelta(days=2)).isoformat()
        known = [v.known for v in doses
                 if v.values["USUBJID"] == p.usubjid and v.values["ECSTDTC"] >= limit]  # fmt: skip
        assert min(known) <= p.day


def test_an_event_goes_on_with_an_end_only_where_no_other_grade_follows():
    versions, planted, _ = _planted("hostile")
    rows = {key(v.domain, v.values): v.values for v in versions if v.domain == "AE"}
    of_event = defaultdict(list)
    for values in (v.values for v in big.rows() if v.domain == "AE"):
        of_event[values["USUBJID"], values["AEGRPID"]].append(values["AESTDTC"])
    wrong = [rows[p.row] for p in planted if p.what == "ongoing with an end date"]
    assert wrong
    for values in wrong:
        starts = of_event[values["USUBJID"], values["AEGRPID"]]
        assert values["AESTDTC"] == max(starts)


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_a_row_has_one_fault_at_most(mode):
    _, planted, _ = _planted(mode)
    of = Counter((p.row, p.usubjid) for p in planted)  # foreign keys of two subjects may be alike
    assert [row for row, n in of.items() if n > 1] == []


def _histories(versions):
    found = defaultdict(list)
    for v in versions:
        found[v.row].append(v)
    return dict(found)


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_rows_that_were_not_planted_stay_as_they_were(mode):
    versions, planted, _ = _planted(mode)
    before, after = _histories(big.rows()), _histories(versions)
    changed = {row for row in before if before[row] != after.get(row)}
    told = {p.row for p in planted}
    left = changed - set(after)  # faults 31, 45 and 50 leave rows out
    shown = {r for r in changed - left if {key(v.domain, v.values) for v in after[r]} & told}
    numbers = Counter(p.fault for p in planted)
    assert changed == shown | left
    assert bool(left) == bool(numbers[31] or numbers[45] or numbers[50])


def test_a_correction_has_the_true_values_on_its_day():
    versions, planted, _ = _planted()
    before, after = _histories(big.rows()), _histories(versions)
    corrected = [p for p in planted if p.corrected is not None and p.row in before]
    assert len(corrected) > 10
    for p in corrected:
        now = next(v for v in after[p.row] if v.known == p.corrected)
        true = [v for v in before[p.row] if v.known <= p.corrected][-1]
        kept = {k: x for k, x in true.values.items() if k not in STAMPS}
        assert {k: x for k, x in now.values.items() if k not in STAMPS} == kept
        if p.domain == "LB":
            assert now.values["LBRESSTA"] == "C"
            assert now.values["LBUPDTC"].startswith(big.trial().date(p.corrected).isoformat())


def test_versions_after_a_correction_come_as_they_would_have():
    found = 0
    for seed in range(1, 6):
        versions, planted, _ = _planted(seed=seed)
        before, after = _histories(big.rows()), _histories(versions)
        for p in planted:
            if p.corrected is not None and p.row in before:
                later = [v for v in before[p.row] if v.known > p.corrected]
                assert [v for v in after[p.row] if v.known > p.corrected] == later
                found += len(later)
    assert found


def test_the_window_ends_42_days_after_the_first_dose():
    facts = Ground(big.rows(), big.trial(), "realistic").facts
    event = next(v for v in big.rows() if v.domain == "AE")  # of 001, first dose on 2024-03-07
    assert [facts.in_window(replace(event, values={**event.values, "AESTDTC": d}), 42)
            for d in ("2024-03-01", "2024-04-18", "2024-04-19")] == [True, True, False]  # fmt: skip


def test_a_corrected_foreign_row_is_also_cancelled_under_its_own_key():
    found = 0
    for seed in range(1, 9):
        versions, planted, _ = _planted(seed=seed)
        after = _histories(versions)
        for p in planted:
            if p.fault in {1, 54} and p.domain == "LB" and p.corrected is not None:
                gone = after[p.row]
                assert [(v.known, v.deleted) for v in gone] == [(p.corrected, True)]
                assert gone[0].values["LBRESSTA"] == "X"
                found += 1
    assert found


@pytest.mark.parametrize("mode", ["realistic", "hostile"])
def test_what_is_spoiled_is_a_row_of_the_trial_while_its_fault_stands(mode):
    _, planted, spoiled = _planted(mode)
    rows = {v.row for v in big.rows()}
    assert set(spoiled) <= rows
    days = {p.day: p for p in planted}
    for spans in spoiled.values():
        for first, last in spans:
            assert first in days
            assert last is None or last > first


def test_rejected_rows_are_spoiled_and_converted_ones_are_not():
    _, planted, spoiled = _planted()
    original = {p.row for p in planted if p.right == ("R",) and p.fault not in {1, 21, 54}}
    assert original <= set(spoiled)
    assert {p.row for p in planted if p.right == ("C",)} & set(spoiled) == set()
    assert all(p.value for p in planted if p.right == ("C",))


def test_an_event_in_the_window_is_always_corrected_when_it_cannot_be_used():
    for seed in range(1, 6):
        _, planted, spoiled = _planted(seed=seed)
        facts = Ground(big.rows(), big.trial(), "realistic").facts
        first = {v.row: v for v in reversed(big.rows())}
        for p in planted:
            if p.row in spoiled and p.domain == "AE" and facts.in_window(first[p.row], 42):
                assert p.corrected is not None


def test_the_catalogue_knows_every_fault_that_is_planted_in_rows():
    assert {r.fault for r in (*RECIPES, *HOSTILE)} == set(range(1, 57)) - OF_FILES
    assert sorted(faults()) == list(range(1, 57))


@pytest.mark.parametrize(("number", "right"), [(2, ("W",)), (3, ("R", "Q", "P4")), (18, ("C",)),
                                               (19, ("R", "Q")), (53, ("P4",))])  # fmt: skip
def test_the_catalogue_says_what_is_right(number, right):
    assert faults()[number].right == right
