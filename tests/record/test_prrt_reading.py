"""Radioligands as drugs and procedures: which are PRRT, what was given, what is listed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cds_service.record.medication import written_activity
from tests.record.chart_shapes import (
    ATC,
    HCPCS,
    RXNORM,
    SNOMED,
    administration,
    amount,
    chart,
    concept,
    listed,
    only,
    request,
    treatments,
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "isotope"),
    [
        (concept(None, (ATC, "V10XX04")), "177Lu"), (concept(None, (SNOMED, "781259000")), "177Lu"),
        (concept(None, (HCPCS, "A9513")), "177Lu"), (concept(None, (RXNORM, "1999687")), "177Lu"),
        (concept("Lutathera"), "177Lu"), (concept("[177Lu]Lu-DOTA-TATE"), "177Lu"),
        (concept("Lu-177 DOTATOC"), "177Lu"),
        (concept("lutetium (177Lu) oxodotreotide"), "177Lu"), (concept("177Lu-edotreotide (ITM-11)"), "177Lu"),
        (concept("90Y-DOTATOC"), "90Y"), (concept("[225Ac]Ac-DOTATATE"), "225Ac"),
        (concept("212Pb-DOTAMTATE"), "212Pb"),
        (concept("213Bi-DOTATOC"), "213Bi"), (concept("[67Cu]Cu-SARTATE"), "67Cu"),
        (concept("177Lu-satoreotide"), "177Lu"),
        (concept("[¹⁷⁷Lu]Lu-DOTATATE"), "177Lu"), (concept("PRRT"), ""),
         (concept("Peptide receptor radionuclide therapy"), ""),
    ],
)  # fmt: skip
def test_radioligands(code, isotope):
    found = only(administration(code))
    assert (found.group, found.isotope, found.given) == ("prrt", isotope, True)


@pytest.mark.parametrize(
    ("code", "group"),
    [
        (concept(None, (ATC, "V10XX05")), "lu-psma"), (concept("Pluvicto"), "lu-psma"),
        (concept("[177Lu]Lu-PSMA-617 therapy"), "lu-psma"), (concept("[131I]iobenguane (MIBG) therapy"), "mibg"),
        (concept(None, (ATC, "V10XX03")), "radium-223"), (concept("Xofigo"), "radium-223"),
    ],
)  # fmt: skip
def test_other_radioligands_never_count_as_prrt(code, group):
    assert only(administration(code)).group == group


@pytest.mark.parametrize(
    "words",
    ["68Ga-DOTATATE", "[68Ga]Ga-DOTATATE PET/CT", "Netspot", "64Cu-DOTATATE", "Detectnet", "111In-pentetreotide",
     "123I-MIBG scan",
     "68Ga-PSMA PET", "99mTc-HYNIC-TOC", "18F-FDG", "177Lu", "radioiodine therapy 131I", "SIRT with 90Y microspheres"],
)  # fmt: skip
def test_diagnostic_tracers_are_no_treatment(words):
    assert treatments(administration(concept(words))) == []


@pytest.mark.parametrize(
    ("more", "gbq"),
    [
        ({"dosage": {"dose": amount(Decimal("7.4"), "GBq")}}, "7.4"),
        ({"dosage": {"dose": amount(7400, "MBq")}}, "7.4"),
        ({"dosage": {"dose": amount(200, "mCi")}}, "7.4"),
        ({"dosage": {"text": "7,4 GBq"}}, "7.4"),
        ({"note": [{"text": "Activity 7.4 GBq. Cumulative activity 22.2 GBq"}]}, "7.4"),
        ({"note": [{"text": "7.4 GBq given, next 3.7 GBq"}]}, None),
        ({"dosage": {"dose": amount(4, "mL")}}, None),
        ({}, None),
    ],
)
def test_activity(more, gbq):
    found = only(administration(concept("Lutathera"), **more))
    assert found.activity_gbq == (Decimal(gbq) if gbq else None)


def test_hcpcs_units_are_millicuries():
    for dose in (amount(200), amount(200, "unit"), amount(200, "{unit}"), amount(200, "mCi")):
        assert only(administration(concept(None, (HCPCS, "A9513")),
         dosage={"dose": dose})).activity_gbq == Decimal("7.4")


def test_implausible_activity_is_listed():
    found = chart(administration(concept("Lutathera"), dosage={"dose": amount(7400, "GBq")}))
    assert found.treatments[0].activity_gbq is None and ("MedicationAdministration/m", "implausible") in listed(found)
    assert written_activity("total activity 29.6 GBq") is None


def test_an_activity_without_a_unit_is_listed():
    found = chart(administration(concept("Lutathera"), dosage={"dose": amount(7400)}))
    assert found.treatments[0].activity_gbq is None and listed(found) == {("MedicationAdministration/m", "no-unit")}


APPLICATION = (
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/"
    "mii-cs-onko-strahlentherapie-applikationsart"
)


METHOD = {
    "url": "http://hl7.org/fhir/StructureDefinition/procedure-method",
    "valueCodeableConcept": concept(None, (APPLICATION, "MPRRT")),
}


def test_the_method_of_a_german_registry_tells_psma_from_prrt():
    psma = {**METHOD, "valueCodeableConcept": concept(None, (APPLICATION, "MPSMA"))}
    done = {"resourceType": "Procedure", "id": "x", "status": "completed", "performedDateTime": "2025-10-01"}
    found = treatments({**done, "code": concept("Nuklearmedizinische Therapie"), "extension": [psma]})
    assert [item.group for item in found] == ["lu-psma"]


@pytest.mark.parametrize(
    ("code", "more", "count"),
    [
        (concept("PRRT, 177Lu-DOTATATE", (SNOMED, "399315003")), {}, 1),
        (concept("Radionuclide therapy", (SNOMED, "399315003")), {"note": [{"text": "7.4 GBq Lu-177 DOTATATE"}]}, 1),
        (concept("Radionuclide therapy", (SNOMED, "399315003")), {"usedCode": [concept("Lutathera")]}, 1),
        (concept("Radionuclide therapy", (SNOMED, "399315003")), {}, 0),
        (concept("Radioiodine therapy", (SNOMED, "399315003")), {}, 0),
        (concept(None, (SNOMED, "1263784000")), {}, 0),
        (concept("PRRT consultation"), {}, 0),
        (concept("PRRT planning"), {}, 0),
        (concept("PRRT planned for May"), {}, 0),
        (concept("PRRT declined"), {}, 0),
        (concept("Strahlentherapie"), {"extension": [METHOD]}, 1),
        (concept("Strahlentherapie"), {"extension": [{"url": "http://x/bestrahlung", "extension": [METHOD]}]}, 1),
        (concept("PRRT cycle 2"), {"status": "preparation"}, 0),
        (concept("PRRT cycle 2"), {"status": "not-done"}, 0),
        (concept("Post-PRRT SPECT imaging of 177Lu-DOTATATE"), {}, 0),
        (concept("Peptidrezeptor-Radionuklidtherapie (PRRT)"), {}, 1),
    ],
)
def test_prrt_as_a_procedure(code, more, count):
    done = {"resourceType": "Procedure", "id": "x", "status": "completed", "performedDateTime": "2025-10-01",
     "code": code}
    found = [item for item in treatments({**done, **more}) if item.group == "prrt"]
    assert len(found) == count


def test_an_undated_cycle_is_listed_beside_dated_ones_only():
    undated = administration(concept("Lutathera"), None, identity="undated")
    alone = chart(undated, administration(concept("everolimus"), identity="other"))
    assert listed(alone) == set(), "it says that there was one"
    beside = chart(undated, administration(concept("Lutathera"), identity="dated"))
    assert listed(beside) == {("MedicationAdministration/undated", "no-date")}
    ahead = chart(undated, administration(concept("Lutathera"), "2150-01-01", identity="ahead"))
    assert listed(ahead) == {("MedicationAdministration/ahead", "future")}
    assert listed(chart(undated, request(concept("Lutathera")))) == set()


def test_an_order_for_prrt_is_not_given():
    found = chart(request(concept("Lutathera")))
    assert [item.given for item in found.treatments] == [False]
    assert [item.kind for item in found.orders] == ["prrt"]
