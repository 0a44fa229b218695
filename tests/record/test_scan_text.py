"""What a report's text (as the reader gives it) adds to a scan; the reader itself is tested elsewhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cds_service.dates import parse_date
from cds_service.narrative import read_report
from cds_service.record import imaging
from cds_service.record.model import Lesion, Scan
from cds_service.record.scan_text import fields_from_text
from tests.record.tumour_shapes import SSTR, attachment, concept, krenning, observation, report, results, run

NOTHING = read_report("", "sstr_pet")


def said(**fields: Any) -> dict[str, Any]:
    assert set(fields) <= set(NOTHING)
    return NOTHING | fields


def entry(site, score, size=None):
    return {"site": site, "krenning": score, "size_mm": size}


def scan(modality="sstr-pet", **more):
    return Scan(source="DiagnosticReport/r", when=parse_date("2025-01-01"), modality=modality, **more)


def of(fields, words="", **more):
    return fields_from_text(scan(**more), fields, words)


def test_scored_lesions():
    found = of(said(krenning_lesions=[entry("liver", 3, 24), entry("bone", [2, 3]), entry("node", "<=1")],
                    krenning_highest=3))  # fmt: skip
    assert [(x.site, x.score, x.size_mm, x.score_read_as) for x in found["lesions"]] == [
        ("liver", (3, 3), 24, "narrative"), ("bone", (2, 3), None, "narrative"), ("node", (0, 1), None, "narrative"),
    ]  # fmt: skip
    assert found["text_score"] == (3, 3)


def test_a_lesion_low_in_words_is_scored_by_the_words():
    found = of(said(krenning_lesions=[entry("liver", None)], krenning_implied_highest=1, krenning_implied_lowest=1))
    assert [(x.score, x.words) for x in found["lesions"]] == [((1, 1), "low")]
    found = of(said(krenning_lesions=[entry("liver", None)], krenning_implied_highest=0, krenning_implied_lowest=0))
    assert [(x.score, x.words) for x in found["lesions"]] == [((0, 0), "none")]
    found = of(said(krenning_lesions=[entry("liver", None)], krenning_implied_highest=2, krenning_implied_lowest=2))
    assert [(x.score, x.words) for x in found["lesions"]] == [((2, 2), None)]
    found = of(said(krenning_lesions=[entry("liver", 3), entry("node", None)], krenning_highest=3))
    assert [x.score for x in found["lesions"]] == [(3, 3), (0, 1)]


def test_suv_joins_its_lesion_or_stands_alone_without_a_score():
    found = of(said(krenning_lesions=[entry("liver segment VII", 3)], krenning_highest=3,
                    suvmax=[{"site": "liver", "value": 28.4}, {"site": "sternum", "value": 1.8}]))  # fmt: skip
    assert [(x.site, x.score, x.suvmax) for x in found["lesions"]] == [
        ("liver segment VII", (3, 3), Decimal("28.4")), ("sternum", None, Decimal("1.8")),
    ]  # fmt: skip


def test_a_second_value_of_lesions_scored_together_is_no_unscored_lesion():
    found = of(said(krenning_lesions=[entry("liver", 3)], krenning_highest=3,
                    suvmax=[{"site": "liver", "value": 28}, {"site": "liver", "value": 14}]))  # fmt: skip
    assert [(x.score, x.suvmax) for x in found["lesions"]] == [((3, 3), 28)]


def test_high_in_words_marks_the_values_of_that_sentence():
    fields = said(suvmax=[{"site": "sternum", "value": 1.8}, {"site": "liver", "value": 18.5}])
    found = of(fields, "High SSTR expression in the sternum, SUVmax 1.8. Liver SUVmax 18.5.")
    assert [(x.site, x.words) for x in found["lesions"]] == [("sternum", "high"), ("liver", None)]


def test_only_a_maximum():
    assert of(said(krenning_highest=4), "Metastases, Krenning up to 4.")["only_maximum"]
    assert of(said(krenning_highest=4, krenning_lesions=[entry("liver", 4)]))["only_maximum"]
    assert not of(said(krenning_highest=3), "Krenning score: 3")["only_maximum"]
    assert of(said(krenning_implied_highest=3))["only_maximum"]
    assert not of(said(krenning_highest=4, krenning_lowest=3))["only_maximum"]
    assert not of(said(krenning_highest=4, all_lesions_sstr_positive=True))["only_maximum"]
    assert not of(said(krenning_highest=1, krenning_lesions=[entry("liver", "<=1")]))["only_maximum"]


def test_lowest_and_implied():
    found = of(said(krenning_implied_highest=3, krenning_implied_lowest=1))
    assert (found["implied_score"], found["lowest_score"]) == ((3, 3), (1, 1))
    assert of(said(krenning_highest=4, krenning_lowest=2))["lowest_score"] == (2, 2)
    straddling = said(krenning_lesions=[entry("liver", [2, 3])], krenning_highest=3, krenning_lowest=2)
    assert of(straddling)["lowest_score"] == (2, 3)
    single = said(krenning_lesions=[entry("liver", 4)], krenning_highest=4, krenning_lowest=4)
    assert of(single)["lowest_score"] is None  # the others may be lower
    assert of(single | {"all_lesions_sstr_positive": True})["lowest_score"] == (4, 4)


def test_coded_lesions_stay_and_the_text_score_is_kept_for_comparison():
    coded = Lesion(site="liver", score=(1, 1), source="Observation/k")
    found = of(said(krenning_lesions=[entry("liver", 3)], krenning_highest=3), lesions=(coded,))
    assert found["lesions"] == (coded,)
    assert found["text_score"] == (3, 3)


def test_an_unscored_coded_lesion_takes_the_score_of_its_sentence():
    coded = Lesion(site="stomach", suvmax=Decimal("9.09"), source="Observation/k")
    liver = Lesion(site="liver", score=(0, 1), source="Observation/l")
    fields = said(krenning_lesions=[entry("gastric mass", None), entry("liver", 3)], krenning_highest=3,
                  krenning_implied_lowest=1)  # fmt: skip
    found = of(fields, lesions=(coded, liver))["lesions"]
    assert [(x.score, x.score_read_as, x.words) for x in found] == [
        ((1, 1), "narrative", "low"), ((0, 1), "coded", None),
    ]  # fmt: skip
    second = Lesion(site="gastric antrum", source="Observation/m")
    assert [x.score for x in of(fields, lesions=(coded, second))["lesions"]] == [None, None]  # which of the two?


def test_high_in_words_marks_coded_lesions_too():
    coded = Lesion(site="sternum", suvmax=Decimal("1.8"), source="Observation/k")
    found = of(said(), "Bone lesions with high SSTR expression: sternum 1.8.", lesions=(coded,))
    assert [x.words for x in found["lesions"]] == ["high"]


def test_further_sites_are_organs_with_disease_nobody_scored():
    liver = (Lesion(site="liver", score=(3, 3)),)
    words = "Liver metastases and bone metastases."
    assert of(said(), words, lesions=liver)["further_sites"] == 1
    assert of(said(), words, lesions=(*liver, Lesion(site="sternum", score=(3, 3))))["further_sites"] == 0
    assert of(said(), words, lesions=(*liver, Lesion(score=(3, 3))))["further_sites"] == 0  # may be that one
    assert of(said(), "Liver metastases. No bone metastases.", lesions=liver)["further_sites"] == 0
    assert of(said(krenning_implied_highest=3), "Liver and bone metastases.")["further_sites"] == 1
    nodes = (Lesion(site="mesenteric", score=(1, 1)),)
    assert of(said(), "Mesenteric nodal metastases.", lesions=nodes)["further_sites"] == 0


def test_reference_organ_and_liver():
    found = of(said(krenning_highest=4, quotes={"krenning_highest": "uptake above spleen"},
                    suv_reference=[{"site": "normal liver", "value": 6.2}]))  # fmt: skip
    assert (found["spleen_reference"], found["liver_suvmax"]) == (True, Decimal("6.2"))


def test_response_and_extent_of_a_ct():
    found = of(said(response="PR", new_lesions=False, no_evidence_of_disease=False),
               "Two brain metastases. Lymph nodes unremarkable.", modality="ct-mri")  # fmt: skip
    assert (found["response"], found["new_lesions"], found["tumour_present"]) == ("PR", False, True)
    assert found["critical_sites"] == ("brain",)
    assert [(x.site, x.score) for x in found["lesions"]] == [("brain", None)]
    assert "lesions" not in of(said(), "Two brain metastases.", modality="ct-mri")


def test_fdg_lesions():
    found = of(said(suvmax=[{"site": "liver", "value": 5.4}]), "FDG-avid liver lesion. FDG-negative sternum.",
               modality="fdg-pet")  # fmt: skip
    assert [(x.site, x.suvmax, x.fdg) for x in found["lesions"]] == [
        ("liver", Decimal("5.4"), "positive"), ("sternum", None, "negative"),
    ]  # fmt: skip


def test_discordance_in_words_unless_coded():
    assert of(said(fdg_discordant=True), modality="fdg-pet")["discordant"] is True
    assert "discordant" not in of(said(fdg_discordant=True), modality="fdg-pet", netpet="P1")
    assert "discordant" not in of(said(fdg_discordant=True), modality="fdg-pet", discordant=False)


TEXT = "68Ga-DOTATATE PET/CT. Liver metastases, Krenning 3."


def test_every_place_of_the_text():
    impression = observation(concept("http://loinc.org", "19005-8"), "i", valueString=TEXT)
    for more in (
        {"conclusion": TEXT},
        {"presentedForm": [attachment(TEXT)]},
        {"presentedForm": [attachment(f"<div><p>{TEXT}</p><s>Krenning 1.</s></div>", "application/xhtml+xml")]},
        {"presentedForm": [attachment(TEXT.encode("utf-16"))]},
        {"text": {"status": "additional", "div": f"<div>{TEXT}</div>"}},
        results("i"),
    ):
        found, ignored = run(imaging, report({"text": "68Ga-DOTATATE PET/CT"}, **more), impression)
        assert [x.score for x in found[0].lesions] == [(3, 3)], more
        assert found[0].read_as == "narrative"
        assert ignored == []


def test_a_table_in_a_document():
    rows = [("Site", "Size (mm)", "Krenning"), ("Liver", "34", "4"), ("Femur", "9", "2")]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = attachment(f"<html><body><h1>DOTATATE PET</h1><table>{table}</table></body></html>", "text/html")
    found, _ = run(imaging, report({"text": "68Ga-DOTATATE PET/CT"}, presentedForm=[page]))
    assert [(x.score, x.size_mm) for x in found[0].lesions] == [((4, 4), 34), ((2, 2), 9)]


def test_a_pdf_is_listed_and_the_conclusion_read():
    pdf = attachment(b"%PDF-1.4", "application/pdf")
    found, ignored = run(imaging, report({"text": "DOTATATE PET"}, conclusion=TEXT, presentedForm=[pdf]))
    assert [x.score for x in found[0].lesions] == [(3, 3)]
    assert [(item.why, item.detail) for item in ignored] == [("unsupported", "PDF not read")]


def test_text_and_code_of_one_report():
    found, _ = run(
        imaging, report({"text": "68Ga-DOTATATE PET/CT"}, conclusion="Liver metastases, Krenning 3.", **results("k")),
        krenning({"valueInteger": 1}, "liver"),
    )  # fmt: skip
    assert [(x.score, x.score_read_as) for x in found[0].lesions] == [((1, 1), "coded")]
    assert (found[0].text_score, found[0].read_as) == ((3, 3), "coded")


def test_tracer_from_the_text():
    found, _ = run(imaging, report(concept("http://loinc.org", "44139-4"), conclusion=TEXT))
    assert [(scan.modality, scan.tracer) for scan in found] == [("sstr-pet", "68Ga-DOTATATE")]
    fdg = "18F-FDG PET/CT. Liver metastasis, SUVmax 5.4. Comparison: 68Ga-DOTATATE PET of 2023."
    found, _ = run(imaging, report(concept("http://loinc.org", "44139-4"), conclusion=fdg))
    assert [(scan.modality, scan.tracer) for scan in found] == [("fdg-pet", "18F-FDG")]


def test_two_tracers_in_the_text_are_two_scans():
    both = "68Ga-DOTATATE and 18F-FDG PET/CT. Liver metastasis Krenning 3, FDG-negative."
    found, _ = run(imaging, report(concept("http://loinc.org", "44139-4"), conclusion=both))
    assert {scan.modality: scan.tracer for scan in found} == {"sstr-pet": "68Ga-DOTATATE", "fdg-pet": "18F-FDG"}


def test_a_tracer_only_recommended_or_compared_with_is_not_this_scan():
    for words in ("PET/CT whole body. Liver metastases. DOTATATE PET recommended.",
                  "PET/CT. Comparison: 68Ga-DOTATATE PET of 2023. Liver lesions unchanged."):  # fmt: skip
        found, ignored = run(imaging, report(concept("http://loinc.org", "44139-4"), conclusion=words))
        assert found == []
        assert [item.why for item in ignored] == ["unsupported"]


def test_ignored_details_never_quote_the_record():
    secret = "Mrs Miller"
    _, ignored = run(
        imaging, report({"text": "PET/CT " + secret}, conclusion=secret),
        report({"text": "DOTATATE PET"}, "d", presentedForm=[attachment(secret, secret)], **results("k")),
        krenning({"valueString": secret}, secret), observation(concept(SSTR, "netpet-grade"), "n", valueString=secret),
    )  # fmt: skip
    assert ignored
    assert secret not in repr(ignored)
