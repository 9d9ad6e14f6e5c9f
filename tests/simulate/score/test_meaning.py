"""Units of one value, by the scorer's own factors."""

import pytest

from safety.simulate.score.meaning import agrees, value


@pytest.mark.parametrize(
    ("text", "found"),
    [("1.2 10^9/L", (1.2, "10^9/L")), ("2", (2.0, "")), ("-1.5 C", (-1.5, "C")),
     ("2024-03-05", None), ("two", None), ("", None)],
)  # fmt: skip
def test_a_value_of_a_text(text, found):
    assert value(text) == found


@pytest.mark.parametrize(
    ("test", "wanted", "said", "answer"),
    [
        ("BILI", (17.104, "umol/L"), (1.0, "mg/dL"), True),
        ("CREAT", (88.42, "umol/L"), (1.0, "mg/dL"), True),
        ("BILI", (88.42, "umol/L"), (1.0, "mg/dL"), False),
        ("HGB", (120, "g/L"), (12.0, "g/dL"), True),
        ("TEMP", (38.0, "C"), (100.4, "F"), True),
        ("SYSBP", (150, "mmHg"), (20.0, "kPa"), True),
        ("GLUC", (5.55, "mmol/L"), (100.0, "mg/dL"), True),
        ("PLAT", (50, "10^9/L"), (50.6, "10*9/L"), False),
        ("PLAT", (50, "10^9/L"), (50.4, "10*9/L"), True),
        ("ALT", (50, "U/L"), (50.0, "mg/dL"), False),  # no factor makes one of the other
        ("PROT", (1, "{plus}"), (1.0, ""), True),
        ("NEUT", (3.6, "10^9/L"), (3600.0, "/mm3"), True),
        ("NEUT", (3.6, "10^9/L"), (0.36, "10*9/L"), False),
    ],
)
def test_what_means_the_same(test, wanted, said, answer):
    assert agrees(test, wanted, said) is answer
