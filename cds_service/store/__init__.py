"""Feedback and the audit trail, kept in SQLite or PostgreSQL."""

from cds_service.store.chain import Link
from cds_service.store.entries import Call
from cds_service.store.errors import StoreError
from cds_service.store.feedback import Feedback, Received
from cds_service.store.settings import AuditSettings
from cds_service.store.store import Store, open_store

__all__ = ["AuditSettings", "Call", "Feedback", "Link", "Received", "Store", "StoreError", "open_store"]
