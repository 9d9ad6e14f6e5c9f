"""Tables as a wrong export, a careless hand or an attacker fills them, in any format."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.faults.table import DAY, SUBJECT, UNIT, VALUE, Table

Spoil = Callable[[Table, Random], Table]
CELLS = {
    "numbers": (
        "1e999", "-1e999", "NaN", "inf", "-inf", "1" + "0" * 400, "0." + "0" * 400 + "1", "1e-400",
        "--5", "5-", "1,234.5", "1.234,5", "1'234", "0x1F", "1_000", "\uff11\uff12", "\u0663",
        "\u00b2", "\u2212 1", "<", "<<5", "< 0.5", ">=", "5%", "+", "++++", "1/0", "1:40", "TRUE",
        "1e5000000000", "12345678901234567890", "-0", ".", "5.", "\u221e",
    ),
    "days": (
        "2024-02-30", "2024-13-01", "0000-00-00", "9999-12-31", "10000-01-01", "-2024-01-01",
        "2024-3-1", "03/04/2024", "45352", "2024-03-01T25:00", "2024-03-01T23:59:60",
        "2024-03-01T10:00+99:99", "2024-03-01T10:00:00.123456789123", "2024-W10", "2024-061",
        "UN-MAR-2024", "2024---15", "1899-12-31", "2024-03-01T10:00-23:59",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59:59-14:00", "today", "2024-03-01 10:00", "2024\u201003\u201001",
        "\u0662\u0660\u0662\u0664-03-01", "2024-03-01Z",
    ),
    "texts": (
        "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "\uff1d1", "<script>alert(1)",
        "<img src=x onerror=alert(1)>", "javascript:alert(1)", "'; DROP TABLE finding; --",
        "Robert'); DELETE FROM work_item WHERE ('1'='1", "%s%s%n", "{0.__class__}", "${jndi:x}",
        "../../etc/passwd", "\x00", "a\x00b", "\x1a", "\x1b[31m", "\u202eabc", "\ufeff",
        "\u200b", "S1\u00a0", "\u2028", "\x85", "\U0001f9ea", "\u0000\u0001", '"', '""', "'", "\\",
        "\\|", "|", "#", "a\nb", "a\r\nb", "a,b;c\td|e", " ", "", "NULL", "None", "nan", "N/A",
        "(form)", "\u3000", "e\u0301" * 50, "x" * 5_000,
    ),
    "subjects": (
        "S1 ", " S1", "s1", "\uff331", "S\u0661", "\u04211", "S1\u200b", "S01", "S-1", "S1.0",
        "S1\x00", "S1\n", "\u202eS1", "S1; S2", "S1/../S2", "S1#", "S1|", "*", "%", "",
    ),
}  # fmt: skip
COLUMN_OF = {"numbers": VALUE, "days": DAY, "texts": "VISIT", "subjects": SUBJECT}


def a_cell(kind: str) -> Spoil:
    """Return what puts a cell of a kind into one row."""

    def spoil(table: Table, rng: Random) -> Table:
        column = rng.choice([COLUMN_OF[kind], COLUMN_OF[kind], rng.choice(table.head)])
        return table.with_cell(rng.randrange(len(table.rows)), column, rng.choice(CELLS[kind]))

    return spoil


def a_whole_column(table: Table, rng: Random) -> Table:
    kind = rng.choice(list(CELLS))
    at = table.at(rng.choice([COLUMN_OF[kind], rng.choice(table.head)]))
    cell = rng.choice(CELLS[kind])
    return Table(table.head, [[*r[:at], cell, *r[at + 1 :]] for r in table.rows])


def columns_in_another_order(table: Table, rng: Random) -> Table:
    return table.rearranged(rng.sample(range(len(table.head)), len(table.head)))


def names_of_columns_exchanged(table: Table, rng: Random) -> Table:
    """Swap two heads over their cells: values stand under units."""
    head = list(table.head)
    a, b = rng.choice([(VALUE, UNIT), (VALUE, DAY), tuple(rng.sample(head, 2))])
    i, j = table.at(a), table.at(b)
    head[i], head[j] = head[j], head[i]
    return Table(head, table.rows)


def a_column_twice(table: Table, rng: Random) -> Table:
    order = list(range(len(table.head)))
    order.insert(rng.randrange(len(order)), rng.choice(order))
    return table.rearranged(order)


def a_column_gone(table: Table, rng: Random) -> Table:
    order = list(range(len(table.head)))
    order.remove(rng.choice(order))
    return table.rearranged(order)


def a_column_renamed(table: Table, rng: Random) -> Table:
    head = list(table.head)
    at = rng.randrange(len(head))
    names = ("", " ", "X", head[at].lower(), head[at] + " ", "\ufeff" + head[at], head[at] + "\x00",
             "(form)", "(partial)", "=1+1", "<b>", "a\nb", "\u202eABC", "x" * 300, "FORM", "KEY",
             "SRCROW", "FILE", "index", "0", "\uff2c\uff22", "'; --")  # fmt: skip
    head[at] = rng.choice(names)
    return Table(head, table.rows)


def more_columns(table: Table, rng: Random) -> Table:
    extra = [f"X{n}" for n in range(rng.choice([1, 50, 400]))]
    return Table([*table.head, *extra], [[*r, *("y" for _ in extra)] for r in table.rows])


def head_moved_by_one(table: Table, rng: Random) -> Table:
    by = rng.choice([1, -1])
    return Table([*table.head[by:], *table.head[:by]], table.rows)


def head_gone(table: Table, _: Random) -> Table:
    return Table([c or "" for c in table.rows[0]], table.rows[1:])


def head_among_the_rows(table: Table, rng: Random) -> Table:
    at = rng.randrange(len(table.rows))
    return Table(table.head, [*table.rows[:at], list(table.head), *table.rows[at:]])


def rows_of_blanks(table: Table, rng: Random) -> Table:
    blank = [rng.choice(["", " ", None])] * len(table.head)
    return Table(table.head, [*table.rows, *[list(blank) for _ in range(rng.choice([1, 3]))]])


def rows_twice(table: Table, rng: Random) -> Table:
    return Table(table.head, [*table.rows, *rng.sample(table.rows, rng.randint(1, 5))])


def a_key_twice(table: Table, rng: Random) -> Table:
    row = list(rng.choice(table.rows))
    row[table.at(VALUE)] = "0.1"
    return Table(table.head, [*table.rows, row])


def no_rows(table: Table, _: Random) -> Table:
    return Table(table.head, [])


def one_row(table: Table, _: Random) -> Table:
    return Table(table.head, table.rows[:1])


def fewer_rows(table: Table, rng: Random) -> Table:
    return Table(table.head, table.rows[: rng.randrange(len(table.rows))])


def cells_of_two_rows_exchanged(table: Table, rng: Random) -> Table:
    i, j = rng.sample(range(len(table.rows)), 2)
    column = rng.choice(table.head)
    at = table.at(column)
    first, second = table.rows[i][at], table.rows[j][at]
    return table.with_cell(i, column, second).with_cell(j, column, first)


SPOILS: dict[str, Spoil] = {f"one_of_the_{kind}": a_cell(kind) for kind in CELLS} | {
    s.__name__: s
    for s in (
        a_whole_column, columns_in_another_order, names_of_columns_exchanged, a_column_twice,
        a_column_gone, a_column_renamed, more_columns, head_moved_by_one, head_gone,
        head_among_the_rows, rows_of_blanks, rows_twice, a_key_twice, no_rows, one_row, fewer_rows,
        cells_of_two_rows_exchanged,
    )
}  # fmt: skip
