"""Scans, disease statements and report texts as FHIR."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cds_service.scenarios.checks import Quantity
from cds_service.scenarios.fhir_sheet import Resource, Sheet, category, concept, notes, plain, pruned
from cds_service.scenarios.when import stated, written

_KINDS: dict[str, tuple[str, str]] = {
    "sstr-pet": ("{tracer} PET/CT", "loinc#44139-4"),
    "sstr-scintigraphy": ("{tracer} scintigraphy", "loinc#39828-9"),
    "fdg-pet": ("18F-FDG PET/CT", "loinc#81555-5"),
    "ct": ("CT chest, abdomen and pelvis", "loinc#72254-6"),
    "mri": ("MRI abdomen", "loinc#24557-1"),
}
_TRACER = {"sstr-pet": "68Ga-DOTATATE", "sstr-scintigraphy": "111In-pentetreotide", "fdg-pet": "18F-FDG"}
_TRACER_CODE = {"68Ga-DOTATATE": "snomed#764695006"}
_IMAGING = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "NMR"}]}]
_SSTR = "sstr#"


def write_scans(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("scans", ()):
        _scan(entry, sheet)


def _scan(entry: Mapping[str, Any], sheet: Sheet) -> None:
    kind = entry["kind"]
    tracer = entry.get("tracer", _TRACER.get(kind, ""))
    words, code = _KINDS[kind]
    if tracer == "99mTc-octreotide-analogue":
        code = "loinc#39763-8"
    codes = [code, *([_TRACER_CODE[tracer]] if kind == "sstr-pet" and tracer in _TRACER_CODE else [])]
    when = written(entry, sheet.today)
    issued = None
    if "issued_days_ago" in entry:
        issued = f"{(sheet.today - timedelta(days=entry['issued_days_ago'])).isoformat()}T08:00:00Z"
    results = [_lesion(kind, lesion, entry, when, sheet) for lesion in entry.get("lesions", ())]
    results += [_claim(entry, claim, when, sheet) for claim in ("discordant", "netpet") if claim in entry]
    if entry.get("written_as") == "impression" and "text" in entry:
        results.append(_observation(sheet, "impression", entry, when, concept("Impression", ["loinc#19005-8"]),
                                    valueString=entry["text"]))  # fmt: skip
    contained = results if entry.get("contained") else []
    identifier = [{"system": "urn:example:imaging", "value": entry["report"]}] if "report" in entry else None
    if not contained:
        sheet.resources.extend(results)
    mark = "#" if contained else "Observation/"
    report = sheet.add(
        "DiagnosticReport", kind, entry,
        contained=contained,
        identifier=identifier,
        status=entry.get("status", "final"),
        category=_IMAGING,
        code=concept(words.format(tracer=tracer), codes),
        effectiveDateTime=when,
        issued=issued,
        result=[{"reference": f"{mark}{result['id']}"} for result in results],
    )  # fmt: skip
    report.update(_words(entry))


def _words(entry: Mapping[str, Any]) -> Resource:
    """The report's text where the scenario wants it: conclusion, narrative or attachment."""
    text = entry.get("text")
    if text is None or entry.get("written_as") == "impression":
        return {}
    page = f"<p>{html.escape(text)}</p>"
    match entry.get("written_as", "conclusion"):
        case "div":
            div = f'<div xmlns="http://www.w3.org/1999/xhtml">{page}</div>'
            return {"text": {"status": "additional", "div": div}}
        case "plain-attachment":
            return _attachment("text/plain", text)
        case "html-attachment":
            return _attachment("text/html", f"<html><body>{page}</body></html>")
        case _:
            return {"conclusion": text}


def _attachment(content_type: str, content: str) -> Resource:
    data = base64.b64encode(content.encode()).decode()
    return {"presentedForm": [{"contentType": content_type, "data": data}]}


def _observation(
    sheet: Sheet, prefix: str, scan: Mapping[str, Any], when: str | None, code: Resource, **body: Any
) -> Resource:
    """An Observation of a scan; it shares the report's status and owner and is not yet in the record."""
    status = body.pop("status", None) or scan.get("status", "final")
    return sheet.blank(
        "Observation", prefix, scan, status=status, category=category("imaging"), code=code, effectiveDateTime=when,
        **body,
    )  # fmt: skip


def _lesion(
    kind: str, lesion: Mapping[str, Any], scan: Mapping[str, Any], when: str | None, sheet: Sheet
) -> Resource:
    """One lesion: its Krenning score if there is one, else its SUVmax, else its FDG uptake, else that it is there."""
    body: Resource = {
        "bodySite": {"text": lesion["site"]} if "site" in lesion else None,
        "status": lesion.get("status"),
        "device": {"display": scan["scanner"]} if "scanner" in scan else None,
        "note": notes("physiological uptake" if lesion.get("physiological") else None),
    }
    parts = [_size(lesion)] if "size_mm" in lesion or "size" in lesion else []
    suv = _suv(lesion["suvmax"]) if "suvmax" in lesion else None
    if "fdg" in lesion:
        sign = "POS" if lesion["fdg"] == "positive" else "NEG"
        system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
        body["interpretation"] = [
            {"coding": [{"system": system, "code": sign}], "text": f"FDG-{lesion['fdg']}"}
        ]
    if "krenning" in lesion:
        code = concept("Krenning score", [f"{_SSTR}krenning-score"])
        body |= _score(lesion["krenning"])
        if suv:
            parts.append({"code": concept("SUVmax", [f"{_SSTR}suv-max"]), "valueQuantity": suv})
    elif suv:
        code = concept("SUVmax", [f"{_SSTR}suv-max"])
        body["valueQuantity"] = suv
    elif "fdg" in lesion:
        code = concept("FDG uptake of lesion")
        body["valueString"] = f"FDG-{lesion['fdg']}"
    else:
        code = _UNSCORED.get(kind, concept("Largest dimension", ["loinc#33728-7"]))
        body["dataAbsentReason"] = concept("not reported", ["absent#unknown"])
    return _observation(sheet, f"{kind}-lesion", scan, when, code, component=parts, **body)


_UNSCORED = {
    "sstr-pet": concept("Krenning score", [f"{_SSTR}krenning-score"]),
    "sstr-scintigraphy": concept("Krenning score", [f"{_SSTR}krenning-score"]),
    "fdg-pet": concept("SUVmax", [f"{_SSTR}suv-max"]),
}


def _suv(value: Decimal) -> Resource:
    return {
        "value": plain(value), "unit": "g/ml", "system": "http://unitsofmeasure.org", "code": "g/ml{SUVbw}",
    }  # fmt: skip


def _size(lesion: Mapping[str, Any]) -> Resource:
    size = lesion["size"] if "size" in lesion else Quantity(Decimal(lesion["size_mm"]), "mm")
    value = {"value": plain(size.value), "unit": size.unit, "system": "http://unitsofmeasure.org", "code": size.unit}
    return {"code": concept("Largest dimension", ["loinc#33728-7"]), "valueQuantity": value}


def _score(krenning: Any) -> Resource:
    """An exact score as valueInteger, [2, 3] as valueRange, words ("<=1", "III-IV", "low-grade") as valueString."""
    if isinstance(krenning, tuple):
        low, high = krenning
        return {"valueRange": {"low": {"value": low}, "high": {"value": high}}}
    return {"valueString": krenning} if isinstance(krenning, str) else {"valueInteger": krenning}


def _claim(scan: Mapping[str, Any], claim: str, when: str | None, sheet: Sheet) -> Resource:
    """What the reader of the scan stated in structured form."""
    if claim == "discordant":
        code = concept("FDG / SSTR discordance", [f"{_SSTR}fdg-sstr-discordant"])
        return _observation(sheet, "discordance", scan, when, code, valueBoolean=scan["discordant"])
    code = concept("NETPET grade", [f"{_SSTR}netpet-grade"])
    return _observation(sheet, "netpet", scan, when, code, valueCodeableConcept={"text": scan["netpet"]})


_STATEMENT_CODE = {
    "improved": ("Patient condition improved", "snomed#268910001"),
    "stable": ("Patient's condition stable", "snomed#359746009"),
    "worsened": ("Patient's condition worsened", "snomed#271299001"),
    "not-detected": ("Not detected", "snomed#260415000"),
}
_STATEMENT_WORDS = {
    "CR": "Complete response (RECIST 1.1).",
    "PR": "Partial response (RECIST 1.1).",
    "SD": "Stable disease (RECIST 1.1).",
    "PD": "Progressive disease (RECIST 1.1).",
    "symptoms-improved": "Abdominal pain has improved.",
}
_REPORTS = {
    "note": ("Clinic letter", "loinc#11506-3"),
    "ct": ("CT chest, abdomen and pelvis", "loinc#72254-6"),
    "sstr_pet": ("68Ga-DOTATATE PET/CT", "loinc#44139-4"),
    "fdg_pet": ("18F-FDG PET/CT", "loinc#81555-5"),
    "pathology": ("Pathology report", "loinc#22637-3"),
}


def write_statements(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """improved / stable / worsened / not-detected coded (mCODE); RECIST words and symptoms in a report's text."""
    for entry in patient.get("statements", ()):
        status, when = entry["status"], written(entry, sheet.today)
        more = "New lesions." if entry.get("new_lesions") else None
        owner = {key: value for key, value in entry.items() if key == "other_patient"}
        if status in _STATEMENT_CODE and "text" not in entry:
            text, code = _STATEMENT_CODE[status]
            sheet.add(
                "Observation", "statement", owner, status=entry.get("record_status", "final"),
                code=concept("Cancer disease status", ["loinc#97509-4"]), effectiveDateTime=when,
                valueCodeableConcept=concept(text, [code]), note=notes(more),
            )  # fmt: skip
            continue
        words = entry.get("text") or _STATEMENT_WORDS[status]
        kind = "note" if status == "symptoms-improved" else "ct"
        body = {"status": entry.get("record_status", "final"), **owner}
        write_report(kind, " ".join(filter(None, [words, more])), when, body, sheet)


def write_report(
    kind: str, text: str, when: str | None, entry: Mapping[str, Any], sheet: Sheet, issued: str | None = None
) -> None:
    """A DiagnosticReport that is nothing but its text."""
    title, code = _REPORTS[kind]
    sheet.add(
        "DiagnosticReport", "report", entry, status=entry.get("status", "final"), code=concept(title, [code]),
        effectiveDateTime=when, issued=issued, conclusion=text,
    )  # fmt: skip


def write_notes(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """Free texts; ``own_date = false`` has the day of issue only, no examination of its own."""
    for entry in patient.get("notes", ()):
        when = written(entry, sheet.today) if stated(entry) else None
        own = entry.get("own_date", True)
        issued = f"{when}T08:00:00Z" if when and len(when) == 10 and not own else None
        write_report(entry.get("kind", "note"), entry["text"], when if own else None, entry, sheet, issued)


def _board(text: str) -> str:
    return f"Tumour board: {text}"


_VERDICTS = {
    "resectable": "disease judged resectable.",
    "unresectable": "disease judged unresectable.",
    "localised": "localised disease.",
}


def write_operability(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """Where surgeons write it: a tumour-board report, the diagnosis' note, or a Procedure's note."""
    for entry in patient.get("operability", ()):
        words = entry.get("text") or _board(_VERDICTS[entry["verdict"]])
        when = written(entry, sheet.today)
        match entry.get("written_in", "tumour-board"):
            case "condition-note":
                conditions = [item for item in sheet.resources if item["resourceType"] == "Condition"]
                if conditions:
                    note = pruned({"text": words, "time": when})
                    conditions[0]["note"] = [*conditions[0].get("note", []), note]
            case "procedure-note":
                sheet.add(
                    "Procedure", "procedure", entry, status="completed", code=concept("Explorative laparotomy"),
                    performedDateTime=when, note=notes(words),
                )  # fmt: skip
            case _:
                sheet.add(
                    "DiagnosticReport", "tumour-board", entry, status=entry.get("status", "final"),
                    code=concept("Tumour board report"), effectiveDateTime=when, conclusion=words,
                )  # fmt: skip
