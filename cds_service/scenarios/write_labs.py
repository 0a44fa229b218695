"""Laboratory, body measures, performance, pregnancy tests and quality of life as FHIR Observations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cds_service.scenarios.checks import Quantity
from cds_service.scenarios.fhir_sheet import Resource, Sheet, category, concept, fhir_quantity, notes, plain, pruned
from cds_service.scenarios.terms import BODY, LABS, MOLAR, Lab
from cds_service.scenarios.when import WHEN, written

LABS_DAYS_AGO = 7
"""How old results are of which the scenario says nothing else."""
_ECOG = ("425389002", "422512005", "422894000", "423053003", "423237006", "423409001")
_NYHA = ("420300004", "421704003", "420913000", "422293003")
_ROMAN = ("I", "II", "III", "IV")


def write_labs(patient: Mapping[str, Any], sheet: Sheet) -> None:
    default = patient.get("labs_days_ago", LABS_DAYS_AGO)
    for name, results in patient.get("labs", {}).items():
        for entry in results:
            _result(name, LABS[name], entry, written(entry, sheet.today, default), sheet)
    for earlier in patient.get("labs_earlier", ()):
        for name in (key for key in earlier if key not in WHEN):
            for entry in earlier[name]:
                day = written(entry, sheet.today) or written(earlier, sheet.today, default)
                _result(name, LABS[name], entry, day, sheet)
    for name, lab in BODY.items():
        for entry in patient.get(name, ()):
            _result(name, lab, entry, written(entry, sheet.today, default), sheet, "vital-signs")


def _result(
    name: str, lab: Lab, entry: Mapping[str, Any], when: str | None, sheet: Sheet, kind: str = "laboratory"
) -> None:
    value = entry["value"]
    unit = value.unit or "" if isinstance(value, Quantity) else ""
    loinc = MOLAR.get((name, unit), lab.loinc)
    codes = [entry["code"]] if "code" in entry else [f"loinc#{loinc}"] if loinc else []
    assay = {"text": entry["assay"]} if "assay" in entry else None
    sheet.add(
        "Observation", name, entry,
        status=entry.get("status", "final"),
        category=category(kind),
        code=concept(entry.get("name", lab.text), codes),
        effectiveDateTime=when,
        method=assay,
        referenceRange=_range(lab, entry, unit),
        **_value(value, entry, lab),
    )  # fmt: skip


def _value(value: Any, entry: Mapping[str, Any], lab: Lab) -> Resource:
    if isinstance(value, Quantity):
        return {"valueQuantity": fhir_quantity(value, lab.units)}
    if isinstance(value, str):
        return {"valueString": value}
    unit = entry["unit"]  # written on purpose as it stands; "none" leaves it out
    return {"valueQuantity": pruned({"value": plain(value), "unit": None if unit == "none" else unit})}


def _range(lab: Lab, entry: Mapping[str, Any], unit: str) -> list[Resource] | None:
    """The reference range: as stated, else the analyte's usual upper limit; ``uln = "none"`` leaves it out."""
    stated = entry.get("uln")
    limits: dict[str, Quantity] = {}
    if isinstance(stated, Quantity):
        limits["high"] = stated
    elif stated is None and unit in (lab.upper_limits or {}):
        limits["high"] = Quantity(Decimal(str((lab.upper_limits or {})[unit])), unit)
    if "lln" in entry:
        limits["low"] = entry["lln"]
    return [{side: fhir_quantity(limit, lab.units) for side, limit in limits.items()}] if limits else None


def write_status(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """ECOG, Karnofsky, NYHA and quality of life."""
    default = patient.get("labs_days_ago", LABS_DAYS_AGO)
    for entry in patient.get("ecog", ()):
        score, code = entry["score"], entry.get("code", "89247-1")
        coded = code != "89247-1" and score < len(_ECOG)
        value = (
            {"valueCodeableConcept": concept(f"ECOG {score}", [f"snomed#{_ECOG[score]}"])}
            if coded
            else {"valueInteger": score}
        )
        name = "snomed#423740007" if code == "snomed" else f"loinc#{code}"
        _status("ecog", "ECOG performance status", name, value, entry, default, sheet)
    for entry in patient.get("karnofsky", ()):
        value = {"valueInteger": entry["score"]}
        _status("karnofsky", "Karnofsky performance status", "loinc#89243-0", value, entry, default, sheet)
    for entry in patient.get("nyha", ()):
        step = entry["class"] - 1
        value = {"valueCodeableConcept": concept(f"NYHA class {_ROMAN[step]}", [f"snomed#{_NYHA[step]}"])}
        _status("nyha", "Functional capacity NYHA", "loinc#88020-3", value, entry, default, sheet)
    for entry in patient.get("quality_of_life", ()):
        _quality_of_life(entry, sheet)


def _status(
    prefix: str, text: str, code: str, value: Resource, entry: Mapping[str, Any], default: int, sheet: Sheet
) -> None:
    sheet.add(
        "Observation", prefix, entry, status=entry.get("status", "final"), category=category("survey"),
        code=concept(text, [code]), effectiveDateTime=written(entry, sheet.today, default), **value,
    )  # fmt: skip


def _quality_of_life(entry: Mapping[str, Any], sheet: Sheet) -> None:
    when, score = written(entry, sheet.today), plain(entry["global_health"])
    if entry.get("written_as") == "questionnaire":
        item = {"linkId": "global-health", "text": "Global health status (0-100)", "answer": [{"valueDecimal": score}]}
        sheet.add(
            "QuestionnaireResponse", "qol", entry, status=entry.get("status", "completed"), authored=when,
            questionnaire="urn:example:" + entry["instrument"].replace(" ", "-"),
            item=[{"linkId": "instrument", "text": entry["instrument"], "item": [item]}],
        )  # fmt: skip
        return
    value = {"value": score, "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
    sheet.add(
        "Observation", "qol", entry, status=entry.get("status", "final"), category=category("survey"),
        code=concept(f"{entry['instrument']} global health status"), effectiveDateTime=when, valueQuantity=value,
    )  # fmt: skip


_TEST = {"urine": "2106-3", "serum": "2118-8"}
_STATUS = {
    "pregnant": ("Pregnant", "snomed#77386006"),
    "not-pregnant": ("Not pregnant", "snomed#60001007"),
    "possible": ("Possible pregnancy", "snomed#146799005"),
}


def write_pregnancy(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """Qualitative and quantitative hCG and the pregnancy status (82810-3)."""
    for entry in patient.get("pregnancy_tests", ()):
        body: Resource = {"status": entry.get("status", "final"), "note": notes(entry.get("text"))}
        body["effectiveDateTime"] = written(entry, sheet.today)
        result = entry.get("result")
        if "hcg" in entry:
            units = {"IU/L": "[IU]/L", "mIU/mL": "m[IU]/mL"}
            body |= {
                "category": category("laboratory"),
                "code": concept("hCG (quantitative)", ["loinc#19080-1"]),
                "valueQuantity": fhir_quantity(entry["hcg"], units),
                "referenceRange": [{"high": fhir_quantity(entry["uln"], units)}] if "uln" in entry else None,
            }
        elif result in _STATUS:
            text, value = _STATUS[result]
            body |= {
                "code": concept("Pregnancy status", ["loinc#82810-3"]),
                "valueCodeableConcept": concept(text, [value]),
            }
        else:
            loinc = _TEST[entry.get("specimen", "urine")]
            body |= {
                "category": category("laboratory"),
                "code": concept("Pregnancy test", [f"loinc#{loinc}"]),
                "valueCodeableConcept": {"text": str(result).capitalize()} if result else None,
            }
        sheet.add("Observation", "pregnancy", entry, **body)
