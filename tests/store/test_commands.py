"""``prrt-cds feedback`` and ``prrt-cds audit``, as they are typed, on calls that the real rule book answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.cli import main
from cds_service.hooks.answer import load_answer
from cds_service.policy import make_policy
from cds_service.rulebook import Rulebook, load_rulebook
from cds_service.store import Store, chain
from cds_service.store.tables import METADATA
from cds_service.web.pages import Profile
from cds_service.web.samples import Sample, load_samples
from tests.databases import Database
from tests.store.calls import COMMENT

CALL = "/cds-services/prrt-candidacy"
Run = Callable[..., str]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook()


@pytest.fixture(scope="session")
def sample() -> Sample:
    return load_samples()["sharma-basu-2c"]


@pytest.fixture
def store(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a site that keeps calls, named by its configuration file."""
    monkeypatch.setenv("PRRT_CDS_CONFIG", str(database.configuration(tmp_path, keep_requests=True)))
    monkeypatch.delenv("PRRT_CDS_DATABASE", raising=False)
    store = database.open(keep_requests=True)
    yield store
    store.close()


@pytest.fixture
def card(store: Store, book: Rulebook, sample: Sample) -> str:
    """A sample was answered with this card (entry 1), which was then overridden with a comment (entry 2)."""
    policy = make_policy({"krenning_min": 2}, parameters=book.parameters, jurisdiction="EU")
    app = create_app(load_answer(book, policy), profile=Profile("EU"), today=lambda: sample.on, store=store)
    client = app.test_client()
    card = str(client.post(CALL, data=sample.request).get_json()["cards"][0]["uuid"])
    reason = {"reason": {"code": "patient-refuses", "system": "urn:s"}, "userComment": COMMENT}
    item = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2024-05-31T12:00:00Z", "overrideReason": reason}
    assert client.post(f"{CALL}/feedback", json={"feedback": [item]}).status_code == 200
    return card


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and returns what it printed; ``wrong`` if it must stop with one line, which is returned."""

    def run(*arguments: str, wrong: bool = False) -> str:
        status = main(arguments)
        out, err = capsys.readouterr()
        assert status == (1 if wrong else 0), err
        assert err.count("\n") == (1 if wrong else 0), err
        return err if wrong else out

    return run


def test_feedback_as_a_table(card: str, run: Run) -> None:
    text = run("feedback")
    assert text.splitlines()[0].split()[:5] == ["rule", "shown", "accepted", "overridden", "acceptance"]
    (line,) = (line for line in text.splitlines() if line.startswith("R-01"))
    assert line.split()[:5] == ["R-01", "1", "0", "1", "0%"]
    assert "Patient refuses 1" in " ".join(text.split()) and COMMENT not in text
    assert f"R-01: {COMMENT}" in run("feedback", "--comments")


def test_feedback_as_json_in_a_window(card: str, run: Run) -> None:
    found = json.loads(run("feedback", "--format", "json", "--since", "2024-05-31", "--until", "2024-05-31"))
    assert found["since"] == found["until"] == "2024-05-31"
    (rule,) = (rule for rule in found["rules"] if rule["rule"] == "R-01")
    assert (rule["accepted"], rule["overridden"], rule["with_comment"]) == (0, 1, 1)
    assert rule["override_reasons"] == [{"system": "urn:s", "code": "patient-refuses", "count": 1}]
    assert "comments" not in rule
    assert json.loads(run("feedback", "--format", "json", "--until", "2024-05-30"))["rules"] == []


def test_the_trail_is_listed(card: str, run: Run, sample: Sample) -> None:
    lines = [line for line in run("audit", "list").splitlines()[2:] if line[0] != " "]
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert "re-image/post-therapy, " in lines[0] and "feedback: 1 stored, 0 repeated, " in lines[1]
    assert len(json.loads(run("audit", "list", "--limit", "1", "--format", "json"))) == 1
    found = json.loads(run("audit", "list", "--patient", sample.call.patient_id, "--format", "json"))
    assert [entry["number"] for entry in found] == [1]
    assert json.loads(run("audit", "list", "--patient", "other", "--format", "json")) == []
    assert json.loads(run("audit", "list", "--service", "prrt-order-sign", "--format", "json")) == []
    assert json.loads(run("audit", "list", "--until", "2020-01-01", "--format", "json")) == []
    assert len(json.loads(run("audit", "list", "--since", "2020-01-01", "--format", "json"))) == 2


def test_an_entry_is_shown_with_the_sources_beside_the_facts(
    card: str, run: Run, sample: Sample, store: Store, book: Rulebook
) -> None:
    body = json.loads(run("audit", "show", "1"))["body"]
    assert body["facts"]["age_years"] == [store.key.hidden(f"Patient/{sample.call.patient_id}")]
    assert body["rulebook"] == {"version": book.version, "sha256": book.sha256}
    assert body["policy"]["overrides"] == {"krenning_min": 2}
    assert {"id": "hb", "status": "unknown"} in body["assessment"]["criteria"]
    assert body["cards"][0]["uuid"] == card and body["cards"][0]["rules"][0] == "R-01"
    text = json.dumps(body)
    for planted in ("Observation/", "DiagnosticReport/"):
        ids = [part.split('"')[0] for part in text.split(planted)[1:]]
        assert ids and all(len(name) == 20 for name in ids)
    assert "no entry 9" in run("audit", "show", "9", wrong=True)


def test_nothing_of_the_record_is_in_the_database(card: str, sample: Sample, database: Database) -> None:
    """Only what was shown to be encrypted: the kept call and the comment."""
    request = sample.request.decode()
    planted = {*re.findall(r'"(?:id|family|conclusion|display)": ?"([^"]{4,})"', request), sample.call.patient_id}
    assert len(planted) > 20
    tables = [table for table in METADATA.sorted_tables if table.name != "chain"]
    everything = "".join(repr(database.run(f"SELECT * FROM {table.name}")) for table in tables)
    assert card in everything
    assert [text for text in planted if text in everything] == []


def test_verify_says_what_to_write_down_and_takes_it_again(card: str, run: Run) -> None:
    out = run("audit", "verify")
    assert out.startswith("2 entries, all as they were written")
    link = out.split()[-1]
    run("audit", "verify", "--anchor", link)
    changed = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert "entry 2 is not the entry" in run("audit", "verify", "--anchor", changed, wrong=True)


def test_verify_names_the_entry_that_was_tampered_with(card: str, run: Run, database: Database) -> None:
    database.run("UPDATE audit SET service = 'x' WHERE number = 1", guarded=False)
    assert "tampered with: entry 1 was changed" in run("audit", "verify", wrong=True)


def test_a_table_that_is_gone_is_one_line(card: str, run: Run, database: Database) -> None:
    database.run("DROP TABLE cards")
    assert "the database cannot be used" in run("audit", "verify", wrong=True)


def test_a_kept_call_is_answered_again_to_the_byte_under_the_policy_and_on_the_day_of_then(card: str, run: Run) -> None:
    assert "entry 1: the same answer" in run("audit", "replay", "1")


def test_a_replay_that_differs_says_so(card: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(book: Rulebook, policy: Any) -> Any:
        return lambda call, day: {"cards": []}

    monkeypatch.setattr("cds_service.store_commands.load_answer", other)
    assert "differs" in run("audit", "replay", "1", wrong=True)


def test_only_a_kept_and_answered_call_is_replayed(card: str, run: Run, database: Database) -> None:
    assert "was not kept" in run("audit", "replay", "2", wrong=True)
    assert "no entry 7" in run("audit", "replay", "7", wrong=True)
    database.run("UPDATE kept_calls SET sealed = :new", new=b"x" * 50)
    assert "cannot be opened" in run("audit", "replay", "1", wrong=True)


def test_prune_needs_to_be_told_how_long_and_keeps_what_is_younger(
    card: str, run: Run, store: Store, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "how long" in run("audit", "prune", wrong=True)
    assert "nothing is older" in run("audit", "prune", "--days", "1")
    later = chain.utc(datetime.now(UTC) - timedelta(days=40))
    database.run("UPDATE audit SET at = :at", guarded=False, at=later)
    assert "does not verify" in run("audit", "prune", "--days", "30", wrong=True)


def test_prune_takes_the_configured_time(
    run: Run, store: Store, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.configuration(tmp_path, retention_days=30)
    monkeypatch.setattr(chain, "now", lambda: chain.utc(datetime.now(UTC) - timedelta(days=40)))
    store.record_feedback("prrt-candidacy", "anonymous", [])
    monkeypatch.undo()
    monkeypatch.setenv("PRRT_CDS_CONFIG", str(tmp_path / "configuration.toml"))
    monkeypatch.delenv("PRRT_CDS_DATABASE", raising=False)
    assert "1 entries older than 30 days removed; entry 2 says so" in run("audit", "prune")
    assert "1 entries, all as they were written" in run("audit", "verify")
    assert "all up to entry 1 pruned" in run("audit", "list")


@pytest.mark.parametrize("arguments", [("audit",), ("audit", "verify", "--anchor", "x"), ("audit", "show", "x"),
                                       ("feedback", "--since", "x")])  # fmt: skip
def test_wrong_usage_is_status_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    capsys.readouterr()


def test_without_a_database_the_commands_say_so_and_make_none(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRRT_CDS_CONFIG", raising=False)
    monkeypatch.setenv("PRRT_CDS_DATABASE", str(tmp_path / "none.sqlite3"))
    for command in (("feedback",), ("audit", "verify"), ("audit", "list")):
        assert "there is no database" in run(*command, wrong=True)
    assert list(tmp_path.iterdir()) == []
