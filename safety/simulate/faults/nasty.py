"""Texts that break careless readers; planted under `hostile` only."""

from __future__ import annotations

SHARE = 0.4  # of what is planted, where a nasty text can stand
LONG = "长" * 20_000
TEXTS = (
    "\x00", "5\x00.1", LONG, "🙂🩸", "\u202e3.6\u202c", "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>", '"', "'; DROP TABLE lb; --", "3.6\n4.1", "3.6\r\n", ",,,", "NaN",
    "nan", "inf", "-inf",
    "Infinity", "None", "NULL", "#N/A", "TRUE", "\ufeff3.6", "\u200b", "\\N", "{}", "[1]", "0x1F",
    "1_000",
)  # fmt: skip
NUMBERS = (
    "１２．５", "12,5", "1.234,5", "1 234", "−3", "3.6.1", "+-3", "3·6", "³", "½", "١٢", "1e",
    "--1",
)  # fmt: skip
HUGE = ("1e308", "1e309", "-1e308", "99999999999999999999", "1e-320", "-3.6", "-0")
DATES = (
    "0001-01-01", "9999-12-31", "2024-02-30", "20240305", " 2024-03-05 ", "2024-03-05T25:00",
    "2024-13-01", "2024-00-10", "2024-3-5", "05MAR2024", "45356", "2024-03-05T10:00+99:00", "NaT",
    "0000-00-00", "２０２４-03-05", "2024-03-05\x00", "today", "-2024-03-05",
)  # fmt: skip
# A text of an XPT file ends at a NUL, and its spaces at the end are lost.
XPT_DATES = tuple(d for d in DATES if "\x00" not in d)
# At most 200 bytes: a text of an XPT file cannot be longer.
TERMS = (
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "+1+1", "@SUM(A1)", '"', '恶心, "呕吐"',
    "a\nb", "\u202eabc", "🙂", "呕" * 60, "<img src=x onerror=alert(1)>", "'; DROP TABLE ae; --",
    "{{7*7}}", "%s%n", "../../etc/hosts", "\ttab",
)  # fmt: skip
GRADES = ("6", "-1", "0", "2-3", "Severe", "4.5", "Ⅲ", "３", "1e0", "NaN", "inf", "III", "G3", "3+")
SUBJECTS = ("", "N/A", "*", "SIM", "%", "Ω", "../001", "=1+1")
