"""What a tumour's name says: the kind of neuroendocrine neoplasm, its primary site, its grade, and how sure it is.

One reader for the free text of a Condition and for the displays of the code table. Look-alikes (Merkel cell,
goblet cell, medullary thyroid, adenocarcinoma with neuroendocrine features ...) are recognised and never a NET.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cds_service.narrative.lowercase import folded, lower_pattern
from cds_service.narrative.normalise import plain
from cds_service.record.model import Entity, Primary
from cds_service.record.organs import organs_in, primary_of


@dataclass(frozen=True, slots=True)
class TumourName:
    """One neuroendocrine neoplasm as named. ``personal_history``: said to be in the past ("personal history of")."""

    entity: Entity
    primary: Primary | None = None
    organ: str = ""
    grade: str | None = None
    suspected: bool = False
    personal_history: bool = False


_LONGEST = 600
_NE = r"neuro[- ]?endo[ck]rie?n\w*"
_LOOK_ALIKE = lower_pattern(
    r"merkel|goblet|neuroblastom|neuro-?ectoderm|medulloblastom|\bewing|pit-?nets?\b|pituitar|hypophys"
    r"|thyroid|\bmtc\b|c[- ]cell (?:carcin|tumou?r)"
    rf"|(?:adeno|squamous[- ]?(?:cell )?|urothelial )carcinoma\w*[^.;]{{0,30}} with[^.;]{{0,30}} {_NE}"
    rf"|{_NE} (?:differentiation|features|hyperplasia|cell hyperplasia)|dipnech|parathyroid"
    r"|multiple endocrine neoplasia(?![^.;]*(?:tumou?r|carcinoma|neoplasm))"
)
_MIXED = re.compile(rf"\b(?:minens?|manecs?)\b|mixed (?:adeno-?)?{_NE}|mixed [^.;]{{0,40}}{_NE}"
                    rf"|adeno-?neuro-?endo[ck]rin"
                    rf"|{_NE}[- /]+non[- ]?{_NE}", re.I)  # fmt: skip
_PPGL = re.compile(r"(?:ph|f)a?eochromo[ck]yt\w*|pheochromo[ck]yt\w*|paragangliom\w*|\bppgls?\b", re.I)
_CARCINOMA = re.compile(
    rf"{_NE}[ -](?:\w+ ){{0,2}}(?:carcinom\w*|karzinom\w*|cancer\w*|krebs)"
    rf"|(?:carcinom\w*|karzinom\w*|cancer)(?: [^.;]{{0,40}},)? {_NE}"
    r"|(?:small|large)[- ]cell (?:neuroendocrine|nec\b)|\b(?:lc|sc|pan|gep-?|p)nec\b",
    re.I,
)
# "NEC" is also "not elsewhere classified" and an enterocolitis: only where it clearly names the tumour.
_NEC = re.compile(
    r"^\W*NECs?\b(?!\W*$)|^\W*NEC\W*$|\b(?:cell|differentiated|grade|\w+ic|\w+al|\w+ary|G3) NEC\b"
    r"|\bNEC(?=[ ,(]+(?:of\b|G3|grade|large|small|ki))"
)
_TUMOUR = re.compile(
    rf"{_NE}[ -](?:\w+ ){{0,2}}(?:tumou?rs?|tumeurs?|tumore?s?|neoplas\w*|malignan\w*|microadenoma\w*|lesions?)"
    rf"|(?:tumou?r|tumore|tumeurs?|neoplas\w*|neoplasias?)(?: \w+| [^.;]{{0,40}},)? {_NE}"
    r"|neoplasms? of (?:the )?endocrine"
    r"|(?<!adeno)(?<!adeno-)\b(?:micro)?[ck]ar[ck]inoid|\bkarzinoid|islet[- ]cell (?:tumou?r|neoplas|adenoma|carcinoma)"
    r"|insulinom|glucagonom|gastrinom|\bvipom|somatostatinom|\bppom|\bacth-?om|"
    r"acth[- ](?:producing|secreting) (?:tumou?r|neoplas)|serotonin-producing|enterochromaffin",
    re.I,
)
_NET_SHORT = re.compile(
    r"\b(?:GEP[- ]?|SI[- ]?|si[- ]?|SB[- ]?|WD[- ]?"
    r"|[Pp]an[- ]?|p|P|r|g|d|MI-?)?NETs?\b(?!TER)|\bpnets?\b"
)
_NEN_SHORT = re.compile(r"\b(?:GEP[- ]?|SI-?|[Pp]an-?|p)?NENs?\b")
_NEOPLASM = re.compile(
    rf"{_NE}[ -](?:\w+ )?(?:neoplas\w*|malignan\w*|lesions?)|neoplas\w* (?:\w+ |[^.;]{{0,40}}, )?{_NE}"
    r"|neoplasms? of (?:the )?endocrine",
    re.I,
)
_SYNDROME = re.compile(r"[ck]ar[ck]inoid[- ]?(?:heart |crisis|syndrom\w*|flush)\w*(?: \w+)?"
                       r"|karzinoid[- ]?syndrom\w*", re.I)  # fmt: skip
_WELL = re.compile(r"\bwell[- ]+(?:to moderately[- ]+)?differentiated|\bgut differenziert", re.I)
_POOR = re.compile(r"\bpoorly[- ]+(?:well[- ]+)?differentiated|\bundifferentiated|schlecht differenziert"
                   r"|\bsmall[- ]cell"
                   r"|\blarge[- ]cell", re.I)  # fmt: skip

_GRADE = re.compile(r"\bG(?:rade|rad)?[- ]?([123]|I{1,3})\b(?![-/.]\d)", re.I)
_GRADES = {"1": "G1", "2": "G2", "3": "G3", "I": "G1", "II": "G2", "III": "G3"}

_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|keine?|without|negative for|denies|denied|absence of|free of|free from|never had|ruled out|excluded"
    r"|excludes|unlikely|screening for|screened for|at risk (?:of|for)|risk of|fear of|worr\w+ about|anxi\w+ about"
    r"|predispos\w+ to|prophyla\w+"
    r"|surveillance for|family history(?: of)?|familial history|fhx?|mother|father|sister|brother|parent|relatives?"
    r"|aunt|uncle|cousin|grand\w+|son|daughter|differentiate from|mimicking|information on|education)\b"
    r"(?! only)[^.;]{0,60}$",
    re.I,
)
_STILL_POSSIBLE = re.compile(
    r"\b(?:(?:can ?not|could not|not) (?:be )?(?:rul\w+ out|exclud\w+)|no (?:definite|histolog\w+|biops\w+)"
    r"|not (?:yet )?(?:histolog\w+ )?(?:confirmed|proven|excluded|only)|no (?:proof|change))\b",
    re.I,
)
_HEDGED = re.compile(
    r"\b(?:suspect\w*|suspicio\w*|possibl[ey]|probabl[ey]|presum\w+|likely|query|queried|differential|dd|ddx"
    r"|rule out|r/o"
    r"|to exclude|exclude|concern\w* for|consistent with|compatible with|versus|vs|may be|might be|could be|verdacht"
    r"|v\.a\.|unconfirmed|unproven|working diagnosis|provisional|question of|work-?up)(?=\W|$)|\?",
    re.I,
)
_DENIED_AFTER = re.compile(
    r"^[^.;]{0,25}\b(?:(?:has been|have been|was|were|is|now) )?(?:ruled out|excluded|ausgeschlossen|refuted|disproved"
    r"|not confirmed|unlikely|not found|not present|absent|screening"
    r"|in (?:his|her|the|a) (?:mother|father|sister|brother|family))\b",
    re.I,
)
_PAST = re.compile(r"\b(?:personal history of|past history of|z85)\b", re.I)


def read_name(written: str) -> TumourName | None:
    """The neuroendocrine neoplasm a name asserts (or suspects); None if it names none, denies it, or is a look-alike.

    ``written`` is a Condition's text or a code's display; of a longer text only the beginning is read.
    """
    return _read_name(written[:_LONGEST])


def _read_name(written: str) -> TumourName | None:
    words = " ".join(plain(written).text.split())
    if _LOOK_ALIKE.search(folded(words)):
        return None
    mention = _entity(words)
    if mention is None:
        return None
    entity, at, end = mention
    before, after = words[:at], words[end:]
    open_question = bool(_STILL_POSSIBLE.search(words))
    if not open_question and (_DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after)):
        return None
    organ, primary = _primary(words)
    if entity == "ppgl":
        organ, primary = organ or "paraganglia", "ppgl"
    elif entity == "carcinoid-syndrome":  # "carcinoid heart disease" names no primary tumour
        organ, primary = "", None
    return TumourName(
        entity=entity,
        primary=primary,
        organ=organ,
        grade=_grade(words) if entity in ("net", "nen") else None,
        suspected=entity == "carcinoid-syndrome" or open_question or bool(_HEDGED.search(words)),
        personal_history=bool(_PAST.search(before)),
    )


def is_look_alike(written: str) -> bool:
    """Whether the words name a tumour that is easily taken for a NET and is none."""
    return bool(_LOOK_ALIKE.search(folded(" ".join(plain(written[:_LONGEST]).text.split()))))


def names_differentiation(written: str) -> str | None:
    """ "well" or "poor" when a diagnosis' words say so, else None."""
    well, poor = bool(_WELL.search(written)), bool(_POOR.search(written))
    return None if well == poor else "well" if well else "poor"


def _entity(words: str) -> tuple[Entity, int, int] | None:
    """The entity named and where its name stands; the more telling name wins over the general one."""
    syndrome = _SYNDROME.search(words)
    rest = _SYNDROME.sub(lambda match: " " * len(match[0]), words)
    if match := _MIXED.search(rest):
        return "minen", match.start(), match.end()
    if match := _PPGL.search(rest):
        return "ppgl", match.start(), match.end()
    if match := _CARCINOMA.search(rest) or _NEC.search(rest):
        # the older "well differentiated neuroendocrine carcinoma" says two things at once
        return "nen" if _WELL.search(rest) else "nec", match.start(), match.end()
    if re.search(r"necroti[sz]|enterocol", rest, re.I):
        return None
    if match := _TUMOUR.search(rest) or _NET_SHORT.search(rest) or _NEN_SHORT.search(rest):
        if _POOR.search(rest) and not _WELL.search(rest):
            return "nec", match.start(), match.end()
        general = bool(_NEOPLASM.search(rest) or _NEN_SHORT.search(rest)) and not (
            _NET_SHORT.search(rest) or _WELL.search(rest) or _SECRETING.search(rest)
        )
        return "nen" if general else "net", match.start(), match.end()
    return ("carcinoid-syndrome", syndrome.start(), syndrome.end()) if syndrome else None


_SECRETING = re.compile(r"non-?functioning|functioning|producing|secreting|[ck]ar[ck]inoid|\bbenign", re.I)
_SECONDARY_AFTER = re.compile(
    r"^(?:[\s,/&+-]+(?:and|or|lymph|nodes?|nodal|bony?|bones?|liver|hepatic|lungs?|pulmonary|peritoneal|segments?|lobe"
    r"|left|right|both|multiple|bilobar))*[\s,/-]*(?:metasta\w*|mets?\b|deposits|secondar\w+|involvement|lesions?\b)",
    re.I,
)
_SECONDARY_BEFORE = re.compile(
    r"(?:metasta\w*|mets|secondar\w+|spread|deposits|involv\w+|infiltrat\w+|invad\w+|recurren\w+)[^.;]{0,40}?"
    r"\b(?:to|in|into|of|at|involving|the)(?: the)?[\w\s,/&-]{0,40}$|(?:metastas[ie]s|mets)[\s:,(-]+[\w\s,/&-]{0,40}$",
    re.I,
)
_UNKNOWN = re.compile(r"unknown (?:primary|origin)|primary (?:site )?(?:unknown|not (?:known|found))|\bcup\b"
                      r"|foregut", re.I)


def _primary(words: str) -> tuple[str, Primary | None]:
    """The organ of the primary tumour and its group; metastatic sites do not count, two groups at once are unknown."""
    named = {
        organ
        for organ, start, end in organs_in(words)
        if not _SECONDARY_AFTER.match(words[end:]) and not _SECONDARY_BEFORE.search(words[:start])
    }
    groups = {organ: group for organ in sorted(named) if (group := primary_of(organ))}
    if not groups and not _UNKNOWN.search(words) and re.search(r"\bGEP\b|gastro-?entero-?pancreatic", words, re.I):
        return "", "gep"
    if re.search(r"insulinom|glucagonom|gastrinom|somatostatinom|islet[- ]cell|endocrine pancreas", words, re.I):
        return "pancreas", "gep"
    if re.search(r"enterochromaffin-like|\becl[- ]cell", words, re.I):
        return "stomach", "gep"
    if len(set(groups.values())) != 1:
        return "", None
    return next(iter(groups)) if len(groups) == 1 else "", next(iter(groups.values()))


def _grade(words: str) -> str | None:
    found = {_GRADES[match[1].upper()] for match in _GRADE.finditer(words)}
    return found.pop() if len(found) == 1 else None
