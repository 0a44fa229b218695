"""The threat model (SECURITY.md) against the real service: each test is an attack."""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.hooks.answer import load_answer
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.web.pages import Profile
from tests.hooks.fakes import NET, PATIENT, TODAY, call_body
from tests.hooks.tokens import ISSUER, PUBLIC, SERVICE, Ehr
from tests.live import ROOT, running_service
from tests.servers import Served, content, redirect, resource, searchset, serving, status
from tests.test_serve import refused

PLANTED = ("Zebedee", "MRN-4711", "p-4711", "tok-4711", "1961-07-04")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_claim_names_a_test_that_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", SECURITY)
    assert len(named) > 25
    missing = [f"{path}::{name}" for path, name in named if name not in functions(ROOT / path)]
    assert not missing, missing


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


# The network


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_it_does_not_listen_beyond_this_machine_without_clients(host: str) -> None:
    assert "allow_unauthenticated" in refused("--jurisdiction", "US", "--host", host)


@pytest.fixture(scope="module")
def ehr() -> Ehr:
    return Ehr()


@pytest.fixture(scope="module")
def jku(ehr: Ehr) -> Iterator[Served]:
    with serving() as served:
        served.answers["GET /keys"] = content(ehr.jwks())
        yield served


@pytest.fixture(scope="module")
def fhir() -> Iterator[Served]:
    """A FHIR server that knows secrets, and fails at half of its searches."""
    patient = {
        **PATIENT, "id": "p-4711", "birthDate": "1961-07-04", "name": [{"family": "Zebedee"}],
        "identifier": [{"system": "urn:x", "value": "MRN-4711"}],
    }  # fmt: skip
    condition = {**NET, "subject": {"reference": "Patient/p-4711"}, "note": [{"text": "Zebedee MRN-4711"}]}
    with serving() as served:
        served.answers["*"] = resource(searchset())
        served.answers["GET /fhir/Patient/p-4711"] = resource(patient)
        served.answers["POST /fhir/Condition/_search"] = resource(searchset(condition))
        served.answers["POST /fhir/Observation/_search"] = status(500)
        served.answers["GET /fhir/Observation"] = redirect("http://127.0.0.1:9/Zebedee")
        yield served


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory, jku: Served, fhir: Served) -> dict[str, str]:
    """The environment of a service with one client, one FHIR server and a database that stays."""
    folder = tmp_path_factory.mktemp("security")
    (folder / "c.toml").write_text(
        f'public_url = "{PUBLIC}"\n'
        f'[[clients]]\nissuer = "{ISSUER}"\njku = "{jku.origin}/keys"\n'
        f'[fhir]\nservers = ["{fhir.base}"]\nseconds = 3.0\n'
    )
    return {"PRRT_CDS_CONFIG": str(folder / "c.toml"), "PRRT_CDS_DATABASE": str(folder / "x.sqlite3")}


@pytest.fixture(scope="module")
def service(configured: dict[str, str]) -> Iterator[tuple[int, Popen[bytes]]]:
    with running_service("--workers", "2", environment=configured) as found:
        yield found


@pytest.fixture
def port(service: tuple[int, Popen[bytes]]) -> int:
    return service[0]


def send(port: int, headers: dict[str, str], body: Any = None, path: str = "/prrt-candidacy") -> tuple[int, str]:
    url = f"http://127.0.0.1:{port}/cds-services{path}"
    data = json.dumps(body if body is not None else call_body()).encode() if path else None
    try:
        with urlopen(Request(url, data, headers), timeout=20) as response:
            return int(response.status), response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_without_a_token_nothing_is_told(port: int) -> None:
    for path in ("", "/prrt-candidacy", "/prrt-candidacy/feedback", "/no-such-service"):
        code, said = send(port, {}, path=path)
        assert code == 401
        assert json.loads(said) == {
            "resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "security"}],
        }  # fmt: skip


def test_a_right_token_opens_one_url_once_at_any_worker(port: int, ehr: Ehr) -> None:
    headers = ehr.bearer()
    assert send(port, headers)[0] == 200
    assert {send(port, headers)[0] for _ in range(12)} == {401}, "at neither of the workers again"
    assert send(port, ehr.bearer(SERVICE), path="")[0] == 401, "nor for another URL"


def test_a_token_is_used_up_also_after_a_restart(configured: dict[str, str], ehr: Ehr) -> None:
    headers = ehr.bearer()
    for expected in (200, 401):
        with running_service("--workers", "1", environment=configured) as (port, _):
            assert send(port, headers)[0] == expected


def test_forged_tokens_do_not_flood_the_clients_server(port: int, ehr: Ehr, jku: Served) -> None:
    before = len(jku.asked)
    for number in range(30):
        assert send(port, ehr.bearer(header={"kid": f"forged-{number}"}))[0] == 401
    assert len(jku.asked) - before <= 2, "one a worker and minute"


def test_a_token_that_names_its_own_keys_is_not_believed_and_they_are_not_fetched(port: int, ehr: Ehr) -> None:
    with serving() as evil:
        evil.answers["*"] = content(ehr.jwks())
        for header in ({"jku": f"{evil.origin}/keys"}, {"x5u": f"{evil.origin}/keys", "jku": f"{evil.origin}/keys"}):
            assert send(port, ehr.bearer(header=header))[0] == 401
        assert not evil.asked


# The FHIR server, and whoever names one


def fetching(server: str) -> dict[str, Any]:
    authorization = {
        "access_token": "tok-4711",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "x",
        "subject": "s",
    }
    call = call_body(prefetch=..., fhirServer=server, fhirAuthorization=authorization)
    call["context"]["patientId"] = "p-4711"
    return call


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data", "http://127.0.0.1:{other}/fhir", "http://localhost:{other}/fhir",
     "http://[::1]:{other}/fhir", "http://0x7f000001:{other}/fhir", "http://2130706433:{other}/fhir",
     "http://127.0.0.1:{fhir}@127.0.0.1:{other}/fhir", "http://127.0.0.1:{fhir}/fhir/../admin",
     "http://127.0.0.1:{fhir}/admin", "http://127.0.0.1:{fhir}/fhir%2f..%2fadmin", "http://127.0.0.1:{fhir}/fhir?x=",
     "http://127.0.0.1:{fhir}\\@127.0.0.1:{other}/fhir", "http://127.0.0.1:{fhir}/fhir#@127.0.0.1:{other}/"],
)  # fmt: skip
def test_nothing_is_fetched_from_a_server_that_is_not_listed(port: int, ehr: Ehr, fhir: Served, target: str) -> None:
    with serving() as other:
        before = len(fhir.asked)
        call = fetching(target.format(other=other.port, fhir=fhir.port))
        assert send(port, ehr.bearer(), call)[0] in (400, 412)
        assert not other.asked and len(fhir.asked) == before


def test_neither_log_nor_metrics_nor_errors_nor_database_hold_what_was_planted(
    configured: dict[str, str], ehr: Ehr, fhir: Served
) -> None:
    with running_service("--workers", "2", environment=configured) as (port, process):
        tokens = [ehr.token() for _ in range(4)]
        seen = []
        for token, call in zip(
            tokens,
            (
                fetching(fhir.base),
                fetching("http://Zebedee.example/p-4711"),
                {"hook": "Zebedee"},
                {"prefetch": "p-4711"},
            ),
            strict=True,
        ):
            code, said = send(port, {"Authorization": f"Bearer {token}", "X-Request-ID": "Zebedee"}, call)
            if code != 200:
                seen.append(said)
        seen.append(send(port, {"Authorization": "Bearer Zebedee.MRN-4711.p-4711"})[1])
        seen.append(send(port, ehr.bearer(), path="/Zebedee?patient=p-4711")[1])
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
            seen.append(response.read().decode())
        process.terminate()
        assert process.stderr is not None
        seen.append(process.stderr.read().decode())
    assert fhir.asked and '"status": 200' in seen[-1] and '"status": 401' in seen[-1]
    folder = Path(configured["PRRT_CDS_DATABASE"]).parent
    stored = b"".join(path.read_bytes() for path in folder.glob("x.sqlite3*"))
    assert b"prrt-candidacy" in stored, "something was stored"
    for secret in (*PLANTED, *tokens, *(token.split(".")[2] for token in tokens)):
        assert not any(secret in text for text in seen), secret
        assert secret.encode() not in stored, secret


# The record itself

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))![y](http://evil.example/z)|`~~_*"
)


@pytest.fixture(scope="module")
def real_client() -> FlaskClient:
    """The service with its rule book, in this process."""
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})
    return create_app(load_answer(book, policy), profile=Profile("US"), today=lambda: TODAY).test_client()


def report(text: str) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport", "id": "r", "status": "final", "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2024-05-01", "code": {"text": "68Ga-DOTATATE PET/CT"}, "conclusion": text,
    }  # fmt: skip


NET_CODING = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C7A.092"}


def assess(client: FlaskClient, **record: Any) -> str:
    prefetch = dict.fromkeys(TEMPLATES) | {"patient": PATIENT, "conditions": NET, **record}
    response = client.post("/cds-services/prrt-candidacy", json=call_body(prefetch=prefetch))
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_text_of_the_record_reaches_no_card_as_markup(real_client: FlaskClient) -> None:
    hostile_code = {**NET, "code": {"coding": [NET_CODING], "text": HOSTILE}, "note": [{"text": HOSTILE}]}
    for record in (
        {"reports": report(f"Krenning score 3 in the liver {HOSTILE}, all lesions positive. {HOSTILE}")},
        {"conditions": hostile_code},
        {"reports": {**report("Krenning 3"), "code": {"text": HOSTILE + " PET DOTATATE"}}},
    ):
        cards = json.loads(assess(real_client, **record))["cards"]
        text = json.dumps(cards)
        assert cards
        for live in ("<script", "<img", "](javascript:", "](http://evil"):
            assert live not in text, live


@pytest.mark.parametrize(
    "piece",
    ["Krenning ", "Krenning score of 3 ", "SUVmax 3.4 ", "Ki-67 2 % ", "1", " ", "\n", "-", "a", "(", "no ", "not ",
     "2024-05-", "liver, ", "3-4-", "<p>", "&lt;", ". ", "; ", "compared to ", "\u0301", "m\u00b2"],
)  # fmt: skip
def test_a_report_made_to_be_slow_is_read_in_bounded_time(real_client: FlaskClient, piece: str) -> None:
    begun = time.process_time()
    assess(real_client, reports=report(piece * (100_000 // len(piece))))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("piece", ["x", "1", "xectomy ", "resection of ", "a ", "-", "("])
def test_a_title_made_to_be_slow_is_read_in_bounded_time(real_client: FlaskClient, piece: str) -> None:
    title = {"text": piece * (100_000 // len(piece))}
    hers: dict[str, Any] = {"subject": {"reference": "Patient/p1"}, "note": [title], "effectiveDateTime": "2024-05-01"}
    begun = time.process_time()
    assess(
        real_client,
        conditions={"resourceType": "Condition", "id": "c", "code": title, **hers},
        procedures={"resourceType": "Procedure", "id": "p", "status": "completed", "code": title, **hers},
        medicationStatements={"resourceType": "MedicationStatement", "id": "m", "status": "completed", **hers,
                              "medicationCodeableConcept": {"text": f"octreotide {title['text']}"}},
        observations={"resourceType": "Observation", "id": "o", "status": "final", "code": title, "bodySite": title,
                      "valueString": title["text"], **hers},
    )  # fmt: skip
    assert time.process_time() - begun < 10
