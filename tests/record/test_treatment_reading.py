"""Systemic treatment and radioligands: what was given, what was only ordered, and what it was."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.record.courses import written_cycles, written_interval
from cds_service.record.drugs import drugs_named, regimen_of
from tests.record.chart_shapes import (
    ATC,
    RXNORM,
    administration,
    amount,
    chart,
    concept,
    listed,
    mixed,
    only,
    request,
    statement,
    treatments,
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "drug", "group"),
    [
        (concept(None, (RXNORM, "194000")), "capecitabine", "cytotoxic"),
        (concept(None, (RXNORM, "317160")), "temozolomide", "cytotoxic"),
        (concept(None, (ATC, "L01EG02")), "everolimus", "mtor"),
        (concept(None, (ATC, "L04AH02")), "everolimus", "mtor"),
        (concept(None, (ATC, "L01EX01")), "sunitinib", "kinase-inhibitor"),
        (concept(None, (ATC, "L01EX19")), "kinase-inhibitor", "kinase-inhibitor"),
        (concept(None, (ATC, "L01FG01")), "bevacizumab", "bevacizumab"),
        (concept(None, (ATC, "L01FF02")), "pembrolizumab", "immunotherapy"),
        (concept(None, (ATC, "L03AB05")), "interferon-alfa", "interferon"),
        (concept(None, (ATC, "L01XX99")), "other-antineoplastic", "other-antineoplastic"),
        (concept(None, (ATC, "H01CB03")), "lanreotide", "ssa-long"),
        (concept(None, (ATC, "H02AB06")), "prednisolone", "glucocorticoid"),
        (concept(None, (ATC, "B01AF02")), "apixaban", "anticoagulant"),
        (concept(None, (ATC, "A02BC02")), "pantoprazole", "ppi"),
        (concept(None, (ATC, "A02BA03")), "famotidine", "h2-blocker"),
        (concept(None, (ATC, "L03AA13")), "pegfilgrastim", "g-csf"),
        (concept(None, (ATC, "M01AE01")), "nsaid", "nephrotoxic"),
        (concept("Temodal 100 mg Hartkapseln"), "temozolomide", "cytotoxic"),
        (concept("Afinitor (everolimus) 10 mg"), "everolimus", "mtor"),
        (concept("5-FU"), "fluorouracil", "cytotoxic"),
        (concept("packed red cells"), "red-cells", "transfusion"),
        (concept("Aminoplasmal Hepa 10 %"), "amino-acids", "amino-acids"),
    ],
)
def test_drugs(code, drug, group):
    found = only(administration(code))
    assert (found.drug, found.group, found.given, found.kind) == (drug, group, True, "administration")


def test_an_empty_code_beside_a_reference_is_none():
    for empty in ({}, {"text": ""}, {"coding": []}):
        named = {"medicationCodeableConcept": empty, "medicationReference": {"reference": "Medication/med"}}
        assert only(administration(None, **named), MEDICATION).drug == "temozolomide"


def test_a_reported_medication_counts_although_its_intent_is_a_plan():
    for reported in ({"reportedBoolean": True}, {"reportedReference": {"reference": "Patient/p"}}):
        (found,) = treatments(request(concept("everolimus"), intent="plan", **reported))
        assert found.open_ended and not found.given
    assert treatments(request(concept("everolimus"), intent="plan", reportedBoolean=False)) == []


def test_a_medication_nothing_names_is_listed():
    for nothing in ({}, {"medicationReference": {"reference": "#gone"}}, {"medicationCodeableConcept": "temozolomide"}):
        found = chart(administration(None, **nothing))
        assert found.treatments == [] and listed(found) == {("MedicationAdministration/m", "unreadable")}


@pytest.mark.parametrize("code", [concept("metformin"), concept(None, (ATC, "C09AA05")), concept(None,
 (RXNORM, "68091"))])
def test_other_drugs_are_passed_over(code):
    found = chart(administration(code))
    assert found.treatments == [] and found.ignored == []


@pytest.mark.parametrize(
    "words",
    ["no chemotherapy", "Not taking everolimus", "interferon beta-1a", "hydrocortisone 1 % cream",
     "dexamethasone eye drops 0.1 %", "Declined CAPTEM", "allergic to cisplatin", "No PRRT so far"],
)  # fmt: skip
def test_what_is_not_taken_or_does_not_reach_the_body(words):
    found = chart(administration(concept(words)), request(concept(words)))
    assert found.treatments == [] and found.orders == []


def test_a_known_code_decides_against_the_words():
    assert only(administration(concept("temozolomide", (ATC, "L01EG02")))).drug == "everolimus"


def test_regimens_are_taken_apart():
    found = treatments(administration(concept("CAPTEM")))
    assert {(item.drug, item.regimen) for item in found} == {("capecitabine", "CAPTEM"), ("temozolomide", "CAPTEM")}
    assert drugs_named("mFOLFOX6") == ("fluorouracil", "oxaliplatin")
    assert drugs_named("capecitabine/temozolomide") == ("capecitabine", "temozolomide")
    assert regimen_of("STZ/5-FU") == "STZ-5FU"
    noted = administration(concept(None, (RXNORM, "37776")), note=[{"text": "CAPTEM regimen"}])
    assert (only(noted).drug, only(noted).regimen) == ("temozolomide", "CAPTEM")


MEDICATION = {"resourceType": "Medication", "id": "med", "code": concept(None, (ATC, "L01AX03"))}


def test_medication_references():
    contained = administration(None, medicationReference={"reference": "#med"}, contained=[MEDICATION])
    assert only(contained).drug == "temozolomide"
    assert only(administration(None, medicationReference={"reference": "Medication/med"}),
     MEDICATION).drug == "temozolomide"
    assert only(administration(None, medicationReference={"display": "temozolomide 100 mg"})).drug == "temozolomide"
    unresolved = {"reference": "Medication/none", "display": "everolimus"}
    assert only(administration(None, medicationReference=unresolved)).drug == "everolimus"
    mixture = {"resourceType": "Medication", "id": "med", "ingredient": [
        {"itemCodeableConcept": concept("temozolomide")},
         {"itemCodeableConcept": concept("capecitabine")}]}  # fmt: skip
    assert len(treatments(administration(None, medicationReference={"reference": "Medication/med"}), mixture)) == 2


DRUG = concept("everolimus")


@pytest.mark.parametrize(
    ("resource", "given", "open_ended", "stopped", "start", "end"),
    [
        (administration(DRUG), True, False, False, "2025-11-01", None),
        (administration(DRUG, effectivePeriod={"start": "2025-11-01", "end": "2025-11-05"}), True, False, False,
         "2025-11-01", "2025-11-05"),
        (administration(DRUG, status="stopped"), True, False, True, "2025-11-01", None),
        (administration(DRUG, status="in-progress", effectivePeriod={"start": "2025-11-01"}), True, True, False,
         "2025-11-01", None),
        (statement(DRUG, effectivePeriod={"start": "2025-06"}), True, True, False, "2025-06", None),
        (statement(DRUG, status="completed", effectivePeriod={"start": "2025-06-01", "end": "2025-09-01"}), True,
         False, False,
         "2025-06-01", "2025-09-01"),
        (statement(DRUG, status="completed", effectivePeriod={"start": "2025-06-01"}), True, True, False,
         "2025-06-01", None),
        (statement(DRUG, status="stopped", effectivePeriod={"start": "2025-06-01"}), True, False, True, "2025-06-01",
         None),
        (statement(DRUG, status="stopped", effectivePeriod={"start": "2025-06-01"}, dateAsserted="2025-11-20"), True,
         False,
         True, "2025-06-01", "2025-11-20"),
        (statement(DRUG, status="intended"), False, False, False, None, None),
        (request(DRUG, dosageInstruction=[{"timing": {"repeat": {"boundsDuration": {"value": 14, "unit": "days",
         "code": "d"}}}}]),
         False, False, False, "2025-10-01", "2025-10-15"),
        (request(DRUG), False, True, False, "2025-10-01", None),
        (request(DRUG, status="completed"), False, True, False, "2025-10-01", None),
        (request(DRUG, dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": "2025-12-01"}}}}]), False,
         False,
         False, "2025-10-01", "2025-12-01"),
        (request(DRUG, status="stopped",
         dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": "2025-12-01"}}}}]),
         False, False, True, "2025-10-01", "2025-12-01"),
    ],
)  # fmt: skip
def test_given_ordered_stopped(resource, given, open_ended, stopped, start, end):
    found = only(resource)
    assert (found.given, found.open_ended, found.stopped) == (given, open_ended, stopped)
    assert (str(found.when) if found.when else None, str(found.end) if found.end else None) == (start, end)


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (request(DRUG, status="cancelled"), "cancelled"),
        (request(DRUG, status="entered-in-error"), "entered-in-error"),
        (request(DRUG, doNotPerform=True), "not-done"),
        (statement(DRUG, status="not-taken"), "not-done"),
        (statement(DRUG, status="unknown"), "status-unknown"),
        (administration(DRUG, status="not-done"), "not-done"),
        (administration(DRUG, day="2026-02-01"), "future"),
    ],
)
def test_never_given(resource, why):
    found = chart(resource)
    assert found.treatments == [] and listed(found) == {(f"{resource['resourceType']}/{resource['id']}", why)}


@pytest.mark.parametrize(
    ("product", "more", "group"),
    [
        (concept("Sandostatin LAR 30 mg"), {}, "ssa-long"),
        (concept("octreotide LAR depot", (ATC, "H01CB02")), {}, "ssa-long"),
        (concept("octreotide", (ATC, "H01CB02")), {"dosage": {"dose": amount(30, "mg")}}, "ssa-long"),
        (concept("octreotide", (ATC, "H01CB02")), {"dosage": {"dose": amount(100, "ug")}}, "ssa-short"),
        (concept("octreotide 100 mcg"), {}, "ssa-short"),
        (concept("octreotide", (ATC, "H01CB02")), {"dosage": {"route": concept("Subcutaneous")}}, "ssa-short"),
        (concept("octreotide", (ATC, "H01CB02")), {"dosage": {"route": concept("Intramuscular")}}, "ssa-long"),
        (concept("octreotide", (ATC, "H01CB02")), {"dosage": {"text": "every 4 weeks"}}, "ssa-long"),
        (concept("octreotide", (ATC, "H01CB02")), {}, "ssa-unknown"),
        (concept("Somatuline Autogel 120 mg deep subcutaneous"), {}, "ssa-long"),
        (concept("lanreotide"), {}, "ssa-long"),
        (concept("Mycapssa"), {}, "ssa-short"),
    ],
)
def test_somatostatin_analogues(product, more, group):
    assert only(administration(product, **more)).group == group


@pytest.mark.parametrize(
    ("words", "finished", "count"),
    [
        ("6 cycles given", False, 6), ("after six cycles of CAPTEM", False, 6), ("s/p 4 cycles", False, 4),
        ("3 of 6 cycles completed", False, 3), ("completed cycle 3", False, 3), ("6 cycles", True, 6),
        ("6 cycles", False, None),
        ("6 cycles planned", True, None), ("plan: 6 cycles. 2 cycles given so far.", False, 2),
        ("up to 6 cycles", True, None),
        ("will receive 6 cycles", True, None), ("no toxicity", True, None), ("", True, None),
        ("6 Zyklen erhalten", False, 6),
        ("4 CAPTEM cycles given", False, 4), ("completed 6 cycles (planned 8)", False, 6), ("99 cycles given", False,
         None), ("2024 cycles", True, None),
    ],
)  # fmt: skip
def test_cycles_as_written(words, finished, count):
    assert written_cycles(words, finished=finished) == count


@pytest.mark.parametrize(
    ("words", "days"),
    [("every 28 days", 28), ("q28d", 28), ("q4w", 28), ("every 2 weeks", 14), ("28-day cycle", 28),
     ("every 4 weeks, q28d", 28),
     ("every 2 weeks, later every 4 weeks", None), ("daily", None), ("every 2 days", None)],
)  # fmt: skip
def test_length_of_a_cycle(words, days):
    assert written_interval(words) == days


@pytest.mark.parametrize("intent", ["proposal", "plan", "option"])
def test_a_proposal_is_no_order(intent):
    found = chart(request(DRUG, intent=intent))
    assert found.treatments == [] and found.orders == []


def test_cycles_of_a_statement():
    found = only(statement(concept("temozolomide"), status="completed",
     note=[{"text": "CAPTEM, 6 cycles given, every 28 days"}],
                           effectivePeriod={"start": "2025-05-01", "end": "2025-10-10"}))  # fmt: skip
    assert (found.cycles_written, found.cycle_days, found.regimen) == (6, 28, "CAPTEM")
    assert only(request(concept("temozolomide"), note=[{"text": "6 cycles given"}])).cycles_written is None


@pytest.mark.parametrize(
    ("dosage", "mg"),
    [
        ({"text": "40 mg daily"}, 40), ({"text": "40 mg/d"}, 40), ({"text": "20 mg twice daily"}, 40),
        ({"text": "20 mg bid"}, 40), ({"doseAndRate": [{"doseQuantity": amount(20, "mg")}],
          "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}, 40),
        ({"doseAndRate": [{"doseQuantity": amount(20, "mg")}], "text": "20 mg once daily"}, 20),
        ({"doseAndRate": [{"doseQuantity": amount(40, "mg")}]}, None), ({"text": "40 mg"}, None),
        ({"text": "as needed"}, None),
    ],
)  # fmt: skip
def test_steroid_dose(dosage, mg):
    assert only(request(concept("prednisolone"), dosageInstruction=[dosage])).dose_mg_per_day == mg


def test_amino_acid_composition():
    words = only(administration(concept("L-lysine HCl 25 g and L-arginine HCl 25 g in 1 L saline")))
    assert (words.lysine_g, words.arginine_g, words.volume_l) == (25, 25, 1)
    mixture = {"resourceType": "Medication", "id": "x", "code": concept("amino acids"), "ingredient": [
        {"itemCodeableConcept": concept("L-Lysine"),
         "strength": {"numerator": amount(10, "g"), "denominator": amount(1, "L")}},
        {"itemCodeableConcept": concept("L-Arginine"),
         "strength": {"numerator": amount(12, "g"), "denominator": amount(1000, "mL")}},
    ]}  # fmt: skip
    infusion = administration(None, medicationReference={"reference": "#x"}, contained=[mixture],
                              dosage={"dose": amount(2500, "mL")})  # fmt: skip
    found = only(infusion)
    assert (found.lysine_g, found.arginine_g, found.volume_l) == (25, 30, Decimal("2.5"))


def test_chemotherapy_as_a_procedure():
    done = {"resourceType": "Procedure", "id": "x", "status": "completed", "performedDateTime": "2025-10-01"}
    assert {item.drug for item in treatments({**done, "code": concept("CAPTEM, cycle 3")})} == {"capecitabine",
     "temozolomide"}
    assert treatments({**done, "code": concept("Port insertion for 5-FU")}) == []
    assert treatments({**done, "code": concept("CAPTEM"), "status": "not-done"}) == []
    assert treatments({**done, "code": concept("Chemotherapy counselling")}) == []
    assert [item.group for item in treatments({**done, "code": concept("Chemotherapy (procedure)")})] == ["cytotoxic"]


# Radioligands


SOME = [
    administration(concept("CAPTEM"), identity="a"), administration(concept("CAPTEM"), "2025-12-01", identity="b"),
    statement(concept("octreotide LAR"), "c", effectivePeriod={"start": "2025"}), request(concept("everolimus"), "d"),
    administration(concept("Lutathera"), identity="e", dosage={"dose": amount(7400, "GBq")}),
    request(concept("sunitinib"), "f", status="cancelled"),
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(chance: random.Random):
    expected, found = chart(*SOME), chart(*mixed(SOME, chance))
    assert found.treatments == expected.treatments and found.ignored == expected.ignored


@pytest.mark.parametrize(
    ("words", "cycles"),
    [
        ("2nd of 4 cycles given", 2),
        ("2/4 cycles given", 2),
        ("two out of four cycles given", 2),
        ("4 cycles given", 4),
        ("2 of the planned 4 cycles administered", None),
    ],
)
def test_cycles_behind_of_are_the_plan(words: str, cycles: int | None) -> None:
    assert written_cycles(words, finished=False) == cycles
