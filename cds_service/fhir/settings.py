"""Which FHIR servers a deployment may call, and how much that may take."""

from __future__ import annotations

from typing import Annotated

import msgspec

from cds_service.fhir.addresses import Allowed, read_base, read_networks


class FhirSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``servers``: base URLs that may be called with a call's token (a longer URL lies below its base); ``networks``:
    where their addresses may lie if they are not public, such as "10.1.0.0/16"; ``loopback``: any port of this machine
    (None: only in the sandbox, that is on loopback without authentication); ``seconds``: for all requests of a call
    together; ``parallel``: requests at a time; ``max_bytes``: of all answers together; ``ca_file``: certificates to
    trust instead of the usual ones (PEM)."""

    servers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    loopback: bool | None = None
    seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 5.0
    parallel: Annotated[int, msgspec.Meta(ge=1, le=16)] = 6
    max_bytes: Annotated[int, msgspec.Meta(ge=1_000)] = 25 * 1024 * 1024
    ca_file: str | None = None

    def allowed(self) -> Allowed:
        """The list, read. Raises NotAllowed, ValueError."""
        bases = tuple(read_base(server) for server in self.servers)
        return Allowed(bases, read_networks(self.networks), bool(self.loopback))
