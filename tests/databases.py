"""A database of a test: opened as the service does, and reached past the service, as somebody who tampers would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from cds_service.store import AuditSettings, Store, open_store
from cds_service.store.settings import locate


@dataclass(frozen=True)
class Database:
    """``url`` is what the configuration would say: a file, or a PostgreSQL URL."""

    url: str
    key_file: Path

    @property
    def is_sqlite(self) -> bool:
        return "://" not in self.url

    def settings(self, **audit: Any) -> AuditSettings:
        return AuditSettings(key_file=str(self.key_file), **audit)

    def open(self, *, create: bool = True, **audit: Any) -> Store:
        return open_store(self.url, self.settings(**audit), {}, create=create)

    def configuration(self, folder: Path, **audit: Any) -> Path:
        """A configuration file that names this database."""
        lines = [f'database = "{self.url}"', "[audit]", f'key_file = "{self.key_file}"']
        lines += [f"{name} = {str(value).lower()}" for name, value in audit.items()]
        path = folder / "configuration.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def run(self, *statements: str, guarded: bool = True, **values: Any) -> list[Any]:
        """Runs SQL past the service; not ``guarded`` means with triggers and constraints out of force. Returns the
        rows of the last statement."""
        engine = create_engine(locate(self.url, {}))
        try:
            with engine.begin() as connection:
                if not guarded:
                    for statement in _UNGUARD[engine.dialect.name]:
                        connection.execute(text(statement))
                results = [connection.execute(text(statement), values) for statement in statements]
                return list(results[-1]) if results[-1].returns_rows else []
        finally:
            engine.dispose()


_UNGUARD = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"),
    "postgresql": ("SET LOCAL session_replication_role = replica",),
}
