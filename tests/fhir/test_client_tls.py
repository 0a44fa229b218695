"""TLS to a pinned address: the certificate must be the named server's, and from an authority that is trusted."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cds_service.fhir.client import FhirAccess, failure
from cds_service.fhir.settings import FhirSettings
from tests.fhir.clients import DECODE, PATIENT, TOKEN
from tests.servers import Served, resource, serving


def certificate(folder: Path, host: str) -> Path:
    """A certificate for the host that vouches for itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


@pytest.fixture
def pem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Names of *.example lead to this machine."""
    real = socket.getaddrinfo

    def found(host: Any, *more: Any, **named: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".example") else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return certificate(tmp_path, "ehr.example")


@pytest.fixture
def server(pem: Path) -> Iterator[Served]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(context) as served:
        served.answers["*"] = resource(PATIENT)
        yield served


def read(server: Served, host: str, ca_file: Path | None) -> Any:
    base = f"https://{host}:{server.port}/fhir"
    settings = FhirSettings(
        servers=(base,), networks=("127.0.0.0/8",), seconds=3.0, ca_file=str(ca_file) if ca_file else None
    )
    client = FhirAccess(settings, DECODE, max_entries=50).connect(base, TOKEN)
    assert client is not None
    return client.gather([lambda: client.read("Patient/p1")])[0]


def test_the_named_server_is_called_at_its_address_under_its_name(server: Served, pem: Path) -> None:
    assert read(server, "ehr.example", pem) == PATIENT
    assert server.asked[0].headers["host"] == f"ehr.example:{server.port}"


def test_a_certificate_of_another_name_or_of_nobody_is_refused_before_the_token_is_sent(
    server: Served, pem: Path, tmp_path: Path
) -> None:
    assert read(server, "other.example", pem) == failure("transient")
    assert read(server, "ehr.example", None) == failure("transient")
    assert read(server, "ehr.example", certificate(tmp_path, "evil.example")) == failure("transient")
    assert not server.asked
