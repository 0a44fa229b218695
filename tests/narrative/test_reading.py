"""One sentence, one trap: what a value means depends on the words around it (`expect`: only the fields named)."""

from typing import Any

import pytest

from cds_service.narrative import read_report

SSTR = "68Ga-DOTATATE PET/CT. "


def scores(out: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(x["site"], x["krenning"]) for x in out["krenning_lesions"]]


@pytest.mark.parametrize(
    ("text", "highest", "lowest"),
    [
        ("Liver metastases, Krenning 4 on the previous PET.", None, None),
        ("Liver metastases Krenning 4 similar to the previous PET.", 4, 4),
        ("Nodes with Krenning 4 as before.", 4, 4),
        ("As in the previous study, nodes with Krenning 4.", 4, 4),
        ("Previously noted liver lesions show Krenning 3.", 3, 3),
        ("The previously Krenning 1 liver lesions are now Krenning 3.", 3, 3),
        ("The liver metastases had been Krenning 4.", None, None),
        ("Krenning 3 in the liver (was 2 in 2022).", 3, 3),
        ("Pancreatic tail NET: Krenning 3 (03/2023: Krenning 4).", 3, 3),
        ("Pancreatic tail NET: Krenning 4 -> 3.", 3, 3),
        ("Uptake in the nodes has changed from Krenning 4 to Krenning 2.", 2, 2),
        ("In 2022 Krenning 4, now Krenning 2 in the liver metastases.", 2, 2),
        ("Liver metastases, Krenning 3 (previous Krenning 1, SUVmax 7).", 3, 3),
        ("12 months ago Krenning 4; current study Krenning 3 in the nodes.", 3, 3),
        ("All lesions are below Krenning 3.", 2, None),
        ("Liver metastases do not reach Krenning 3.", None, None),
        ("None of the lesions reaches Krenning 3.", None, None),
        ("No lesion below Krenning 3. Liver metastases Krenning 4.", 4, 4),
        ("No change in Krenning 4 uptake of the liver metastases.", 4, 4),
        ("Liver metastases Krenning 2, therefore not eligible (threshold 3).", 2, 2),
        ("A Krenning score \u2265 3 is required for PRRT. Liver metastases show Krenning 2.", 2, 2),
        ("The tumour shows a Krenning score of 3 which would fulfil the criteria for PRRT (Krenning \u2265 4).", 3, 3),
        ("Referring physician asks whether Krenning 3 is reached. The liver lesions show Krenning 2.", 2, 2),
        ("According to the literature Krenning 3-4 lesions respond. Liver metastases: Krenning 1.", 1, 1),
        ("After chemotherapy Krenning scores may rise to 3. Liver metastases Krenning 1.", 1, 1),
        ("Krenning score (maximum): 4. Krenning score (minimum): 3.", 4, 3),
        ("Max. Krenning 4, min. Krenning 1.", 4, 1),
        ("Multiple lesions with Krenning score between 2 and 4.", 4, 2),
        ("Krenning score of 3 out of 4 in the liver metastases.", 3, 3),
        ("Liver metastases with Krenning score 5.", None, None),
        ("Liver metastases Krenning 3?", None, None),
        ("Krening score lll in liver metastases.", None, None),
        ("Prostate cancer bone metastasis in the pelvis, Krenning 1. NET liver metastases Krenning 4.", 4, 4),
        ("Krenning score of the meningioma 4, of the liver metastases 2.", 2, 2),
        ("Deauville score 4. SSTR-RADS-5 lesions in the liver.", None, None),
        ("Krenning 0: no lesion detectable.", None, None),
        ("Liver metastases almost Krenning 3.", None, None),
        ("Failing to reach Krenning 3, the liver metastases are not suitable.", None, None),
        ("Goal of chemotherapy: Krenning 3. Liver metastases Krenning 1.", 1, 1),
        ("PRRT criteria: Krenning 3 or more. Liver metastases Krenning 1.", 1, 1),
        ("Liver metastases: Krenning 3 expected after chemotherapy; currently Krenning 1.", 1, 1),
        ("Krenning 2 (borderline 3) in liver metastases.", None, None),
        ("The vast majority of lesions is Krenning 4.", 4, None),
        ("Liver metastases: Krenning 2; 05/2022: 3.", 2, 2),
        ("Change in Krenning score: 4 to 2.", 2, None),
        ("Liver metastases had Krenning 4 before and Krenning 2 after chemotherapy.", 2, 2),
        ("The Krenning score of 4 fell to 2 in the liver lesions.", 2, 2),
        ("Liver: all metastases with uptake exceeding liver -> Krenning 3.", 3, 3),
        ("Liver metastases, Krenning score III (in part IV).", 4, 3),
        ("Metastatic NET with high SSTR expression, Krenning score 4 overall.", 4, None),
        ("Post PRRT: liver metastases Krenning 1; before PRRT Krenning 4.", 1, 1),
        ("SUVmax of 15.4 versus 22.8 previously and a Krenning score of 3 versus 4 previously in segment II.", 3, 3),
        ("Two of three liver lesions are receptor-positive (Krenning 3). The third is receptor-negative.", 3, None),
    ],
)  # fmt: skip
def test_which_score_is_current(text: str, highest: int | None, lowest: int | None) -> None:
    out = read_report(SSTR + text, "sstr_pet")
    assert (out["krenning_highest"], out["krenning_lowest"]) == (highest, lowest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uptake ranges from Krenning score 2 (bone) to Krenning score 4 (liver).", [("bone", 2), ("liver", 4)]),
        ("Krenning score: liver 3; bone 2; nodes 4.", [("liver", 3), ("bone", 2), ("nodes", 4)]),
        (
            "Every lesion is Krenning 4 apart from a 12 mm node in the left groin with Krenning 2.",
            [("all lesions", 4), ("node in the left groin", 2)],
        ),
        (
            "There is Krenning 3 uptake in the nodes and Krenning 1 uptake in the left femur.",
            [("nodes", 3), ("left femur", 1)],
        ),
        ("Nodes and liver lesions, Krenning 3 and 1 respectively.", [("nodes", 3), ("liver", 1)]),
        (
            "Bone metastases in Th8, L1 and the left iliac bone with Krenning 3.",
            [("Th8", 3), ("L1", 3), ("left iliac bone", 3)],
        ),
        ("3 of 5 liver metastases show Krenning 3, the other 2 show no uptake.", [("liver", 3), ("liver", None)]),
        ("22 mm liver metastasis Krenning 4, 9 mm rib metastasis Krenning 1.", [("liver", 4), ("rib", 1)]),
        (
            "Krenning scores of the liver, bone and nodal metastases are 4, 3 and 3.",
            [("liver", 4), ("bone", 3), ("nodal", 3)],
        ),
    ],
)  # fmt: skip
def test_which_lesion_a_score_belongs_to(text: str, expected: list[tuple[str, Any]]) -> None:
    assert scores(read_report(SSTR + text, "sstr_pet")) == expected


@pytest.mark.parametrize(
    ("text", "highest", "lowest", "every"),
    [
        ("All lesions show uptake higher than liver.", 3, 3, True),
        ("Liver metastases: uptake > liver, < spleen. Bone metastases: uptake > spleen.", 4, 3, True),
        ("The metastases have higher uptake than the liver.", 3, 3, True),
        ("Uptake of the pancreatic mass does not exceed that of the liver.", None, None, False),
        ("Liver metastases: uptake similar to or slightly above liver.", None, None, None),
        ("Most lesions show uptake higher than liver; some liver metastases show no uptake.", 3, 0, False),
        ("The most intense lesion is in segment VII with uptake above spleen.", 4, None, None),
        ("Liver metastases are isointense to liver.", 2, 2, False),
        ("All lesions show strong somatostatin receptor expression.", None, None, True),
        ("Tumour-to-liver ratio 2.3 in the liver metastasis.", None, None, None),
        ("Thyroid nodule with uptake above liver.", None, None, None),
        ("Nearly all lesions show uptake above the liver.", 3, None, None),
        ("Not all lesions are SSTR-positive.", None, None, None),
        ("Liver metastases in segment VI, moreover the spleen is enlarged.", None, None, None),
        ("Uptake of the bone metastases is unequal to the liver.", None, None, None),
        ("Uptake of the bone metastases is dissimilar to the liver.", None, None, None),
        ("Bone metastases with uptake -> liver unremarkable.", None, None, None),
        ("Bone metastases: uptake>liver.", 3, 3, True),
        ("Bone metastases: uptake equal to the liver.", 2, 2, False),
        ("The liver metastases no longer show uptake.", 0, 0, False),
        ("The metastasis in segment VI does not take up.", 0, 0, False),
        ("The metastasis in segment VI does not take up contrast medium.", None, None, None),
        ("Mild uptake in the prostate. Liver metastases above spleen.", 4, 4, True),
        ("Focus in the pancreatic tail above liver, most consistent with accessory spleen.", None, None, None),
        (
            "Uptake score 3 (0 none, 1 < liver, 2 = liver, 3 > liver, 4 > spleen) in the liver metastases.",
            None,
            None,
            None,
        ),
    ],
)
def test_uptake_in_words(text: str, highest: int | None, lowest: int | None, every: bool | None) -> None:
    out = read_report(SSTR + text, "sstr_pet")
    assert (out["krenning_implied_highest"], out["krenning_implied_lowest"]) == (highest, lowest)
    assert out["all_lesions_sstr_positive"] is every
    assert out["krenning_highest"] is None


@pytest.mark.parametrize(
    ("text", "values", "reference"),
    [
        ("SUVmax: liver metastasis 22.1; node 12.0; normal liver 6.5; spleen 18.", [22.1, 12], [6.5, 18]),
        ("Liver metastasis: SUVmean 8.2, SUVpeak 10.9; SUV 12.", [], []),
        ("No lesion exceeds SUVmax 20. Liver metastasis SUVmax 14 (SUVmean 9).", [14], []),
        ("SUVmax decreased from 30.1 to 12.5 in the mesenteric mass.", [12.5], []),
        ("Adrenal metastasis (SUVmax 19). Right adrenal physiological (SUVmax 7).", [19], [7]),
        ("Liver metastasis SUVmax 8.1 (FDG), SUVmax 22 (DOTATATE).", [22], []),
        ("SUVmax: liver II 18.5, IV 16.3, sternum 1.8.", [18.5, 16.3, 1.8], []),
        ("Liver metastasis: 3.2 cm, SUV max 24.3, previously 3.0 cm, SUV max 22.1.", [24.3], []),
        ("Bone and nodal metastases, SUVmax up to 38.", [38], []),
    ],
)
def test_suv(text: str, values: list[float], reference: list[float]) -> None:
    out = read_report(SSTR + text, "sstr_pet")
    assert [x["value"] for x in out["suvmax"]] == values
    assert [x["value"] for x in out["suv_reference"]] == reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FDG PET/CT. The lesion in segment VIII is FDG-avid but SSTR-negative.", True),
        ("FDG PET/CT. FDG avid lesion without corresponding uptake on 68Ga-DOTATATE PET.", True),
        ("FDG PET/CT. There is no FDG/SSTR mismatch.", False),
        ("FDG PET/CT. FDG uptake lower than SSTR uptake in all lesions (NETPET P2a).", False),
        ("FDG PET/CT. FDG-avid thyroid nodule, SUVmax 9. FDG-negative liver metastases.", False),
        ("FDG PET/CT. Discordant findings cannot be excluded.", None),
        ("FDG PET/CT. Discordance with CT in the lung nodule.", None),
        ("FDG PET/CT. Question: discordant lesions?", None),
    ],
)
def test_discordance(text: str, expected: bool | None) -> None:
    assert read_report(text, "fdg_pet")["fdg_discordant"] is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stable liver metastases, progressive nodal disease.", None),
        ("Complete response of liver metastases, primary stable.", None),
        ("Last CT showed partial response; now stable disease.", "SD"),
        ("Progressive disease is not seen.", None),
        ("Decrease in size not fulfilling the criteria for partial response: stable disease (RECIST 1.1).", "SD"),
        ("The patient had progressive disease on everolimus (2022). Now: stable disease.", "SD"),
        ("Opinion: Progression.", "worsened"),
        ("Partial remission of the lymphoma.", None),
        ("PD-L1 negative. SD of age. Creatinine (CR) normal.", None),
        ("Overall PD because of new bone lesions.", "PD"),
        ("No change in Krenning 4 uptake.", None),
    ],
)
def test_response(text: str, expected: str | None) -> None:
    assert read_report(f"CT abdomen: {text}", "ct")["response"] == expected


@pytest.mark.parametrize(
    ("text", "new", "clear"),
    [
        ("No new liver lesion.", None, None),
        ("No new or enlarging lesions.", False, None),
        ("No new lymphadenopathy.", None, None),
        ("No new metastases in the liver; new bone metastasis in L1.", True, False),
        ("New fracture of L2.", None, None),
        ("Newly diagnosed NET of the pancreas.", None, False),
        ("No evidence of malignancy in the chest.", None, None),
        ("Liver without evidence of tumour.", None, None),
        ("No evidence of metastatic disease.", None, None),
        ("No evidence of disease progression.", None, None),
        ("After resection of the ileal NET no evidence of recurrence.", None, True),
        ("No evidence of metastatic or recurrent NET.", None, True),
    ],
)
def test_new_lesions_and_no_disease(text: str, new: bool | None, clear: bool | None) -> None:
    out = read_report(f"CT: {text}", "ct")
    assert out["new_lesions"] is new
    assert out["no_evidence_of_disease"] is clear


@pytest.mark.parametrize(
    ("text", "percent", "prior"),
    [
        ("Ki-67 8% (previous biopsy: 15%).", 8, [15]),
        ("Ki-67 rose from 5% to 12%.", 12, [5]),
        ("Ki-67 ranges from 5% to 12%.", 12, []),
        ("Ki-67: Primary: 3%. Metastasis: 25%.", 25, []),
        ("Ki-67 likely around 20%.", None, []),
        ("Ki-67 of 150%.", None, []),
        ("MIB-1 index 2%; SSTR2 90% positive.", 2, []),
        ("10% of the tumour cells are positive for Ki-67.", 10, []),
        ("Histological grade 2 (Ki-67 3-20%).", None, []),
        ("Metastasis of the known NET (Ki-67 8 % in the primary). Ki-67 here: 11 %.", 11, [8]),
        ("NET. Amendment: Ki-67 should read 12 % instead of 21 %.", 12, [21]),
        ("Prostate: adenocarcinoma, Ki-67 30%.", None, []),
    ],
)
def test_ki67(text: str, percent: float | None, prior: list[float]) -> None:
    out = read_report(text, "pathology")
    assert out["ki67_percent"] == percent
    assert [x["value"] for x in out["prior"] if x["what"] == "ki67"] == prior


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pancreas: NET G2 (WHO 2022).", "G2"),
        ("G3 NET vs NEC: differentiation uncertain.", None),
        ("Neuroendocrine tumour, grade 1-2.", None),
        ("NET G1. Liver fibrosis G2.", "G1"),
        ("Well differentiated NET, G3; a poorly differentiated NEC was excluded.", "G3"),
        ("Well-differentiated neuroendocrine carcinoma (WHO 2000).", None),
        ("In case of NEC, platinum is recommended.", None),
    ],
)
def test_grade(text: str, expected: str | None) -> None:
    assert read_report(text, "pathology")["grade"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Copper Cu 64 dotatate PET/CT.", "64Cu-DOTATATE"),
        ("Gallium (68Ga) edotreotide, 170 MBq.", "68Ga-DOTATOC"),
        ("68Ga-DOTATATE not available, therefore 68Ga-DOTATOC was used.", "68Ga-DOTATOC"),
        ("68Ga-DOTATATE PET/CT after 4 cycles of 177Lu-DOTATATE.", "68Ga-DOTATATE"),
        ("Technique: 64Cu-DOTATATE. Comparison: 68Ga-DOTATATE PET/CT 1/2023.", "64Cu-DOTATATE"),
        ("68Ga-DOTATATE PET/CT on 3 May 2024.", "68Ga-DOTATATE"),
        ("DOTATATE PET/CT.", None),  # two nuclides are in use
        ("Comparison: 68Ga-DOTATATE PET/CT 1/2023.", None),
    ],
)
def test_tracer(text: str, expected: str | None) -> None:
    assert read_report(text, "sstr_pet")["tracer"] == expected


def test_addendum_replaces_only_the_lesion_it_names() -> None:
    out = read_report(
        "68Ga-DOTATATE PET/CT\nLiver metastases Krenning 2. Bone metastases Krenning 3.\n"
        "Addendum: Correction: The bone metastases are Krenning 2, not 3.",
        "sstr_pet",
    )
    assert scores(out) == [("liver", 2), ("bone", 2)]
    assert {"what": "krenning", "value": 3} in out["prior"]


def test_a_withdrawn_report_says_nothing() -> None:
    out = read_report(
        "68Ga-DOTATATE PET/CT\nLiver metastases Krenning 3.\nAddendum: This report was issued for the wrong "
        "patient and is withdrawn.",
        "sstr_pet",
    )
    assert out["uncertain"] is True
    assert all(not value for name, value in out.items() if name not in {"uncertain", "prior"})


def test_a_list_under_a_krenning_heading() -> None:
    out = read_report(
        "68Ga-DOTATATE PET/CT\nKrenning score:\nLiver: 4\nLymph nodes: 3\nBone, L3, 9 mm: 2\n", "sstr_pet"
    )
    assert [(x["krenning"], x["size_mm"]) for x in out["krenning_lesions"]] == [(4, None), (3, None), (2, 9)]


def test_of_two_dated_columns_the_latest_counts() -> None:
    out = read_report("Lesion; Krenning 2024; Krenning 2022\nLiver S4; 3; 1\nBone L3; 2; 1\n", "sstr_pet")
    assert (out["krenning_highest"], out["krenning_lowest"]) == (3, 2)
    assert {"what": "krenning", "value": 1} in out["prior"]
