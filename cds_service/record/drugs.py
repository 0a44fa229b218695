"""The drugs the rules ask about: names as records write them, the group each belongs to, and regimens.

A drug's name is also its concept in the code table. Names are read only where no code is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cds_service.record.codes import Concept
from cds_service.record.model import Group

_NAMES: dict[Group, dict[str, str]] = {
    "cytotoxic": {
        "capecitabine": r"capecitabin\w*|xeloda|ecansya",
        "temozolomide": r"temozolomid\w*|temodar|temodal|tmz",
        "fluorouracil": r"(?:5-?)?fluoro-?uracil\w*|5-?fu",
        "oxaliplatin": r"oxaliplatin\w*|eloxatin",
        "irinotecan": r"irinotecan\w*|campto(?:sar)?|onivyde",
        "cisplatin": r"cis-?platin\w*",
        "carboplatin": r"carboplatin\w*|paraplatin",
        "etoposide": r"etoposid\w*|vp-?16|vepesid",
        "streptozocin": r"strepto(?:zocin|zotocin)\w*|zanosar|stz",
        "dacarbazine": r"dacarbazin\w*|dtic",
        "doxorubicin": r"doxorubicin\w*|adriamycin|caelyx|doxil",
        "cyclophosphamide": r"cyclophosphamid\w*|endoxan|cytoxan",
        "lurbinectedin": r"lurbinectedin|zepzelca",
        "topotecan": r"topotecan|hycamtin",
        "gemcitabine": r"gemcitabin\w*|gemzar",
        "paclitaxel": r"(?:nab-?)?paclitaxel|taxol|abraxane",
        "docetaxel": r"docetaxel|taxotere",
        "vincristine": r"vincristin\w*",
        "trifluridine-tipiracil": r"trifluridin\w*|lonsurf",
        "melphalan": r"melphalan|alkeran",
        "lomustine": r"lomustin\w*|ccnu",
        "mitomycin": r"mitomycin\w*",
        "chemotherapy": r"chemotherap(?:y|ie)",
    },
    "mtor": {
        "everolimus": r"everolimus|rad-?001|afinitor|votubia|certican|zortress",
        "temsirolimus": r"temsirolimus|torisel",
    },
    "kinase-inhibitor": {
        "sunitinib": r"sunitinib|sutent",
        "cabozantinib": r"cabozantinib|cabometyx|cometriq",
        "lenvatinib": r"lenvatinib|lenvima",
        "surufatinib": r"surufatinib|sulanda",
        "axitinib": r"axitinib|inlyta",
        "pazopanib": r"pazopanib|votrient",
        "sorafenib": r"sorafenib|nexavar",
        "regorafenib": r"regorafenib|stivarga",
        "vandetanib": r"vandetanib|caprelsa",
        "selpercatinib": r"selpercatinib|retevmo|retsevmo",
        "imatinib": r"imatinib|gl[ei]+vec",
        "kinase-inhibitor": r"tyrosine[ -]kinase inhibitor|\w{4,}tinib",
    },
    "interferon": {
        "interferon-alfa": r"(?:peg)?-?interferon(?!.{0,3}(?:beta|gamma|β|γ))(?:.{0,3}(?:alfa|alpha|α).{0,4})?"
        r"|(?:peg)?-?ifn[ -]?(?:alfa|alpha|α)|intron-?a|roferon|pegasys",
    },
    "bevacizumab": {"bevacizumab": r"bevacizumab|avastin"},
    "immunotherapy": {
        "pembrolizumab": r"pembrolizumab|keytruda",
        "nivolumab": r"nivolumab|opdivo",
        "ipilimumab": r"ipilimumab|yervoy",
        "atezolizumab": r"atezolizumab|tecentriq",
        "durvalumab": r"durvalumab|imfinzi",
        "avelumab": r"avelumab|bavencio",
        "spartalizumab": r"spartalizumab",
        "toripalimab": r"toripalimab|loqtorzi",
        "tislelizumab": r"tislelizumab|tevimbra",
        "cemiplimab": r"cemiplimab|libtayo",
        "dostarlimab": r"dostarlimab|jemperli",
        "tremelimumab": r"tremelimumab|imjudo",
        "pd-1-inhibitor": r"pd-?l?-?1 inhibitor|checkpoint inhibitor",
        "tarlatamab": r"tarlatamab|imdelltra",
    },
    "other-antineoplastic": {
        "belzutifan": r"belzutifan|welireg",
        "mitotane": r"mitotane|lysodren",
        "other-antineoplastic": r"antineoplastic (?:agent|drug|treatment|therapy)",
    },
    "ssa-unknown": {
        "octreotide": r"octreotid\w*|sandostatin\w*|mycapssa|bynfezia",
        "lanreotide": r"lanreotid\w*|somatuline?|ipstyl|myrelez",
        "pasireotide": r"pasireotid\w*|signifor",
        "paltusotine": r"paltusotine",
    },
    "glucocorticoid": {
        "prednisolone": r"prednisolon\w*|decortin-?h",
        "prednisone": r"prednison[e]?|decortin",
        "methylprednisolone": r"methyl-?prednisolon\w*|medrol|urbason",
        "hydrocortisone": r"hydrocortison\w*|cortef|cortisol",
        "dexamethasone": r"dexamethason\w*|decadron|fortecortin",
        "betamethasone": r"betamethason\w*|celestone",
        "budesonide": r"budesonid\w* (?:oral|capsules?)",
    },
    "anticoagulant": {
        "warfarin": r"warfarin\w*|coumadin|marevan",
        "phenprocoumon": r"phenprocoumon|marcumar|falithrom",
        "acenocoumarol": r"acenocoumarol|sintrom",
        "apixaban": r"apixaban|eliquis",
        "rivaroxaban": r"rivaroxaban|xarelto",
        "edoxaban": r"edoxaban|lixiana|savaysa",
        "dabigatran": r"dabigatran\w*|pradaxa",
    },
    "ppi": {
        "omeprazole": r"omeprazol\w*|prilosec|losec|antra",
        "esomeprazole": r"esomeprazol\w*|nexium",
        "pantoprazole": r"pantoprazol\w*|protonix|pantozol",
        "lansoprazole": r"lansoprazol\w*|prevacid",
        "dexlansoprazole": r"dexlansoprazol\w*|dexilant",
        "rabeprazole": r"rabeprazol\w*|pariet|aciphex",
        "proton-pump-inhibitor": r"ppi|proton[ -]pump inhibitors?",
    },
    "h2-blocker": {
        "famotidine": r"famotidin\w*|pepcid",
        "ranitidine": r"ranitidin\w*|zantac",
        "cimetidine": r"cimetidin\w*|tagamet",
        "nizatidine": r"nizatidin\w*",
    },
    "g-csf": {
        "filgrastim": r"filgrastim\w*|neupogen|zarxio|nivestim|tbo-?filgrastim",
        "pegfilgrastim": r"peg-?filgrastim\w*|neulasta",
        "lenograstim": r"lenograstim|granocyte",
        "g-csf": r"g-?csf|granulocyte[ -]colony[ -]stimulating factor",
    },
    "transfusion": {
        "red-cells": r"(?:packed )?(?:red (?:blood )?cells?|erythrocytes?|rbcs?)"
        r"(?: (?:concentrate|transfusion|unit)s?)*"
        r"|(?:blood|rbc|prbc|erythrocyte) transfusion|prbcs?|erythrozytenkonzentrat\w*",
        "platelet-concentrate": r"platelets? (?:transfusion|concentrate)|thrombozytenkonzentrat\w*",
    },
    "amino-acids": {
        "amino-acids": r"lysakare|amino[ -]?acids?.*|aminos(?:a|ae)uren?.*|aminoplasmal.*|aminosteril.*|vamin.*"
    r"|trophamine.*"
        r"|clinisol.*|synthamin.*",
        "lysine": r"(?:l-)?lysine?(?: hcl| hydrochloride)?",
        "arginine": r"(?:l-)?arginine?(?: hcl| hydrochloride)?",
        "lysine-arginine": r"(?:l-?)?(?:lysine?|arginine?).*(?:l-?)?(?:lysine?|arginine?).*",
    },
    "nephrotoxic": {
        "nsaid": r"ibuprofen|diclofenac|naproxen|indomet(?:h)?acin|ketorolac|etoricoxib|celecoxib|meloxicam|nsaids?",
        "aminoglycoside": r"gentamicin|tobramycin|amikacin|streptomycin",
        "amphotericin": r"amphotericin\w*",
        "vancomycin": r"vancomycin",
        "calcineurin-inhibitor": r"tacrolimus|ciclosporin|cyclosporine?",
        "zoledronic-acid": r"zoledron\w*(?: acid)?",
        "lithium": r"lithium(?: carbonate)?",
        "aciclovir": r"a[cz]iclovir i\.?v\.?",
    },
}  # fmt: skip
GROUPS: dict[str, Group] = {name: group for group, drugs in _NAMES.items() for name in drugs}
"""The group of each drug by name; which somatostatin analogue is long-acting is the product's question."""
_ALL = [
    (name, re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.I))
    for drugs in _NAMES.values()
    for name, words in drugs.items()
]

_REGIMENS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("CAPTEM", r"cap[ /-]?tem|cape[ /-]?tem|tem[ /-]?cape?|x?eltem", ("capecitabine", "temozolomide")),
    ("GEMOX", r"gem[ -]?ox", ("gemcitabine", "oxaliplatin")),
    ("FOLFIRINOX", r"m?folfirinox|folfoxiri", ("fluorouracil", "irinotecan", "oxaliplatin")),
    ("FOLFOX", r"m?folfox-?\d?", ("fluorouracil", "oxaliplatin")),
    ("FOLFIRI", r"m?folfiri", ("fluorouracil", "irinotecan")),
    ("LV5FU2", r"lv-?5-?fu-?2", ("fluorouracil",)),
    ("CAPOX", r"cap[ -]?ox|xelox", ("capecitabine", "oxaliplatin")),
    ("STZ-5FU", r"(?:stz|streptozo(?:[tc]o?)?cin)\s*[/+-]\s*(?:5-?fu|fluorouracil)", ("fluorouracil", "streptozocin")),
    ("FAS", r"fas regimen", ("doxorubicin", "fluorouracil", "streptozocin")),
    ("XELIRI", r"xeliri|capiri", ("capecitabine", "irinotecan")),
    ("cisplatin-etoposide", r"cisplatin\s*[/+-]\s*etoposide?", ("cisplatin", "etoposide")),
    ("carboplatin-etoposide", r"carboplatin\s*[/+-]\s*etoposide?", ("carboplatin", "etoposide")),
)
_REGIMEN_PATTERNS = [(name, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I), drugs) for name, words, drugs in _REGIMENS]
_ANY_REGIMEN = re.compile(rf"(?<!\w)(?:{'|'.join(words for _, words, _ in _REGIMENS)})(?!\w)", re.I)
"""Asked first: most names are those of one drug."""
_UNSPECIFIC = frozenset({"other-antineoplastic", "chemotherapy", "kinase-inhibitor"})


MAX_NAME = 1000
"""Characters of a product's name that are looked at."""


NOT_TAKEN = re.compile(r"\W*(?:no|not|never|without|denies|declined|refused|avoid|allerg\w*|intoleran\w*)\b", re.I)
_TOPICAL = re.compile(
    r"cream|ointment|\beye\b|ophthalm|nasal|inhal|topical|cutaneous|\botic\b|\bear\b|lotion|\bgel\b|enema|rectal|foam"
    r"|shampoo|intra-?articular|salbe|creme|augentropfen",
    re.I,
)
_ON_SKIN = re.compile(r"cream|ointment|topical|\bcutaneous\b|salbe|creme|efudi[xk]|efudex|actikerall", re.I)


def is_local(drug: str, words: str) -> bool:
    """Whether a drug is given where it hardly reaches the body: a glucocorticoid as cream, drops, spray or into a
    joint, fluorouracil on the skin."""
    if drug == "fluorouracil":
        return bool(_ON_SKIN.search(words))
    return GROUPS[drug] == "glucocorticoid" and bool(_TOPICAL.search(words))


def drugs_coded(found: Iterable[Concept]) -> tuple[str, ...]:
    """The drugs among understood codes."""
    return tuple(sorted({concept.name for concept in found if concept.name in GROUPS and not concept.refused}))


def drugs_named(words: str) -> tuple[str, ...]:
    """The drugs a product or regimen text names; regimens are taken apart. Longer names win over their parts."""
    words = _without_accents(words[:MAX_NAME])
    if NOT_TAKEN.match(words):
        return ()
    names = {drug for _, pattern, drugs in _REGIMEN_PATTERNS if pattern.search(words) for drug in drugs}
    spans = [(match.start(), -match.end(), name) for name, pattern in _ALL for match in pattern.finditer(words)]
    taken = -1
    for start, end, name in sorted(spans):
        if start >= taken:
            names.add(name)
            taken = -end
    return tuple(sorted(names - _UNSPECIFIC or names))


def _without_accents(words: str) -> str:
    """ "capécitabine" is "capecitabine"."""
    return "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))


def regimen_of(words: str) -> str:
    """The regimen a text names ("CAPTEM"), or ""."""
    if not _ANY_REGIMEN.search(words):
        return ""
    return next((name for name, pattern, _ in _REGIMEN_PATTERNS if pattern.search(words)), "")
