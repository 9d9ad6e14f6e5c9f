"""What is only ever added to cannot be changed: the database itself refuses it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Frozen here on purpose: a later change of the tables must not rewrite this step.
ADDED_TO = (
    "alert_event", "audit", "decision", "delivery_log", "obligation_event", "question", "snapshot",
    "work_event",
)  # fmt: skip
# By table the columns that tell its rows apart, where they are others than its `id`.
UNIQUE = {
    "audit": ("seq", "study prev_hash", "study number"),
    "decision": ("decision_id",),
    "question": ("id", "decision_id snapshot_id"),
    "snapshot": ("seq", "snapshot_id"),
}
BOOKKEEPING = ("id", "study", "key", "row_hash", "tx_from")
FOREVER = 2**31 - 1  # tx_to of a current row
# Every column of a bitemporal table besides the bookkeeping: none of them ever changes.
START, PERIOD = "stdtc stdtmin stdtmax", "stdtc stdtmin stdtmax endtc endtmin endtmax"
SOURCE = "domain feed srcfile srcrow"
ARGUMENT = "evidence places"
BITEMPORAL = {
    name: (*BOOKKEEPING, *columns.split())
    for name, columns in {
        "subject": "usubjid siteid sex armcd arm actarmcd actarm rfstdtc rfendtc rficdtc dthdtc "
        f"dthfl age {SOURCE}",
        "dose": "usubjid trt dosec dosu dosfrq occur reason adj mood visit stdtc endtc stdtmin "
        f"stdtmax endtmin endtmax dose {SOURCE}",
        "measurement": "usubjid paramcd param spec method pos tpt avalc avalu ucum comparator "
        "valuestate anrloc anrhic nrind stat clsig visitnum visit adtc adtmin adtmax aval anrlo "
        f"anrhi {SOURCE}",
        "adverse_event": "usubjid aeseq grpid aetoxgr aesev aeser aesdth aeslife aeshosp aerel "
        "aeacn aeout stdtc endtc stdtmin stdtmax endtmin endtmax aeterm aedecod aebodsys "
        f"{SOURCE}",
        "supplement": f"usubjid rdomain idvar idvarval qnam qval {SOURCE}",
        "medication": f"usubjid trt decod cat indc occur {PERIOD} {SOURCE}",
        "procedure": f"usubjid trt decod cat indc occur {PERIOD} {SOURCE}",
        "disposition": f"usubjid decod term {START} {SOURCE}",
        "visit": f"usubjid visit visitnum {PERIOD} {SOURCE}",
        "history": f"usubjid decod term occur {START} {SOURCE}",
        "declaration": f"usubjid term text {START} signedby signeddtc {SOURCE}",
        "exposure": "usubjid trtsdt trtedt trtsource doses expdays",
        "grade": "usubjid paramcd adtmin adtmax direction ablfl postfl trtemfl meddracd possible "
        "numposs criterion gunit mkey term soc reasons ady atoxgr btoxgr gval base basestate",
        "event_grade": "usubjid possible rel trtemfl atoxgr astdy astdymin astdymax",
        "episode": "usubjid direction episode endt recovered trtemfl term maxgr lower upper "
        "samples ungraded",
        "worst_grade": "usubjid direction trtemfl term soc basegr worstgr worstpos tegr values "
        "graded ungraded",
        "worst_event": "usubjid worst related serious term soc maxgr mingr events",
        "verdict": "usubjid doselvl verdict evaluable reason late closes windowtext flags queries "
        "onsetdy",
        "rule_result": "usubjid rule late kind state terms duration missing settlesby onsetdy "
        f"{ARGUMENT}",
        "surveillance": "usubjid assessment duewindow status dueby doneon",
        "dose_account": "usubjid drug missed complete cycle planned taken plannedmg takenmg rdi "
        "unrecorded reducedmg",
        "trigger": "usubjid rule drug action ondt state wins resume nextdose untildt missing "
        f"advice ruletext {ARGUMENT}",
        "deviation": f"usubjid kind drug ondt expected actual rule {ARGUMENT}",
        "pause": "rule doselvl ruletext subjects",
        "monitor": "rule doselvl ruletext subjects atrisk undecided waiting n events",
        "finding": "checkid domain status severity handling title citation file checked failed "
        "note",
        "finding_row": "checkid domain usubjid cells said record file srcrow",
        "query": f"usubjid checkid term episode severity topic text {ARGUMENT}",
        "quarantine": "domain usubjid checks reason raw srcfile srcrow",
    }.items()
}
KEPT = "rows are kept for ever and only added to"
CLOSED = "rows are kept for ever; of a current one only tx_to may be set, once"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _sqlite() -> None:
    for table in ADDED_TO:
        _refuse(table, "UPDATE", KEPT)
        _refuse(table, "DELETE", KEPT)
    for table, columns in BITEMPORAL.items():
        _refuse(table, "DELETE", KEPT)
        _refuse(table, "UPDATE", CLOSED, _not_only_closed(columns))
    for table, _ in _guarded():
        usual = ("id", "study key tx_from") if table in BITEMPORAL else ("id",)
        _refuse_replacing(table, UNIQUE.get(table, usual))


def _refuse(table: str, act: str, why: str, when: str = "") -> None:
    condition = f"WHEN {when} " if when else ""
    op.execute(
        f'CREATE TRIGGER no_{act.lower()}_of_{table} BEFORE {act} ON "{table}" {condition}'
        f"BEGIN SELECT RAISE(ABORT, '{act} of {table} refused: {why}'); END"
    )


def _refuse_replacing(table: str, unique: tuple[str, ...]) -> None:
    """INSERT OR REPLACE takes a row away without a DELETE that a trigger would see."""
    there = " OR ".join(_is_there(table, columns.split()) for columns in unique)
    op.execute(
        f'CREATE TRIGGER no_replacing_of_{table} BEFORE INSERT ON "{table}" WHEN {there} '
        f"BEGIN SELECT RAISE(ABORT, 'INSERT of {table} refused: {KEPT}'); END"
    )


def _is_there(table: str, columns: list[str]) -> str:
    known = sa.table(table, *(sa.column(name) for name in columns))
    same = (c == sa.literal_column(f'NEW."{c.name}"') for c in known.c)
    return str(sa.exists(sa.literal_column("1")).where(*same).compile(op.get_bind()))


def _not_only_closed(columns: tuple[str, ...]) -> str:
    moved = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in columns)
    return f"{_not_closing('OLD', 'NEW')} OR {moved}"


def _not_closing(old: str, new: str) -> str:
    return f"{old}.tx_to <> {FOREVER} OR {new}.tx_to <= {old}.tx_from OR {new}.tx_to >= {FOREVER}"


def _postgresql() -> None:
    """One function for all: it is told with the trigger whether a row may be closed."""
    op.execute(f"""
CREATE FUNCTION toxwatch_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'CLOSED' THEN
    IF NOT ({_not_closing("OLD", "NEW")})
       AND to_jsonb(OLD) - 'tx_to' = to_jsonb(NEW) - 'tx_to' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% of % refused: %', TG_OP, TG_TABLE_NAME,
    CASE TG_ARGV[0] WHEN 'CLOSED' THEN '{CLOSED}' ELSE '{KEPT}' END
    USING ERRCODE = 'integrity_constraint_violation';
END $$""")
    for table, kind in _guarded():
        op.execute(
            f'CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION toxwatch_only_added_to('{kind}')"
        )
        op.execute(
            f'CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION toxwatch_only_added_to('{kind}')"
        )


def _guarded() -> list[tuple[str, str]]:
    return [*((t, "ADDED") for t in ADDED_TO), *((t, "CLOSED") for t in BITEMPORAL)]


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION toxwatch_only_added_to() CASCADE")
        return
    for table, _ in _guarded():
        for act in ("update", "delete", "replacing"):
            op.execute(f"DROP TRIGGER no_{act}_of_{table}")
