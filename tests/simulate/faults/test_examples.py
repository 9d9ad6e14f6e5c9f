"""Each fault of rows on one row: what it was, what it becomes."""

from __future__ import annotations

import pytest

from safety.simulate import sdtm
from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults import nasty
from safety.simulate.faults.ground import Ground
from safety.simulate.faults.plant import RECIPES
from safety.simulate.faults.recipe import Alteration, spread
from safety.simulate.faults.terms import NO_SUCH_GRADE
from safety.study.load import load
from tests.simulate import made
from tests.simulate.faults import big

S1, S2, S3 = (made.name(n) for n in ("001", "002", "003"))


@pytest.fixture(scope="module")
def versions():
    return sdtm.rows(made.made(), load(big.STUDY))


@pytest.fixture
def ground(versions):
    return Ground(versions, made.made(), "realistic")


def _row(ground, row, **changes):
    found = ground.history(row)[0]
    return RowVersion(found.domain, row, found.known, {**found.values, **changes})


def _altered(ground, fault, version):
    """What the alterations of a fault make of a version, over many draws."""
    found = {}
    for recipe in RECIPES:
        if isinstance(recipe, Alteration) and (recipe.fault, recipe.domain) == (
            fault,
            version.domain,
        ):
            for seed in range(40):
                fits = recipe.fits(ground, version)
                done = recipe.change(ground, version, Chance(seed)) if fits else None
                if done is not None:
                    found[tuple(sorted(done.values.items()))] = done
    return list(found.values())


def _values(ground, fault, version, column):
    return {
        done.values[column] for done in _altered(ground, fault, version) if column in done.values
    }


NEUT = f"LB|{S1}|S0001|NEUT"
HGB = f"LB|{S1}|S0001|HGB"
PLAT = f"LB|{S1}|S0001|PLAT"
EVENT = f"AE|{S1}|2"  # neutropenia of grade 4, from 2024-03-22, known on 2024-03-27
DOSE = f"EC|{S1}|SURUFATINIB-2024-03-06"


@pytest.mark.parametrize(("fault", "row", "column", "becomes"), [
    (1, NEUT, "USUBJID", {"SIM-NCT06038461-001-999", "SIM/NCT06038461/001/001",
                          "SIM-NCT00000000-001-001", f"UAT-{S1}"}),
    (6, NEUT, "LBDTC", {""}),
    (6, NEUT, "LBORRES", {""}),
    (6, DOSE, "ECSTDTC", {""}),
    (7, NEUT, "LBDTC", {"2026-03-06T08:30", "2027-03-06T08:30", "2028-03-06T08:30"}),
    (8, NEUT, "LBDTC", {"2024-02-30T08:30", "2024-04-31T08:30", "2024-13-06T08:30",
                        "1924-03-06T08:30", "2124-03-06T08:30"}),
    (10, EVENT, "AESTDTC", {"2024-03", "UN-MAR-2024"}),
    (13, DOSE, "ECENDTC", {"2024-03-05"}),
    (15, EVENT, "AEOUT", {"RECOVERED/RESOLVED"}),
    (16, NEUT, "LBDTC", {"2024-03-06T08:30+08:00", "2024-03-06T00:30Z"}),
    (17, NEUT, "LBORRESU", {""}),
    (18, NEUT, "LBORRESU", {"10*9/L", "K/uL", "x10E3/uL", "/mm3"}),
    (18, NEUT, "LBORRES", {"3.6", "3600"}),
    (18, HGB, "LBORRES", {"14.2"}),
    (18, HGB, "LBORNRHI", {"17.5"}),
    (19, HGB, "LBORRES", {"14.2"}),
    (19, PLAT, "LBORRES", {"220000"}),
    (20, NEUT, "LBORNRLO", {""}),
    (21, NEUT, "LBORNRLO", {"6.3"}),
    (21, NEUT, "LBORNRHI", {"1.8"}),
    (22, NEUT, "LBORNRHI", {"6.93"}),
    (23, NEUT, "LBORRES", {"TNTC", "<LLOQ", ">ULOQ"}),
    (24, NEUT, "LBORRES", {"HEMOLYSED", "CLOTTED", "QNS", "溶血", "标本凝固"}),
    (25, NEUT, "LBORRES", {"3,6", "３．６"}),
    (25, PLAT, "LBORRES", {"２２０"}),
    (26, NEUT, "LBTESTCD", {"NEUTLE"}),
    (27, NEUT, "LBORRES", {"64"}),
    (34, EVENT, "AETOXGR", {""}),
    (35, EVENT, "AETOXGR", {"Severe", "2-3", "6", "0", "Grade 3", "III", "4.5"}),
    (36, EVENT, "AEDECOD", {"Neutropenia", "中性粒细胞计数降低", "Netrophil count decreased"}),
    (41, f"AE|{S1}|3", "AESER", {"N"}),
    (41, EVENT, "AESER", {"Y"}),
    (42, f"AE|{S1}|1", "AEACN", {"DRUG WITHDRAWN"}),
    (43, DOSE, "ECDOSE", {"500", "243"}),
    (46, f"VS|{S1}|1", "VSORRES", {"68", "15.4654"}),
    (46, f"VS|{S1}|1", "VSORRESU", {"kPa"}),
    (47, f"VS|{S1}|3", "VSORRES", {"97.88"}),
    (47, f"VS|{S1}|3", "VSORRESU", {"F"}),
    (48, f"VS|{S1}|8", "VSORRES", {"143.3"}),
    (49, f"LB|{S1}|S0002|PROT", "LBORRES", {"+", "+1", "(+)"}),
    (54, NEUT, "USUBJID", {"SIM-NCT06038461-001-1", "SIM-NCT06038461-001-ОО１"}),
    (55, EVENT, "AETERM", {"=cmd|' /C calc'!A0", "<script>alert(1)</script>", "+SUM(A1:A9)",
                           "<b>nausea</b>"}),
])  # fmt: skip
def test_a_fault_changes_a_row(ground, fault, row, column, becomes):
    assert _values(ground, fault, _row(ground, row), column) == becomes


def test_share_of_white_cells_means_the_count_it_stands_for(ground):
    (done,) = _altered(ground, 26, _row(ground, NEUT))
    assert done.values["LBORRES"] == "64.2857"
    assert done.values["LBORRESU"] == "%"
    assert done.value == "3.6 10*9/L"


def test_more_neutrophils_than_white_cells_are_no_share(ground):
    assert _altered(ground, 26, _row(ground, NEUT, LBORRES="5.7")) == []


def test_a_unit_of_another_size_means_the_same(ground):
    creatinine = _row(ground, HGB, LBTESTCD="CREAT", LBORRES="70", LBORRESU="umol/L",
                      LBORNRLO="57", LBORNRHI="97")  # fmt: skip
    (done,) = _altered(ground, 18, creatinine)
    assert done.values == {
        "LBORRES": "0.791676", "LBORNRLO": "0.644651", "LBORNRHI": "1.09704", "LBORRESU": "mg/dL",
    }  # fmt: skip
    assert done.value == "70 umol/L"


def test_a_value_at_a_limit_is_not_written_in_another_unit(ground):
    bilirubin = _row(ground, HGB, LBTESTCD="BILI", LBORRES="30", LBORRESU="umol/L", LBORNRLO="3",
                     LBORNRHI="20")  # fmt: skip
    assert _altered(ground, 18, bilirubin) == []


@pytest.mark.parametrize(("test", "value", "unit", "becomes"), [
    ("NEUT", "0.4", "10^9/L", "<0.5"), ("PLAT", "12", "10^9/L", "<25"), ("ALT", "22", "U/L", "<25"),
])  # fmt: skip
def test_below_a_bound_has_the_grade_of_the_value(ground, test, value, unit, becomes):
    low = _row(ground, NEUT, LBTESTCD=test, LBORRES=value, LBORRESU=unit, LBORNRLO="7",
               LBORNRHI="40")  # fmt: skip
    kept = [d for d in _altered(ground, 23, low) if not d.spoils]
    assert [d.values["LBORRES"] for d in kept] == [becomes]


def test_a_bound_that_leaves_the_grade_open_is_not_planted(ground):
    few = _row(ground, PLAT, LBORRES="40")
    assert [d for d in _altered(ground, 23, few) if not d.spoils] == []


def test_a_range_that_is_missing_spoils_what_is_graded_by_it(ground):
    (counts,) = _altered(ground, 20, _row(ground, NEUT))
    (enzyme,) = _altered(ground, 20, _row(ground, NEUT, LBTESTCD="ALT"))
    assert (counts.spoils, enzyme.spoils) == (False, True)


def test_a_swap_of_no_range_is_no_fault(ground):
    assert _altered(ground, 21, _row(ground, NEUT, LBORNRLO="", LBORNRHI="")) == []


def test_an_event_below_the_grade_of_the_laboratory(ground):
    grade = {d.values["AETOXGR"] for d in _altered(ground, 30, _row(ground, EVENT))}
    assert grade == {"2"}
    assert _altered(ground, 30, _row(ground, EVENT, AEDECOD="Platelet count decreased")) == []


def test_an_end_before_the_start(ground):
    over = _row(ground, EVENT, AEENDTC="2024-03-30")
    assert _values(ground, 13, over, "AEENDTC") == {
        "2024-03-17", "2024-03-18", "2024-03-19", "2024-03-20", "2024-03-21",
    }  # fmt: skip


def test_a_grade_that_the_term_does_not_have(ground):
    nausea = _row(ground, EVENT, AEDECOD="Nausea", AETOXGR="2")
    assert _values(ground, 33, nausea, "AETOXGR") == {"4"}


def test_grades_said_not_to_exist_do_not_exist():
    text = big.Path("safety/ctcae/data/catalogue_5_0.csv").read_text("utf-8").splitlines()
    grades = {line.split(",")[1]: line.split(",")[4].split("|") for line in text if '"' not in line}
    assert {t for t, g in NO_SUCH_GRADE.items() if g in grades[t]} == set()


def test_fatal_contradicts_a_grade_below_five(ground):
    mild = _row(ground, EVENT, AETOXGR="1")
    fatal = _row(ground, EVENT, AETOXGR="5", AEOUT="FATAL")
    assert _values(ground, 40, mild, "AEOUT") == {"FATAL"}
    assert _values(ground, 40, fatal, "AEOUT") == {"NOT RECOVERED/NOT RESOLVED"}


def test_causality_of_a_drug_not_yet_given(ground):
    row = f"SUPPAE|{S2}|AESEQ|1|AERELTMZ"  # hypertension of day 7, temozolomide from day 10
    assert _values(ground, 39, _row(ground, row), "QVAL") == {"POSSIBLE"}
    assert _altered(ground, 39, _row(ground, f"SUPPAE|{S2}|AESEQ|1|AERELS1")) == []


def test_missing_causality_is_planted_where_it_was_related(ground):
    assert _values(ground, 38, _row(ground, f"SUPPAE|{S2}|AESEQ|1|AERELSUR"), "QVAL") == {""}
    assert _altered(ground, 38, _row(ground, f"SUPPAE|{S2}|AESEQ|1|AERELS1")) == []


def test_a_person_behind_a_term(ground):
    terms = _values(ground, 56, _row(ground, EVENT), "AETERM")
    assert "中性粒细胞计数降低, pt. John Doe, phone 555-0100" in terms


def test_a_held_dose_is_taken_while_counts_are_low(ground):
    held = _row(ground, f"EC|{S1}|SURUFATINIB-2024-03-31")
    (done,) = _altered(ground, 44, held)
    assert done.values == {"ECOCCUR": "Y", "ECREASOC": ""}
    early = _row(ground, f"EC|{S1}|SURUFATINIB-2024-03-24")  # within the 21 days of the cycle
    assert early.values["ECOCCUR"] == "N"
    assert _altered(ground, 44, early) == []


def _spread(versions, fault, domain, mode="realistic", nth=0):
    """The new and the lost versions after a recipe was planted once."""
    ground = Ground(versions, made.made(), mode)
    recipe = [r for r in RECIPES if (r.fault, r.domain) == (fault, domain)][nth]
    assert spread(ground, recipe, 0.0, (7, fault)) == 1
    after = ground.versions()
    return ground, [v for v in after if v not in versions], [v for v in versions if v not in after]


@pytest.mark.parametrize("domain", ["AE", "SV", "LB", "VS", "EC"])
def test_a_duplicate_stands_beside_its_row(versions, domain):
    ground, new, lost = _spread(versions, 2, domain)
    (copy,) = new
    (original,) = ground.history(copy.row)
    assert lost == []
    assert copy.extra
    assert (copy.values, copy.known) == (original.values, original.known)


def test_a_second_value_with_an_older_time(versions):
    ground, (other,), lost = _spread(versions, 3, "LB", nth=0)
    true = ground.history(other.row)[0].values
    assert lost == []
    assert float(other.values["LBORRES"]) == pytest.approx(1.07 * float(true["LBORRES"]), rel=1e-3)
    assert other.values["LBUPDTC"] < true["LBUPDTC"]
    assert ground.spoiled == {}
    assert ground.planted[0].right == ("Q",)


def test_a_second_value_with_the_same_time_spoils_both(versions):
    ground, (other,), _ = _spread(versions, 3, "VS")
    assert other.extra
    assert other.values["VSORRES"] != ground.history(other.row)[0].values["VSORRES"]
    assert ground.spoiled == {other.row: ((other.known, None),)}
    assert ground.planted[0].right == ("R", "P4")


def test_an_event_is_entered_twice_with_what_is_said_of_it(versions):
    _, new, lost = _spread(versions, 4, "AE")
    event = next(v for v in new if v.domain == "AE")
    assert lost == []
    assert event.row.endswith("|901")
    assert event.values["AESEQ"] == event.values["AEGRPID"] == "901"
    assert {v.values["IDVARVAL"] for v in new if v.domain == "SUPPAE"} == {"901"}


def test_a_visit_comes_again_but_never_day_1(versions):
    _, (again,), _ = _spread(versions, 5, "SV")
    assert again.values["VISIT"] in {"CYCLE 1 DAY 8", "CYCLE 1 DAY 15"}
    assert again.row.endswith(f"|{again.values['SVSTDTC']}")


def test_a_result_before_consent_is_normal(versions):
    _, (old,), _ = _spread(versions, 11, "LB")
    consent = {S1: "2024-03-04", S2: "2024-03-06", S3: "2024-03-21"}[old.values["USUBJID"]]
    assert old.values["LBDTC"][:10] < consent
    assert float(old.values["LBORNRLO"]) <= float(old.values["LBORRES"])


@pytest.mark.parametrize("fault", [12, 32])
def test_an_added_event_meets_no_rule(versions, fault):
    _, new, lost = _spread(versions, fault, "DM")
    event = next(v.values for v in new if v.domain == "AE")
    assert lost == []
    assert event["AETOXGR"] == "1"
    assert event["AEENDTC"] > event["AESTDTC"]
    said = {v.values["QNAM"]: v.values["QVAL"] for v in new if v.domain == "SUPPAE"}
    assert said == dict.fromkeys(("AERELSUR", "AERELTMZ", "AERELS1"), "UNRELATED")


def test_a_result_after_death(versions):
    _, (late,), _ = _spread(versions, 14, "DM")
    assert late.values["USUBJID"] == S3  # died 2024-04-11, known on day 40
    assert "2024-04-12" <= late.values["LBDTC"][:10] <= "2024-04-15"
    assert late.known >= 41


def test_a_wrong_value_is_corrected(versions):
    ground, new, _ = _spread(versions, 28, "LB")
    (planted,) = ground.planted
    wrong, true = sorted(new, key=lambda v: v.known)
    assert (wrong.values["LBRESSTA"], true.values["LBRESSTA"]) == ("F", "C")
    assert wrong.values["LBORRES"] != true.values["LBORRES"]
    assert ground.spoiled == {wrong.row: ((wrong.known, true.known - 1),)}
    assert planted.corrected == true.known


@pytest.mark.parametrize("domain", ["LB", "VS"])
def test_a_row_is_deleted(versions, domain):
    ground, (gone,), lost = _spread(versions, 29, domain)
    assert gone.deleted
    assert lost == []
    assert ground.spoiled == {gone.row: ((gone.known, None),)}
    assert ground.planted[0].day == gone.known
    assert gone.values.get("LBRESSTA", "X") == "X"


def test_the_event_of_a_low_count_is_never_entered(versions):
    ground, new, lost = _spread(versions, 31, "LB")
    assert new == []
    assert {v.row for v in lost if v.domain == "AE"} == {f"AE|{S1}|1", f"AE|{S1}|2"}
    assert {v.values["IDVARVAL"] for v in lost if v.domain == "SUPPAE"} == {"1", "2"}
    assert ground.planted[0].row.endswith("|NEUT")


def test_temozolomide_on_day_1(versions):
    _, (early,), _ = _spread(versions, 43, "EC", nth=0)
    first = {S1: "2024-03-06", S2: "2024-03-09", S3: "2024-03-24"}[early.values["USUBJID"]]
    assert early.values["ECTRT"] == "TEMOZOLOMIDE"
    assert early.values["ECSPID"] == f"TEMOZOLOMIDE-{first}"
    assert early.values["ECSTDTC"] == first


def test_the_dose_of_a_day_twice(versions):
    _, (again,), lost = _spread(versions, 43, "EC", nth=3)
    assert again.row.endswith("-2")
    assert lost == []


def test_a_gap_in_the_diary(versions):
    ground, new, lost = _spread(versions, 45, "EC")
    assert new == []
    assert {v.domain for v in lost} == {"EC"}
    (planted,) = ground.planted
    assert lost[0].row not in planted.row
    assert lost[0].values["ECSTDTC"] > planted.row[-10:]


def test_blood_pressure_is_read_again_at_grade_0(versions):
    first_normal = [
        v if v.values.get("VSTESTCD") != "SYSBP" else
        RowVersion("VS", v.row, v.known, {**v.values, "VSORRES": "110"})
        for v in versions
    ]  # fmt: skip
    ground = Ground(tuple(first_normal), made.made(), "realistic")
    recipe = next(r for r in RECIPES if r.fault == 46 and not isinstance(r, Alteration))
    assert spread(ground, recipe, 0.0, (7, 46)) == 1
    again = ground.versions()[-1]
    assert (again.values["VSORRES"], again.values["VSSEQ"]) == ("113", "9001")


def test_no_baseline_leaves_out_what_came_before_the_first_dose():
    ground = Ground(big.rows(), big.trial(), "realistic")
    recipe = next(r for r in RECIPES if r.fault == 50)
    assert spread(ground, recipe, 0.0, (7, 50)) == 1
    (planted,) = ground.planted
    lost = {v.row for v in big.rows()} - {v.row for v in ground.versions()}
    _, subject, reference, test = planted.row.split("|")
    assert reference == "S0001"  # the first week after the screening sample
    assert lost == {f"LB|{subject}|S0000|{test}"}


def test_hostile_plants_nasty_texts():
    ground = Ground(big.rows(), big.trial(), "hostile")
    version = ground.history(f"LB|{made.name('001')}|S0001|NEUT")[0]
    texts = _values(ground, 24, version, "LBORRES")
    dates = _values(ground, 8, version, "LBDTC")
    assert texts & set(nasty.TEXTS)
    assert dates & set(nasty.DATES)
    assert all(len(t.encode()) <= 200 for t in nasty.TERMS)
