"""The words of the [patient] table and of every row: what may be said about a patient, and how it is checked.

``normalise`` returns the one internal form the writer reads: every entry a table, every "one or more" a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cds_service.scenarios import terms
from cds_service.scenarios.checks import (
    Check,
    Entry,
    Quantity,
    ScenarioError,
    code,
    day,
    did_you_mean,
    fail,
    flag,
    many,
    number,
    one_of,
    quantity,
    text,
    whole,
)
from cds_service.scenarios.drugs import DRUGS, RADIOLIGANDS, REGIMENS
from cds_service.scenarios.when import WHEN, WHEN_ONE_OF, prefixed

TRACERS = (
    "68Ga-DOTATATE", "68Ga-DOTATOC", "68Ga-DOTANOC", "64Cu-DOTATATE", "18F-AlF-NOTA-octreotide", "18F-SiTATE",
    "111In-pentetreotide", "99mTc-octreotide-analogue", "18F-FDG",
)  # fmt: skip
STATEMENTS = ("CR", "PR", "SD", "PD", "improved", "stable", "worsened", "not-detected", "symptoms-improved")
RESOURCES = (
    "Patient", "Condition", "Observation", "DiagnosticReport", "MedicationAdministration", "MedicationStatement",
    "MedicationRequest", "Procedure", "ServiceRequest", "Appointment", "AllergyIntolerance", "FamilyMemberHistory",
    "QuestionnaireResponse", "DocumentReference",
)  # fmt: skip
_FHIR_STATUS = one_of((
    "final", "amended", "corrected", "appended", "preliminary", "partial", "registered", "cancelled",
    "entered-in-error", "unknown", "active", "completed", "stopped", "not-done", "not-taken", "on-hold", "intended",
    "draft", "revoked", "in-progress", "preparation", "proposed", "pending", "booked", "arrived", "fulfilled", "noshow",
))  # fmt: skip
_VERIFICATION = one_of(("confirmed", "unconfirmed", "provisional", "differential", "refuted", "entered-in-error"))


def entry(fields: dict[str, Check], required: tuple[str, ...] = (), short: str = "") -> Entry:
    """A dated table: its own keys, when it was, its FHIR status, and whose it is."""
    common: dict[str, Check] = {**WHEN, "status": _FHIR_STATUS, "other_patient": flag}
    return Entry({**common, **fields}, required, short, WHEN_ONE_OF)


def either(*checks: Check) -> Check:
    """The first check that accepts the value; the first one's complaint if none does."""

    def check(value: Any, place: str) -> Any:
        problem: ScenarioError | None = None
        for each in checks:
            try:
                return each(value, place)
            except ScenarioError as error:
                problem = problem or error
        raise problem or fail(place, "no way to read it", "See docs/rule-authors.md")

    return check


def _range(value: Any, place: str) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(type(end) is int for end in value):
        return value[0], value[1]
    raise fail(place, f"{value!r} is not a range", "Write [2, 3]")


def _percent(value: Any, place: str) -> str:
    """A percentage as a pathologist writes it, kept as written: 12, "7-8 %", "<3 %"."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value} %"
    words = text(value, place)
    if any(sign.isdigit() for sign in words) and words.endswith("%"):
        return words
    raise fail(place, f"{value!r} is not a percentage", 'Write "7-8 %", "<3 %" or 12')


def _upper_limit(units: tuple[str, ...]) -> Check:
    return either(one_of(("none",)), quantity(units))


def _lab(units: tuple[str, ...]) -> Check:
    """One result, or several of them: "12.1 g/dL", or a table to say more."""
    table = entry(
        {"value": either(quantity(units), number, text), "unit": text, "uln": _upper_limit(units),
         "lln": quantity(units), "assay": text, "code": code, "name": text},
        ("value",), "value",
    )  # fmt: skip

    def check(value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            return {"value": quantity(units)(value, place)}
        result = table(value, place)
        if not isinstance(result["value"], Quantity) and "unit" not in result:
            result["value"] = quantity(units)(value["value"], f"{place}.value")
        return result

    return many(check)


_LABS = Entry({name: _lab(tuple(lab.units)) for name, lab in terms.LABS.items()})
_EARLIER = Entry({**WHEN, **_LABS.fields}, exclusive=WHEN_ONE_OF)


def _policy(value: Any, place: str) -> dict[str, Any]:
    """The site's own settings; names and ranges are checked by the site policy itself."""
    if isinstance(value, Mapping):
        return {key: float(item) if isinstance(item, Decimal) else item for key, item in value.items()}
    raise fail(place, f"{value!r} is not a table", "Write policy = { krenning_min = 2 }")


def _drug(value: Any, place: str) -> str:
    name = text(value, place)
    if name in DRUGS or name in REGIMENS:
        return name
    known = ", ".join([*REGIMENS, *DRUGS])
    raise fail(place, f"the drug {name!r} is not known here", f'Known: {known}. For another use as_written = "..."')


_LESION = Entry(
    {"site": text, "krenning": either(whole(0, 4), _range, text), "size_mm": number, "size": quantity(("mm", "cm")),
     "suvmax": number, "fdg": one_of(("positive", "negative")), "physiological": flag, "status": _FHIR_STATUS}
)  # fmt: skip
_SCAN = entry(
    {"kind": one_of(("sstr-pet", "sstr-scintigraphy", "fdg-pet", "ct", "mri")), "tracer": one_of(TRACERS),
     "scanner": text, "lesions": many(_LESION), "text": text, "written_as": one_of(
         ("conclusion", "impression", "div", "plain-attachment", "html-attachment")),
     "discordant": flag, "netpet": one_of(("P0", "P1", "P2", "P3", "P4", "P5")), "report": text,
     "issued_days_ago": WHEN["days_ago"], "contained": flag},
    ("kind",),
)  # fmt: skip
_SPECIMEN = entry(
    {"ki67": _percent, "mitoses": text, "grade": one_of(("G1", "G2", "G3", "NEC", "MiNEN")), "site": text,
     "differentiation": one_of(("well", "poor")), "text": text, "breast": flag, "report": text},
)  # fmt: skip
_TREATMENT = entry(
    {"drug": _drug, "as_written": text, "code": code, "given_as": one_of(("administration", "statement", "order")),
     "cycles": whole(1, 60), "cycle_days": whole(1, 90), "days_per_cycle": whole(1, 30), "weeks": whole(1, 520),
     "ongoing": flag, "dose": text, "indication": text, "note": text, "text": text, "volume": quantity(("L", "mL")),
     "lysine": quantity(("g",)), "arginine": quantity(("g",)), **prefixed("first"), **prefixed("last")},
)  # fmt: skip
_PRRT = entry(
    {"agent": one_of(RADIOLIGANDS), "gbq": number, "activity": quantity(("GBq", "MBq", "mCi")), "cycles": whole(1, 12),
     "every_days": whole(1, 400), "given_as": one_of(("administration", "procedure", "hcpcs")), "note": text,
     **prefixed("last")},
)  # fmt: skip
_ORDER = entry(
    {"kind": one_of(("sstr-pet", "fdg-pet", "prrt", "cytotoxic", "mtor", "dexamethasone", "amino-acids", "other")),
     "as": one_of(("order", "appointment")), "planned_in_days": WHEN["days_ago"], "planned_on": day, "drug": _drug,
     "agent": one_of(RADIOLIGANDS), "tracer": one_of(TRACERS), "gbq": number,
     "activity": quantity(("GBq", "MBq", "mCi")), "indication": text, "text": text, "volume": quantity(("L", "mL")),
     "lysine": quantity(("g",)), "arginine": quantity(("g",)), "dose": text},
    ("kind",), "kind",
)  # fmt: skip
_DIAGNOSIS = entry(
    {"name": one_of(terms.TUMOURS), "text": text, "code": code, "morphology": text, "suspected": flag,
     "verification": _VERIFICATION, "note": text, "site": text, "clinical": one_of(
         ("active", "recurrence", "relapse", "remission", "resolved", "inactive", "not stated"))},
    (), "name",
)  # fmt: skip
_PROBLEM = entry(
    {"kind": one_of((*terms.PROBLEMS, "nyha", "mds-aml-relative")), "text": text, "code": code, "severe": flag,
     "grade": whole(1, 5), "due_in_days": WHEN["days_ago"], "due_on": day, "relative": text,
     "verification": _VERIFICATION, "note": text, "clinical": one_of(("active", "inactive", "resolved", "remission")),
     **prefixed("ended")},
    ("kind",), "kind",
)  # fmt: skip

_EVENTS: dict[str, Check] = {
    "diagnosis": many(_DIAGNOSIS),
    "specimens": many(_SPECIMEN),
    "scans": many(_SCAN),
    "labs_earlier": many(_EARLIER),
    "treatments": many(_TREATMENT),
    "prrt": many(_PRRT),
    "procedures": many(entry(
        {"kind": one_of(terms.PROCEDURES), "text": text, "code": code, "marrow_percent": _percent, "note": text,
         "report": text},
        ("kind",), "kind")),
    "problems": many(_PROBLEM),
    "statements": many(entry(
        {"status": one_of(STATEMENTS), "new_lesions": flag, "text": text, "record_status": _FHIR_STATUS},
        ("status",), "status")),
    "operability": many(entry(
        {"verdict": one_of(("resectable", "unresectable", "localised")), "text": text,
         "written_in": one_of(("tumour-board", "condition-note", "procedure-note"))}, ("verdict",), "verdict")),
    "allergies": many(entry(
        {"agent": text, "severity": one_of(("mild", "moderate", "severe")), "criticality": one_of(("low", "high")),
         "grade": whole(1, 5), "code": code, "verification": _VERIFICATION}, ("agent",), "agent")),
    "ecog": many(entry({"score": whole(0, 9), "code": one_of(("89247-1", "89262-0", "snomed"))}, ("score",), "score")),
    "karnofsky": many(entry({"score": whole(0, 100)}, ("score",), "score")),
    "nyha": many(entry({"class": whole(1, 4)}, ("class",), "class")),
    "pregnancy_tests": many(entry(
        {"result": one_of(("positive", "negative", "pregnant", "not-pregnant", "possible")),
         "specimen": one_of(("urine", "serum")), "hcg": quantity(("IU/L", "mIU/mL")),
         "uln": quantity(("IU/L", "mIU/mL")), "text": text}, (), "result")),
    "orders": many(_ORDER),
    "drafts": many(_ORDER),
    "quality_of_life": many(entry(
        {"instrument": text, "global_health": number, "written_as": one_of(("observation", "questionnaire"))},
        ("instrument", "global_health"))),
    "notes": many(entry(
        {"kind": one_of(("note", "sstr_pet", "fdg_pet", "ct", "pathology")), "text": text, "own_date": flag},
        ("text",), "text")),
    "family_history": many(entry(
        {"text": text, "code": code, "relative": text}, ("text",), "text")),
}  # fmt: skip
"""Things that happened: each one entry or a list, ``add_<key>`` appends to the list of [patient]."""

_SINGLE: dict[str, Check] = {
    "on": day,
    "jurisdiction": one_of(("US", "EU")),
    "policy": _policy,
    "hook": one_of(("patient-view", "order-select", "order-sign")),
    "sex": one_of(("female", "male", "other", "unknown")),
    "age": whole(0, 120),
    "birth": day,
    "deceased": either(flag, day),
    "ki67": _percent,
    "mitoses": text,
    "grade": one_of(("G1", "G2", "G3", "NEC", "MiNEN")),
    "differentiation": one_of(("well", "poor")),
    "labs": _LABS,
    "labs_days_ago": WHEN["days_ago"],
    "weight": _lab(tuple(terms.BODY["weight"].units)),
    "height": _lab(tuple(terms.BODY["height"].units)),
    "other_patient": many(one_of(RESOURCES)),
    "not_provided": many(one_of(RESOURCES)),
    "failed": many(one_of(RESOURCES)),
    "incomplete": many(one_of(RESOURCES)),
}

EVENTS = tuple(_EVENTS)
SHORT: dict[str, str] = {
    "diagnosis": "name", "procedures": "kind", "problems": "kind", "statements": "status", "operability": "verdict",
    "allergies": "agent", "ecog": "score", "karnofsky": "score", "nyha": "class", "pregnancy_tests": "result",
    "orders": "kind", "drafts": "kind", "notes": "text", "family_history": "text", "weight": "value",
    "height": "value", **dict.fromkeys(terms.LABS, "value"),
}  # fmt: skip
"""The key a bare value stands for: ecog = 1 is ecog = { score = 1 }."""
WORDS: dict[str, Check] = {**_SINGLE, **_EVENTS}
"""Every key of [patient]; a row may use all of them, ``add_<event>`` and ``without``."""


def normalise(patient: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """The checked patient in its internal form. Raises ScenarioError naming the place and what to do."""
    result: dict[str, Any] = {}
    for key, value in patient.items():
        where = f"{place}{key}"
        if key not in WORDS:
            raise fail(where, "this key is not known", did_you_mean(key, WORDS))
        result[key] = WORDS[key](value, where)
    if "on" not in result or len(result["on"]) != 10:
        raise fail(f"{place}on", "the decision date is missing or partial", 'Write on = "2026-06-01" under [patient]')
    if result.get("drafts") and result.get("hook", "patient-view") == "patient-view":
        raise fail(f"{place}drafts", "nothing is ordered in a patient-view", 'Add hook = "order-sign"')
    if "age" in result and "birth" in result:
        raise fail(f"{place}age", "age and birth contradict each other", "Keep one of them")
    return result
