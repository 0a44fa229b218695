"""Client authentication (checklist section 7), through the service."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.hooks.jwks import read_keys
from cds_service.hooks.settings import Client, Settings
from cds_service.store import AuditSettings, Store, open_store
from cds_service.store.replay import StoredReplay
from cds_service.web.pages import Profile
from tests.hooks.fakes import TODAY, FakeAnswer, call_body
from tests.hooks.tokens import DISCOVERY, ISSUER, PUBLIC, SERVICE, Ehr, ec_key, jwks, private, public, rsa_key

URL = "/cds-services/prrt-candidacy"


@pytest.fixture
def ehr() -> Ehr:
    return Ehr()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with_key = AuditSettings(key_file=str(tmp_path / "site.key"))
    opened = open_store(str(tmp_path / "test.sqlite3"), with_key, {})
    yield opened
    opened.close()


@pytest.fixture
def make(store: Store, answer: FakeAnswer, ehr: Ehr, tmp_path: Path) -> Callable[..., FlaskClient]:
    def make(client: dict[str, Any] | None = None, **settings: Any) -> FlaskClient:
        (tmp_path / "keys.json").write_bytes(ehr.jwks())
        configured = Client(**{"issuer": ISSUER, "jwks_file": str(tmp_path / "keys.json"), **(client or {})})
        found = Settings(public_url=PUBLIC, clients=(configured,), **settings)
        found.check()
        return create_app(answer, profile=Profile("US"), settings=found, today=lambda: TODAY, store=store).test_client()

    return make


@pytest.fixture
def client(make: Callable[..., FlaskClient]) -> FlaskClient:
    return make()


def post(client: FlaskClient, headers: dict[str, str]) -> TestResponse:
    return client.post(URL, json=call_body(), headers=headers)


def assert_bare_401(response: TestResponse) -> None:
    """Nothing that tells why."""
    assert response.status_code == 401
    assert response.get_json() == {
        "resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "security"}],
    }  # fmt: skip
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("kid", ["es", "rs"])
def test_row_114_es384_and_rs384_are_accepted(client: FlaskClient, ehr: Ehr, kid: str) -> None:
    assert post(client, ehr.bearer(kid=kid)).status_code == 200


def test_rows_18_110_and_111_every_endpoint_wants_its_own_token(client: FlaskClient, ehr: Ehr) -> None:
    feedback = {"feedback": [{"card": "c", "outcome": "overridden", "outcomeTimestamp": "2024-06-01T00:00:00Z"}]}
    calls: dict[str, Callable[[dict[str, str]], TestResponse]] = {
        DISCOVERY: lambda headers: client.get("/cds-services", headers=headers),
        SERVICE: lambda headers: client.post(URL, json=call_body(), headers=headers),
        f"{SERVICE}/feedback": lambda headers: client.post(f"{URL}/feedback", json=feedback, headers=headers),
    }
    for url, send in calls.items():
        assert_bare_401(send({}))
        assert send(ehr.bearer(url)).status_code == 200, url
    assert_bare_401(client.get("/cds-services", headers=ehr.bearer(SERVICE)))
    assert_bare_401(client.get("/cds-services/nothing"))  # nor does a 404 tell what there is


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b", "Bearer a.b.c", "Bearer a.b.c.d", "Bearer e30.e30.",
        "Bearer " + "a" * 9_000, "Bearer e30.e30.e30, Bearer e30.e30.e30", "Bearer W10.W10.W10", "Bearer \u00e4.b.c",
    ],
)  # fmt: skip
def test_what_is_no_token_is_401(client: FlaskClient, header: str, answer: FakeAnswer) -> None:
    assert_bare_401(post(client, {"Authorization": header}))
    assert not answer.calls


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"}, {"alg": "None"}, {"alg": "HS384"}, {"alg": "HS256"}, {"alg": "RS256"}, {"alg": "ES256"},
        {"alg": "RS384"}, {"alg": "PS384"}, {"alg": ...}, {"alg": None}, {"alg": ["ES384"]}, {"alg": {}},
        {"typ": ...}, {"typ": "JOSE"}, {"kid": ...}, {"kid": None}, {"kid": 5}, {"kid": "unknown"}, {"kid": ""},
        {"crit": ["exp"]}, {"jku": "https://evil.example/keys"}, {"jku": f"{ISSUER}/keys"},
    ],
    ids=str,
)  # fmt: skip
def test_row_112_the_header_is_as_the_specification_says(client: FlaskClient, ehr: Ehr, changes: Any) -> None:
    assert_bare_401(post(client, ehr.bearer(header=changes)))


def test_row_114_a_token_signed_with_nothing_or_with_a_public_key_as_secret_is_401(
    client: FlaskClient, ehr: Ehr
) -> None:
    for alg in ("none", "HS384", "ES384", "RS384"):
        for kid in ("es", "rs"):
            for secret in (b"", "none", json.dumps(public(ehr.keys[kid], kid)).encode()):
                assert_bare_401(post(client, ehr.bearer(kid=kid, key=secret, header={"alg": alg})))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", ...), ("iss", "https://evil.example"), ("iss", [ISSUER]), ("iss", None), ("iss", f"{ISSUER}/"),
        ("aud", ...), ("aud", ""), ("aud", DISCOVERY), ("aud", f"{SERVICE}/"), ("aud", f"{SERVICE}/feedback"),
        ("aud", "http://localhost" + URL), ("aud", []), ("aud", [DISCOVERY]), ("aud", {SERVICE: 1}), ("aud", None),
        ("exp", ...), ("exp", "9999999999"), ("exp", None), ("exp", True), ("exp", -1), ("exp", 1e400), ("exp", [1]),
        ("exp", 9_999_999_999), ("iat", ...), ("iat", "1"), ("iat", None), ("iat", 9_999_999_999), ("iat", 1e400),
        ("jti", ...), ("jti", ""), ("jti", 5), ("jti", None), ("jti", "x" * 600),
    ],
    ids=str,
)  # fmt: skip
def test_row_112_a_claim_that_is_missing_or_wrong_is_401(
    client: FlaskClient, ehr: Ehr, answer: FakeAnswer, name: str, value: Any
) -> None:
    assert_bare_401(post(client, ehr.bearer(**({"audience": value} if name == "aud" else {name: value}))))
    assert not answer.calls


def test_row_113_aud_may_be_a_list_that_names_the_url(client: FlaskClient, ehr: Ehr) -> None:
    assert post(client, ehr.bearer([DISCOVERY, SERVICE])).status_code == 200


def test_row_113_aud_is_the_configured_url_whatever_the_host_header_says(client: FlaskClient, ehr: Ehr) -> None:
    headers = ehr.bearer("https://evil.example" + URL) | {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert_bare_401(client.post(URL, json=call_body(), headers=headers, base_url="https://evil.example"))


def test_row_116_times(client: FlaskClient, ehr: Ehr) -> None:
    now = int(time.time())
    assert_bare_401(post(client, ehr.bearer(exp=now - 31, iat=now - 300)))
    assert_bare_401(post(client, ehr.bearer(iat=now + 90)))
    assert_bare_401(post(client, ehr.bearer(exp=now + 3_700)))
    assert_bare_401(post(client, ehr.bearer(exp=now + 10, iat=now + 20)))
    assert post(client, ehr.bearer(exp=now - 10, iat=now - 300)).status_code == 200, "clocks differ a little"
    assert post(client, ehr.bearer(exp=now + 60.5)).status_code == 200


def test_row_116_a_token_is_good_once_also_for_another_worker_and_after_a_restart(
    make: Callable[..., FlaskClient], ehr: Ehr
) -> None:
    headers = ehr.bearer()
    assert post(make(), headers).status_code == 200
    for again in (make(), make()):
        assert_bare_401(post(again, headers))


def test_a_refused_token_uses_nothing_up(client: FlaskClient, ehr: Ehr) -> None:
    name = "the-same"
    assert_bare_401(post(client, ehr.bearer(jti=name, key=ec_key(which=1))))
    assert post(client, ehr.bearer(jti=name)).status_code == 200


def test_row_112_tenants(make: Callable[..., FlaskClient], ehr: Ehr) -> None:
    assert post(make(), ehr.bearer(tenant="anything")).status_code == 200
    client = make(client={"tenants": ("t1", "t2")})
    assert post(client, ehr.bearer(tenant="t2")).status_code == 200
    for tenant in (..., "t3", None, ["t1"], ""):
        assert_bare_401(post(client, ehr.bearer(tenant=tenant)))


def test_row_116_signature(client: FlaskClient, ehr: Ehr) -> None:
    head, payload, signature = ehr.token().split(".")
    other = ehr.token().split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (f"{head}.{payload}.{flipped}", f"{head}.{other[1]}.{signature}", f"{head}.{payload}."):
        assert_bare_401(post(client, {"Authorization": f"Bearer {forged}"}))
    assert_bare_401(post(client, ehr.bearer(key=ec_key(which=1))))
    assert_bare_401(post(client, ehr.bearer(kid="rs", key=rsa_key(which=1))))


@pytest.mark.parametrize(
    "key",
    [public(rsa_key(1024), "x"), public(ec_key(ec.SECP256R1), "x"), {"kty": "oct", "k": "c2VjcmV0", "kid": "x"},
     public(ec_key(), "x", use="enc"), public(ec_key(), "x", alg="ES256"), public(ec_key(), "x", key_ops=["sign"]),
     private(ec_key(), "x"), {"kty": "EC", "crv": "P-384", "kid": "x"},
     {**public(ec_key(), "x"), "kid": 5}, {}],
    ids=lambda key: str(sorted(key)),
)  # fmt: skip
def test_a_weak_or_foreign_key_counts_for_nothing(key: dict[str, Any]) -> None:
    assert read_keys(jwks(key)) == {}
    assert list(read_keys(jwks(key, public(ec_key(), "es")))) == [("es", "ES384")]


def test_the_log_names_the_check_and_nothing_of_the_token(
    client: FlaskClient, ehr: Ehr, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="cds_service"):
        for changes in ({"iss": "Zebedee"}, {"jti": "Zebedee", "tenant": "Zebedee"}, {"exp": 1}):
            post(client, ehr.bearer(**changes))
    assert [json.loads(r.getMessage()).get("why") for r in caplog.records if "why" in r.getMessage()] == ["iss", "exp"]
    assert "Zebedee" not in caplog.text and "eyJ" not in caplog.text


def test_the_audit_names_the_client(client: FlaskClient, ehr: Ehr, store: Store) -> None:
    post(client, ehr.bearer())
    with store.reading() as connection:
        bodies = list(connection.execute(text("SELECT body FROM audit")).scalars())
    assert [json.loads(body)["client"] for body in bodies] == [ISSUER]


def test_when_used_tokens_cannot_be_looked_up_nobody_gets_in(
    client: FlaskClient, ehr: Ehr, monkeypatch: pytest.MonkeyPatch, answer: FakeAnswer
) -> None:
    def broken(*_: Any, **__: Any) -> bool:
        raise OperationalError("x", {}, Exception("x"))

    monkeypatch.setattr(StoredReplay, "first_use", broken)
    assert post(client, ehr.bearer()).status_code == 503
    assert not answer.calls


def test_a_browser_may_ask_before_it_has_a_token(client: FlaskClient) -> None:
    headers = {"Origin": "http://localhost:1", "Access-Control-Request-Method": "POST"}
    assert client.options(URL, headers=headers).status_code == 200


def test_health_needs_no_token(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_a_token_sent_while_authentication_is_off_is_not_stumbled_over(
    make_client: Callable[..., FlaskClient], ehr: Ehr
) -> None:
    for header in (ehr.bearer()["Authorization"], "Bearer x", "nonsense"):
        assert post(make_client(), {"Authorization": header}).status_code == 200
        assert make_client().get("/cds-services", headers={"Authorization": header}).status_code == 200


def test_authentication_without_a_place_for_used_tokens_is_no_authentication(
    answer: FakeAnswer, tmp_path: Path, ehr: Ehr
) -> None:
    (tmp_path / "keys.json").write_bytes(ehr.jwks())
    settings = Settings(public_url=PUBLIC, clients=(Client(issuer=ISSUER, jwks_file=str(tmp_path / "keys.json")),))
    with pytest.raises(ValueError, match="store"):
        create_app(answer, profile=Profile("US"), settings=settings)
