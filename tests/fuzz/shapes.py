"""One patient's record in the shapes real systems and guides give it, written from their specifications.

Every shape holds the same facts where it can: a well-differentiated ileal NET, haemoglobin 12.1 g/dL on 2026-05-20,
ECOG 1. Names and identifiers carry the fuzzer's mark, so that a log or an error that quotes them is noticed.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.fuzz.target import MARK

Resource = dict[str, Any]
PATIENT = "example"
SUBJECT = {"reference": f"Patient/{PATIENT}", "display": MARK}
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD10CM, UCUM = "http://hl7.org/fhir/sid/icd-10-cm", "http://unitsofmeasure.org"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
DAY = "2026-05-20"


def concept(system: str, code: str, display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def active(confirmed: str = "confirmed") -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/condition-"
    return {
        "clinicalStatus": concept(f"{system}clinical", "active"),
        "verificationStatus": concept(f"{system}ver-status", confirmed),
    }


def resource(kind: str, identity: str, **members: Any) -> Resource:
    return {"resourceType": kind, "id": identity, **members}


def person(**members: Any) -> Resource:
    return resource("Patient", PATIENT, gender="female", birthDate="1961-04-02", **members)


def us_core() -> list[Resource]:
    """US Core: categories, LOINC laboratory, a note with text attached, a medication contained in its request."""
    category = {"category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")]}
    note = b64encode(b"IMPRESSION: Krenning score 3 in all liver metastases.").decode()
    return [
        person(
            meta={"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|7.0.0"]},
            extension=[{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "extension": [
                {"url": "ombCategory", "valueCoding": {"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3"}},
                {"url": "text", "valueString": "White"}]}],
            identifier=[{"system": "http://hospital.example.org", "value": MARK}],
            name=[{"family": MARK, "given": ["Amy"]}],
        ),
        resource("Condition", "net", **active(), subject=SUBJECT, recordedDate="2022-03-01",
                 category=[concept("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
                 code=concept(ICD10CM, "C7A.012", "Malignant carcinoid tumor of the ileum", "Ileal NET")),
        resource("Observation", "hb", status="final", **category, subject=SUBJECT,
        effectiveDateTime=f"{DAY}T08:30:00-05:00",
                 code=concept(LOINC, "718-7", "Hemoglobin [Mass/volume] in Blood"),
                 valueQuantity={"value": 12.1, "unit": "g/dL", "system": UCUM, "code": "g/dL"},
                 referenceRange=[{"low": {"value": 12, "unit": "g/dL"}, "high": {"value": 15.5, "unit": "g/dL"}}]),
        resource("Observation", "ecog", status="final", subject=SUBJECT, effectiveDateTime=DAY, valueInteger=1,
                 code=concept(LOINC, "89247-1", "ECOG Performance Status score")),
        resource("DiagnosticReport", "pet", status="final", subject=SUBJECT, effectiveDateTime="2026-03-03",
                 category=[concept(LOINC, "LP29684-5", "Radiology")], code={"text": "68Ga-DOTATATE PET/CT"},
                 presentedForm=[{"contentType": "text/plain", "data": note}]),
        resource("MedicationRequest", "lan", status="active", intent="order", subject=SUBJECT, authoredOn="2026-05-01",
                 reportedBoolean=False, medicationReference={"reference": "#m"},
                 contained=[{"resourceType": "Medication", "id": "m", "code": {"text": "Lanreotide 120 mg injection"}}],
                 dosageInstruction=[{"text": "every 28 days"}]),
        resource("Encounter", "visit", status="finished", subject=SUBJECT, **{"class": {"code": "AMB"}}),
        resource("Immunization", "flu", status="completed", patient=SUBJECT, vaccineCode={"text": "Influenza"}),
    ]  # fmt: skip


def mcode() -> list[Resource]:
    """mCODE STU1 to STU4: histology as an extension, disease status with evidence, grade, tumour size, radiotherapy."""
    return [
        person(meta={"profile": [f"{MCODE}mcode-cancer-patient"]}),
        resource("Condition", "net", **active(), subject=SUBJECT, onsetDateTime="2022",
                 meta={"profile": [f"{MCODE}mcode-primary-cancer-condition"]},
                 code=concept(SNOMED, "126877002", "Neoplasm of ileum", "Ileal tumor"),
                 extension=[{"url": f"{MCODE}mcode-histology-morphology-behavior", "valueCodeableConcept": concept(
                     "http://terminology.hl7.org/CodeSystem/icd-o-3", "8240/3", "Neuroendocrine tumor")}]),
        resource("Observation", "status", status="final", subject=SUBJECT, effectiveDateTime=DAY,
                 code=concept(LOINC, "97509-4", "Cancer Disease Progression"),
                 extension=[{"url": f"{MCODE}mcode-cancer-disease-status-evidence-type",
                             "valueCodeableConcept": concept(SNOMED, "363679005", "Imaging")}],
                 valueCodeableConcept=concept(SNOMED, "359746009", "Patient's condition stable")),
        resource("Observation", "ecog", status="final", subject=SUBJECT, effectiveDateTime=DAY, valueInteger=1,
                 code=concept(LOINC, "89247-1"), interpretation=[concept(LOINC, "LA9623-5", "Restricted")]),
        resource("Observation", "size", status="final", subject=SUBJECT, effectiveDateTime=DAY,
                 code=concept(LOINC, "21889-1", "Size Tumor"), component=[
                     {"code": concept(LOINC, "33728-7"), "valueQuantity": {"value": 3.1, "unit": "cm", "code": "cm"}}]),
        resource("Procedure", "course", status="completed", subject=SUBJECT, performedPeriod={"start": "2023",
        "end": "2023-04"},
                 code=concept(SNOMED, "1217123003", "Radiotherapy course of treatment (regime/therapy)"),
                 meta={"profile": [f"{MCODE}mcode-radiotherapy-course-summary"]}),
        resource("MedicationStatement", "cap", status="completed", subject=SUBJECT,
                 effectivePeriod={"start": "2024-01-02", "end": "2024-06-01"},
                 medicationCodeableConcept=concept("http://www.nlm.nih.gov/research/umls/rxnorm", "37617",
                 "temozolomide"),
                 extension=[{"url": f"{MCODE}mcode-treatment-intent", "valueCodeableConcept": concept(SNOMED,
                 "363676003")}]),
        resource("Observation", "hb", status="final", subject=SUBJECT, effectiveDateTime=DAY, code=concept(LOINC,
        "718-7"),
                 valueQuantity={"value": 12.1, "unit": "g/dL", "system": UCUM, "code": "g/dL"}),
    ]  # fmt: skip


def mii() -> list[Resource]:
    """The German core data set: ICD-10-GM with several codings, ATC and PZN, OPS, UCUM, catalogue versions."""
    bfarm = "http://fhir.de/CodeSystem/bfarm/"
    return [
        person(identifier=[{"type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"), "value": MARK,
                            "system": "https://klinik.example.org/pid"}],
               name=[{"use": "official", "family": MARK, "_family": {"extension": [
                   {"url": "http://hl7.org/fhir/StructureDefinition/humanname-own-name", "valueString": MARK}]}}]),
        resource("Condition", "net", **active(), subject=SUBJECT, recordedDate="2022-02-01", code={
            "coding": [{"system": f"{bfarm}icd-10-gm", "version": "2022", "code": "C25.4", "_code": {"extension": [
                {"url": "http://fhir.de/StructureDefinition/icd-10-gm-mehrfachcodierungs-kennzeichen"}]}},
                {"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "8240/3"}],
            "text": "Neuroendokriner Tumor"}),
        resource("Observation", "hb", status="final", subject=SUBJECT, effectiveDateTime=f"{DAY}T10:20:00+02:00",
                 identifier=[{"type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "OBI"),
                 "value": "59826-8"}],
                 category=[{"coding": [{"system": LOINC, "code": "26436-6"}]}],
                 code={"coding": [{"system": LOINC, "code": "718-7"}], "text": "Hämoglobin"},
                 valueQuantity={"value": 121, "unit": "g/L", "system": UCUM, "code": "g/L"},
                 issued="2026-05-20T12:00:00+02:00"),
        resource("MedicationStatement", "statement", status="active", subject=SUBJECT, effectiveDateTime="2026-05-02",
                 medicationCodeableConcept={"coding": [
                     {"system": f"{bfarm}atc", "code": "H01CB03", "display": "Lanreotid"},
                     {"system": "http://fhir.de/CodeSystem/ifa/pzn", "code": "05541338"}]}),
        resource("Procedure", "ops", status="completed", subject=SUBJECT, performedDateTime="2022-05",
                 code={"coding": [{"system": f"{bfarm}ops", "version": "2022", "code": "5-413.10"}],
                 "text": "Splenektomie"}),
        resource("Observation", "ecog", status="final", subject=SUBJECT, effectiveDateTime=DAY,
                 code=concept(SNOMED, "423740007"), valueCodeableConcept=concept(SNOMED, "422512005", "ECOG 1")),
    ]  # fmt: skip


def synthea() -> list[Resource]:
    """What Synthea writes: urn:uuid everywhere, long decimals, conditional references, local displays."""
    subject = {"reference": f"urn:uuid:{PATIENT}"}
    by = [{"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999931599", "display": MARK}]
    return [
        person(identifier=[{"system": "https://github.com/synthetichealth/synthea", "value": MARK}],
               multipleBirthBoolean=False, text={"status": "generated", "div": f"<div>{MARK}</div>"}),
        resource("Condition", "net", **active(), subject=subject, onsetDateTime="2022-02-01T03:04:05-05:00",
                 encounter={"reference": "urn:uuid:5"},
                 code=concept(SNOMED, "253002007", "Neuroendocrine tumor", "Neuroendocrine tumor")),
        resource("Observation", "hb", status="final", subject=subject, effectiveDateTime=f"{DAY}T03:04:05.678-05:00",
                 issued=f"{DAY}T03:04:05.678-05:00", performer=by,
                 code=concept(LOINC, "718-7", "Hemoglobin [Mass/\u200bvolume] in Blood"),
                 valueQuantity={"value": 12.100000000000001, "unit": "g/dL", "system": UCUM, "code": "g/dL"}),
        resource("Claim", "bill", status="active", patient=subject),
        resource("ExplanationOfBenefit", "eob", status="active", patient=subject),
    ]  # fmt: skip


def ips() -> list[Resource]:
    """The International Patient Summary: a Composition first, absent or unknown told by code."""
    absent = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
    return [
        resource("Composition", "summary", status="final", subject=SUBJECT, date=DAY, title="Patient Summary",
                 type=concept(LOINC, "60591-5"), section=[
                     {"title": "Problems", "code": concept(LOINC, "11450-4"), "entry": [{"reference": "Condition/net"}],
                      "text": {"status": "generated", "div": "<div>Neuroendocrine tumour</div>"}}]),
        person(),
        resource("Condition", "net", **active(), subject=SUBJECT, code=concept(ICD10CM, "C7A.012")),
        resource("AllergyIntolerance", "none", patient=SUBJECT, code=concept(absent, "no-allergy-info"),
                 clinicalStatus=concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")),
        resource("MedicationStatement", "none", status="unknown", subject=SUBJECT,
                 medicationCodeableConcept=concept(absent, "no-medication-info"),
                 _effectiveDateTime={"extension": [{
                     "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}),
        resource("Observation", "hb", status="final", subject=SUBJECT, effectiveDateTime=DAY, code=concept(LOINC,
        "718-7"),
                 valueQuantity={"value": 7.51, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"}),
    ]  # fmt: skip


def look_alikes() -> list[Resource]:
    """Resources of R5, STU3 and DSTU2 that look like R4: each must be named, none may be read."""
    temozolomide = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "37617", "temozolomide")
    return [
        resource("MedicationStatement", "r5", status="recorded", subject=SUBJECT, medication={"concept": temozolomide},
                 effectiveDateTime=DAY),
        resource("MedicationAdministration", "r5", status="completed", subject=SUBJECT,
        medication={"concept": temozolomide},
                 occurenceDateTime=DAY),
        resource("MedicationAdministration", "stu3", status="completed", subject=SUBJECT, notGiven=True,
                 medicationCodeableConcept=temozolomide, effectiveDateTime=DAY),
        resource("MedicationStatement", "stu3", status="active", subject=SUBJECT, taken="n",
                 medicationCodeableConcept=temozolomide),
        resource("MedicationOrder", "dstu2", status="active", patient=SUBJECT, medicationCodeableConcept=temozolomide),
        resource("Condition", "stu3", subject=SUBJECT, clinicalStatus="active", verificationStatus="confirmed",
                 code={"text": "Neuroendocrine carcinoma"}),
        resource("Observation", "stu3", status="final", subject=SUBJECT, context={"reference": "Encounter/1"},
                 effectiveDateTime=DAY, comment="haemolysed", code=concept(LOINC, "718-7"),
                 valueQuantity={"value": 3, "unit": "g/dL"}),
        resource("Procedure", "stu3", status="completed", subject=SUBJECT, notDone=True, code={"text": "Splenectomy"}),
        resource("Procedure", "r5", status="completed", subject=SUBJECT, occurrenceDateTime=DAY,
        code={"text": "Splenectomy"}),
        resource("AllergyIntolerance", "dstu2", patient=SUBJECT, substance={"text": "lysine"}),
        resource("ServiceRequest", "r5", status="active", intent="order", subject=SUBJECT,
                 code={"concept": {"text": "DOTATATE PET"}}),
        resource("Appointment", "r5", status="booked", start="2026-06-09T10:00:00Z",
                 participant=[{"actor": SUBJECT, "status": "accepted"}],
                 serviceType=[{"concept": {"text": "DOTATATE PET"}}]),
    ]  # fmt: skip


SHAPES = {"us-core": us_core, "mcode": mcode, "mii": mii, "synthea": synthea, "ips": ips}
