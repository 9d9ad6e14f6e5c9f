"""Which rows of one or several files count: of one natural key the newest version.

A source may send only the cells that were changed; such a version has the others from before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from safety.feeds.dataset import CLEARED, PARTIAL
from safety.intake.dates import site_moment
from safety.study.feeds import Domain


@dataclass(frozen=True, slots=True)
class Part:
    """The text rows of one file.

    moment: the time its content is of, "" if there is no other. converted: cells that the reader
    told by a declared form. others: see `Dataset`.
    """

    file: str
    raw: pd.DataFrame
    moment: str = ""
    converted: int = 0
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Rows of one file before checks; those that are left are checked."""

    file: str
    received: int
    duplicates: int = 0
    superseded: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of all files, numbered from 1 through, and which of them count.

    raw: text columns. source: columns FILE and ROW (1-based in its file). kept: numbers of the
    rows that count. revised: numbers of kept rows that have older versions in the same file.
    """

    raw: pd.DataFrame
    source: pd.DataFrame
    kept: pd.Index[int]
    revised: tuple[int, ...]
    accounts: tuple[Account, ...]


def select(parts: Sequence[Part], domain: Domain, zone: str) -> Selection:
    """Return which rows of the files, in the order of their content, count.

    Of one key the version with the newest `updated` counts, else that of the newest file. Versions
    of the same time that differ all count: a check rejects them. A version that is deleted takes
    the others with it. Exact copies count once.
    """
    raw = pd.concat([p.raw for p in parts], ignore_index=True)
    raw = raw.set_axis(pd.RangeIndex(1, len(raw) + 1), axis=0)
    sizes = [len(p.raw) for p in parts]
    number = np.repeat(np.arange(len(parts)), sizes)
    row = np.concatenate([np.arange(1, n + 1) for n in sizes]) if sizes else number
    source = pd.DataFrame(
        {"FILE": np.array([p.file for p in parts], dtype=object)[number], "ROW": row},
        index=raw.index,
    ).astype({"FILE": "str", "ROW": np.int64})
    is_partial = raw[PARTIAL].eq("Y") if PARTIAL in raw else pd.Series(False, index=raw.index)
    if len(parts) == 1 and not is_partial.any() and not (domain.updated or domain.deleted):
        newest = pd.Series(True, index=raw.index)
    else:
        rank = _rank(raw, parts, number, domain, zone)
        raw = _completed(raw, rank, is_partial, domain)
        newest = _newest(raw, rank, domain)
    copies = newest & _copies(raw, newest)
    deleted = newest & ~copies & _taken_away(raw, newest, domain)
    kept = newest & ~copies & ~deleted
    accounts = tuple(
        Account(
            part.file, size, int(copies[number == n].sum()), int((~newest)[number == n].sum()),
            int(deleted[number == n].sum()),
        )
        for n, (part, size) in enumerate(zip(parts, sizes, strict=True))
    )  # fmt: skip
    revised = _revised(raw, newest, kept, source, domain)
    return Selection(raw, source, raw.index[kept], revised, accounts)


def _rank(
    raw: pd.DataFrame, parts: Sequence[Part], number: np.ndarray[tuple[int], np.dtype[np.int64]],
    domain: Domain, zone: str,
) -> pd.Series[str]:  # fmt: skip
    """Return the time of each row as text that sorts: its own, else that of its file."""
    of_file = pd.Series([f"{p.moment}#{n:06d}" for n, p in enumerate(parts)], dtype="str")
    if domain.updated is None or domain.updated not in raw:
        return pd.Series(of_file.to_numpy()[number], index=raw.index, dtype="str")
    given = raw[domain.updated]
    known = {t: site_moment(t, zone) for t in given.dropna().unique()}
    own = given.map(known).astype("str").fillna("")
    latest = pd.Series([p.moment[:10] for p in parts], dtype="str").to_numpy()[number]
    # a source's clock a day ahead of its own file is wrong: it would rule for ever
    unbelievable = own.eq("") | ((latest != "") & (own.str.slice(0, 10) > _day_after(latest)))
    files = pd.Series(of_file.to_numpy()[number], index=raw.index, dtype="str")
    return own.mask(unbelievable, files)


def _day_after(days: np.ndarray[tuple[int], np.dtype[np.object_]]) -> pd.Series[str]:
    after = {d: str(np.datetime64(d) + 1) if d else "" for d in set(days)}
    return pd.Series([after[d] for d in days], dtype="str", index=range(1, len(days) + 1))


def _completed(
    raw: pd.DataFrame, rank: pd.Series[str], is_partial: pd.Series[bool], domain: Domain
) -> pd.DataFrame:
    """Return the rows with the unchanged cells of partial versions from the version before."""
    if not is_partial.any():
        return raw
    key = _identity(raw, domain)
    concerned = key.isin(key[is_partial].unique())
    order = pd.DataFrame({"KEY": key, "RANK": rank})[concerned].sort_values(
        ["KEY", "RANK"], kind="stable"
    )
    versions = raw.loc[order.index]
    is_told = versions.notna().mul(1).add(is_partial[order.index], axis=0).gt(0)
    filled = versions.where(is_told, CLEARED).groupby(order["KEY"]).ffill()
    return pd.concat([raw[~concerned], filled.mask(filled.eq(CLEARED))]).sort_index()


def _identity(raw: pd.DataFrame, domain: Domain) -> pd.Series[int]:
    """Return one number a natural key; a row whose key is not whole is alone."""
    keys = raw[domain.key]
    number = keys.groupby(domain.key, dropna=False, sort=False).ngroup()
    alone = pd.Series(-raw.index.to_numpy(), index=raw.index)
    return number.mask(keys.isna().any(axis=1), alone)


def _newest(raw: pd.DataFrame, rank: pd.Series[str], domain: Domain) -> pd.Series[bool]:
    if raw.empty:
        return pd.Series([], dtype=bool)
    codes = pd.Series(np.unique(rank.to_numpy(object), return_inverse=True)[1], index=raw.index)
    return codes.eq(codes.groupby(_identity(raw, domain)).transform("max"))


def _copies(raw: pd.DataFrame, newest: pd.Series[bool]) -> pd.Series[bool]:
    return raw[newest].duplicated().reindex(raw.index, fill_value=False)


def _taken_away(raw: pd.DataFrame, newest: pd.Series[bool], domain: Domain) -> pd.Series[bool]:
    """Return the newest versions that are deleted, unless another of that time is not."""
    if domain.deleted is None or raw.empty:
        return pd.Series(False, index=raw.index)
    said = raw[domain.deleted.column].str.strip().str.upper().isin(domain.deleted.values)
    differs = (newest & ~said).groupby(_identity(raw, domain)).transform("any")
    return said & ~differs


def _revised(
    raw: pd.DataFrame, newest: pd.Series[bool], kept: pd.Series[bool], source: pd.DataFrame,
    domain: Domain,
) -> tuple[int, ...]:  # fmt: skip
    """Return the kept rows of which the same file has an older version."""
    if newest.all():
        return ()
    key = _identity(raw, domain)
    older = (~newest).groupby([key, source["FILE"]]).transform("any")
    return tuple(int(i) for i in raw.index[kept & older])
