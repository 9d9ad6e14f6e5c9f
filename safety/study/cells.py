"""How the cells of a laboratory's files are written: declared, never guessed."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from safety.study.parts import Part, Text

DateForm = Literal["YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MON-YYYY", "YYYY/MM/DD"]
TimeForm = Literal["", "HH:MM", "HH:MM:SS"]


class Cells(Part):
    """The form of dates, times and numbers of a feed, and the clocks its times are of."""

    date: DateForm = Field(description="of every date: one form for the whole feed")
    time: TimeForm = Field(
        description='after the date and a space (of YYYY-MM-DD also a T); "" for dates alone'
    )
    timezone: Text = Field(description="IANA name of the clocks, e.g. Asia/Shanghai")
    decimal: Literal[".", ","] = Field(description="decimal sign of numbers")
    thousands: Literal["", ",", ".", " ", "'"] = Field(
        description='sign between groups of three digits; "" for none'
    )
    time_columns: dict[Text, Text] = Field(
        default_factory=dict, description="date column: the column that holds its time"
    )
    held_above: float = Field(
        default=0.5, gt=0, le=1,
        description="share of the cells of a column that are not of the form, above which the "
        "whole file is held",
    )  # fmt: skip

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("this is no IANA time zone, e.g. Asia/Shanghai") from error
        return name

    @model_validator(mode="after")
    def _signs_differ(self) -> Cells:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}: no number is clear")
        if self.time_columns and not self.time:
            raise ValueError('time_columns hold times, but time is ""; write their form')
        return self
