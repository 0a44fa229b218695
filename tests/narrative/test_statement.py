"""Short notes: response (also of symptoms), operability, no evidence of disease, new lesions."""

import pytest

from cds_service.narrative import read_statement


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("Less abdominal pain after six cycles.", "improved"),
        ("Abdominal pain less after chemotherapy.", "improved"),
        ("Symptoms improved.", "improved"),
        ("Patient feels better.", "improved"),
        ("Symptoms not improved.", None),
        ("Diarrhoea worse.", "worsened"),
        ("Stable disease on CT.", "SD"),
        ("Disease in complete remission.", "CR"),
        ("Clinically improved, radiologically progressive disease.", "PD"),  # the tumour counts, not the symptom
        ("Possibly progressive disease.", None),
        ("If stable, continue.", None),
        ("No pain.", None),
        ("History of progressive disease.", None),
    ],
)
def test_response(text: str, response: str | None) -> None:
    assert read_statement(text).response == response


@pytest.mark.parametrize(
    ("text", "operability"),
    [
        ("Tumour board: inoperable, propose PRRT.", "unresectable"),
        ("Tumour board: resectable disease, surgery recommended.", "resectable"),
        ("Not resectable.", "unresectable"),
        ("Potentially resectable.", None),
        ("May become resectable.", None),
        ("Localised disease, operability to be discussed.", None),
    ],
)
def test_operability(text: str, operability: str | None) -> None:
    assert read_statement(text).operability == operability


def test_no_evidence_of_disease_and_new_lesions() -> None:
    assert read_statement("No evidence of disease.").no_evidence_of_disease is True
    assert read_statement("R0 resection, disease-free.").no_evidence_of_disease is True
    assert read_statement("New liver metastases.").new_lesions is True
    assert read_statement("No new lesions.").new_lesions is False


def test_hedge_and_contradiction_are_uncertain() -> None:
    assert read_statement("Possibly progressive disease.").uncertain
    contradiction = read_statement("Stable disease. Progressive disease.")
    assert contradiction.response is None
    assert contradiction.uncertain


def test_quotes_are_the_words_of_the_note() -> None:
    note = read_statement("CT: Stable\u00a0disease. Inoperable.")
    assert note.quotes == {"response": "Stable\u00a0disease", "operability": "Inoperable"}
