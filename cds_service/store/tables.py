"""The tables. ``migrations`` makes them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

CHAIN = Table(
    "chain",
    METADATA,
    Column("id", Integer, CheckConstraint("id = 1", name="one_chain"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("pruned", BigInteger, nullable=False),
    Column("key_id", Text, nullable=False),
)
"""One row: the last entry, the last entry that was pruned, and the site key it all belongs to. Who writes holds it."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("patient", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
"""The trail, append-only: ``hash`` covers every other column, ``previous`` is the hash of the entry before."""

KEPT_CALLS = Table(
    "kept_calls",
    METADATA,
    Column("entry", BigInteger, ForeignKey("audit.number"), primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Encrypted calls, if the site keeps them; their entry holds the keyed hash of the content."""

CARDS = Table(
    "cards",
    METADATA,
    Column("card", Text, primary_key=True),
    Column("entry", BigInteger, ForeignKey("audit.number"), nullable=False, index=True),
    Column("rules", Text, nullable=False),
)
"""Card uuid -> the entry that last answered with it and its rules (JSON, the rule whose card it is first)."""

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("entry", BigInteger, ForeignKey("audit.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("card", Text, nullable=False),
    Column("rules", Text),
    Column("outcome", Text, nullable=False),
    Column("at", Text, nullable=False, index=True),
    Column("suggestions", Text, nullable=False),
    Column("reason_system", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("comment", LargeBinary),
    Column("digest", Text, nullable=False, unique=True),
)
"""Feedback as received; ``rules`` is null for a card nobody here made, ``comment`` is encrypted, ``digest`` is the
keyed hash of what was sent (a repeat has the same one)."""

SEEN_TOKENS = Table(
    "seen_tokens",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("until", BigInteger, nullable=False, index=True),
)
"""Client tokens used already: keyed hash of issuer and ``jti``, and when it may be forgotten (seconds since 1970)."""
