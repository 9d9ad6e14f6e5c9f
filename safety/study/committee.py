"""Who decides: the committee whose members look at each data cut: `committee`."""

from __future__ import annotations

from pydantic import Field

from safety.study.parts import Count, Part


class Committee(Part):
    """The committee of the charter. It does not change what is computed."""

    quorum: Count = Field(
        description="members who vote: present and without a conflict of interest"
    )
