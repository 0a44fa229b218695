"""Opening the store: where it is, its schema, its key, and what stops the start with one line."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from cds_service.store import AuditSettings, StoreError, open_store
from cds_service.store import database as engines
from cds_service.store.settings import key_path, locate
from cds_service.store.tables import METADATA
from cds_service.store.verify import verify
from tests.databases import Database
from tests.store.calls import call


def refusal(database: Database, **options: Any) -> str:
    with pytest.raises(StoreError) as caught:
        database.open(**options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_migrations_make_exactly_the_tables_the_program_uses(database: Database) -> None:
    database.open().close()
    engine = engines.make_engine(locate(database.url, {}))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_a_database_of_the_first_version_is_brought_up_to_date(database: Database) -> None:
    url = locate(database.url, {})
    engines.make_file(url)
    engine = engines.make_engine(url)
    config = Config()
    config.set_main_option("script_location", str(Path(engines.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    assert engines.version(engine) == "0001"
    assert "not up to date" in refusal(database, create=False)
    database.open().close()
    assert engines.version(engine) == engines.HEAD
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_head_is_the_newest_migration() -> None:
    versions = sorted(
        path.stem for path in (Path(engines.__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    )
    assert versions[-1].partition("_")[0] == engines.HEAD


def test_an_existing_store_is_opened_again_with_all_it_holds(database: Database) -> None:
    first = database.open()
    first.record_call(call((1, ["R-01"])))
    first.close()
    for create in (True, False):
        again = database.open(create=create)
        again.record_call(call((2, ["R-01"])))
        assert verify(again).faults == []
        again.close()
    assert len(database.run("SELECT * FROM audit")) == 3


def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    database.open().close()
    database.run("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in refusal(database)


def test_commands_that_read_make_nothing(database: Database) -> None:
    assert "service" in refusal(database, create=False)
    assert not database.key_file.exists()
    if database.is_sqlite:
        assert not Path(database.url).exists()


def test_another_key_than_the_one_it_was_begun_with_is_refused(database: Database) -> None:
    database.open().close()
    assert stat.S_IMODE(database.key_file.stat().st_mode) == 0o600
    database.key_file.write_text("ab" * 32)
    assert "is not the key" in refusal(database)
    database.key_file.unlink()
    assert "cannot be read" in refusal(database)
    assert not database.key_file.exists()


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "ab" * 31])
def test_a_key_file_without_a_key_is_refused(database: Database, content: str) -> None:
    database.key_file.write_text(content)
    assert "32 bytes in hex" in refusal(database)
    assert content == "" or content not in refusal(database)


def test_sqlite_commits_reach_the_disk_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "new" / "x.sqlite3"), tmp_path / "site.key")
    store = database.open()
    with store.writing() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    assert stat.S_IMODE(Path(database.url).stat().st_mode) == 0o600


def test_postgresql_commits_reach_the_disk(postgres: str, tmp_path: Path) -> None:
    engine = engines.make_engine(locate(postgres, {}))
    with engine.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "10s"
    engine.dispose()


def test_the_default_is_a_file_in_the_users_own_data_directory_with_its_key_beside_it(tmp_path: Path) -> None:
    url = locate(None, {"XDG_DATA_HOME": str(tmp_path)})
    assert url.database == str(tmp_path / "prrt-cds" / "prrt-cds.sqlite3")
    assert key_path(AuditSettings(), url) == tmp_path / "prrt-cds" / "prrt-cds.key"
    assert str(locate(None, {}).database).startswith(str(Path.home()))
    open_store(None, AuditSettings(), {"XDG_DATA_HOME": str(tmp_path)}).close()
    assert (tmp_path / "prrt-cds" / "prrt-cds.key").exists()


@pytest.mark.parametrize(
    "written", ["postgresql://u:secret@h/d", "postgres://u:secret@h/d", "postgresql+psycopg://u:secret@h/d"]
)
def test_a_postgresql_url_gets_our_driver(written: str) -> None:
    assert locate(written, {}).render_as_string(hide_password=False) == "postgresql+psycopg://u:secret@h/d"


def test_sqlite_is_a_path_or_a_url() -> None:
    assert locate("/x/y.db", {}).database == locate("sqlite:////x/y.db", {}).database == "/x/y.db"


@pytest.mark.parametrize(
    "written",
    ["mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "://secret", "postgresql://u:secret@h:port/d"],
)
def test_any_other_url_is_refused_without_showing_it(written: str) -> None:
    with pytest.raises(StoreError) as caught:
        locate(written, {})
    assert "secret" not in str(caught.value)


def test_postgresql_needs_a_key_file_of_its_own() -> None:
    with pytest.raises(StoreError, match=r"audit\.key_file"):
        open_store("postgresql://h/d", AuditSettings(), {})


def test_a_server_that_is_not_there_is_one_line_without_the_password(tmp_path: Path) -> None:
    line = refusal(Database("postgresql://u:secret@127.0.0.1:1/d", tmp_path / "site.key"))
    assert re.search("cannot be used.*refused", line) and "secret" not in line


def test_a_folder_that_cannot_be_written_is_one_line_that_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = refusal(Database(str(tmp_path / "file" / "x.sqlite3"), tmp_path / "site.key"))
    assert "PRRT_CDS_DATABASE" in line


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_text("this is a letter\n" * 100)
    assert "not a database" in refusal(Database(str(tmp_path / "x.sqlite3"), tmp_path / "site.key"))


def test_without_a_home_the_refusal_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(path: Path) -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "expanduser", no_home)
    with pytest.raises(StoreError, match="PRRT_CDS_DATABASE"):
        locate(None, {})
