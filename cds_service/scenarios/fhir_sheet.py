"""The blank record a scenario is written on: numbered FHIR R4 resources of one patient, and small building blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cds_service.scenarios.checks import Quantity, split_code

Resource = dict[str, Any]

PATIENT_ID = "patient-1"
OTHER_PATIENT_ID = "patient-2"
_SUBJECT_IN = {"AllergyIntolerance": "patient", "FamilyMemberHistory": "patient"}


class Sheet:
    """Collects resources; ids are the prefix and a running number ("hb-1"), the same every time."""

    def __init__(self, today: date, others: Iterable[str] = ()) -> None:
        self.today = today
        self.resources: list[Resource] = []
        self.drafts: list[Resource] = []
        self._others = frozenset(others)
        self._numbers: dict[str, int] = {}

    def next_id(self, prefix: str) -> str:
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}-{self._numbers[prefix]}"

    def owner(self, kind: str, entry: Mapping[str, Any]) -> str:
        """The reference of the patient this resource is about (another one if the scenario says so)."""
        other = entry.get("other_patient") is True or kind in self._others
        return f"Patient/{OTHER_PATIENT_ID if other else PATIENT_ID}"

    def blank(self, kind: str, prefix: str, entry: Mapping[str, Any], **body: Any) -> Resource:
        """A numbered resource with its subject; members that are None or empty are left out."""
        resource: Resource = {"resourceType": kind, "id": self.next_id(prefix), **body}
        if kind == "Appointment":
            resource["participant"] = [{"actor": {"reference": self.owner(kind, entry)}, "status": "accepted"}]
        else:
            resource[_SUBJECT_IN.get(kind, "subject")] = {"reference": self.owner(kind, entry)}
        return pruned(resource)

    def add(self, kind: str, prefix: str, entry: Mapping[str, Any], **body: Any) -> Resource:
        """``blank`` and into the record."""
        resource = self.blank(kind, prefix, entry, **body)
        self.resources.append(resource)
        return resource


def pruned(resource: Resource) -> Resource:
    """Without members that have no value (FHIR forbids null and empty)."""
    return {key: value for key, value in resource.items() if value is not None and value != [] and value != {}}


def concept(text: str = "", codes: Iterable[str] = ()) -> Resource:
    """A CodeableConcept of a text and codes as "system#code"."""
    return pruned({"coding": [split_code(code) for code in codes], "text": text or None})


def plain(value: Decimal | int) -> int | float:
    """A JSON number that prints as the decimal was written (12.1 stays 12.1)."""
    return int(value) if value == int(value) else float(value)


def fhir_quantity(value: Quantity, ucum: Mapping[str, str]) -> Resource:
    """A FHIR Quantity; ``ucum`` maps the written unit to its UCUM code ("" = the unit has none)."""
    unit = value.unit or ""
    code = ucum.get(unit, unit)
    return pruned({
        "value": plain(value.value),
        "comparator": value.comparator or None,
        "unit": unit or None,
        "system": "http://unitsofmeasure.org" if code else None,
        "code": code or None,
    })  # fmt: skip


def notes(*texts: str | None) -> list[Resource]:
    """Annotations of the texts that are there."""
    return [{"text": text} for text in texts if text]


def category(code: str, resource: str = "observation") -> list[Resource]:
    """An Observation category ("laboratory", "vital-signs", ...), as hospitals send it."""
    return [{"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{resource}-category", "code": code}]}]
