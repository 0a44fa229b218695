"""Client tokens that were used already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "seen_tokens",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False, index=True),
    )
