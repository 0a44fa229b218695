"""Which servers and which addresses may be called (no request forgery)."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from cds_service.fhir.addresses import Allowed, NotAllowed, read_base, read_link, read_networks, read_url

BASE = read_base("https://ehr.example/fhir/")


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize(
    "text",
    ["", "ehr.example", "ftp://ehr.example", "file:///etc/passwd", "https://", "https://user@ehr.example/fhir",
     "https://ehr.example@evil.example/fhir", "https://ehr.example\\@evil.example", "https://ehr.example/fhir#x",
     "https://ehr.example/fhir/../admin", "https://ehr.example/fhir/%2e%2e/admin", "https://ehr.example/fhir/..",
     "https://ehr.example/fhir%2fadmin", "https://ehr.example/a%5cb", "https://ehr.example:0/", "https://ehr.example:99999",
     "https://ehr.example:80:90/", "https://[::1", "https://[zz::1]/", "https://ehr.example/a b", "https://ehr.example/\n",
     "https://ehr.ex\u00e4mple/", "HTTPS://ehr.example/", "//ehr.example/fhir", "https://ehr.example/" + "a" * 9_000],
)  # fmt: skip
def test_what_parsers_may_disagree_about_is_no_url(text: str) -> None:
    with pytest.raises(NotAllowed):
        read_url(text)


@pytest.mark.parametrize(
    "text",
    ["https://ehr.example/fhir", "https://EHR.example:443/fhir/", "https://ehr.example/fhir/tenant/1"],
)
def test_a_listed_base_and_what_lies_below_may_be_called(text: str) -> None:
    Allowed((BASE,)).check(read_base(text))


@pytest.mark.parametrize(
    "text",
    ["http://ehr.example/fhir", "https://ehr.example:8443/fhir", "https://ehr.example/fhirx", "https://ehr.example",
     "https://ehr.example.evil.example/fhir", "https://evil.example/fhir", "https://1.2.3.4/fhir", "http://127.0.0.1/fhir"],
)  # fmt: skip
def test_nothing_else_may_be_called(text: str) -> None:
    with pytest.raises(NotAllowed):
        Allowed((BASE,)).check(read_base(text))


def test_nothing_is_listed_by_default_and_the_sandbox_may_call_this_machine_only() -> None:
    with pytest.raises(NotAllowed):
        Allowed().check(read_base("http://127.0.0.1:8080/fhir"))
    sandbox = Allowed(loopback=True)
    for text in ("http://127.0.0.1:8080/fhir", "http://localhost/x", "https://[::1]:9/fhir"):
        sandbox.check(read_base(text))
    for text in ("http://127.0.0.1.evil.example", "http://10.0.0.1/fhir", "https://ehr.example/fhir"):
        with pytest.raises(NotAllowed):
            sandbox.check(read_base(text))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1", "fd00:ec2::254", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
     "::"],
)  # fmt: skip
def test_a_listed_name_that_leads_to_an_inner_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolves_to(monkeypatch, address)
    with pytest.raises(NotAllowed):
        Allowed((BASE,)).resolve(BASE)


def test_an_inner_address_needs_its_network_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "10.1.2.3")
    assert Allowed((BASE,), read_networks(["10.1.0.0/16"])).resolve(BASE) == ("10.1.2.3",)
    with pytest.raises(NotAllowed):
        Allowed((BASE,), read_networks(["10.2.0.0/16"])).resolve(BASE)


def test_of_several_addresses_only_permitted_ones_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1", "93.184.216.34", "10.0.0.1", "93.184.216.35")
    assert Allowed((BASE,)).resolve(BASE) == ("93.184.216.34", "93.184.216.35")


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5", "localhost"])
def test_a_server_listed_by_its_address_is_listed(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    url = read_base(f"http://{host}:8080/fhir")
    resolves_to(monkeypatch, "127.0.0.1" if host == "localhost" else host)
    assert Allowed((url,)).resolve(url)


def test_localhost_that_leads_elsewhere_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "169.254.169.254")
    with pytest.raises(NotAllowed):
        Allowed(loopback=True).resolve(read_base("http://localhost/fhir"))


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("https://ehr.example/fhir?page=2", "https://ehr.example/fhir?page=2"),
        ("Observation?page=2", "https://ehr.example/fhir/Observation?page=2"),
        ("?page=2", "https://ehr.example/fhir/?page=2"),
        ("/fhir/x?p=a|b", "https://ehr.example/fhir/x?p=a|b"),
    ],
)
def test_links_are_read_from_where_they_stand(link: str, whole: str) -> None:
    found = read_link(link, read_url("https://ehr.example/fhir/"))
    assert str(found) == whole and found.within(BASE)


@pytest.mark.parametrize("link", ["https://evil.example/fhir?page=2", "http://ehr.example/fhir?page=2", "/admin"])
def test_a_link_that_leads_elsewhere_is_told(link: str) -> None:
    assert not read_link(link, read_url("https://ehr.example/fhir/")).within(BASE)


@pytest.mark.parametrize(
    "link", ["", "//evil.example/fhir", "https://[", "javascript:alert(1)", "https://u:p@ehr.example/fhir"]
)
def test_a_link_that_is_none_is_refused(link: str) -> None:
    if not link:  # the page itself: seen before, and so not followed
        assert read_link(link, BASE) == BASE
        return
    with pytest.raises(NotAllowed):
        read_link(link, BASE)


def test_an_address_of_ipv6_is_written_in_one_way() -> None:
    assert str(read_url("http://[0:0:0:0:0:0:0:1]:80/a")) == "http://[::1]/a"
