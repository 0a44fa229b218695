"""Orders, appointments and the drafts of an order hook as FHIR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cds_service.scenarios.drugs import DRUGS, RADIOLIGANDS, Drug
from cds_service.scenarios.fhir_sheet import Resource, Sheet, concept, fhir_quantity
from cds_service.scenarios.when import planned_day, written
from cds_service.scenarios.write_therapy import activity, dosage, medication

_EXAMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sstr-pet": ("{tracer} PET/CT", ("snomed#764695006",)),
    "fdg-pet": ("18F-FDG PET/CT", ("loinc#81555-5",)),
    "other": ("Abdominal ultrasound", ()),
}
_DRUG = {"cytotoxic": "temozolomide", "mtor": "everolimus", "dexamethasone": "dexamethasone",
         "amino-acids": "lysine-arginine"}  # fmt: skip


def write_orders(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """``orders`` stand in the record; ``drafts`` are what is being ordered in the call (context.draftOrders)."""
    for entry in patient.get("orders", ()):
        sheet.resources.append(_order(entry, sheet, "active", "order"))
    for entry in patient.get("drafts", ()):
        sheet.drafts.append(_order(entry, sheet, "draft", "draft"))


def _order(entry: Mapping[str, Any], sheet: Sheet, status: str, prefix: str) -> Resource:
    if entry.get("as") == "appointment":
        return _appointment(entry, sheet)
    kind = entry["kind"]
    planned, authored = planned_day(entry, sheet.today), written(entry, sheet.today, 0)
    common: dict[str, Any] = {"status": entry.get("status", status), "intent": "order", "authoredOn": authored}
    if kind in _EXAMS:
        return sheet.blank(
            "ServiceRequest", prefix, entry, **common, code=_exam(entry), occurrenceDateTime=planned
        )  # fmt: skip
    drug, dose = _drug(entry), dosage(entry)
    amount = activity(entry)
    if amount:
        dose["doseAndRate"] = [{"doseQuantity": fhir_quantity(amount, {})}]
    if planned:
        dose.setdefault("timing", {})["event"] = [planned]
    reason = [{"text": entry["indication"]}] if "indication" in entry else None
    return sheet.blank(
        "MedicationRequest", prefix, entry, **common, **medication(drug, entry), reasonCode=reason,
        dosageInstruction=[dose] if dose else None,
    )  # fmt: skip


def _exam(entry: Mapping[str, Any]) -> Resource:
    words, codes = _EXAMS[entry["kind"]]
    tracer = entry.get("tracer", "68Ga-DOTATATE")
    if "text" in entry:
        return concept(entry["text"])
    return concept(words.format(tracer=tracer), codes if "tracer" not in entry or tracer == "68Ga-DOTATATE" else ())


def _drug(entry: Mapping[str, Any]) -> Drug:
    if "text" in entry:
        return Drug(entry["text"])
    if entry["kind"] == "prrt":
        return RADIOLIGANDS[entry.get("agent", "177Lu-DOTATATE")]
    return DRUGS[entry.get("drug", _DRUG[entry["kind"]])]


def _appointment(entry: Mapping[str, Any], sheet: Sheet) -> Resource:
    kind = entry["kind"]
    if kind == "prrt":
        words = f"Radioligand therapy with {RADIOLIGANDS[entry.get('agent', '177Lu-DOTATATE')].text}"
        service = concept(entry.get("text", words), ["snomed#399315003"])
    else:
        service = _exam(entry) if kind in _EXAMS else concept(entry.get("text", _drug(entry).text))
    planned = planned_day(entry, sheet.today)
    clock = planned is not None and len(planned) == 10
    return sheet.blank(
        "Appointment", "appointment", entry, status=entry.get("status", "booked"), serviceType=[service],
        start=f"{planned}T09:00:00Z" if clock else None, end=f"{planned}T10:00:00Z" if clock else None,
        created=written(entry, sheet.today),
    )  # fmt: skip
