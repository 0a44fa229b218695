"""Problems, the heart, allergies and relatives."""

from __future__ import annotations

import pytest

from tests.record.chart_shapes import (
    ATC,
    ICD10CM,
    SNOMED,
    administration,
    chart,
    concept,
    condition,
    listed,
    observation,
)


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
        ("Three bone metastases", "diffuse-bone-disease"),
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


def test_the_stage_of_heart_failure_in_a_german_code():
    system = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
    for code, grade in (("I50.13", 3), ("I50.14", 4)):
        found = chart(condition(concept(None, (system, code)))).problems
        assert [(item.kind, item.grade) for item in found] == [("nyha", grade)]
