"""Whose data a resource holds: only what is about the patient of the request may be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from cds_service.fhir.elements import as_list, objects, reference, text
from cds_service.fhir.places import place_of

Whose = Literal["patient", "other", "unknown", "not-said"]

_PATIENT_REFERENCE = re.compile(r"(?:^|/)(?P<type>[A-Z][A-Za-z]+)/(?P<id>[^/#?]+)(?:/_history/[^/]+)?$")
_SUBJECT_FIELDS = ("subject", "patient")
_FURTHER = frozenset({"patient", "focus", "participant"})
# Types that describe no patient of their own.
_IMPERSONAL = frozenset({"Medication", "Binary", "Practitioner"})


class Identity:
    """The patient of a request: the id, the fullUrls of the Patient resource and its business identifiers.

    Ids are a server's own: where a fullUrl says on which server the patient has this id (``bases``), a reference to
    another server's Patient of the same id is not the patient's, unless all of ``record`` was proxied.
    """

    def __init__(
        self, patient_id: str, patients: list[tuple[dict[str, Any], str]], record: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.id, self._record = patient_id, record
        self.bases: set[str] = set()
        self._proxy: str | None = None
        self._plain = f"Patient/{patient_id}"
        self.urls: set[str] = set()
        self.other_urls: set[str] = set()
        self.identifiers: set[tuple[str, str]] = set()
        self.unsystematic: set[str] = set()  # identifiers without a system
        for data, full_url in patients:
            urls = {full_url} - {""}
            if patient_name(data, full_url) == patient_id:
                self.urls |= urls
                if (place := place_of(full_url)) and place.base:
                    self.bases.add(place.base)
                self.identifiers |= set(identifiers(data))
                self.unsystematic |= _unsystematic(data)
            else:
                self.other_urls |= urls

    def whose(self, data: Mapping[str, Any]) -> Whose:
        """Whether a resource is the patient's, by all its subject references (one foreign one is enough)."""
        kind = data.get("resourceType")
        if kind in _IMPERSONAL:
            return "patient"
        subject = data.get("subject")
        if isinstance(subject, dict) and subject.get("reference") == self._plain and data.keys().isdisjoint(_FURTHER):
            return "patient"  # what nearly every resource says
        answers = {self._refers(item, data) for item in self._subjects(data)}
        return next((answer for answer in ("other", "unknown", "patient") if answer in answers), "not-said")

    def _refers(self, subject: Mapping[str, Any], data: Mapping[str, Any]) -> Whose:
        literal = reference(subject)
        if literal and not literal.startswith("#"):
            return self._literal(literal)
        if text(subject.get("type")) not in ("", "Patient"):
            return "other"
        named = set(identifiers(subject))
        if literal:  # a contained patient is known by its business identifiers only
            for inner in objects(data.get("contained")):
                if f"#{text(inner.get('id'))}" == literal:
                    named |= set(identifiers(inner))
        if not named:
            half = _unsystematic(subject)
            if half & self.unsystematic:
                return "patient"
            return "not-said" if not (literal or half or subject.get("display")) else "unknown"
        return self._named(named)

    def _named(self, named: set[tuple[str, str]]) -> Whose:
        """Whose business identifiers these are."""
        if named & self.identifiers:
            return "patient"
        known = {system for system, _ in self.identifiers}
        return "other" if any(system in known for system, _ in named) else "unknown"

    def _literal(self, literal: str) -> Whose:
        if literal.startswith("Patient?"):
            if found := set(searched(literal)):
                return self._named(found)
            ids = {value for name, value in parse_qsl(literal.partition("?")[2]) if name == "_id"}
            return "unknown" if not ids else "patient" if ids == {self.id} else "other"
        if literal in self.urls:
            return "patient"
        if literal in self.other_urls:
            return "other"
        if literal in (f"urn:uuid:{self.id}", f"urn:oid:{self.id}", self.id):
            return "patient"
        match = _PATIENT_REFERENCE.search(literal)
        if match is None:
            return "unknown"
        if (match["type"], match["id"]) != ("Patient", self.id):
            return "other"
        return "patient" if self._is_of_known_base(literal) else "unknown"

    def _is_of_known_base(self, literal: str) -> bool:
        place = place_of(literal) if self.bases else None
        return place is None or place.base in self.bases or place.base in ("", self._proxied())

    def _proxied(self) -> str:
        """The one other server that every reference to a patient names, if none is relative or names the patient's own:
        then the record came from there, and only the Patient's fullUrl was written by another hand. Else ""."""
        if self._proxy is None:
            named = {place.base for data in self._record for item in self._subjects(data)
                     if (place := place_of(reference(item))) and place.type == "Patient"}  # fmt: skip
            self._proxy = named.pop() if len(named) == 1 else ""
        return self._proxy

    def _subjects(self, data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The references that say whom a resource is about."""
        for name in _SUBJECT_FIELDS:
            yield from objects(data.get(name))
            yield from ({"reference": item} for item in as_list(data.get(name)) if isinstance(item, str))
        if data.get("resourceType") == "Appointment":
            for participant in objects(data.get("participant")):
                yield from (actor for actor in objects(participant.get("actor")) if self._is_patient(actor))
        if data.get("resourceType") == "Observation":
            for focus in objects(data.get("focus")):  # a measurement about someone or something else
                if self._is_patient(focus) or "RelatedPerson/" in reference(focus):
                    yield focus

    def _is_patient(self, target: Mapping[str, Any]) -> bool:
        """Whether a reference names a Patient at all (appointments name practitioners and rooms too)."""
        literal = reference(target)
        named = text(target.get("type")) or literal.rpartition("/")[0].rpartition("/")[2]
        return named == "Patient" or literal in self.urls or literal in self.other_urls


def patient_name(data: Mapping[str, Any], full_url: str) -> str:
    """The id of a Patient resource; in a transaction, where it has none yet, what its fullUrl says."""
    identity = data.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        return str(identity)
    return text(identity) or full_url.removeprefix("urn:uuid:").rsplit("/", 1)[-1]


def _unsystematic(data: Mapping[str, Any]) -> set[str]:
    """The business identifiers that name no system."""
    items = objects(data.get("identifier"))
    return {text(item.get("value")) for item in items if not text(item.get("system"))} - {""}


def searched(literal: str) -> Iterator[tuple[str, str]]:
    """The business identifiers a conditional reference asks for ("Patient?identifier=system|value")."""
    for name, value in parse_qsl(literal.partition("?")[2]):
        system, _, number = value.rpartition("|")
        if name == "identifier" and system and number:
            yield system, number


def identifiers(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The business identifiers (system, value) of a resource or reference, complete ones only."""
    for item in objects(data.get("identifier")):
        system, value = text(item.get("system")), text(item.get("value"))
        if system and value:
            yield system, value
