"""A firing and a silent case of the checks on measurements beside what is possible and others."""

from __future__ import annotations

from tests.build import measurement, sign, subject

DEAD = subject(DTHDTC="2024-03-09", DTHFL="Y")
LIVING = subject()


def _lab(testcd, value, unit="10^9/L", **changes):
    return measurement(testcd, value, unit, **({"LBORNRLO": None, "LBORNRHI": None} | changes))


def _weights(*kg):
    return [sign("WEIGHT", w, "kg", day=f"2024-03-{n:02}") for n, w in enumerate(kg, 1)]


WBC = _lab("WBC", "6")
BEFORE = measurement(day="2024-02-25", VISITNUM="0")
SAME = [measurement(VISITNUM="2"), measurement(VISITNUM="3")]
TEMPS = [sign("TEMP", "37", "C", VISITNUM="1"), sign("TEMP", "37", "C", VISITNUM="2")]
SYS = sign("SYSBP", "120", "mmHg")

PAIRS = {
    "ME-019": ("LB", [_lab("HGB", "14.1", "g/L")], (1,), [_lab("HGB", "40", "g/L")]),
    "ME-020": ("VS", [sign("SYSBP", "16", "mmHg")], (1,), [sign("SYSBP", "230", "mmHg")]),
    "ME-021": ("VS", [sign("TEMP", "98.6", "C")], (1,), [sign("TEMP", "98.6", "F")]),
    "ME-022": ("VS", [sign("HEIGHT", "1.7", "cm")], (1,), [sign("HEIGHT", "1.7", "m")]),
    "ME-023": ("LB", [*SAME, measurement(LBORNRHI="44")], (3,), SAME),
    "ME-024": ("LB", [measurement(day="2024-01-15")], (1,), [BEFORE]),
    "ME-025": ("LB", [measurement()], (1,), [measurement(), BEFORE]),
    "ME-026": ("LB", [WBC, _lab("NEUT", "6.5")], (2,), [WBC, _lab("NEUT", "6.05")]),
    "ME-027": ("LB", [WBC, _lab("NEUT", "7")], (2,), [WBC, _lab("NEUT", "6.5")]),
    "ME-028": ("VS", [*TEMPS, sign("TEMP", "98.6", "F")], (3,), TEMPS),
    "ME-029": (
        "VS",
        [SYS, sign("SYSBP", "123", "mmHg", VSSEQ="2")],
        (2,),
        [SYS, sign("SYSBP", "123", "mmHg", VISITNUM="2")],
    ),
    "ME-030": ("VS", _weights("70", "154"), (2,), _weights("70", "76")),
    "ME-036": ("VS", _weights("70", "154"), (2,), _weights("70", "140")),
    "ME-032": ("LB", [measurement(day="2024-03")], (1,), [measurement()]),
    "ME-033": (
        "VS",
        [sign("TEMP", t, "C", VISITNUM=t) for t in ("34", "43", "34.5", "42.9")],
        (1, 2),
        [sign("TEMP", "34.5", "C"), sign("TEMP", "93.5", "F", VISITNUM="2")],
    ),
    "ME-034": (
        "VS",
        [sign("SYSBP", "160", "mmHg"), sign("DIABP", "13.4", "kPa"), sign("DIABP", "99", "mmHg")],
        (1,),
        [sign("SYSBP", "160", "mmHg"), sign("SYSBP", "130", "mmHg", "2024-03-11")],
    ),
    "ME-035": (
        "VS",
        [sign("HEIGHT", "67", "cm"), sign("WEIGHT", "70", "kg")],
        (1,),
        [sign("HEIGHT", "67", "in"), sign("WEIGHT", "40", "kg")],
    ),
    "ME-031": (
        "LB",
        [
            _lab("PLAT", text, VISITNUM=str(n))
            for n, text in enumerate(["<LLOQ", ">ULOQ", "TNTC", "> uloq"])
        ],
        (1, 2, 3, 4),
        [_lab("PLAT", "<25")],
    ),
}
