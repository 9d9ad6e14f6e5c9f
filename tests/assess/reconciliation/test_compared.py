"""What comparisons say of records."""

from __future__ import annotations

import pandas as pd

from safety.assess.reconciliation.compared import results


def test_a_result_is_told_on_one_line() -> None:
    rows = {
        "KEY": ["1", "2", "3"],
        "PARAMCD": ["ALT", "PLAT", "NEUT"],
        "AVALC": ["950", "<50", None],
        "AVALU": ["U/L", None, "10^9/L\n" + "x" * 100],
        "ANRLOC": [None, None, "1.5"],
        "ANRHIC": ["40", None, "7.5"],
    }
    frame = pd.DataFrame({c: pd.array(v, dtype="str") for c, v in rows.items()})
    assert results(pd.concat([frame, frame])).to_dict() == {
        "1": "ALT 950 U/L (reference not given to 40)",
        "2": "PLAT <50 (no unit)",
        "3": f"NEUT not given 10^9/L {'x' * 53} (reference 1.5 to 7.5)",
    }
    assert results(frame.iloc[:0]).to_dict() == {}
