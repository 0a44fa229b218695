"""What laboratories call the analytes the rules read: English, German and a few French and Italian names.

A name is understood only as a whole: what is left without words of specimen and method must consist of names of one
analyte ("ALT (SGPT), serum"), so that "Hemoglobin A1c" or "Urine albumin" is never taken for another test.
"""

from __future__ import annotations

import re
import unicodedata

_NAMES: dict[str, str] = {
    "hb": "hemoglobin;haemoglobin;hgb;hb;hamoglobin;hemoglobine;emoglobina;hemoglobina",
    "wbc": "wbc;wbcs;wcc;white cell;white cells;leukocyte;leukocytes;leucocyte;leucocytes;leukozyten;leukozytenzahl"
    ";leukos"
    ";leucocitos;globules blancs",
    "anc": "anc;neutrophil;neutrophils;neutrophile;neutro;neutros;neutrophile granulozyten;neutrophil granulocytes"
    ";segmented neutrophils and bands;polynucleaires neutrophiles",
    "lymphocytes": "lymphocyte;lymphocytes;lymphs;lymphozyten",
    "platelets": "platelet;platelets;plt;plts;thrombocyte;thrombocytes;thrombozyten;thrombozytenzahl;plaquettes"
    ";piastrine",
    "creatinine": "creatinine;creatinin;creat;crea;krea;kreatinin;creatinina;creatininemie",
    "bilirubin": "bilirubin;bili;tbili;tbil;gesamtbilirubin;gesamt bilirubin;bilirubin gesamt;bilirubine totale"
    ";bilirubine"
    ";bilirubina;t bili;t bilirubin",
    "albumin": "albumin;alb;albumine;albumina",
    "alt": "alt;sgpt;gpt;alat;alanine aminotransferase;alanin aminotransferase;alanine transaminase"
    ";alaninaminotransferase",
    "ast": "ast;sgot;got;asat;aspartate aminotransferase;aspartat aminotransferase;aspartate transaminase"
    ";aspartataminotransferase",
    "potassium": "potassium;kalium;k;k+;potassio;potasio",
    "inr": "inr;pt inr;inr pt;international normalized ratio;international normalised ratio;prothrombin time inr"
    ";tp inr",
    "prothrombin": "prothrombin;prothrombin activity;prothrombin time;prothrombin percent;quick;quick wert"
    ";quickwert;tpz"
    ";tpz quick;thromboplastinzeit;thromboplastinzeit quick;thromboplastinzeit nach quick;taux de prothrombine;pt %"
    ";prothrombin %;prothrombin activity %",
    "weight": "weight;gewicht;korpergewicht;koerpergewicht;poids;peso;actual weight",
    "height": "height;korpergrosse;koerpergroesse;stature;taille;height length;body length;grosse",
    "mcv": "mcv;mean corpuscular volume;mean cell volume;mean red cell volume;erythrocyte mean corpuscular volume",
    "chromogranin-a": "chromogranin a;cga;chromogranine a",
    "nt-probnp": "nt probnp;nt pro bnp;probnp;pro bnp;probnp n terminal;nt probnp n terminal"
    ";n terminal pro b type natriuretic peptide;n terminal probnp",
    "egfr": "egfr;e gfr;gfr;glomerular filtration rate;glomerulare filtrationsrate",
    "crcl": "crcl;creatinine clearance;kreatinin clearance;kreatininclearance;cockcroft gault;cockcroft",
    "measured-gfr": "measured gfr;mgfr;gfr measured;iohexol clearance;iohexol gfr;inulin clearance"
    ";51cr edta clearance"
    ";cr 51 edta clearance;51cr edta gfr;99mtc dtpa clearance;99mtc dtpa gfr;dtpa gfr;edta gfr;gfr measured iohexol"
    ";measured gfr iohexol clearance;measured gfr iohexol",
    "5-hiaa": "5 hiaa;5hiaa;hiaa;5 oh hiaa;5 hydroxyindoleacetic acid;5 hydroxyindole acetic acid"
    ";5 hydroxyindoleacetate"
    ";5 hydroxyindolessigsaure",
    "catecholamines": "catecholamines;catecholamine;metanephrines;metanephrine;normetanephrine;normetanephrines"
    ";adrenaline"
    ";noradrenaline;epinephrine;norepinephrine;fractionated catecholamines;fractionated metanephrines"
    ";free metanephrines"
    ";free normetanephrine;free metanephrine;metanephrin;normetanephrin",
}  # fmt: skip
_FILLER_WORDS = (
    "level levels lvl serum plasma blood in or of the count counts ct test value result measured measurement absolute"
    " absolut abs automated auto manual estimation estimated calculated body patient concentration conc im venous"
    " whole ser plas total enzymatic bcg bcp jaffe ifcc by method predicted actual"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_URINE_WORDS = "urine 24 h hr hour hours timed random"
_OWN_FILLERS: dict[str, frozenset[str]] = {
    analyte: frozenset(words.split())
    for analyte, words in {
        "egfr": "ckd epi 2009 2021 mdrd creatinine cystatin c 1 73 m2 sq m non african american blacks among adjusted"
        " for race kdigo formula based",
        "crcl": f"cockcroft gault predicted formula {_URINE_WORDS}",
        "5-hiaa": _URINE_WORDS,
        "catecholamines": f"free fractionated {_URINE_WORDS}",
    }.items()
}
URINE_TOO = frozenset({"5-hiaa", "crcl", "catecholamines", "egfr", "measured-gfr"})
"""Analytes that are measured in urine too, or say so in their name."""
NOT_BLOOD = re.compile(
    r"urin|[\[(](?:du|pt\(u\)|u)[\])]|^(?:d?u|csf)-|csf|cerebrospinal|fluid|ascit|pleura|stool|faec|fecal|sweat|saliva"
    r"|dialys|drain|cord blood|donor|birth|ideal|target|/100",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\[[^\]]*\]|\bi\. ?[bps]\.?(?![a-z])|[(/] ?(?:kg|cm|g/dl|g/l|mg/dl|umol/l|u/l)\)?$",
                       re.IGNORECASE)  # fmt: skip
_SYSTEM = re.compile(r"^(?:f?[spb]|se|vb)-(?=[a-z])", re.IGNORECASE)  # the Nordic "S-Kreatinin", "B-Hb"
_WORD = re.compile(r"[a-z0-9]+\+?|%")
_BY_NAME = {name: analyte for analyte, names in _NAMES.items() for name in names.split(";")}
_LONGEST = max(name.count(" ") + 1 for name in _BY_NAME)
_MAX = 120


def named_analyte(words: str) -> str | None:
    """The analyte a test's name means, of blood unless the analyte is measured in urine; None for other tests."""
    if len(words) > _MAX:
        return None
    shown = _SYSTEM.sub("", _BRACKETS.sub(" ", words).strip()).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    tokens = _WORD.findall(plain.lower())
    found = _read(tokens) or _read([token for token in tokens if token not in _FILLERS])
    return found if found in URINE_TOO or not NOT_BLOOD.search(words) else None


def _read(tokens: list[str]) -> str | None:
    """The one analyte all of these words name, taken longest names first; None if a word is left over."""
    found: str | None = None
    place = 0
    while place < len(tokens):
        for size in range(min(_LONGEST, len(tokens) - place), 0, -1):
            analyte = _BY_NAME.get(" ".join(tokens[place : place + size]))
            if analyte is not None:
                break
        else:
            if tokens[place] in _OWN_FILLERS.get(found or "", ()) or tokens[place] in _FILLERS:
                place += 1
                continue
            return None
        if found is not None and analyte != found:
            # "GFR (creatinine)" and "creatinine clearance (Cockcroft-Gault)" name their method after themselves
            if tokens[place] not in _OWN_FILLERS.get(found, ()):
                return None
            size = 1
        found = found or analyte
        place += size
    return found
