"""Performance, heart, pregnancy, quality of life, other problems, allergies, relatives."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.record.chart_shapes import (
    ATC,
    ICD10CM,
    LOINC,
    SNOMED,
    administration,
    amount,
    chart,
    concept,
    condition,
    listed,
    loinc,
    observation,
)


@pytest.mark.parametrize(
    ("resource", "ecog", "karnofsky"),
    [
        (loinc("89247-1", valueInteger=1), 1, None),
        (loinc("89247-1", valueQuantity=amount(2, "{score}")), 2, None),
        (loinc("89262-0", valueCodeableConcept=concept(None, (LOINC, "LA9625-0"))), 3, None),
        (observation(concept(None, (SNOMED, "423740007")), valueCodeableConcept=concept(None, (SNOMED,
         "422512005"))), 1, None),
        (observation(concept("ECOG performance status"), valueString="1"), 1, None),
        (observation(concept("ECOG"), valueString="ECOG 0-1"), 1, None),
        (observation(concept("ECOG"), valueCodeableConcept=concept("Grade 2 - ambulatory, no work")), 2, None),
        (observation(concept("WHO performance status"), valueString="0"), 0, None),
        (observation(concept("ECOG"), valueRange={"low": {"value": 1}, "high": {"value": 2}}), 2, None),
        (loinc("89243-0", valueInteger=100), 0, 100), (loinc("89243-0", valueInteger=80), 1, 80),
        (loinc("89243-0", valueInteger=70), 2, 70), (loinc("89243-0", valueInteger=60), 2, 60),
        (loinc("89243-0", valueInteger=50), 3, 50), (loinc("89243-0", valueInteger=40), 3, 40),
        (loinc("89243-0", valueInteger=30), 4, 30), (loinc("89243-0", valueInteger=0), 5, 0),
        (observation(concept("Karnofsky index"), valueString="70-80 %"), 2, 70),
        (observation(concept("KPS"), valueQuantity=amount(90, "%")), 0, 90),
        (loinc("89247-1", valueQuantity={"value": 1, "comparator": "<="}), 1, None),
        (observation(concept("Vitals"), component=[{"code": concept("ECOG"), "valueInteger": 3}]), 3, None),
        (loinc("89247-1", component=[{"code": concept(None, (LOINC, "89247-1")), "valueInteger": 2}]), 2, None),
        (loinc("89243-0", valueQuantity={"value": 70, "comparator": ">="}), 2, 70),
    ],
)  # fmt: skip
def test_performance(resource, ecog, karnofsky):
    found = chart(resource)
    assert [(item.ecog, item.karnofsky) for item in found.performance] == [(ecog, karnofsky)]


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (loinc("89247-1", valueInteger=6), "implausible"), (loinc("89247-1", valueInteger=-1), "implausible"),
        (loinc("89247-1", valueQuantity=amount(Decimal("1.5"))), "implausible"),
        (loinc("89243-0", valueInteger=110), "implausible"), (loinc("89247-1", valueString="good"), "unreadable"),
        (loinc("89247-1", valueQuantity={"value": 2, "comparator": ">="}), "unreadable"),
        (loinc("89243-0", valueQuantity={"value": 70, "comparator": "<"}), "unreadable"),
        (loinc("89247-1", valueInteger=1, status="entered-in-error"), "entered-in-error"),
    ],
)  # fmt: skip
def test_scores_off_the_scale(resource, why):
    found = chart(resource)
    assert found.performance == [] and listed(found) == {("Observation/o", why)}


def test_undated_performance_is_used():
    undated = loinc("89247-1", valueInteger=1)
    del undated["effectiveDateTime"]
    assert [item.when for item in chart(undated).performance] == [None]


@pytest.mark.parametrize(
    ("resource", "grade"),
    [
        (loinc("88020-3", valueCodeableConcept=concept(None, (SNOMED, "420913000"))), 3),
        (loinc("88020-3", valueCodeableConcept=concept("NYHA class II")), 2), (loinc("88020-3", valueInteger=4), 4),
        (observation(concept("NYHA"), valueString="II-III"), 3), (condition(concept("NYHA III")), 3),
        (condition(concept("Heart failure, NYHA class IV")), 4), (condition(concept(None, (SNOMED, "422293003"))), 4),
        (condition(concept("Heart failure"), stage=[{"summary": concept("NYHA II")}]), 2),
        (loinc("88020-3", valueCodeableConcept=concept(None, (LOINC, "LA28406-9"))), 3),
    ],
)  # fmt: skip
def test_nyha(resource, grade):
    assert [item.grade for item in chart(resource).problems if item.kind == "nyha"] == [grade]


HIGH = {"referenceRange": [{"high": amount(5, "mIU/mL")}]}


@pytest.mark.parametrize(
    ("resource", "result", "quantitative"),
    [
        (loinc("2106-3", valueCodeableConcept=concept(None, (SNOMED, "260385009"))), "negative", False),
        (loinc("2118-8", valueCodeableConcept=concept("Positive")), "positive", False),
        (loinc("2118-8", valueCodeableConcept=concept("Not detected")), "negative", False),
        (loinc("2118-8", valueString="NEGATIVE"), "negative", False), (loinc("2118-8", valueBoolean=True),
         "positive", False),
        (loinc("2118-8", interpretation=[{"coding": [{"code": "NEG"}]}]), "negative", False),
        (loinc("2118-8", valueString="invalid, please repeat"), "uninterpretable", False),
        (loinc("2118-8", valueString="weakly positive"), "uninterpretable", False),
        (observation(concept("Urine pregnancy test"), valueString="neg"), "negative", False),
        (loinc("19080-1", valueQuantity=amount(3, "mIU/mL"), **HIGH), "negative", True),
        (loinc("19080-1", valueQuantity=amount(5, "IU/L"), **HIGH), "negative", True),
        (loinc("19080-1", valueQuantity=amount(6, "mIU/mL"), **HIGH), "above-range", True),
        (loinc("19080-1", valueQuantity=amount(1, "mIU/mL", comparator="<"), **HIGH), "negative", True),
        (loinc("19080-1", valueQuantity=amount(10, "mIU/mL", comparator="<"), **HIGH), "uninterpretable", True),
        (loinc("19080-1", valueQuantity=amount(9000, "mIU/mL", comparator=">"), **HIGH), "above-range", True),
        (loinc("19080-1", valueQuantity=amount(3, "mIU/mL")), "uninterpretable", True),
        (loinc("19080-1", valueQuantity=amount(3, "ng/mL"), **HIGH), "uninterpretable", True),
        (loinc("21198-7", valueString="< 1 IU/L", **HIGH), "negative", True),
        (loinc("82810-3", valueCodeableConcept=concept(None, (SNOMED, "77386006"))), "pregnant", False),
        (loinc("82810-3", valueCodeableConcept=concept(None, (SNOMED, "60001007"))), "not-pregnant", False),
        (loinc("82810-3", valueCodeableConcept=concept(None, (SNOMED, "146799005"))), "possible", False),
        (loinc("82810-3", valueCodeableConcept=concept(None, (LOINC, "LA15173-0"))), "pregnant", False),
        (loinc("82810-3", valueCodeableConcept=concept("Not pregnant")), "not-pregnant", False),
        (loinc("82810-3", valueString="possibly pregnant"), "possible", False),
    ],
)  # fmt: skip
def test_pregnancy(resource, result, quantitative):
    assert [(item.result, item.quantitative) for item in chart(resource).pregnancy] == [(result, quantitative)]


def test_unknown_pregnancy_status_and_undated_tests():
    assert chart(loinc("82810-3", valueCodeableConcept=concept(None, (LOINC, "LA4489-6")))).pregnancy == []
    race = observation(concept("White", ("urn:oid:2.16.840.1.113883.6.238", "2106-3")), valueBoolean=True)
    assert chart(race).pregnancy == []
    undated = loinc("2106-3", valueString="negative", effectiveDateTime=None)
    found = chart(undated)
    assert found.pregnancy == [] and listed(found) == {("Observation/o", "no-date")}


def test_due_date():
    found = chart(loinc("11778-8", valueDateTime="2026-04-01"))
    assert [(item.kind, str(item.due)) for item in found.problems] == [("pregnancy", "2026-04-01")]


@pytest.mark.parametrize("value", [
    {"valueDateTime": "in April"}, {"valueDateTime": ["2026-04-01"]}, {"valueString": "40 weeks"},
    {"valueQuantity": {"value": 280, "unit": "d"}},
])  # fmt: skip
def test_a_due_date_that_cannot_be_read_is_listed(value):
    found = chart(loinc("11778-8", **value))
    assert found.problems == [] and listed(found) == {("Observation/o", "unreadable")}
    assert listed(chart(loinc("11778-8", **dict.fromkeys(value)))) == set(), "nothing was said"


@pytest.mark.parametrize(
    ("title", "value", "kind"),
    [
        ("Breastfeeding status", {"valueString": "Currently breastfeeding"}, "lactation"),
        ("Breastfeeding", {"valueBoolean": True}, "lactation"), ("Breastfeeding", {"valueBoolean": False}, None),
        ("Breastfeeding", {"valueString": "no"}, None), ("Menopausal status", {"valueString": "Postmenopausal"},
         "menopause"),
        ("Menopausal status", {"valueString": "Perimenopausal"}, None), ("Postmenopausal", {"valueBoolean": True},
         "menopause"),
        ("Menopausal symptoms", {"valueString": "yes"}, None),
        ("Life expectancy", {"valueString": "< 3 months"}, "short-life-expectancy"),
        ("Life expectancy", {"valueString": "> 12 months"}, None),
    ],
)  # fmt: skip
def test_status_observations(title, value, kind):
    assert [item.kind for item in chart(observation(concept(title), **value)).problems] == ([kind] if kind else [])


def kinds(resource):
    return {item.kind for item in chart(resource).problems}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("I50.22", "heart-failure"), ("D46.9", "mds-aml"), ("C92.00", "mds-aml"), ("D61.818", "pancytopenia"),
        ("D73.1", "hypersplenism"), ("C79.52", "marrow-involvement"), ("E34.01", "carcinoid-heart-disease"),
        ("E34.00", "carcinoid-syndrome"), ("E16.1", "hypoglycaemia"), ("E16.4", "gastrinoma"), ("E24.3",
         "acth-cushing"),
        ("E11.9", "diabetes"), ("I10", "hypertension"), ("Z90.5", "single-kidney"), ("N13.30", "hydronephrosis"),
        ("R18.8", "ascites"), ("K76.82", "encephalopathy"), ("K83.09", "cholangitis"), ("N18.4", "renal-failure"),
        ("K29.40", "atrophic-gastritis"), ("K56.609", "bowel-obstruction"), ("C79.31", "brain-lesion"),
        ("C78.6", "peritoneal-disease"), ("Z33.1", "pregnancy"), ("O09.90", "pregnancy"), ("Z39.1", "lactation"),
        ("Z78.0", "menopause"), ("Z98.51", "sterilised"), ("Z90.710", "hysterectomy"), ("Z90.81", "asplenia"),
        ("E28.39", "infertility"),
    ],
)  # fmt: skip
def test_problems_by_code(code, kind):
    found = chart(condition(concept(None, (ICD10CM, code)))).problems
    assert kind in {item.kind for item in found} and all(item.read_as == "coded" and item.active for item in found)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Intrauterine pregnancy, 12 weeks", "pregnancy"), ("Possible pregnancy", "possible-pregnancy"),
        ("Missed period", "possible-pregnancy"), ("Breastfeeding", "lactation"), ("Postmenopausal", "menopause"),
        ("Status post tubal ligation", "sterilised"), ("History of hysterectomy", "hysterectomy"), ("Asplenia",
         "asplenia"),
        ("Status post splenectomy", "asplenia"), ("Congestive heart failure", "heart-failure"), ("HFrEF",
         "heart-failure"),
        ("Carcinoid heart disease", "carcinoid-heart-disease"), ("Myelodysplastic syndrome", "mds-aml"), ("AML",
         "mds-aml"),
        ("Therapy-related myeloid neoplasm", "mds-aml"), ("MDS not excluded", "mds-aml"),
        ("Ascites with infection excluded", "ascites"),
        ("Pancytopenia", "pancytopenia"), ("Germline DDX41 mutation (MDS predisposition)", "germline-mds"),
        ("Bone marrow infiltration", "marrow-involvement"), ("Carcinoid syndrome", "carcinoid-syndrome"), ("VIPoma",
         "vipoma"),
        ("Insulinoma", "insulinoma"), ("Zollinger-Ellison syndrome", "gastrinoma"), ("Ectopic ACTH syndrome",
         "acth-cushing"),
        ("Phaeochromocytoma", "ppgl"), ("Carcinoid crisis 2023", "hormonal-crisis"), ("Type 2 diabetes mellitus",
         "diabetes"),
        ("Arterial hypertension", "hypertension"), ("Solitary kidney", "single-kidney"), ("Hydronephrosis",
         "hydronephrosis"),
        ("Ascites", "ascites"), ("Hepatic encephalopathy", "encephalopathy"), ("Biliary stent in place",
         "biliary-stent"),
        ("Small bowel obstruction", "bowel-obstruction"), ("Orbital metastasis", "orbital-lesion"),
        ("Brain metastases", "brain-lesion"), ("Metastasis in the spinal canal", "spinal-canal-lesion"),
        ("Pericardial metastasis", "pericardial-lesion"), ("Life expectancy less than 3 months",
         "short-life-expectancy"),
        ("Diffuse bone metastases", "diffuse-bone-disease"), ("Six bone metastases", "diffuse-bone-disease"),
        ("> 5 bone metastases", "diffuse-bone-disease"), ("Peritoneal carcinomatosis", "peritoneal-disease"),
        ("Thrombocytopenia grade 3 due to 177Lu-DOTATATE", "toxicity"), ("Renal toxicity after PRRT", "toxicity"),
    ],
)  # fmt: skip
def test_problems_by_words(words, kind):
    assert kind in kinds(condition(concept(words)))


@pytest.mark.parametrize(
    "words",
    ["MDS ruled out", "Acute myeloid leukaemia was excluded",
     "Not pregnant", "No heart failure", "Gravida 2 para 2", "Pregnancy-induced hypertension, resolved", "Prediabetes",
     "Miscarriage of pregnancy", "Termination of pregnancy", "Breastfeeding counselling", "Perimenopause",
      "Menopausal symptoms",
     "Premenopausal", "Unilateral oophorectomy", "Left salpingectomy", "Encounter for sterilization",
      "Planned hysterectomy",
     "No hysterectomy", "Female infertility", "Partial nephrectomy", "Renal angiomyolipoma (AML)",
      "Spinal canal stenosis",
     "Multiple bone fractures", "Terminal ileum thickening", "Diabetes insipidus", "Gestational age unknown",
      "Family history of myelodysplastic syndrome", "Risk of hypoglycaemia",
     "Portal hypertension", "Pulmonary hypertension", "Pregnancy planning", "Mother had AML", "Rule out pregnancy",
     "Pregnancy test", "No evidence of carcinoid heart disease", "Low back pain", "Wants pregnancy",
      "Sclerosing cholangitis"],
)  # fmt: skip
def test_what_is_not_the_patients_problem(words):
    active = {item.kind for item in chart(condition(concept(words))).problems if item.active}
    assert not active - {"possible-pregnancy", "hypertension" if "induced" in words else ""}, active


def test_activity_severity_and_end():
    over = chart(condition(concept("Pregnancy"), status="resolved", abatementDateTime="2025-06-01")).problems[0]
    assert not over.active and str(over.end) == "2025-06-01"
    assert chart(condition(concept("Pregnancy"), abatementString="ended")).problems[0].active is False
    assert chart({"resourceType": "Condition", "id": "c", "code": concept("Pregnancy")}).problems[0].active
    assert not chart(condition(concept("History of pregnancy"))).problems[0].active
    assert chart(condition(concept("History of splenectomy"))).problems[0].active
    severe = condition(concept("Heart failure"), severity=concept(None, (SNOMED, "24484000")))
    assert chart(severe).problems[0].severe
    assert chart(condition(concept("Decompensated heart failure"))).problems[0].severe
    assert not chart(condition(concept("Heart failure"))).problems[0].severe
    assert chart(condition(concept("Thrombocytopenia grade 3 after Lutathera"))).problems[0].grade == 3


def test_a_delivery_ends_a_pregnancy():
    found = chart(condition(concept(None, (ICD10CM, "O80")), onsetDateTime="2025-08-01")).problems
    assert [(item.kind, item.active, str(item.end)) for item in found] == [("pregnancy", False, "2025-08-01")]


def test_unconfirmed_problems():
    unconfirmed = {"verificationStatus": {"coding": [{"code": "provisional"}]}}
    assert kinds(condition(concept("Pregnancy"), **unconfirmed)) == {"possible-pregnancy"}
    assert kinds(condition(concept("Postmenopausal"), **unconfirmed)) == set(), "unconfirmed reassurance is none"
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    found = chart(condition(concept("Pregnancy"), **refuted))
    assert found.problems == [] and listed(found) == {("Condition/c", "refuted")}


def adverse_event(words, **more):
    return {"resourceType": "AdverseEvent", "id": "ae", "actuality": "actual", "event": concept(words),
     "date": "2025-11-01",
            **more}  # fmt: skip


def test_toxicity_as_an_adverse_event():
    given = administration(concept(None, (ATC, "V10XX04")))
    suspect = [{"instance": {"reference": "MedicationAdministration/m"}}]
    found = chart(given, adverse_event("Thrombocytopenia grade 3", suspectEntity=suspect)).problems
    assert [(item.kind, item.grade, str(item.when)) for item in found] == [("toxicity", 3, "2025-11-01")]
    assert kinds(adverse_event("Renal toxicity after PRRT")) == {"toxicity"}
    drug = {"resourceType": "Medication", "id": "lu", "code": concept(None, (ATC, "V10XX04"))}
    blamed = adverse_event("Anaemia", suspectEntity=[{"instance": {"reference": "Medication/lu"}}])
    assert [item.kind for item in chart(drug, blamed).problems] == ["toxicity"]
    assert kinds(adverse_event("Thrombocytopenia grade 3")) == set(), "nothing says that the radioligand did it"
    assert kinds(adverse_event("Renal toxicity after PRRT", actuality="potential")) == set()


def family(relationship, words="Myelodysplastic syndrome"):
    return {"resourceType": "FamilyMemberHistory", "id": "f", "status": "completed", "relationship": relationship,
            "condition": [{"code": concept(words)}]}  # fmt: skip


@pytest.mark.parametrize(
    ("relationship", "counts"),
    [
        (concept("mother"), True), (concept("Brother"), True), (concept("daughter"), True),
        (concept(None, ("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "NSIS")), True),
         (concept("grandmother"), False),
        (concept("maternal aunt"), False), (concept("mother-in-law"), False), (concept("half-brother"), False),
        (concept("stepson"), False), (concept(None, ("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MGRMTH")),
         False),
    ],
)  # fmt: skip
def test_first_degree_relatives(relationship, counts):
    found = chart(family(relationship))
    assert [item.kind for item in found.problems] == (["mds-aml-relative"] if counts else [])
    assert listed(found) == (set() if counts else {("FamilyMemberHistory/f", "family-member")})


def test_a_relatives_tumour_is_not_the_patients():
    found = chart(family(concept("mother"), "Neuroendocrine tumour"))
    assert found.problems == [] and found.diagnoses == [] and listed(found) == {("FamilyMemberHistory/f",
     "family-member")}


def allergy(words, **more):
    return {"resourceType": "AllergyIntolerance", "id": "a", "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": concept(words), **more}  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "severe"),
    [
        (allergy("Lutathera", reaction=[{"severity": "severe", "manifestation": [concept("rash")]}]), True),
        (allergy("lutetium (177Lu) oxodotreotide", criticality="high"), True),
        (allergy("177Lu-DOTATATE", reaction=[{"manifestation": [concept("Hypersensitivity, grade 4")]}]), True),
        (allergy("L-lysine", reaction=[{"manifestation": [concept("Anaphylaxis")]}]), True),
        (allergy("arginine", reaction=[{"severity": "mild", "manifestation": [concept("rash")]}]), False),
        (allergy("arginine hydrochloride", criticality="low"), False), (allergy("LysaKare"), None),
        (allergy("Lutathera", criticality="unable-to-assess"), None),
        (allergy("drug", reaction=[{"substance": concept("Lutathera"), "severity": "severe"}]), True),
        (condition(concept("Anaphylaxis to Lutathera")), True),
    ],
)  # fmt: skip
def test_allergies(resource, severe):
    assert [item.severe for item in chart(resource).allergies] == [severe]


@pytest.mark.parametrize(
    "resource",
    [
        allergy("penicillin", criticality="high"), allergy("No known allergy to lysine"),
        allergy("Lutathera", clinicalStatus={"coding": [{"code": "resolved"}]}),
        allergy("Lutathera", verificationStatus={"coding": [{"code": "refuted"}]}),
         condition(concept("Penicillin allergy")),
    ],
)  # fmt: skip
def test_no_allergy_to_the_agent(resource):
    assert chart(resource).allergies == []


def answers(*items, questionnaire="http://example.org/Questionnaire/eortc-qlq-c30"):
    return {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "authored": "2025-12-01",
            "questionnaire": questionnaire, "item": list(items)}  # fmt: skip


SCORE = {"linkId": "ql2", "text": "Global health status / QoL", "answer": [{"valueDecimal": Decimal("66.7")}]}


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (answers(SCORE), "66.7"), (answers({"linkId": "1", "item": [SCORE]}), "66.7"),
        (answers({"linkId": "i", "text": "EORTC QLQ-C30"}, SCORE, questionnaire="urn:x"), "66.7"),
        (observation(concept("EORTC QLQ-C30 global health status"), valueQuantity=amount(50, "{score}")), "50"),
        (observation(concept("QLQ-C30"), component=[{"code": concept("Global health status"), "valueInteger": 17}]),
         "17"),
        (observation(concept("EORTC QLQ-C30 global health status"), valueString="41.7"), "41.7"),
    ],
)  # fmt: skip
def test_quality_of_life(resource, value):
    found = chart(resource).quality_of_life
    assert [(item.instrument, item.global_health) for item in found] == [("EORTC QLQ-C30", Decimal(value))]


def test_other_questionnaires_and_impossible_scores():
    assert chart(answers(SCORE, questionnaire="http://example.org/phq-9")).quality_of_life == []
    found = chart(answers({**SCORE, "answer": [{"valueInteger": 120}]}))
    assert found.quality_of_life == [] and listed(found) == {("QuestionnaireResponse/q", "implausible")}


@pytest.mark.parametrize(
    "resource",
    [
        observation(concept("EORTC QLQ-C30 global health status"), valueString=[1, 2]),
        observation(concept("EORTC QLQ-C30 global health status"), valueString="better"),
        observation(concept("EORTC QLQ-C30 global health status"), valueQuantity={"value": 50, "comparator": "<"}),
        observation(concept("QLQ-C30"), component=[{"code": concept("Global health status")}]),
        answers({**SCORE, "answer": []}),
    ],
)
def test_a_score_that_cannot_be_read_is_listed(resource):
    found = chart(resource)
    assert found.quality_of_life == [] and {why for _, why in listed(found)} == {"unreadable"}


def test_the_stage_of_heart_failure_in_a_german_code():
    system = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
    for code, grade in (("I50.13", 3), ("I50.14", 4)):
        found = chart(condition(concept(None, (system, code)))).problems
        assert [(item.kind, item.grade) for item in found] == [("nyha", grade)]


def test_a_pregnancy_status_nobody_understands_is_listed():
    found = chart(loinc("82810-3", valueString="see scanned form"))
    assert found.pregnancy == [] and listed(found) == {("Observation/o", "unreadable")}
