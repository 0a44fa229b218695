"""Drugs, radioligands, procedures, problems and allergies as FHIR."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cds_service.scenarios.checks import Quantity, ScenarioError
from cds_service.scenarios.drugs import DRUGS, RADIOLIGANDS, REGIMENS, Drug
from cds_service.scenarios.fhir_sheet import Resource, Sheet, concept, fhir_quantity, notes, pruned
from cds_service.scenarios.terms import PROBLEMS, PROCEDURES, Term
from cds_service.scenarios.when import exact, planned_day, stated, written
from cds_service.scenarios.write_tumour import verification, write_condition

CYCLE_DAYS = 28
"""Length of a cycle of which the scenario says nothing else (CAPTEM)."""
PRRT_DAYS = 56
_ROMAN = ("I", "II", "III", "IV")


def medication(drug: Drug, entry: Mapping[str, Any]) -> Resource:
    """The medication as CodeableConcept, or, with a composition, as a contained Medication."""
    codes = [entry["code"]] if "code" in entry else list(drug.codes)
    named = concept(entry.get("as_written", drug.text), codes)
    parts = [(name, entry[name]) for name in ("lysine", "arginine") if name in entry]
    if not parts:
        return {"medicationCodeableConcept": named}
    volume = entry.get("volume", Quantity(Decimal(1), "L"))
    ingredients = [
        {"itemCodeableConcept": {"text": f"L-{name}"},
         "strength": {"numerator": fhir_quantity(grams, {"g": "g"}), "denominator": fhir_quantity(volume, {})}}
        for name, grams in parts
    ]  # fmt: skip
    mixture = {"resourceType": "Medication", "id": "mixture", "code": named, "ingredient": ingredients}
    return {"contained": [mixture], "medicationReference": {"reference": "#mixture"}}


def dosage(entry: Mapping[str, Any]) -> Resource:
    """Dose ("40 mg/d" becomes a dose once a day), volume and text, as one Dosage."""
    dose: Resource = {}
    if "dose" in entry:
        amount, _, per = entry["dose"].partition("/")
        value, _, unit = amount.strip().partition(" ")
        try:
            quantity = fhir_quantity(Quantity(Decimal(value), unit.strip()), {})
        except ArithmeticError:
            raise ScenarioError(f'dose: {entry["dose"]!r} is not a dose. Write "40 mg/d" or "30 mg".') from None
        dose = {"text": entry["dose"], "doseAndRate": [{"doseQuantity": quantity}]}
        if per.strip() in ("d", "day"):
            dose["timing"] = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    elif "volume" in entry:
        dose = {"doseAndRate": [{"doseQuantity": fhir_quantity(entry["volume"], {})}]}
    return dose


def write_treatments(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("treatments", ()):
        name = entry.get("drug", "")
        drugs = REGIMENS.get(name, (name,)) if name else ("",)
        for drug in drugs:
            _treatment(DRUGS[drug] if drug else Drug(""), name if name in REGIMENS else "", entry, sheet)


def _treatment(drug: Drug, regimen: str, entry: Mapping[str, Any], sheet: Sheet) -> None:
    if not drug.text and "as_written" not in entry and "code" not in entry:
        raise ScenarioError('treatments: no drug. Add drug = "CAPTEM", as_written = "..." or code = "atc#...".')
    single = "cycles" in entry or stated(entry)
    given_as = entry.get("given_as", "administration" if single and "ongoing" not in entry else "statement")
    if given_as == "administration":
        for day in _days(entry, sheet.today):
            sheet.add(
                "MedicationAdministration", "given", entry, status=entry.get("status", "completed"),
                **medication(drug, entry), effectiveDateTime=day, dosage=_given_dose(entry),
                reasonCode=_reason(entry), note=notes(_regimen(regimen), entry.get("note")),
            )  # fmt: skip
        if not _days(entry, sheet.today):
            sheet.add(
                "MedicationAdministration", "given", entry, status=entry.get("status", "completed"),
                **medication(drug, entry), effectivePeriod=_period(entry, sheet.today),
                note=notes(_regimen(regimen), entry.get("note")),
            )  # fmt: skip
    elif given_as == "statement":
        ends = _last(entry, sheet.today) is not None
        dose = dosage(entry)
        sheet.add(
            "MedicationStatement", "taken", entry, status=entry.get("status", "completed" if ends else "active"),
            **medication(drug, entry), effectivePeriod=_period(entry, sheet.today), dosage=[dose] if dose else None,
            reasonCode=_reason(entry), note=notes(_regimen(regimen), _cycles(entry), entry.get("note")),
        )  # fmt: skip
    else:
        _order(drug, regimen, entry, sheet)


def _order(drug: Drug, regimen: str, entry: Mapping[str, Any], sheet: Sheet) -> None:
    """A MedicationRequest; its written end, if any, is the end of the dosing period."""
    dose = dosage(entry)
    end = _last(entry, sheet.today)
    if end:
        repeat = {**dose.get("timing", {}).get("repeat", {}), "boundsPeriod": {"end": end}}
        dose["timing"] = {"repeat": repeat}
    authored = written(entry, sheet.today) or written(entry, sheet.today, prefix="first_")
    sheet.add(
        "MedicationRequest", "prescribed", entry, status=entry.get("status", "active"), intent="order",
        **medication(drug, entry), authoredOn=authored, dosageInstruction=[dose] if dose else None,
        reasonCode=_reason(entry), note=notes(_regimen(regimen), _cycles(entry), entry.get("note")),
    )  # fmt: skip


def _reason(entry: Mapping[str, Any]) -> list[Resource]:
    return [{"text": entry["indication"]}] if "indication" in entry else []


def _regimen(regimen: str) -> str | None:
    return f"{regimen} regimen" if regimen else None


def _cycles(entry: Mapping[str, Any]) -> str | None:
    if "cycles" not in entry:
        return None
    return f"{entry['cycles']} cycles given, every {entry.get('cycle_days', CYCLE_DAYS)} days"


def _given_dose(entry: Mapping[str, Any]) -> Resource | None:
    dose = dosage(entry)
    quantity = dose.get("doseAndRate", [{}])[0].get("doseQuantity")
    return pruned({"text": dose.get("text"), "dose": quantity}) or None


def _last(entry: Mapping[str, Any], today: date) -> str | None:
    return None if entry.get("ongoing") else written(entry, today, prefix="last_")


def _first(entry: Mapping[str, Any], today: date) -> str | None:
    """The first day: as said, else counted back from the last by ``weeks`` or by the cycles."""
    if said := written(entry, today, prefix="first_") or written(entry, today):
        return said
    last = exact(entry, today, "last_") or (today if entry.get("ongoing") else None)
    if last is not None and "weeks" in entry:
        return (last - timedelta(weeks=entry["weeks"])).isoformat()
    if last is not None and "cycles" in entry:
        return (last - timedelta(days=(entry["cycles"] - 1) * entry.get("cycle_days", CYCLE_DAYS))).isoformat()
    return None


def _period(entry: Mapping[str, Any], today: date) -> Resource:
    return pruned({"start": _first(entry, today), "end": _last(entry, today)})


def _days(entry: Mapping[str, Any], today: date) -> list[str]:
    """The administration days: each cycle's ``days_per_cycle`` days, the very last one on ``last_*``."""
    if "cycles" not in entry:
        day = written(entry, today)
        return [day] if day else []
    length, a_cycle = entry.get("cycle_days", CYCLE_DAYS), entry.get("days_per_cycle", 1)
    end = exact(entry, today, "last_")
    start = exact(entry, today, "first_") or (
        end - timedelta(days=(entry["cycles"] - 1) * length + a_cycle - 1) if end else None
    )
    if start is None:
        raise ScenarioError("treatments: cycles without a day. Add last_days_ago = 30 (the last day given).")
    offsets = (cycle * length + day for cycle in range(entry["cycles"]) for day in range(a_cycle))
    return [(start + timedelta(days=offset)).isoformat() for offset in offsets]


def write_prrt(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """Radioligand cycles: one administration or procedure a cycle, or HCPCS units of 1 mCi."""
    for entry in patient.get("prrt", ()):
        drug = RADIOLIGANDS[entry.get("agent", "177Lu-DOTATATE")]
        cycles, every = entry.get("cycles", 1), entry.get("every_days", PRRT_DAYS)
        last = exact(entry, sheet.today, "last_")
        if cycles > 1 and last is None:
            raise ScenarioError("prrt: several cycles without a day. Add last_days_ago = 56 (the last cycle).")
        days = (
            [(last - timedelta(days=every * back)).isoformat() for back in reversed(range(cycles))]
            if last
            else [written(entry, sheet.today)]
        )
        for day in days:
            _radioligand(drug, entry, day, sheet)


def activity(entry: Mapping[str, Any]) -> Quantity | None:
    """The activity of one cycle as the scenario writes it."""
    if "activity" in entry:
        stated_activity: Quantity = entry["activity"]
        return stated_activity
    return Quantity(Decimal(entry["gbq"]), "GBq") if "gbq" in entry else None


def _radioligand(drug: Drug, entry: Mapping[str, Any], day: str | None, sheet: Sheet) -> None:
    amount = activity(entry)
    quantity = fhir_quantity(amount, {"mCi": "mCi"}) if amount else None
    status = entry.get("status", "completed")
    match entry.get("given_as", "administration"):
        case "procedure":
            words = f"Radioligand therapy with {drug.text}"
            dose = f"{amount.value} {amount.unit}" if amount else None
            sheet.add(
                "Procedure", "prrt", entry, status=status, code=concept(words, ["snomed#399315003"]),
                performedDateTime=day, note=notes(f"Activity {dose}" if dose else None, entry.get("note")),
            )  # fmt: skip
        case "hcpcs":
            millicuries = {"value": quantity["value"] if quantity else None, "unit": "mCi"}
            sheet.add(
                "MedicationAdministration", "prrt", entry, status=status, effectiveDateTime=day,
                medicationCodeableConcept=concept(drug.text, ["hcpcs#A9513"]),
                dosage={"dose": quantity or pruned(millicuries)}, note=notes(entry.get("note")),
            )  # fmt: skip
        case _:
            sheet.add(
                "MedicationAdministration", "prrt", entry, status=status, effectiveDateTime=day,
                medicationCodeableConcept=concept(drug.text, drug.codes),
                dosage={"dose": quantity} if quantity else None, note=notes(entry.get("note")),
            )  # fmt: skip


def write_procedures(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("procedures", ()):
        term = PROCEDURES[entry["kind"]]
        marrow = f"Field covers {entry['marrow_percent']} of the bone marrow" if "marrow_percent" in entry else None
        codes = [entry["code"]] if "code" in entry else [] if "text" in entry else list(term.codes)
        sheet.add(
            "Procedure", "procedure", entry, status=entry.get("status", "completed"),
            code=concept(entry.get("text", term.text), codes), performedDateTime=written(entry, sheet.today),
            note=notes(marrow, entry.get("note")),
        )  # fmt: skip
        if "report" in entry:
            sheet.resources[-1]["outcome"] = {"text": entry["report"]}


def write_problems(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("problems", ()):
        kind = entry["kind"]
        if kind == "mds-aml-relative":
            sheet.add(
                "FamilyMemberHistory", "relative", entry, status="completed",
                relationship={"text": entry.get("relative", "mother")},
                condition=[{"code": concept(entry.get("text", "Myelodysplastic syndrome"), ["icd-10-cm#D46.9"])}],
            )  # fmt: skip
            continue
        _problem(kind, entry, sheet)


def _problem(kind: str, entry: Mapping[str, Any], sheet: Sheet) -> None:
    term = PROBLEMS.get(kind) or Term(f"Heart failure, NYHA class {_ROMAN[entry.get('grade', 3) - 1]}")
    if "text" in entry:  # the words decide, so that no code says something else
        term = Term(entry["text"])
    ended = written(entry, sheet.today, prefix="ended_")
    severity = concept("Severe", ["snomed#24484000"]) if entry.get("severe") else None
    grade = f"grade {entry['grade']}" if "grade" in entry and kind != "nyha" else None
    write_condition(
        {"clinical": "resolved" if ended else "active", **entry}, term, "problem", sheet,
        severity=severity, onsetDateTime=written(entry, sheet.today), abatementDateTime=ended, remark=grade,
    )  # fmt: skip
    due = planned_day(entry, sheet.today, "due")
    if due:
        sheet.add(
            "Observation", "due-date", entry, status="final", valueDateTime=due,
            code=concept("Estimated date of delivery", ["loinc#11778-8"]),
            effectiveDateTime=written(entry, sheet.today),
        )  # fmt: skip


def write_allergies(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("allergies", ()):
        agent = entry["agent"]
        drug = RADIOLIGANDS.get(agent) or DRUGS.get(agent) or Drug(agent)
        reaction = pruned({
            "manifestation": [{"text": f"Hypersensitivity, grade {entry['grade']}" if "grade" in entry else "Rash"}],
            "severity": entry.get("severity"),
        })  # fmt: skip
        status = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
        verified = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
        sheet.add(
            "AllergyIntolerance", "allergy", entry,
            clinicalStatus={"coding": [{"system": status, "code": "active"}]},
            verificationStatus={"coding": [{"system": verified, "code": verification(entry)}]},
            code=concept(drug.text, [entry["code"]] if "code" in entry else drug.codes),
            criticality=entry.get("criticality"), recordedDate=written(entry, sheet.today), reaction=[reaction],
        )  # fmt: skip
