"""Extent of disease in words: what is asserted now counts; denied, hedged, past and benign findings do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cds_service.record import extent
from cds_service.record.extent import extent_of, fdg_states


@pytest.mark.parametrize(
    ("words", "sites"),
    [
        ("Metastasis in the left orbit with contact to the optic nerve.", {"orbit"}),
        ("Two brain metastases.", {"brain"}),
        ("Vertebral metastasis Th8 with extension into the spinal canal.", {"spinal canal"}),
        ("Epidural tumour at L2.", {"spinal canal"}),
        ("Pericardial metastasis, 12 mm.", {"pericardium"}),
        ("Mesenteric mass of 45 mm with small bowel obstruction.", {"mesenteric or peritoneal mass with obstruction"}),
        ("Peritoneal deposits causing ileus.", {"mesenteric or peritoneal mass with obstruction"}),
        ("Mesenteric mass of 45 mm without obstruction.", set()),
        ("Mesenteric mass of 45 mm.", set()),
        ("No brain metastases.", set()),
        ("Brain metastases excluded.", set()),
        ("Orbital lesion? MRI advised.", set()),
        ("Pericardial effusion.", set()),
        ("Physiological uptake in the pituitary and brain, no lesion.", set()),
        ("History of brain metastases.", set()),
        ("Normal brain. Liver metastases.", set()),
        ("Liver metastases.", set()),
    ],
)
def test_critical_sites(words, sites):
    assert set(extent_of(words).critical_sites) == sites


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("Seven bone metastases.", 7),
        ("More than five bone metastases.", 6),
        ("> 5 osseous lesions.", 6),
        ("12 osseous lesions in spine and pelvis.", 12),
        ("Two new small skeletal metastases.", 2),
        ("Multiple bone metastases.", 0),
        ("A 12 mm bone metastasis.", 0),
        ("SUVmax 16.3 bone lesion.", 0),
        ("Krenning 4 bone lesions.", 0),
        ("7 bone lesions, Krenning 4.", 7),
        ("No bone lesions. 3 liver metastases.", 0),
        ("Previously seven bone metastases.", 0),
    ],
)
def test_bone_lesions(words, count):
    assert extent_of(words).bone_lesions == count


@pytest.mark.parametrize(
    ("words", "diffuse"),
    [
        ("Diffuse bone marrow involvement.", True),
        ("Innumerable bone metastases.", True),
        ("Superscan.", True),
        ("Bone marrow infiltration of the spine.", True),
        ("No diffuse bone marrow involvement.", False),
        ("Diffuse liver metastases, one bone lesion.", False),
        ("Bone metastases in the pelvis.", False),
        ("Possible bone marrow involvement.", False),
    ],
)
def test_diffuse_marrow(words, diffuse):
    assert extent_of(words).diffuse_marrow is diffuse


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("Liver involvement about 60 %.", (60, 60)),
        ("Tumour replaces 50-75% of the liver.", (50, 75)),
        ("Hepatic tumour burden > 75 %.", (75, 100)),
        ("Less than 25 % liver involvement.", (0, 25)),
        ("More than 50 percent of the liver parenchyma is replaced.", (50, 100)),
        ("Ki-67 25 %. Liver metastases.", None),
        ("Liver involvement not exceeding 25 %.", None),
        ("RECIST -42 % in the liver lesions.", None),
        ("Liver involvement 160 %.", None),
    ],
)
def test_liver_involvement(words, share):
    found = extent_of(words).liver_involvement
    assert (None if found is None else (found.low, found.high)) == share


@pytest.mark.parametrize(
    ("words", "organs"),
    [
        ("Liver and bone metastases, Krenning up to 4.", {"liver", "bone"}),
        ("Mesenteric lymph node metastasis.", {"lymph node"}),
        ("Lesion in segment VII.", {"liver"}),
        ("Liver metastases. No bone metastases.", {"liver"}),
        ("Known NET of the ileum with liver metastases.", set()),  # the diagnosis, not a finding
        ("Neuroendocrine tumour of the ileum with liver metastases.", set()),
        ("Known primary in the ileum with liver metastases.", set()),
        ("DIAGNOSIS: ILEAL CARCINOID WITH LIVER METASTASES.", set()),
        ("Physiological uptake in kidneys and spleen. Liver metastases.", {"liver"}),
        ("Liver cyst. Simple renal cysts.", set()),
        ("Possible lesion in the sternum.", set()),
        ("Normal pancreas.", set()),
        ("Mesenteric mass with small bowel obstruction.", {"mesentery"}),
        ("Lymph nodes unremarkable. Liver metastases.", {"liver"}),
        ("Para-aortic lymph nodes are normal.", set()),
        ("Enlarged mesenteric lymph nodes.", {"lymph node"}),
        ("Peritoneal implants in the pelvis. Hip implant on the left.", {"peritoneum"}),
        ("Metastatic lymph nodes in the mesentery.", {"lymph node"}),
        ("Liver metastases with uptake above normal liver.", {"liver"}),
    ],
)
def test_diseased_organs(words, organs):
    assert extent_of(words).organs == organs


@pytest.mark.parametrize(
    ("words", "states"),
    [
        ("The liver metastases are FDG-negative.", {"liver": "negative"}),
        ("FDG-avid lesion in the sternum.", {"sternum": "positive"}),
        ("No FDG uptake in the liver.", {"liver": "negative"}),
        ("Intense FDG uptake in segment VIII, liver.", {"segment VIII": "positive"}),
        ("- sternum: FDG-neg.\n- left 2nd rib: FDG-avid", {"sternum": "negative", "rib": "positive"}),
        ("FDG-avid thyroid nodule.", {}),
        ("Segment VIII, 28 mm: intense FDG uptake, no SSTR expression.", {"Segment VIII": "positive"}),
        ("FDG-avid liver lesion, no bone lesion.", {"liver": "positive"}),
        ("Liver FDG-avid, sternum FDG-negative.", {"Liver": "positive", "sternum": "negative"}),
        ("No other FDG-avid lesion in the liver.", {}),
        ("Previously FDG-avid liver lesions.", {}),
        ("FDG-avid liver lesion. The liver is FDG-negative.", {}),
        ("Liver metastases.", {}),
    ],
)
def test_fdg_states(words, states):
    assert dict(fdg_states(words)) == states


def test_high_uptake_in_words():
    found = extent_of("High SSTR expression in liver (18.5) and rib (1.3).")
    assert (found.high_uptake, found.high_numbers) == (True, (Decimal("18.5"), Decimal("1.3")))
    for words in ("Uptake higher than liver.", "No intense uptake.", "High-grade tumour.", "Liver lesions, SUVmax 4."):
        assert extent_of(words).high_uptake is False


LESIONS = (
    "metastasis", "mets", "lesions", "mass", "deposits", "nodule", "carcinomatosis", "peritoneal implant",
    "Enlarged hepatic nodes",
)  # fmt: skip


@pytest.mark.parametrize("lesion", LESIONS)
def test_every_word_for_a_lesion_is_one_of_disease(lesion):
    """The words of disease are asked first: they may not be fewer than those of a lesion."""
    assert extent._LESION.search(lesion.lower())
    assert extent._DISEASE.search(lesion.lower())
    assert extent_of(f"{lesion} of the liver.").organs


@pytest.mark.parametrize("word", ["bone", "bony", "osseous", "skeletal"])
def test_every_word_for_bone_is_asked_for_counts_and_diffuse_disease(word):
    assert extent_of(f"Seven {word.upper()} metastases.").bone_lesions == 7
    assert extent_of(f"Diffuse {word} metastases.").diffuse_marrow
    assert extent_of("Marrow carcinosis. Super-scan.").diffuse_marrow
