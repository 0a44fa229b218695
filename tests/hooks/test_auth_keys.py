"""Where clients' keys come from: only configured places, cached, rotated, never a flood (checklist row 115)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.hooks.jwks import AGAIN_SECONDS, FRESH_SECONDS, KEEP_SECONDS, KeySet, keys_of
from cds_service.hooks.settings import Client
from tests.hooks.tokens import ISSUER, Ehr, ec_key, jwks, public, rsa_key
from tests.servers import Reply, Served, content, drip, in_turn, redirect, serving, status


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as served:
        served.answers["GET /keys"] = content(Ehr().jwks())
        yield served


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keys(server: Served, clock: Clock | None = None) -> KeySet:
    found = keys_of(Client(issuer=ISSUER, jku=f"{server.origin}/keys"))
    if clock is not None:
        found._clock = clock
    return found


def test_row_115_keys_come_from_the_configured_jku_once(server: Served) -> None:
    found = keys(server)
    for _ in range(5):
        assert found.key("es", "ES384") is not None and found.key("rs", "RS384") is not None
    assert server.paths() == ["GET /keys"]


def test_a_key_is_used_with_its_own_algorithm_only(server: Served) -> None:
    found = keys(server)
    assert found.key("es", "RS384") is None and found.key("rs", "ES384") is None


def test_a_rotated_key_is_found_at_once_and_unknown_ones_are_no_flood(server: Served, clock: Clock) -> None:
    found = keys(server, clock)
    assert found.key("es", "ES384")
    server.answers["GET /keys"] = content(jwks(public(ec_key(which=1), "new")))
    clock.now += AGAIN_SECONDS + 1
    assert found.key("new", "ES384") is not None
    assert found.key("es", "ES384") is None, "what was withdrawn is gone"
    for number in range(50):
        assert found.key(f"forged-{number}", "ES384") is None
    assert len(server.asked) == 2
    clock.now += AGAIN_SECONDS + 1
    assert found.key("forged", "ES384") is None
    assert len(server.asked) == 3


def test_keys_are_fetched_again_after_an_hour_and_outlive_a_failure_by_a_day(server: Served, clock: Clock) -> None:
    found = keys(server, clock)
    assert found.key("es", "ES384")
    server.answers["GET /keys"] = status(500)
    clock.now += FRESH_SECONDS + 1
    assert found.key("es", "ES384") is not None
    assert len(server.asked) > 1
    clock.now += KEEP_SECONDS
    assert found.key("es", "ES384") is None


@pytest.mark.parametrize(
    "reply", [redirect("http://127.0.0.1:9/keys"), content(b"<html>"), content(b"{}"), content(b" " * 2_000_000),
              content(b"[" * 50_000), status(404), content(b'{"keys": 5}'), content(b'{"keys": [5, null, "x"]}')],
)  # fmt: skip
def test_row_115_a_jku_that_answers_nonsense_gives_no_key(server: Served, reply: Reply) -> None:
    server.answers["GET /keys"] = reply
    assert keys(server).key("es", "ES384") is None


def test_row_115_a_redirect_of_the_jku_is_not_followed(server: Served) -> None:
    with serving() as other:
        other.answers["*"] = content(Ehr().jwks())
        server.answers["GET /keys"] = redirect(f"{other.origin}/keys")
        assert keys(server).key("es", "ES384") is None
        assert not other.asked


def test_a_jku_that_drips_is_left(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds_service.hooks.jwks.FETCH_SECONDS", 0.3)
    server.answers["GET /keys"] = drip("body")
    assert keys(server).key("es", "ES384") is None


def test_a_busy_jku_is_asked_again(server: Served) -> None:
    server.answers["GET /keys"] = in_turn(status(503), content(Ehr().jwks()))
    assert keys(server).key("es", "ES384") is not None


def test_row_115_keys_of_a_file_rotate_when_the_file_is_replaced(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(jwks(public(rsa_key(), "old")))
    found = keys_of(Client(issuer=ISSUER, jwks_file=str(path)))
    found._clock = clock
    assert found.key("old", "RS384") is not None
    path.write_bytes(jwks(public(rsa_key(), "new")))
    clock.now += AGAIN_SECONDS + 1
    assert found.key("new", "RS384") is not None


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (Client(issuer="x"), "either"),
        (Client(issuer="x", jku="https://a", jwks_file="b"), "either"),
        (Client(issuer="x", jku="http://ehr.example/keys"), "https"),
        (Client(issuer="x", jku="ftp://ehr.example/keys"), "https"),
        (Client(issuer="x", jku="https://u:p@ehr.example/keys"), "https"),
        (Client(issuer="x", jku="https://ehr.example/k", networks=("nonsense",)), "nonsense"),
        (Client(issuer="x", jku="https://ehr.example/k", ca_file="/nowhere"), "ca_file"),
        (Client(issuer="x", jwks_file="/nowhere"), "cannot be read"),
    ],
)
def test_a_client_that_cannot_work_is_told_at_the_start(client: Client, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        keys_of(client)


def test_a_file_without_a_usable_key_is_told_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    for body in (b"{", b"{}", jwks(), jwks(public(rsa_key(1024), "weak"))):
        path.write_bytes(body)
        with pytest.raises(ValueError):
            keys_of(Client(issuer="x", jwks_file=str(path)))
