"""Values that only a report's words give: the card quotes them and asks to confirm (D-07, D-09, I-06), PDF included."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.families.by_hand import Resource, assess, assessment, codes, criterion, findings, respond, words
from tests.families.test_imaging_by_hand import ABOUT, fdg, pet, record, score
from tests.pdf import base64_of, pdf

CONFIRM = "(read from the report's text, please confirm)"
GOOD = "68Ga-DOTATATE PET/CT. Liver metastases, the largest 40 mm. All lesions show uptake of Krenning score 3."
PATHOLOGY = {"coding": [{"system": "http://loinc.org", "code": "60568-3"}], "text": "Pathology report"}


def report(name: str, text: str, day: str = "2026-05-12", **more: Any) -> Resource:
    return {"resourceType": "DiagnosticReport", "id": name, "status": "final", **ABOUT, "effectiveDateTime": day,
            "conclusion": text, **more}  # fmt: skip


def without_ki67(resources: list[Resource]) -> list[Resource]:
    return [resource for resource in resources if resource["id"] != "ki67"]


def row(answer: dict[str, Any], fact: str) -> str:
    """The row of a fact in the first card's table."""
    lines = answer["cards"][0]["detail"].splitlines()
    return next((line for line in lines if line.startswith(f"| {fact} |")), "")


def test_scores_from_text_meet_the_criteria_with_a_quote_to_confirm() -> None:
    answer = respond(record(*pet("p", "2026-05-10", conclusion=GOOD)))
    assert assessment(answer)["outcome"] == "criteria-met"
    line = row(answer, "best Krenning score of the current SSTR PET")
    assert "DiagnosticReport/p: " in line and "Krenning score 3" in line and CONFIRM in line
    assert criterion(assessment(answer), "krenning")["read_as"] == "narrative"
    assert "D-07" in codes(assessment(answer))


def test_ki67_and_grade_from_text_are_quoted() -> None:
    told = report("path", "Well differentiated neuroendocrine tumour, G2. Ki-67 (MIB-1): 9 %.", code=PATHOLOGY)
    answer = respond(without_ki67(record(told, *pet("p", "2026-05-10", score("a", "liver", 3)))))
    assert assessment(answer)["outcome"] == "criteria-met"
    for fact in ("Ki-67", "WHO grade"):
        line = row(answer, fact)
        assert 'DiagnosticReport/path: "' in line and "9 %" in line and CONFIRM in line, fact
    assert "Ki-67 taken from narrative text; please confirm." in words(answer)


def test_poor_differentiation_from_text_is_quoted() -> None:
    told = report("path", "Poorly differentiated neuroendocrine carcinoma, small cell type.", code=PATHOLOGY)
    answer = respond(without_ki67(record(told, *pet("p", "2026-05-10", score("a", "liver", 3)))))
    assert assessment(answer)["reason"] == "histology-nec"
    assert "oorly differentiated" in row(answer, "poorly differentiated or carcinoma")
    assert CONFIRM in row(answer, "poorly differentiated or carcinoma")


def test_everything_the_criteria_rest_on_is_named_to_confirm() -> None:
    """EU: progression counts towards the label; read from a CT's words alone it is to be confirmed too."""
    ct = report("ct", "Progressive disease according to RECIST 1.1.", code={"text": "CT abdomen"}, day="2026-04-10")
    answer = respond(record(ct, *pet("p", "2026-05-10", score("a", "liver", 3))), jurisdiction="EU")
    assert assessment(answer)["outcome"] == "criteria-met"
    asked = next(line for line in words(answer).splitlines() if "Read from a report's text, please confirm" in line)
    assert 'DiagnosticReport/ct: "Progressive disease' in asked
    assert "Read from a report's text" not in words(respond(record(*pet("p", "2026-05-10", score("a", "liver", 3)))))


def test_response_under_treatment_is_quoted() -> None:
    given = [
        {"resourceType": "MedicationAdministration", "id": f"t{n}", "status": "completed", **ABOUT,
         "medicationCodeableConcept": {"text": "temozolomide"}, "effectiveDateTime": f"2026-0{1 + n}-02"}
        for n in range(4)
    ]  # fmt: skip
    ct = report("ct", "Impression: Partial response according to RECIST 1.1.", code={"text": "CT abdomen"})
    low = pet("p", "2025-12-10", score("a", "liver", 1, mm=40))
    answer = respond(record(*low, *given, ct))
    assert assessment(answer)["reason"] == "post-therapy"
    assert "artial response" in words(answer) and CONFIRM in words(answer)


def test_operability_is_quoted() -> None:
    board = report("board", "Tumour board: the primary and both nodes are resectable.", code={"text": "CT abdomen"})
    answer = respond(record(board, *pet("p", "2026-05-10", score("a", "liver", 3))))
    assert assessment(answer)["reason"] == "resectable"
    line = row(answer, "operability")
    assert "resectable" in line.split('"')[1] and CONFIRM in line


def test_discordance_from_text_is_quoted() -> None:
    hot = fdg("2026-05-12", "FDG-avid lesion in segment VII without somatostatin receptor expression (discordant).")
    answer = respond(record(*hot, *pet("p", "2026-05-10", score("a", "liver", 3))))
    assert assessment(answer)["reason"] == "fdg-discordant"
    line = row(answer, "FDG-positive, SSTR-negative lesion")
    assert "DiagnosticReport/fdg: " in line and "without somatostatin receptor" in line and CONFIRM in line


def test_a_quote_cannot_break_out_of_the_table() -> None:
    text = "Liver metastasis <img src=x onerror=alert(1)> | [here](http://evil.example) 40 mm, Krenning score 3."
    answer = respond(record(*pet("p", "2026-05-10", conclusion=text)))
    shown = words(answer)
    assert "<img" not in shown and "](http" not in shown.replace("\\]", "")
    assert all(line.count(" | ") == 3 for line in shown.splitlines() if line.startswith("| best Krenning"))


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        (3, "Liver metastasis, Krenning score 1."),
        (1, "Liver metastasis, Krenning score 4."),
        (1, "Impression: all liver metastases show uptake above the liver."),
        (4, "Impression: the liver metastasis shows uptake below normal liver."),
    ],
)
def test_text_and_code_of_one_study_on_different_sides(coded: int, text: str) -> None:
    found = assess(record(*pet("p", "2026-05-10", score("a", "liver", coded), conclusion=text)))
    assert "needs-data/sstr-conflict" in findings(found)
    assert found["outcome"] == "needs-data"
    assert criterion(found, "sstr-consistent")["status"] == "not-met"


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        (3, "Liver metastasis, Krenning score 4."),
        (3, "Previously Krenning 1, now Krenning 3 in the liver."),
        (3, "Krenning 1 denotes uptake below liver. Liver metastasis, Krenning 3."),
        (3, "Liver metastasis, no change."),
    ],
)
def test_text_and_code_on_one_side_do_not_conflict(coded: int, text: str) -> None:
    found = assess(record(*pet("p", "2026-05-10", score("a", "liver", coded), conclusion=text)))
    assert "I-06" not in codes(found)
    assert criterion(found, "krenning")["status"] == "met"


def document(name: str, data: str, written: str, kind: str = "application/pdf", **more: Any) -> Resource:
    return {"resourceType": "DocumentReference", "id": name, "status": "current", **ABOUT, "date": written,
            "type": {"text": "68Ga-DOTATATE PET/CT"},
            "content": [{"attachment": {"contentType": kind, "data": data}}], **more}  # fmt: skip


def test_a_carried_forward_letter_keeps_the_older_date() -> None:
    """A letter of May 2026 that repeats the PET report of 2024 word for word is no new scan."""
    old = pet("old", "2024-03-01", conclusion=GOOD)
    letter = document("copy", base64.b64encode(GOOD.encode()).decode(), "2026-05-20T09:00:00Z", "text/plain")
    found = assess(record(*old, letter))
    assert "D-09" in codes(found)
    assert found["outcome"] != "criteria-met"
    assert criterion(found, "sstr-pet-current")["status"] == "not-met"


def test_a_pdf_report_is_read_and_quoted() -> None:
    form = {"contentType": "application/pdf", "data": base64_of(pdf(GOOD.replace(". ", ".\n")))}
    answer = respond(record(*pet("p", "2026-05-10", presentedForm=[form])))
    assert assessment(answer)["outcome"] == "criteria-met"
    assert "Krenning score 3" in row(answer, "best Krenning score of the current SSTR PET")
    assert "PDF not read" not in words(answer)


def test_a_pdf_in_a_binary_of_the_record_is_read() -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "application/pdf", "data": base64_of(pdf(GOOD))}
    form = {"contentType": "application/pdf", "url": "Binary/b"}
    found = assess(record(binary, *pet("p", "2026-05-10", presentedForm=[form])))
    assert criterion(found, "krenning")["status"] == "met"


@pytest.mark.parametrize("data", [pdf(""), b"%PDF-1.4 broken"])
def test_a_pdf_that_is_not_read_stands_on_the_card(data: bytes) -> None:
    letter = document("letter", base64_of(data), "2026-05-20T09:00:00Z")
    form = {"contentType": "application/pdf", "data": base64_of(data)}
    answer = respond(record(letter, *pet("p", "2026-05-10", score("a", "liver", 3), presentedForm=[form])))
    assert "(PDF not read): DiagnosticReport/p, DocumentReference/letter" in words(answer)
    listed = {(item["source"], item["why"]) for item in assessment(answer)["ignored"]}
    assert listed == {("DiagnosticReport/p", "unsupported"), ("DocumentReference/letter", "unsupported")}
