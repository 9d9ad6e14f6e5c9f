"""Forms with a column a test, as electronic case report forms often have for vital signs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from safety.study.parts import Part, Text

TESTCD, RESULT, UNIT, LOW, HIGH, STATUS = "TESTCD", "RESULT", "UNIT", "LOW", "HIGH", "STATUS"
# Canonical field: the column in which it stands once there is a row a test.
FIELDS = {"PARAMCD": TESTCD, "AVALC": RESULT, "AVALU": UNIT, "ANRLOC": LOW, "ANRHIC": HIGH,
          "STAT": STATUS}  # fmt: skip


class WideTest(Part):
    """Where a test stands in a row. Its unit is one for all rows, or told in a column."""

    result: Text = Field(description="column of the result")
    unit: str = Field(default="", description="of every result; never what is merely usual")
    unit_column: str = Field(default="", description="column of the unit, instead")
    low: str = Field(default="", description="column of the lower limit of normal")
    high: str = Field(default="", description="column of the upper limit of normal")

    @model_validator(mode="after")
    def _one_unit(self) -> WideTest:
        if self.unit and self.unit_column:
            raise ValueError("unit and unit_column: write one of them")
        return self

    @property
    def numbers(self) -> list[str]:
        """Return the columns of its result and of the limits of normal."""
        return [c for c in (self.result, self.low, self.high) if c]

    @property
    def columns(self) -> list[str]:
        """Return the columns that a file must have for it."""
        return [c for c in (self.unit_column, *self.numbers) if c]


class Wide(Part):
    """A row holds the results of several tests: it becomes a row a test.

    The key of the domain must name TESTCD, the column of the test's code in such a row.
    """

    tests: dict[Text, WideTest] = Field(min_length=1, description="by code of the test (PARAMCD)")
    blank: Literal["missing", "not_done"] = Field(
        default="missing",
        description="what an empty result means: it lacks and is asked for, or was not measured",
    )

    @property
    def columns(self) -> list[str]:
        """Return the columns that a file must have."""
        return list(dict.fromkeys(c for test in self.tests.values() for c in test.columns))
