"""Organs: from a code or from words, and which group of primary sites each belongs to.

Sources: ICD-O-3 topography and ICD-10 chapters C15-C80; the groups are those of the label question
(stomach to rectum, pancreas, liver and biliary tract are gastroenteropancreatic).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cds_service.narrative.lowercase import folded, lower_pattern, lower_source
from cds_service.narrative.starts import starts_of
from cds_service.record.model import Primary

_WORDS: tuple[tuple[str, str], ...] = (
    ("bile duct", r"bile[ -]ducts?|biliary|choledoch\w*|gall[ -]?bladder|cholecyst\w*|ampull\w*|papilla(?: of)? vater"),
    ("duodenum", r"duoden\w*|zwolffingerdarm\w*"),
    ("small intestine", r"jejun\w*|ile(?:ums?|al)|ileo\w*|dunndarm\w*|dunne darm|intestin grele|small[ -](?:bowel"
                        r"|intestin\w*)|s[ib]-?nets?|meckel\w*"),
    ("appendix", r"append(?:ix|ic\w*)"),
    ("rectum", r"re[ck]t(?:ums?|al|o)|re[ck]tosigmoid\w*"),
    ("midgut", r"midgut"),
    ("hindgut", r"hindgut"),
    ("colon", r"colon(?:ic)?|kolon\w*|dickdarm\w*|colorect\w*|sigmoid|c(?:a)?ec(?:um|al)|large[ -](?:bowel"
              r"|intestin\w*)"),
    ("mesentery", r"mesenter\w*"),
    ("peritoneum", r"periton\w*|omentum|omental"),
    ("stomach", r"stomach|magen\w*|estomac|maag|gastric|cardia|antrum|pylor\w*"),
    ("pancreas", r"pancrea\w*|pankrea\w*|p-?nets?|pan-?nets?|islet[ -]cell|uncinate"),
    ("liver", r"liver|leber\w*|foie|lever|hepat\w*|segments? (?:[IVX]{1,4}[ab]?|[1-8][ab]?)\b"),
    ("oesophagus", r"o?esophag\w*"),
    ("thymus", r"thym(?:us|ic)"),
    ("lung", r"lungs?|lungen?|poumons?|pulmonary|bronch\w*|trachea\w*"),
    ("kidney", r"kidneys?|nieren?|renal"),
    ("adrenal", r"adrenals?|suprarenal"),
    ("ovary", r"ovar(?:y|ies|ian)"),
    ("breast", r"breasts?|mamma(?:ry)?"),
    ("prostate", r"prostat(?:e|ic)"),
    ("thyroid", r"thyroid"),
    ("skin", r"skin|cutaneous"),
    ("bladder", r"(?:urinary )?bladder|vesical"),
    ("uterus", r"uter(?:us|ine)|cervix|cervical|endometri\w*"),
    ("testis", r"test(?:is|es|icular)"),
    ("bone", r"bon(?:e|es|y)|osseous|skelet\w*|vertebra\w*|spine|sternum|ribs?|pelvic bone|ili(?:um|ac)|sacr(?:um|al)"
             r"|femur|femoral|humer(?:us|al)|scapula\w*|clavicle|acetabul\w*|(?:cervical |thoracic "
             r"|lumbar )?[CTL]\d{1,2}"
             r"(?: vertebra\w*)?|skull|calvari\w*|ischi\w*|pubi[cs]"),
    ("lymph node", r"lymph(?:[ -]?nod\w*|aden\w*)?|nodes?|nodal"),
    ("brain", r"brain|cerebr\w*|cerebell\w*|intracranial"),
    ("orbit", r"orbit\w*"),
    ("spinal canal", r"spinal canal|epidural|intraspinal|spinal cord"),
    ("pericardium", r"pericardi\w*"),
    ("heart", r"heart|cardiac|myocard\w*"),
    ("pleura", r"pleura\w*"),
    ("spleen", r"spleen|splenic"),
    ("muscle", r"muscles?"),
)  # fmt: skip
# "cervical lymph node" is a node, "cervical vertebra" a bone: the more telling word of a site comes first.
_TELLING = ("lymph node", "bone", "mesentery", "peritoneum", "spinal canal")
_FIND: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # the organs by the letters their names begin with
for _organ, _words in _WORDS:
    _source = lower_source(rf"\b(?:{_words})\b" if not _words.endswith(r"\b") else rf"\b(?:{_words})")
    for _letter in {start[1] for start in starts_of(_source)}:
        _FIND.setdefault(_letter, []).append((_organ, re.compile(_source)))
_BEGINS = lower_pattern(rf"\b(?={'|'.join(words for _, words in _WORDS)})")

_GEP = {
    "bile duct", "duodenum", "small intestine", "appendix", "rectum", "colon", "stomach", "pancreas", "liver", "midgut",
    "hindgut",
}  # fmt: skip
_OTHER = {
    "oesophagus", "adrenal", "ovary", "breast", "prostate", "thyroid", "skin", "bladder", "uterus", "testis", "brain",
    "orbit", "mesentery", "heart",
}  # fmt: skip
_SNOMED = {
    "15776009": "pancreas", "10200004": "liver", "69695003": "stomach", "30315005": "small intestine",
    "34516001": "small intestine", "21306003": "small intestine", "38848004": "duodenum", "66754008": "appendix",
    "32713005": "colon", "71854001": "colon", "34402009": "rectum", "39607008": "lung", "9875009": "thymus",
    "64033007": "kidney", "28231008": "bile duct", "28273000": "bile duct", "32849002": "oesophagus",
    "23451007": "adrenal", "15497006": "ovary", "69748006": "thyroid", "41216001": "prostate", "39937001": "skin",
    "76752008": "breast", "272673000": "bone", "59441001": "lymph node", "12738006": "brain",
}  # fmt: skip
# ICD-10 chapter and ICD-O-3 topography share these stems
_ICD = {
    "C15": "oesophagus", "C16": "stomach", "C17.0": "duodenum", "C17": "small intestine", "C18.1": "appendix",
    "C18": "colon", "C19": "rectum", "C20": "rectum", "C21": "rectum", "C22": "liver", "C23": "bile duct",
    "C24": "bile duct", "C25": "pancreas", "C33": "lung", "C34": "lung", "C37": "thymus", "C64": "kidney",
    "C65": "kidney", "C44": "skin", "C50": "breast", "C53": "uterus", "C54": "uterus", "C55": "uterus",
    "C56": "ovary", "C61": "prostate", "C62": "testis", "C67": "bladder", "C73": "thyroid", "C74": "adrenal",
}  # fmt: skip


def organs_in(words: str) -> tuple[tuple[str, int, int], ...]:
    """The organs named in ``words``: (organ, start, end), in the order written."""
    low = folded(words)
    found: list[tuple[str, int, int]] = []
    done: dict[str, int] = {}  # where the last name of an organ ended: "node" in "lymph node" is no second one
    for begin in _BEGINS.finditer(low):
        at = begin.start()
        for organ, pattern in _FIND[low[at]]:
            if (match := pattern.match(low, at)) and done.get(organ, 0) <= at:
                done[organ] = match.end()
                found.append((organ, at, match.end()))
    return tuple(sorted(found, key=lambda item: (item[1], -item[2])))


def the_organ(named: Sequence[str]) -> str:
    """The one organ of a site that names these, in the order written; "" if it names none."""
    return next((organ for organ in _TELLING if organ in named), named[0] if named else "")


def organ_of(site: str) -> str:
    """One organ for a lesion's site ("Liver structure", "segment VII of liver" -> "liver"); "" when none is named."""
    return the_organ([organ for organ, _, _ in organs_in(site)])


def organ_of_codes(pairs: Iterator[tuple[str, str]]) -> str:
    """The organ named by (system, code) pairs of a body site or a topography; "" if none is known."""
    for system, code in pairs:
        low = system.lower()
        if "snomed" in low and code in _SNOMED:
            return _SNOMED[code]
        if "icd" in low:
            for stem in sorted(_ICD, key=len, reverse=True):
                if code.upper().startswith(stem):
                    return _ICD[stem]
    return ""


def primary_of(organ: str) -> Primary | None:
    """The group of primary sites an organ belongs to; None when it says nothing about a primary."""
    if organ in _GEP:
        return "gep"
    if organ == "lung":
        return "lung"
    if organ == "thymus":
        return "thymus"
    if organ == "kidney":
        return "kidney"
    return "other" if organ in _OTHER else None
