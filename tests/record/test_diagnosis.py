"""Conditions: codes by system and prefix, morphology, words; look-alikes never count."""

from __future__ import annotations

import pytest

from cds_service.record import diagnosis, pathology
from cds_service.record.tumour_names import read_name
from tests.record.tumour_shapes import ICD10CM, ICDO3, SNOMED, concept, condition, observation, run


def only(*resources):
    found, ignored = run(diagnosis, *resources)
    assert len(found) == 1, found
    assert ignored == []
    return found[0]


@pytest.mark.parametrize(
    ("system", "code", "entity", "primary"),
    [
        (ICD10CM, "C7A.012", "net", "gep"),
        (ICD10CM, "C7A.8", "net", None),
        (ICD10CM, "C7A.090", "net", "lung"),
        (ICD10CM, "C7A.091", "net", "thymus"),
        (ICD10CM, "C7A.093", "net", "kidney"),
        (ICD10CM, "C7A.094", "net", None),  # "foregut" includes lung and thymus
        (ICD10CM, "C7A.095", "net", "gep"),
        (ICD10CM, "C7A.1", "nec", None),
        (ICD10CM, "C7B.02", "net", None),
        (ICD10CM, "D3A.026", "net", "gep"),
        (ICD10CM, "C25.4", "nen", "gep"),
        ("http://hl7.org/fhir/sid/icd-10", "C25.4", "nen", "gep"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "C25.4", "nen", "gep"),
        (ICDO3, "8240/3", "net", None),
        (ICDO3, "8240/6", "net", None),
        (ICDO3, "8151/3", "net", "gep"),
        (ICDO3, "8246/3", "nec", None),
        (ICDO3, "8154/3", "minen", None),
        (ICDO3, "8693/3", "ppgl", "ppgl"),
        (SNOMED, "1290067005", "net", "gep"),
        (SNOMED, "1186869002", "nec", "gep"),
        (SNOMED, "254627002", "net", "lung"),
        (SNOMED, "1290080008", "nen", "gep"),
    ],
)
def test_codes(system, code, entity, primary):
    found = only(condition(concept(system, code)))
    assert (found.entity, found.primary, found.read_as) == (entity, primary, "coded")


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (ICD10CM, "C7B.1"), (ICDO3, "8247/3"), (ICDO3, "8243/3"), (ICDO3, "8574/3"), (ICD10CM, "E16.1"),
        (ICD10CM, "E16.4"), (ICD10CM, "C78.7"), (ICD10CM, "C79.51"), (ICD10CM, "C25.9"), (SNOMED, "94381002"),
        ("http://example.org/local", "C7A.8"),
    ],
)  # fmt: skip
def test_look_alikes_and_foreign_codes_give_nothing(system, code):
    assert run(diagnosis, condition(concept(system, code)))[0] == []


def test_a_known_code_is_not_overruled_by_its_text():
    assert run(diagnosis, condition(concept(ICDO3, "8247/3", "Neuroendocrine tumour of the skin")))[0] == []
    assert run(diagnosis, condition(concept(ICD10CM, "C78.7", "Liver metastases of NET")))[0] == []


def test_morphology_decides_and_topography_gives_the_primary():
    icd10 = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
    code = {"coding": [{"system": icd10, "code": "C18.1"}, {"system": ICDO3, "code": "8240/3"}]}
    assert (only(condition(code)).entity, only(condition(code)).primary) == ("net", "gep")
    code["coding"][1]["code"] = "8246/3"
    code["coding"][0]["code"] = "C34.1"
    assert (only(condition(code)).entity, only(condition(code)).primary) == ("nec", "lung")


def test_mcode_morphology_extension():
    url = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
    found = only(
        condition(
            concept(ICD10CM, "C25.4"),
            extension=[{"url": url, "valueCodeableConcept": concept(SNOMED, "1286770005")}],
        )
    )
    assert (found.entity, found.grade, found.primary) == ("net", "G2", "gep")
    refused = condition(
        concept(ICD10CM, "C44.9"), extension=[{"url": url, "valueCodeableConcept": concept(ICDO3, "8247/3")}]
    )
    assert run(diagnosis, refused)[0] == []


def test_one_code_for_two_grades_states_none():
    assert only(condition(concept(ICDO3, "8249/3"))).grade is None
    assert only(condition(concept(SNOMED, "1286769009"))).grade == "G1"


def test_poor_differentiation_wins_over_a_general_net_code():
    code = {"coding": [{"system": ICD10CM, "code": "C7A.8"}, {"system": ICDO3, "code": "8246/3"}]}
    assert only(condition(code)).entity == "nec"


def test_body_site_gives_the_primary_but_not_for_metastases():
    pancreas = {"bodySite": [concept(SNOMED, "15776009")]}
    assert only(condition(concept(ICD10CM, "C7A.8"), **pancreas)).primary == "gep"
    assert only(condition(concept(ICD10CM, "C7A.8"), bodySite=[{"text": "left lung"}])).primary == "lung"
    assert only(condition(concept(ICD10CM, "C7B.8"), bodySite=[{"text": "lung"}])).primary is None
    assert only(condition({"text": "Metastatic neuroendocrine tumour"}, bodySite=[{"text": "lung"}])).primary is None


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse", None])
def test_active(status):
    more = {"clinicalStatus": {"coding": [{"code": status}]}} if status else {}
    assert only(condition(concept(ICD10CM, "C7A.8"), **more)).active


@pytest.mark.parametrize("status", ["remission", "resolved", "inactive"])
def test_inactive(status):
    found = only(
        condition(concept(ICD10CM, "C7A.8"), clinicalStatus={"coding": [{"code": status}]}, abatementDateTime="2021-05")
    )
    assert not found.active
    assert str(found.inactive_since) == "2021-05"


@pytest.mark.parametrize("status", ["provisional", "differential", "unconfirmed"])
def test_suspected(status):
    assert only(condition(concept(ICD10CM, "C7A.8"), verificationStatus={"coding": [{"code": status}]})).suspected


def test_carcinoid_syndrome_alone_is_only_a_suspicion():
    for code in ("E34.0", "E34.00", "E34.01", "E34.09"):
        found = only(condition(concept(ICD10CM, code)))
        assert (found.entity, found.suspected, found.primary) == ("carcinoid-syndrome", True, None)


def test_dates():
    both = condition(concept(ICD10CM, "C7A.8"), onsetDateTime="2019", recordedDate="2020-01-02")
    assert str(only(both).when) == "2019"
    assert str(only(condition(concept(ICD10CM, "C7A.8"), recordedDate="2020-01-02")).when) == "2020-01-02"
    assert only(condition(concept(ICD10CM, "C7A.8"))).when is None


def test_refuted_and_erroneous_conditions_are_gone():
    for status in ("refuted", "entered-in-error"):
        resource = condition(concept(ICD10CM, "C7A.8"), verificationStatus={"coding": [{"code": status}]})
        assert run(diagnosis, resource)[0] == []


def test_look_alikes_are_no_net():
    assert run(diagnosis, condition(concept(ICDO3, "8247/3")))[0] == []
    assert run(diagnosis, condition({"text": "Goblet cell carcinoma of the appendix"}))[0] == []
    assert run(diagnosis, condition(concept(ICD10CM, "C7A.8")))[0] != []


@pytest.mark.parametrize(
    ("words", "entity", "primary", "suspected"),
    [
        ("well-differentiated neuroendocrine tumour of the pancreas", "net", "gep", False),
        ("pNET", "net", "gep", False),
        ("carcinoid of ileum", "net", "gep", False),
        ("SBNET", "net", "gep", False),
        ("Metastatic malignant neuroendocrine tumor to liver (CMS/HCC)", "net", None, False),
        ("Neuroendocrine tumor of lung and pancreas", "net", None, False),
        ("NEC, large cell", "nec", None, False),
        ("Poorly differentiated neuroendocrine tumour of colon", "nec", "gep", False),
        ("MiNEN", "minen", None, False),
        ("Carcinoma of pancreas, neuroendocrine", "nec", "gep", False),
        ("Malignant neoplasm of ileum, neuroendocrine", "nen", "gep", False),
        ("mixed adenoneuroendocrine carcinoma of the caecum", "minen", "gep", False),
        ("Neuroendokriner Tumor des Pankreas G2", "net", "gep", False),
        ("tumeur neuroendocrine du pancréas", "net", "gep", False),
        ("Metastatic neuroendocrine tumor to liver", "net", None, False),
        ("liver metastases of NET, unknown primary", "net", None, False),
        ("NET G2 of the small bowel with liver and lung metastases", "net", "gep", False),
        ("bronchial carcinoid with liver metastases", "net", "lung", False),
        ("paraganglioma of the carotid body", "ppgl", "ppgl", False),
        ("Neuroendocrine neoplasm of pancreas", "nen", "gep", False),
        ("well differentiated neuroendocrine carcinoma of rectum", "nen", "gep", False),
        ("Suspected neuroendocrine tumour", "net", None, True),
        ("rule out neuroendocrine tumor", "net", None, True),
        ("neuroendocrine tumour not excluded", "net", None, True),
        ("?NET of the duodenum", "net", "gep", True),
        ("Carcinoid heart disease", "carcinoid-syndrome", None, True),
        ("carcinoid tumour with carcinoid syndrome", "net", None, False),
    ],
)
def test_words(words, entity, primary, suspected):
    found = only(condition({"text": words}))
    assert (found.entity, found.primary, found.suspected, found.read_as) == (entity, primary, suspected, "narrative")


@pytest.mark.parametrize(
    "words",
    [
        "Merkel cell carcinoma", "medullary thyroid carcinoma", "goblet cell carcinoid", "goblet cell carcinoma",
        "Kein Anhalt für NET", "NET ausgeschlossen",
        "no evidence of neuroendocrine tumour", "neuroendocrine tumour ruled out",
        "Family history of neuroendocrine tumour",
        "Mother with carcinoid", "Patient worried about carcinoid", "Zollinger-Ellison syndrome",
        "net weight loss", "NETTER-2 trial", "Malignant neoplasm of liver NEC",
        "necrotizing enterocolitis (NEC)", "adenocarcinoid of appendix", "small cell lung cancer",
        "adenocarcinoma of colon with neuroendocrine differentiation", "primitive neuroectodermal tumour (PNET)",
        "pituitary neuroendocrine tumour", "Multiple endocrine neoplasia type 1", "internet addiction", "cabinet", "",
        "diffuse neuroendocrine cell hyperplasia", "Screening for neuroendocrine tumour", "neuroblastoma",
    ],
)  # fmt: skip
def test_words_that_name_no_net(words):
    assert run(diagnosis, condition({"text": words}))[0] == []


def test_grade_in_words():
    assert read_name("NET G2 of the ileum").grade == "G2"
    assert read_name("neuroendocrine tumour, grade III").grade == "G3"
    assert read_name("NET G1/G2").grade is None
    assert read_name("NEC G3").grade is None


def test_a_local_code_is_read_by_its_words():
    code = {"coding": [{"system": "urn:local", "code": "77", "display": "Neuroendocrine tumour of jejunum"}]}
    assert only(condition(code)).primary == "gep"


HISTOLOGY = {"coding": [{"system": "http://loinc.org", "code": "59847-4"}]}
PANCREAS = concept("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "C25.9")


def histology(code, **more):
    return observation(HISTOLOGY, valueCodeableConcept=concept(ICDO3, code), **more)


@pytest.mark.parametrize(("code", "entity"), [("8240/3", "net"), ("8240/6", "net"), ("8246/3", "nec")])
@pytest.mark.parametrize(
    ("about", "evidence"),
    [
        ({"focus": [{"reference": "Condition/c"}]}, {}),
        ({"extension": [{"url": "http://x/related-condition", "valueReference": {"reference": "Condition/c"}}]}, {}),
        ({}, {"evidence": [{"detail": [{"reference": "Observation/o"}]}]}),
    ],
)
def test_histology_about_a_condition_names_its_tumour(code, entity, about, evidence):
    found = only(condition(PANCREAS, **evidence), histology(code, **about))
    assert (found.source, found.entity, found.primary) == ("Condition/c", entity, "gep")


def test_histology_of_another_tumour_or_of_nothing_names_none():
    about = {"focus": [{"reference": "Condition/c"}]}
    for resources in (
        [condition(PANCREAS), histology("8140/3", **about)],
        [condition(PANCREAS), histology("8240/3")],
        [condition(PANCREAS), histology("8240/3", **about) | {"status": "preliminary"}],
        [condition(concept(ICD10CM, "C7B.1")), histology("8240/3", **about)],
    ):
        assert run(diagnosis, *resources)[0] == []


def test_results_about_a_condition_with_such_histology_are_of_this_tumour():
    about = {"focus": [{"reference": "Condition/c"}]}
    ki67 = observation(concept("http://loinc.org", "29593-1"), "k", valueQuantity={"value": 9, "unit": "%"}, **about)
    found, _ = run(pathology, condition(PANCREAS), histology("8240/3", **about), ki67)
    assert [item.source for item in found if item.ki67_percent] == ["Observation/k"]


@pytest.mark.parametrize("words", ["Refuted", "Entered in Error"])
def test_a_verification_in_words_is_read(words):
    for said in ({"text": words}, {"coding": [{"display": words}]}):
        assert run(diagnosis, condition(concept(ICD10CM, "C7A.8"), verificationStatus=said))[0] == []


def test_a_clinical_status_in_words_is_read():
    assert not only(condition(concept(ICD10CM, "C7A.8"), clinicalStatus={"text": "Resolved"})).active


def test_the_certainty_beside_a_german_code_is_read():
    url = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"

    def beside(certainty):
        system = "https://fhir.kbv.de/CodeSystem/KBV_CS_SFHIR_ICD_DIAGNOSESICHERHEIT"
        extension = {"url": url, "valueCoding": {"system": system, "code": certainty}}
        coding = {"system": "http://fhir.de/CodeSystem/bfarm/icd-10-gm", "code": "C25.4", "extension": [extension]}
        return condition({"coding": [coding]})

    assert run(diagnosis, beside("A"))[0] == []
    assert only(beside("V")).suspected and not only(beside("G")).suspected
