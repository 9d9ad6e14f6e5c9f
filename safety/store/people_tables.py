"""Tables of who may do what, what they looked at, and what they sign together.

An account is a person; a grant is a role in a study ("*": in every study). A session is a browser
that signed in; only the sha256 of its token is here. A proposal becomes a decision when a second
person confirms it. A signature binds a person to the sha256 of what was signed. review, signature
and meeting_event are only ever added to. Times are UTC, ISO 8601; "" where there is none.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from safety.store.base import Sequence, metadata

account = Table(
    "account",
    metadata,
    Column("account_id", String(32), primary_key=True),  # never given to anybody else
    Column("username", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),  # as it is printed beside a signature
    Column("password", Text, nullable=False),  # hash of argon2; "" signs in elsewhere only
    Column("issuer", Text),  # of OpenID Connect, with `subject`; null: signs in here
    Column("subject", Text),
    Column("language", String(8), nullable=False),  # "" as the browser asks
    Column("state", String(10), nullable=False),  # active | disabled
    Column("demo", Integer, nullable=False),  # 1: known to everybody, on this machine only
    Column("created_at", String(32), nullable=False),
    Column("password_at", String(32), nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("issuer", "subject"),
)
role_grant = Table(
    "role_grant",
    metadata,
    Column("account_id", ForeignKey("account.account_id"), primary_key=True),
    Column("study", String(41), primary_key=True),  # "*": every study
    Column("role", String(12), primary_key=True),
    Column("granted_at", String(32), nullable=False),
    Column("granted_by", Text, nullable=False),
)
session = Table(
    "session",
    metadata,
    Column("session_id", String(64), primary_key=True),  # sha256 of the token in the cookie
    Column("account_id", ForeignKey("account.account_id"), nullable=False, index=True),
    Column("method", String(10), nullable=False),  # password | oidc
    Column("created_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
    Column("auth_at", String(32), nullable=False),  # when the person last proved who it is
    Column("address", Text, nullable=False),
    Column("ended_at", String(32), nullable=False),
    Column("ended_for", String(20), nullable=False),
)
throttle = Table(
    "throttle",
    metadata,
    Column("key", String(64), primary_key=True),  # sha256 of a username or an address
    Column("failures", Integer, nullable=False),
    Column("last_at", String(32), nullable=False),
    Column("until", String(32), nullable=False),
)
review = Table(
    "review",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("study", String(41), nullable=False),
    Column("object_type", String(24), nullable=False),  # the table of the row
    Column("key", Text, nullable=False),
    Column("row_hash", String(32), nullable=False),  # of the row as it was looked at
    Column("state", String(12), nullable=False),  # reviewed | unreviewed
    Column("actor", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Index("ix_review_object", "study", "object_type", "key"),
)
meeting = Table(
    "meeting",
    metadata,
    Column("meeting_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("title", Text, nullable=False),
    Column("planned_on", String(10), nullable=False),
    Column("state", String(10), nullable=False),  # planned | open | closed | cancelled
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id")),  # bound when it is opened
    Column("created_at", String(32), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("ix_meeting_study", "study"),
)
meeting_event = Table(
    "meeting_event",
    metadata,
    Column("id", Sequence, primary_key=True, autoincrement=True),
    Column("meeting_id", ForeignKey("meeting.meeting_id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON
    Column("at", String(32), nullable=False),
)
proposal = Table(
    "proposal",
    metadata,
    Column("proposal_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("kind", String(16), nullable=False),  # adjudication | dose
    Column("usubjid", Text, nullable=False),
    Column("doselvl", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("next_level", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON of all that is signed
    Column("content_sha256", String(64), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Column("meeting_id", ForeignKey("meeting.meeting_id")),
    Column("state", String(10), nullable=False),  # waiting | confirmed | refused | withdrawn
    Column("proposed_by", Text, nullable=False),  # username
    Column("proposed_at", String(32), nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("ended_at", String(32), nullable=False),
    Column("ended_for", Text, nullable=False),  # the reason of the second person
    Column("decision_id", ForeignKey("decision.decision_id")),
    Column("revision", Integer, nullable=False),
    Index("ix_proposal_study", "study", "state"),
)
signature = Table(
    "signature",
    metadata,
    Column("signature_id", String(32), primary_key=True),
    Column("study", String(41), nullable=False),
    Column("object_type", String(24), nullable=False),  # proposal | decision | meeting
    Column("object_id", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("meaning", String(16), nullable=False),  # author | confirm | approve | refuse
    Column("account_id", ForeignKey("account.account_id"), nullable=False),
    Column("printed_name", Text, nullable=False),
    Column("method", String(10), nullable=False),  # how the person proved who it is
    Column("auth_at", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    Column("snapshot_id", ForeignKey("snapshot.snapshot_id"), nullable=False),
    Index("ix_signature_object", "object_type", "object_id"),
)
