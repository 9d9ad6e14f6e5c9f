"""Drafts of queries to the site: plain, polite, one thing asked, with the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

import pandas as pd

from safety.queries import assessed, drafting
from safety.queries.asked import Frames, of_episodes, of_rows


def drafts(
    findings: tuple[pd.DataFrame, pd.DataFrame], reconciled: pd.DataFrame, verdicts: pd.DataFrame,
    frames: Frames, says: Mapping[str, str],
) -> pd.DataFrame:  # fmt: skip
    """Return every query there is to ask: of checks, of episodes, and of the assessment.

    findings: the tables of findings and of failing records; reconciled: rows of `reconcile`;
    verdicts: one row a subject; frames: canonical records by kind, accepted and held; says: by
    check, the column in which it stands what is wrong with a record.
    """
    told, failing = findings
    episodes = {c: s for c, s in says.items() if s in reconciled.columns}
    rows = failing[~failing["CHECKID"].isin(episodes)]
    of_checks = drafting.draft(
        chain(of_rows(told, rows, frames, says), of_episodes(told, reconciled, frames, episodes))
    )
    of_assessment = assessed.draft(verdicts, of_checks)
    return pd.concat([of_checks, of_assessment], ignore_index=True)
