"""What can be wrong with the store, in one line for whoever runs the service."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used, or what was asked of it is not there. Holds nothing of a record."""
