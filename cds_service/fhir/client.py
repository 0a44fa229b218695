"""FHIR R4 reads and searches on a listed server, with the caller's token, within one deadline.

Whatever goes wrong becomes an OperationOutcome in words of our own: an answer that failed is not an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from cds_service.fhir.addresses import NotAllowed, Url, read_base, read_link
from cds_service.fhir.elements import objects, text
from cds_service.fhir.http import Deadline, Failed, Reply, Transport, together
from cds_service.fhir.settings import FhirSettings

MAX_PAGES = 200
"""Pages of one search that are read; what is left makes it incomplete."""

Decode = Callable[[bytes], Any]
"""JSON text -> value; raises ValueError."""

Resource = dict[str, Any]


class FhirAccess:
    """All FHIR servers of a deployment; one object a process. Remembers which servers search by GET only."""

    def __init__(self, settings: FhirSettings, decode: Decode, *, max_entries: int) -> None:
        self.settings, self.decode, self.max_entries = settings, decode, max_entries
        self.allowed = settings.allowed()
        self.get_only: set[tuple[str, str, int]] = set()

    def connect(self, server: str, token: str | None) -> FhirClient | None:
        """A client for one call; None if the server is not on the list."""
        try:
            base = read_base(server)
            self.allowed.check(base)
        except NotAllowed:
            return None
        return FhirClient(self, base, token)


class FhirClient:
    """One call's requests to one server. ``gather`` once."""

    def __init__(self, access: FhirAccess, base: Url, token: str | None) -> None:
        settings = access.settings
        self._access, self._base = access, base
        self._deadline = Deadline(settings.seconds)
        self._transport = Transport(
            base, access.allowed, self._deadline, max_bytes=settings.max_bytes, ca_file=settings.ca_file
        )
        self._headers = {"Accept": "application/fhir+json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def gather(self, jobs: Sequence[Callable[[], Resource]]) -> list[Resource]:
        """The answers of several of the methods below; the client is used up afterwards."""
        done = together(jobs, self._deadline, self._access.settings.parallel)
        return [failure("timeout") if answer is None else answer for answer in done]

    def read(self, path: str) -> Resource:
        """The resource at ``Type/id``, or the OperationOutcome of the failure."""
        try:
            reply = self._transport.request("GET", self._at(path), self._headers)
            return self._resource(reply)
        except Failed as failed:
            return failure(failed.why)

    def search(self, kind: str, parameters: Mapping[str, str]) -> Resource:
        """All pages of a search as one searchset, or the OperationOutcome of the failure. Pages that could not be
        read leave their ``next`` link in it."""
        try:
            reply, url = self._searched(kind, urlencode(parameters))
            bundle = self._resource(reply)
            return self.follow(bundle, url) if bundle["resourceType"] == "Bundle" else _not_a_bundle(bundle)
        except Failed as failed:
            return failure(failed.why)

    def follow(self, bundle: Resource, url: Url | None = None) -> Resource:
        """The Bundle with the entries of its further pages. One that could not be read leaves its link in it."""
        entries = bundle.get("entry")
        if not isinstance(entries, list) and entries is not None:
            return bundle
        whole: list[Any] = list(entries or ())
        page, seen = bundle, {url}
        url = url or self._at("")
        for _ in range(MAX_PAGES):
            link = next_link(page)
            if link is None:
                return _bundle(bundle, whole, None)
            try:
                url = read_link(link, url)
                if not url.within(self._base) or url in seen or len(whole) >= self._access.max_entries:
                    break
                seen.add(url)
                page = self._page(url)
            except (Failed, NotAllowed):
                break
            whole += page.get("entry") or ()
        return _bundle(bundle, whole, next_link(page))

    def _page(self, url: Url) -> Resource:
        page = self._resource(self._transport.request("GET", url, self._headers))
        if page["resourceType"] != "Bundle" or not isinstance(page.get("entry") or [], list):
            raise Failed("invalid")
        return page

    def _searched(self, kind: str, query: str) -> tuple[Reply, Url]:
        """By POST, which keeps the patient's id out of URLs and their logs; by GET where POST is not served."""
        posted: Reply | None = None
        if self._base.origin not in self._access.get_only:
            url = self._at(f"{kind}/_search")
            headers = self._headers | {"Content-Type": "application/x-www-form-urlencoded"}
            posted = self._transport.request("POST", url, headers, query)
            if posted.status not in _NO_POST:
                return posted, url
        url = self._at(kind, query)
        got = self._transport.request("GET", url, self._headers)
        if posted is not None and got.status == 200:
            self._access.get_only.add(self._base.origin)
        return got, url

    def _resource(self, reply: Reply) -> Resource:
        if reply.status != 200:
            raise Failed(_ISSUES.get(reply.status, "exception"))
        try:
            value = self._access.decode(reply.body)
        except ValueError:
            raise Failed("structure") from None
        if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
            raise Failed("structure")
        return value

    def _at(self, path: str, query: str = "") -> Url:
        base = self._base
        return Url(base.scheme, base.host, base.port, f"{base.path}/{path}", query)


_NO_POST = frozenset({400, 403, 404, 405, 406, 410, 411, 415, 422, 501})
_ISSUES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 410: "deleted", 429: "throttled",
    502: "transient", 503: "transient", 504: "transient",
}  # fmt: skip


def failure(why: str) -> Resource:
    """The OperationOutcome of a fetch that failed."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": why}]}


def next_link(bundle: Mapping[str, Any]) -> str | None:
    """Where the next page of a Bundle is; "" for a link without a usable address."""
    for link in objects(bundle.get("link")):
        if text(link.get("relation")) == "next":
            url = link.get("url")
            return url if isinstance(url, str) else ""
    return None


def _not_a_bundle(found: Resource) -> Resource:
    return failure("exception" if found["resourceType"] == "OperationOutcome" else "structure")


def _bundle(first: Resource, entries: list[Any], further: str | None) -> Resource:
    kept = {name: value for name, value in first.items() if name not in ("link", "entry")}
    if entries:
        kept["entry"] = entries
    if further is not None:
        kept["link"] = [{"relation": "next", "url": further}]
    return kept
