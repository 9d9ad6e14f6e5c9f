"""What was drawn or measured (LB, VS): units and habits of a site in China."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Sample, Subject, Trial
from safety.simulate.sdtm.row import Source, number, part, updated

NAMES = {
    "NEUT": "中性粒细胞", "PLAT": "血小板", "HGB": "血红蛋白", "WBC": "白细胞", "LYM": "淋巴细胞",
    "ALT": "丙氨酸氨基转移酶", "AST": "天门冬氨酸氨基转移酶", "ALP": "碱性磷酸酶",
    "GGT": "γ-谷氨酰转肽酶", "BILI": "总胆红素", "CREAT": "肌酐", "ALB": "白蛋白", "SODIUM": "钠",
    "K": "钾", "CA": "钙", "MG": "镁", "PHOS": "磷", "URATE": "尿酸", "GLUC": "葡萄糖",
    "AMYLASE": "淀粉酶", "LIPASET": "脂肪酶", "TRIG": "甘油三酯", "CHOL": "总胆固醇",
    "TSH": "促甲状腺激素", "INR": "国际标准化比值", "PROT": "尿蛋白",
    "SYSBP": "收缩压", "DIABP": "舒张压", "TEMP": "体温", "WEIGHT": "体重", "HEIGHT": "身高",
    "PULSE": "脉搏",
}  # fmt: skip
BLOOD_COUNT = frozenset({"NEUT", "PLAT", "HGB", "WBC", "LYM"})
URINE = {"PROTDIP": "DIPSTICK", "PROT24": "24 HOUR"}  # method by test of the model
FINAL, CORRECTED, CANCELLED = "F", "C", "X"  # LBRESSTA, as in HL7 table 0085


def versions(trial: Trial, subject: Subject) -> Iterator[RowVersion]:
    """Yield the rows of one subject; a laboratory row that comes again was corrected."""
    source = Source(trial, subject.usubjid)
    seen: set[str] = set()
    for sample in sorted(subject.samples, key=lambda s: s.known):
        for test, row in sample.rows.items():
            domain = part(row, 0)
            if domain == "VS":
                values = _sign(source, subject, sample, test, row)
            else:
                status = CORRECTED if row in seen else FINAL
                values = _result(source, subject, sample, test, row) | {"LBRESSTA": status}
            seen.add(row)
            yield source.version(domain, row, sample.known, values)


def measured(values: Mapping[str, str]) -> tuple[str, str]:
    """Return test of the model and day (YYYY-MM-DD) of a row with a result, "" of all others."""
    if values.get("VSORRES"):
        return values["VSTESTCD"], values["VSDTC"][:10]
    if values.get("LBORRES"):
        tests = {method: test for test, method in URINE.items()}
        return tests.get(values["LBMETHOD"], values["LBTESTCD"]), values["LBDTC"][:10]
    return "", ""


def _sign(source: Source, subject: Subject, sample: Sample, test: str, row: str) -> dict[str, str]:
    return {
        "VSSEQ": part(row, 2),
        "VSTESTCD": test,
        "VSTEST": NAMES.get(test, test),
        "VSORRES": _value(subject, sample, test),
        "VSORRESU": subject.curves[test].unit,
        "VISIT": sample.visit,
        "VSDTC": f"{source.date(sample.day)}T{sample.time}",
    }


def _result(
    source: Source, subject: Subject, sample: Sample, test: str, row: str
) -> dict[str, str]:
    code, curve = part(row, 3), subject.curves[test]
    return {
        "LBREFID": part(row, 2),
        "LBTESTCD": code,
        "LBTEST": NAMES.get(code, code),
        "LBSPEC": _specimen(test),
        "LBMETHOD": URINE.get(test, ""),
        "LBORRES": _value(subject, sample, test),
        "LBORRESU": curve.unit,
        "LBORNRLO": "" if curve.low is None else number(curve.low),
        "LBORNRHI": "" if curve.high is None else number(curve.high),
        "VISIT": sample.visit,
        "LBDTC": f"{source.date(sample.day)}T{sample.time}",
        "LBUPDTC": updated(source.trial, sample.known),
    }


def _value(subject: Subject, sample: Sample, test: str) -> str:
    said = sample.overrides.get(test)
    if said is not None:
        return said
    value = subject.curves[test].at(sample.day)
    return _plusses(value) if test == "PROTDIP" else number(value)


def _plusses(value: float) -> str:
    """Return what a dipstick shows: NEGATIVE, 1+ to 4+."""
    return f"{round(value)}+" if round(value) else "NEGATIVE"


def _specimen(test: str) -> str:
    if test in URINE:
        return "URINE"
    return "BLOOD" if test in BLOOD_COUNT else "SERUM"
