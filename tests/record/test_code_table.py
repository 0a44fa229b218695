"""The code table: every row is sound, look-ups go by system and code, look-alikes are refused."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest

from cds_service.fhir.elements import Coding
from cds_service.record import codes
from cds_service.record.drugs import GROUPS

D = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
     [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
     [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
     [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]  # fmt: skip
P = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
     [8, 9, 1, 6, 0, 4, 3, 5, 2, 7], [9, 4, 5, 3, 1, 2, 6, 8, 7, 0], [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
     [2, 7, 9, 3, 8, 0, 6, 4, 1, 5], [7, 0, 4, 6, 9, 1, 3, 2, 5, 8]]  # fmt: skip
"""The dihedral group and permutations of Verhoeff's check digit, which SNOMED CT uses."""


def verhoeff(number: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = D[check][P[place % 8][int(digit)]]
    return check == 0


def luhn(code: str) -> bool:
    body, check = code.split("-")
    digits = [
        int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(re.sub(r"\D", "", body)))
    ]
    return (10 - sum(sum(divmod(digit, 10)) for digit in digits) % 10) % 10 == int(check)


ROWS = sorted(codes.table().values(), key=lambda row: (row.system, row.code))


def test_check_digits_themselves():
    assert verhoeff("781259000") and not verhoeff("781259001")
    assert luhn("777-3") and luhn("85330-9") and not luhn("85330-8")


@pytest.mark.parametrize("row", [row for row in ROWS if row.system == codes.SNOMED], ids=lambda row: row.code)
def test_snomed_check_digits(row):
    assert verhoeff(row.code), row


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.system == codes.LOINC and row.code[0].isdigit()], ids=lambda row: row.code
)
def test_loinc_check_digits(row):
    assert luhn(row.code), row


def test_every_row_says_where_it_was_verified():
    lines = files("cds_service.record").joinpath("codes.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    assert all(row["source"].strip() and row["use"] in ("read", "refuse") for row in rows)
    assert len({(row["system"], row["code"]) for row in rows}) == len(rows)


def test_every_drug_of_the_table_has_a_group():
    drugs = {row.name for row in ROWS if row.system in (codes.ATC, codes.RXNORM) and not row.refused}
    other = {name for name in drugs if name.startswith("tracer-")} | {
        "lutetium-177-dotatate", "iobenguane-131i", "radium-223", "leucovorin", "telotristat"}  # fmt: skip
    assert drugs - other <= GROUPS.keys()


@pytest.mark.parametrize(
    ("system", "code", "name"),
    [
        ("http://loinc.org", "777-3", "platelets"),
        ("https://loinc.org/", "777-3", "platelets"),
        ("urn:oid:2.16.840.1.113883.6.1", "777-3", "platelets"),
        ("http://loinc.org|2.77", "777-3", "platelets"),
        ("2.16.840.1.113883.6.1", "777-3", "platelets"),
        ("LN", "777-3", "platelets"),
        ("SCT", "781259000", "lutetium-177-dotatate"),
        ("I10C", "C7A.012", "net"),
        ("2.16.840.1.113883.6.238", "2160-0", None),
        ("http://snomed.info/sct/900000000000207008/version/20240101", "781259000", "lutetium-177-dotatate"),
        (codes.ICD10CM, "C7A.012", "net"),
        (codes.ICD10CM, "c7a012", "net"),
        (codes.ICD10CM, "C7A.1", "nec"),
        (codes.ICD10CM, "I50.32", "heart-failure"),
        (codes.ICD10CM, "D46.22", "mds-aml"),
        (codes.ICD10CM, "C25.9", None),
        (codes.ICD10CM, "I5", None),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "C25.4", "net"),
        ("http://fhir.de/CodeSystem/dimdi/icd-10-gm", "I50.19", "heart-failure"),
        ("http://hl7.org/fhir/sid/icd-10", "C7A.1", None),
        ("http://fhir.de/CodeSystem/bfarm/atc", "L01AX03", "temozolomide"),
        ("https://www.whocc.no/atc", "l01ex99", "kinase-inhibitor"),
        ("http://www.whocc.no/atc", "L01XX99", "other-antineoplastic"),
        ("http://www.whocc.no/atc", "C09AA05", None),
        ("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "a9513", "lutetium-177-dotatate"),
        ("urn:oid:2.16.840.1.113883.6.285", "A9513", "lutetium-177-dotatate"),
        ("http://terminology.hl7.org/CodeSystem/icd-o-3", "8240/3", "net"),
        ("urn:oid:2.16.840.1.113883.6.43.1", "M8246/3", "nec"),
        ("urn:local", "777-3", None),
        ("urn:oid:2.16.840.1.113883.6.238", "2160-0", None),  # CDC race: Panamanian, not creatinine
        ("", "777-3", None),
    ],
)
def test_look_up(system, code, name):
    found = codes.concept_of(Coding(system, code))
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("system", "code"),
    [(codes.ICD10CM, "C7B.1"), (codes.ATC, "V10XX05"), (codes.SNOMED, "1263784000"), (codes.LOINC, "770-8"),
     (codes.LOINC, "2161-8"), (codes.ICDO3, "8243/3"), (codes.LOINC, "1968-7"), (codes.ICD10CM, "Z80.6")],
)  # fmt: skip
def test_refused(system, code):
    found = codes.concept_of(Coding(system, code))
    assert found is not None and found.refused
    code_element = {"code": {"coding": [{"system": system, "code": code}], "text": "Haemoglobin"}}
    assert codes.names_at(code_element, "code") == frozenset()
    assert codes.free_words(code_element, "code") == "", "the text beside a refused code is not read"


def test_words_count_only_where_no_code_is_known():
    known = {"code": {"coding": [{"system": codes.LOINC, "code": "777-3", "display": "Creatinine"}], "text": "Hb"}}
    assert codes.names_at(known, "code") == {"platelets"} and codes.free_words(known, "code") == ""
    local = {
        "code": {"coding": [{"system": "urn:local", "code": "PLT1", "display": "Thrombocytes"}], "text": "Platelets"}
    }
    assert codes.free_words(local, "code") == "Platelets Thrombocytes"


@pytest.mark.parametrize(
    "junk", [None, 5, [], [None], {"coding": [5]}, {"coding": [{"code": {}, "system": []}]}, {"text": 5}]
)
def test_junk_says_nothing(junk):
    assert codes.concepts_at({"code": junk}, "code") == ()
    assert codes.free_words({"code": junk}, "code") == ""
