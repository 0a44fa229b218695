"""Deployment settings (a TOML file, ``PRRT_CDS_CONFIG``, and a few variables): nothing clinical, checked at start."""

from __future__ import annotations

import ipaddress
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from cds_service.fhir.addresses import NotAllowed, is_loopback, read_base
from cds_service.fhir.settings import FhirSettings
from cds_service.store import AuditSettings

_SPARE_THREADS = 8
"""Threads of a worker beyond those that work or wait: they refuse, and answer health checks."""


class SettingsError(ValueError):
    """The settings cannot be used; one line for whoever starts the service."""


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One EHR that may call. ``issuer``: its ``iss``; its keys are at ``jku``, or in ``jwks_file`` if they were
    exchanged out of band; ``tenants``: the only ones admitted (empty: any or none); ``networks``: where the ``jku``
    may lie if its address is not public; ``ca_file``: certificates to trust for it (PEM)."""

    issuer: Annotated[str, msgspec.Meta(min_length=1)]
    jku: str | None = None
    jwks_file: str | None = None
    tenants: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    ca_file: str | None = None


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one worker: ``concurrent`` calls are worked on, ``waiting`` more wait up to ``wait_seconds``, others get 503.
    ``receive_seconds``: for a request to arrive whole; ``send_seconds``: after that, for the answer to be taken;
    ``max_values``: JSON values in a body; ``read_seconds``: computing to read one record."""

    concurrent: Annotated[int, msgspec.Meta(ge=1, le=256)] = 8
    waiting: Annotated[int, msgspec.Meta(ge=0, le=1_024)] = 24
    wait_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 3.0
    receive_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 15.0
    send_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 45.0
    max_values: Annotated[int, msgspec.Meta(ge=1_000)] = 1_500_000
    read_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 10.0

    @property
    def threads(self) -> int:
        """How many threads a worker needs so that there is always one to refuse."""
        return self.concurrent + self.waiting + _SPARE_THREADS


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``allowed_origins``: web origins whose browsers may call (None: any port of this machine itself);
    ``max_body_bytes``: a larger request is refused; ``database``: where feedback and the audit trail are kept, a file
    or a PostgreSQL URL (``PRRT_CDS_DATABASE`` wins, so that a password need not be in a file); ``public_url``: the URL
    that clients call this service by, without ``/cds-services`` (``PRRT_CDS_PUBLIC_URL`` wins); ``clients``: who may
    call (empty: everybody, on loopback only); ``token_lifetime_seconds``: how far ahead a client token may expire;
    ``allow_unauthenticated``: listen beyond this machine all the same (``PRRT_CDS_ALLOW_UNAUTHENTICATED`` wins)."""

    allowed_origins: tuple[str, ...] | None = None
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_000)] = 28 * 1024 * 1024
    database: str | None = None
    audit: AuditSettings = AuditSettings()
    public_url: str | None = None
    clients: tuple[Client, ...] = ()
    token_lifetime_seconds: Annotated[int, msgspec.Meta(ge=10, le=86_400)] = 3_600
    allow_unauthenticated: bool = False
    fhir: FhirSettings = FhirSettings()
    limits: LimitSettings = LimitSettings()

    def check(self) -> None:
        """Raises ValueError for what each setting alone does not show."""
        for client in self.clients:
            _check_client(client)
        if len({client.issuer for client in self.clients}) < len(self.clients):
            raise ValueError("two clients have the same issuer")
        if self.clients and self.public_url is None:
            raise ValueError("clients need public_url: their tokens are made out to the exact URL they call")
        try:
            if self.public_url is not None:
                read_base(self.public_url)
        except NotAllowed:
            raise ValueError("public_url must be an http or https URL") from None
        _check_fhir(self.fhir)

    def listening_on(self, host: str) -> Settings:
        """The settings of a service that listens there: the sandbox may also call FHIR servers of this machine.

        Raises SettingsError for a service that everybody could call.
        """
        own, authenticated = _is_this_machine(host), bool(self.clients)
        if not own and not authenticated and not self.allow_unauthenticated:
            raise SettingsError(
                f"not started: {host} is not this machine alone and no clients are configured, so that anybody could "
                "call; configure clients (docs/integration.md), or say allow_unauthenticated = true in the "
                "configuration (PRRT_CDS_ALLOW_UNAUTHENTICATED=1) if something in front of the service authenticates"
            )
        if self.fhir.loopback is not None:
            return self
        fhir = msgspec.structs.replace(self.fhir, loopback=own and not authenticated)
        return msgspec.structs.replace(self, fhir=fhir)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of the file named by ``PRRT_CDS_CONFIG``, else the defaults, and the variables that win over
    them. Raises SettingsError."""
    path = environ.get("PRRT_CDS_CONFIG")
    try:
        settings = _read(path) if path else Settings()
        settings = msgspec.structs.replace(settings, **_from(environ))
        settings.check()
    except (ValueError, RecursionError) as error:
        where = f"configuration {path}" if path else "configuration"
        raise SettingsError(f"{where}: {' '.join(str(error).split())}") from None
    return settings


def _read(path: str) -> Settings:
    try:
        return msgspec.convert(tomllib.loads(Path(path).read_text(encoding="utf-8-sig")), Settings)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None


def _from(environ: Mapping[str, str]) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    for name in ("database", "public_url"):
        if value := environ.get(f"PRRT_CDS_{name.upper()}"):
            found[name] = value
    if value := environ.get("PRRT_CDS_ALLOW_UNAUTHENTICATED"):
        if value not in ("0", "1"):
            raise ValueError("PRRT_CDS_ALLOW_UNAUTHENTICATED must be 1 or 0")
        found["allow_unauthenticated"] = value == "1"
    return found


def _check_client(client: Client) -> None:
    from cds_service.hooks.jwks import keys_of  # cryptography and HTTP only where there are clients

    try:
        keys_of(client)
    except ValueError as error:
        raise ValueError(f"client {client.issuer}: {error}") from None


def _check_fhir(fhir: FhirSettings) -> None:
    for server in fhir.servers:
        try:
            read_base(server)
        except NotAllowed:
            raise ValueError(f"fhir.servers: {server} is not the http or https URL of a server") from None
    fhir.allowed()
    if fhir.ca_file is not None and not Path(fhir.ca_file).is_file():
        raise ValueError(f"fhir.ca_file: there is no file {fhir.ca_file}")


def _is_this_machine(host: str) -> bool:
    """Whether nobody but this machine can reach a service that listens there."""
    if is_loopback(host):
        return True
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(str(where[0]).partition("%")[0]).is_loopback for *_, where in found)
