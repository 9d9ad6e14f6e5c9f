"""A listing as SQL: the rows that a snapshot has, their columns, conditions and order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    Select,
    and_,
    case,
    collate,
    func,
    not_,
    or_,
    select,
    type_coerce,
)

from safety.rows.asked import Condition, Test, Value
from safety.rows.listed import Kind, columns, listed
from safety.store.read import Cut
from safety.store.tables import BITEMPORAL

Expression = ColumnElement[Any]
Truth = ColumnElement[bool]
HALF = 16  # characters of each hash, of the 32 of a row that stands in two tables


class Relation:
    """The rows of a listing at a cut; `dialect` is the name of the database's."""

    def __init__(self, name: str, cut: Cut, dialect: str) -> None:
        chosen = listed(name)
        self.kinds: dict[str, Kind] = columns(name)
        self._cut, self._dialect = cut, dialect
        self.base = BITEMPORAL[chosen.table].alias()
        self._joined = chosen.joined
        self._other = BITEMPORAL[chosen.joined.table].alias() if chosen.joined else None
        self.columns: dict[str, Expression] = {
            column: self._column(column.lower()) for column in self.kinds
        }

    def rows(self) -> Select[Any]:
        """Return a query of all columns of every row, in their order."""
        return self.query(*self.columns.values(), names=self.kinds)

    def by_id(self, ids: Sequence[int]) -> Select[Any]:
        """Return a query of the rows of some ids of the first table: the id, then all columns."""
        source = self._source(self.kinds)
        return (
            select(self.base.c.id, *self.columns.values())
            .select_from(source)
            .where(self.base.c.id.in_(ids))
        )

    def by_key(self, keys: Sequence[str], names: Sequence[str]) -> Select[Any]:
        """Return a query of columns of the rows that have these keys."""
        chosen = [self.columns[name] for name in names]
        query = select(*chosen).select_from(self._source(names))
        return query.where(self.base.c.key.in_(keys), *self._at_cut(self.base))

    def query(self, *expressions: Expression, names: Iterable[str]) -> Select[Any]:
        """Return a query over every row. names: of the columns it uses, here or later on.

        The second table is left out if none is of it: it neither adds nor takes away a row.
        """
        (study, seq), base = self._cut, self.base.c
        at_cut = (base.study == study, base.tx_from <= seq, base.tx_to > seq)
        return select(*expressions).select_from(self._source(names)).where(*at_cut)

    def condition(self, asked: Condition) -> Truth:
        """Return a condition as SQL; every value is bound."""
        column, kind = self.columns[asked.column], self.kinds[asked.column]
        if kind == "text":
            return _TESTS[asked.test](
                self._plain(column, kind), _absent(column, kind), asked.values
            )
        # bound as floats: as the column's own type 2.5 would be rounded, and a large one refused
        values = tuple(float(value) for value in asked.values)
        return _TESTS[asked.test](type_coerce(column, Float()), _absent(column, kind), values)

    def moved(self, since: int) -> Truth:
        """Return that a row became what it is after a snapshot, by its sequence.

        TX_FROM tells it but for one: that the row of the second table is gone.
        """
        later = self.columns["TX_FROM"] > since
        if self._joined is None:
            return later
        study, seq = self._cut
        other = BITEMPORAL[self._joined.table].alias()
        gone = select(other.c.key).where(
            other.c.study == study, other.c.tx_from <= since, other.c.tx_to.between(since + 1, seq)
        )
        return or_(later, self.base.c[self._joined.by].in_(gone))

    def order(self, asked: tuple[tuple[str, bool], ...]) -> list[Expression]:
        """Return what rows are ordered by; the key comes last, so no two are equal."""
        found: list[Expression] = []
        for name, descending in asked:
            column, kind = self.columns[name], self.kinds[name]
            plain = self._plain(column, kind)
            found += [
                case((_absent(column, kind), 1), else_=0),
                plain.desc() if descending else plain.asc(),
            ]
        return [*found, self._plain(self.columns["KEY"], "text")]

    def _source(self, names: Iterable[str]) -> FromClause:
        both = {"ROW_HASH", "TX_FROM"}
        if self._joined is None or self._other is None:
            return self.base
        if both.union(c.upper() for c in self._joined.columns).isdisjoint(names):
            return self.base
        same = self._other.c.key == self.base.c[self._joined.by]
        return self.base.outerjoin(self._other, and_(same, *self._at_cut(self._other)))

    def _at_cut(self, found_by_key: FromClause) -> tuple[Truth, Truth, Truth]:
        """Return that a row of a table, which is found by its key, is of the cut.

        + 0: SQLite would else take the index of what is current, and read all of it for each key.
        """
        (study, seq), c = self._cut, found_by_key.c
        return c.study == study, c.tx_from <= seq, c.tx_to + 0 > seq

    def _column(self, name: str) -> Expression:
        if self._joined is None or self._other is None:
            return self.base.c[name]
        if name in self._joined.columns:
            return self._other.c[name]
        return _of_both(self.base, self._other).get(name, self.base.c[name])

    def _plain(self, column: Expression, kind: Kind) -> Expression:
        """Return a text that is compared by its characters, as SQLite does, on every database."""
        is_text = kind == "text" and self._dialect == "postgresql"
        return collate(column, "C") if is_text else column


def _of_both(base: FromClause, other: FromClause) -> dict[str, Expression]:
    """Return what two rows put together have: a hash of both, and since when both are so."""
    second = func.coalesce(func.substr(other.c.row_hash, 1, HALF), "")
    return {
        "row_hash": func.substr(base.c.row_hash, 1, HALF).concat(second),
        "tx_from": case((other.c.tx_from > base.c.tx_from, other.c.tx_from), else_=base.c.tx_from),
    }


def _absent(column: Expression, kind: Kind) -> Truth:
    return or_(column.is_(None), column == "") if kind == "text" else column.is_(None)


Rule = Callable[[Expression, Truth, tuple[Value, ...]], Truth]
_TESTS: dict[Test, Rule] = {
    "is": lambda column, _, values: column == values[0],
    "in": lambda column, _, values: column.in_(values),
    "not": lambda column, absent, values: or_(absent, column.not_in(values)),
    "contains": lambda column, _, values: column.icontains(values[0], autoescape=True),
    "least": lambda column, absent, values: and_(not_(absent), column >= values[0]),
    "most": lambda column, absent, values: and_(not_(absent), column <= values[0]),
    "missing": lambda _, absent, __: absent,
    "present": lambda _, absent, __: not_(absent),
}
