"""Tables as SQLAlchemy metadata. Column names are the frames' names in lower case.

Records and results are append-only and bitemporal: a row is current from sequence `tx_from` until
`tx_to`, the sequence being the snapshot's. (Records depend on more than the delivered bytes: on
the study's mapping, the code that reads them and as_of.) Nothing is ever updated but `tx_to`,
when a newer row takes its place. A delivery is a receipt: the same bytes may come again. Of a
daily feed it is the folder of one `day`; what became of its files changes with later ones.
What people and machines do with them is in alert_tables, kept_tables and people_tables.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from safety.store.alert_tables import alert, alert_event, breaker, delivery_log, outbox
from safety.store.base import Sequence, metadata
from safety.store.kept_tables import (
    audit,
    decision,
    obligation,
    obligation_event,
    question,
    work_event,
    work_item,
)
from safety.store.people_tables import (
    account,
    meeting,
    meeting_event,
    proposal,
    review,
    role_grant,
    session,
    signature,
    throttle,
)

__all__ = [
    "account", "alert", "alert_event", "audit", "breaker", "decision", "delivery_log", "meeting",
    "meeting_event", "metadata", "obligation", "obligation_event", "outbox", "proposal", "question",
    "review", "role_grant", "session", "signature", "throttle", "work_event", "work_item",
]  # fmt: skip
FOREVER = 2**31 - 1  # tx_to of a current row
delivery = Table(
    "delivery",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("study", String(41), nullable=False),
    Column("feed", String(31), nullable=False),
    Column("day", String(10), nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_delivery_study_feed", "study", "feed"),
)
delivery_file = Table(
    "delivery_file",
    metadata,
    Column("delivery_seq", ForeignKey("delivery.seq"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("domain", Text, primary_key=True),
    Column("received", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("superseded", Integer, nullable=False, server_default="0"),
    Column("deleted", Integer, nullable=False, server_default="0"),
    Column("status", String(10), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    CheckConstraint(
        "received = accepted + quarantined + duplicates + superseded + deleted", name="rows"
    ),
)
snapshot = Table(
    "snapshot",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("snapshot_id", String(64), nullable=False, unique=True),
    Column("study", String(41), nullable=False),
    Column("delivery_seq", ForeignKey("delivery.seq"), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("rule_set", String(16), nullable=False),
    Column("ctcae", String(5), nullable=False),
    Column("code_version", String(16), nullable=False),
    Column("result_hash", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("header", Text, nullable=False),
    Column("summary", Text, nullable=False),
    # over the records, as result_hash is over the results; "" of a snapshot of before 0006
    Column("record_hash", String(64), nullable=False, server_default=""),
    # canonical JSON of all that the run worked on, so that it can be made again
    Column("manifest", Text, nullable=False, server_default=""),
)
# Delivered text has no length limit here: a long value must not fail a transaction.
TEXT: TypeEngine[Any] = Text()
NUM: TypeEngine[Any] = Float()
INT: TypeEngine[Any] = Integer()
SMALL: TypeEngine[Any] = SmallInteger()
Columns = dict[str, TypeEngine[Any]]


def _text(names: str) -> Columns:
    return dict.fromkeys(names.split(), TEXT)


START, PERIOD = "stdtc stdtmin stdtmax", "stdtc stdtmin stdtmax endtc endtmin endtmax"
SOURCE: Columns = _text("domain feed srcfile") | {"srcrow": INT}
RECORDS: dict[str, Columns] = {
    "subject": _text(
        "usubjid siteid sex armcd arm actarmcd actarm rfstdtc rfendtc rficdtc dthdtc dthfl"
    )
    | {"age": NUM} | SOURCE,
    "dose": _text(
        "usubjid trt dosec dosu dosfrq occur reason adj mood visit stdtc endtc stdtmin stdtmax "
        "endtmin endtmax"
    ) | {"dose": NUM} | SOURCE,
    "measurement": _text(
        "usubjid paramcd param spec method pos tpt avalc avalu ucum comparator valuestate anrloc "
        "anrhic nrind stat clsig visitnum visit adtc adtmin adtmax"
    ) | {"aval": NUM, "anrlo": NUM, "anrhi": NUM} | SOURCE,
    "adverse_event": _text(
        "usubjid aeseq grpid aetoxgr aesev aeser aesdth aeslife aeshosp aerel aeacn aeout stdtc "
        "endtc stdtmin stdtmax endtmin endtmax"
    ) | {"aeterm": TEXT, "aedecod": TEXT, "aebodsys": TEXT} | SOURCE,
    "supplement": _text("usubjid rdomain idvar idvarval qnam qval") | SOURCE,
    "medication": _text(f"usubjid trt decod cat indc occur {PERIOD}") | SOURCE,
    "procedure": _text(f"usubjid trt decod cat indc occur {PERIOD}") | SOURCE,
    "disposition": _text(f"usubjid decod term {START}") | SOURCE,
    "visit": _text(f"usubjid visit visitnum {PERIOD}") | SOURCE,
    "history": _text(f"usubjid decod term occur {START}") | SOURCE,
    "declaration": _text(f"usubjid term text {START} signedby signeddtc") | SOURCE,
}  # fmt: skip
# Kinds of which a study need not have any: no frame of one is no rows of it.
OPTIONAL = frozenset(RECORDS) - {"subject"}
ARGUMENT = "evidence places"  # JSON: what the records say, and where each of them stands
RESULTS: dict[str, Columns] = {
    "exposure": _text("usubjid trtsdt trtedt trtsource") | {"doses": INT, "expdays": INT},
    "grade": _text(
        "usubjid paramcd adtmin adtmax direction ablfl postfl trtemfl meddracd possible numposs "
        "criterion gunit"
    ) | {"mkey": TEXT, "term": TEXT, "soc": TEXT, "reasons": TEXT, "ady": INT,
         "atoxgr": SMALL, "btoxgr": SMALL, "gval": NUM, "base": NUM, "basestate": SMALL},
    "event_grade": _text("usubjid possible rel trtemfl")
    | {"atoxgr": SMALL, "astdy": INT, "astdymin": INT, "astdymax": INT},
    "episode": _text("usubjid direction episode endt recovered trtemfl")
    | {"term": TEXT, "maxgr": SMALL, "lower": INT, "upper": INT, "samples": INT,
       "ungraded": INT},
    "worst_grade": _text("usubjid direction trtemfl")
    | {"term": TEXT, "soc": TEXT, "basegr": SMALL, "worstgr": SMALL,
       "worstpos": SMALL, "tegr": SMALL, "values": INT, "graded": INT, "ungraded": INT},
    "worst_event": _text("usubjid worst related serious")
    | {"term": TEXT, "soc": TEXT, "maxgr": SMALL, "mingr": SMALL, "events": INT},
    "verdict": _text(
        "usubjid doselvl verdict evaluable reason late closes windowtext flags queries"
    ) | {"onsetdy": INT},
    "rule_result": _text(
        f"usubjid rule late kind state terms duration missing settlesby {ARGUMENT}"
    ) | {"onsetdy": INT},
    "surveillance": _text("usubjid assessment duewindow status dueby doneon"),
    "dose_account": _text("usubjid drug missed complete")
    | {"cycle": INT, "planned": NUM, "taken": NUM, "plannedmg": NUM, "takenmg": NUM, "rdi": NUM,
       "unrecorded": NUM, "reducedmg": NUM},
    "trigger": _text(
        "usubjid rule drug action ondt state wins resume nextdose untildt missing advice ruletext "
        + ARGUMENT
    ),
    "deviation": _text(f"usubjid kind drug ondt expected actual rule {ARGUMENT}"),
    "pause": _text("rule doselvl ruletext subjects"),
    "monitor": _text("rule doselvl ruletext subjects atrisk undecided waiting")
    | {"n": INT, "events": INT},
    "finding": _text("checkid domain status severity handling")
    | {"title": TEXT, "citation": TEXT, "file": TEXT, "checked": INT, "failed": INT, "note": TEXT},
    "finding_row": _text("checkid domain usubjid cells said")
    | {"record": TEXT, "file": TEXT, "srcrow": INT},
    "query": _text(f"usubjid checkid term episode severity topic {ARGUMENT}") | {"text": TEXT},
    "quarantine": _text("domain usubjid checks")
    | {"reason": TEXT, "raw": TEXT, "srcfile": TEXT, "srcrow": INT},
}  # fmt: skip
# A row that only moved inside its file is the same row.
UNHASHED = frozenset({"srcfile", "srcrow", "feed", "file", "places"})


def _bitemporal(name: str, columns: Columns) -> Table:
    subject = [Index(f"ix_{name}_subject", "study", "usubjid")] if "usubjid" in columns else []
    return Table(
        name,
        metadata,
        Column("id", Sequence, primary_key=True, autoincrement=True),
        Column("study", String(41), nullable=False),
        Column("key", Text, nullable=False),
        Column("row_hash", String(32), nullable=False),
        Column("tx_from", Integer, nullable=False),
        Column("tx_to", Integer, nullable=False),
        *(Column(column, kind) for column, kind in columns.items()),
        UniqueConstraint("study", "key", "tx_from"),
        # by tx_from too: of the rows that are current, those that one snapshot wrote
        Index(f"ix_{name}_current", "study", "tx_to", "tx_from"),
        *subject,
    )


BITEMPORAL: dict[str, Table] = {
    name: _bitemporal(name, columns) for name, columns in (RECORDS | RESULTS).items()
}
