"""Operations and local treatments done: Procedures, and Conditions that prove one ("absence of spleen").

Codes first; the words of a Procedure are read where none of its codes is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from cds_service.dates import Span
from cds_service.fhir.elements import dated, effective, notes, objects, quantity, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.fhir.status import UNSURE, verification
from cds_service.narrative.normalise import plain
from cds_service.record.codes import Said, asked_once, free_words, names_at
from cds_service.record.index import candidates, code_of
from cds_service.record.intervals import percent
from cds_service.record.model import Intervention, Procedure, Range
from cds_service.record.versions import UNFINISHED

_BY_CONCEPT: dict[str, tuple[Intervention, ...]] = {
    "splenectomy": ("splenectomy",),
    "asplenia": ("splenectomy",),
    "pancreatectomy": ("pancreatectomy",),
    "pancreatectomy-splenectomy": ("pancreatectomy", "splenectomy"),
    "liver-resection": ("liver-resection",),
    "ablation": ("ablation",),
    "liver-treatment-guidance": ("ablation",),
    "embolisation": ("embolisation",),
    "embolisation-guidance": ("embolisation",),
    "sirt": ("sirt",),
    "sirt-guidance": ("sirt",),
    "radiotherapy-course": ("external-beam-radiotherapy",),
    "external-beam-radiotherapy": ("external-beam-radiotherapy",),
    "hysterectomy": ("hysterectomy",),
    "sterilisation": ("sterilisation",),
    "nephrectomy": ("nephrectomy",),
    "biliary-stent": ("biliary-stent",),
    "echocardiography": ("echocardiography",),
    "echocardiogram": ("echocardiography",),
    "transfusion": ("transfusion",),
    "delivery": ("delivery",),
}
_WORDS: tuple[tuple[Intervention, str], ...] = (
    ("splenectomy", r"splenectom\w+|splenopancreatectom\w+|asplenia|absence of (?:the )?spleen|splenektomie"),
    ("pancreatectomy", r"pancreatectom\w+|pan[ck]reatico-?duodenectom\w+|pancreatoduodenectom\w+|whipple"
                       r"|pancreas resection"
                       r"|pancreatic (?:\w+ )?resection|resection of (?:the )?(?:tail|body|head) of (?:the )?pancreas"
                       r"|absence of (?:the )?pancreas|enucleation of (?:\w+ )*pancrea\w+"),
    ("metastasectomy", r"metastasectom\w+|metastatectom\w+|resection of (?:\w+ ){0,3}metasta\w+|metastasis resection"),
    ("liver-resection", r"hepatectom\w+|(?:liver|hepatic) (?:\w+ )?(?:resection|segmentectom\w+)"
                        r"|segmentectomy of (?:the )?liver"
                        r"|resection of (?:\w+ ){0,3}liver|bisegmentectom\w+|wedge resection of (?:the )?liver"),
    ("ablation", r"(?:thermo|cryo|radio-?frequency|microwave|thermal|laser|chemical|ethanol)[- ]?ablat\w+|\brfa\b"
                 r"|\bmwa\b"
                 r"|ablation of (?:\w+ ){0,4}(?:liver|lesions?|metasta\w+|tumou?r)|(?:liver|tumou?r"
                 r"|hepatic) (?:\w+ )?ablation"
                 r"|irreversible electroporation"),
    ("sirt", r"\bsirt\b|radio-?emboli[sz]\w+|selective internal radiation|\by-?90 microsph\w+|\btare\b"
             r"|90y.microsph\w+"),
    ("embolisation", r"(?:chemo-?|bland |hepatic artery |hepatic arterial |transarterial "
                     r"|trans-arterial )?emboli[sz]ation"
                     r"(?! of (?:varic\w+|uterine|gonadal|haemorrhoid\w*))|\btace\b|\btae\b"),
    ("external-beam-radiotherapy", r"external[- ]beam|\bebrt\b|\bsbrt\b|stereotactic (?:body )?radio\w+|teletherapy"
                                   r"|\bimrt\b"
                                   r"|radiation therapy|radiotherapy|irradiation|percutaneous radiation"),
    ("hysterectomy", r"hysterectom\w+"),
    ("sterilisation", r"tubal (?:ligation|sterili[sz]ation|occlusion)|sterili[sz]ation|salpingectom\w+"
                      r"|bilateral oophorectom\w+"
                      r"|bilateral salpingo-?oophorectom\w+"),
    ("nephrectomy", r"nephrectom\w+|absence of (?:\w+ )?kidney"),
    ("biliary-stent", r"(?:biliary|bile duct|choledoch\w+) (?:\w+ ){0,3}(?:stent\w*|drain\w*)|\bptbd\b|\bptcd\b"
                      r"|ercp.{0,40}stent"
                      r"|stent\w* (?:of|in) (?:the )?(?:common )?bile duct"),
    ("echocardiography", r"echo-?cardiogra\w+|\btte\b|\btoe\b|\btee\b|cardiac ultrasound"),
    ("transfusion", r"transfusion"),
    ("delivery", r"\bdelivery (?:of|procedure|by)|(?:vaginal|spontaneous|forceps|vacuum) delivery|c(?:a?e)sarean"
                 r"|childbirth"),
    ("tumour-resection", r"hemicolectom\w+|colectom\w+|gastrectom\w+|bowel resection|ileal resection"
                         r"|ileoc(?:a)?ecal resection"
                         r"|small (?:bowel|intestin\w+) resection|appendi[cz]ectom\w+"
                         r"|resection of (?:\w+ ){0,4}(?:tumou?r|net\b"
                         r"|carcinoid|neuroendocrine)|tumou?r (?:resection|excision|debulking)|debulking|cytoreduct\w+"
                         r"|lobectom\w+|pneumonectom\w+|thymectom\w+|adrenalectom\w+|enucleation|lymphadenectom\w+"
                         r"|resection of (?:the )?(?:primary|ileum|jejunum|duodenum|rectum|stomach|colon)"),
)  # fmt: skip
_FIND = tuple((kind, re.compile(rf"(?:{words})", re.I)) for kind, words in _WORDS)
_NOT_DONE = re.compile(
    r"\b(?:no|not|without|never|declin\w+|refus\w+|cancel\w+|plan\w+|schedul\w+|consider\w*|discuss\w*|propos\w+"
    r"|recommend\w*"
    r"|evaluat\w+ for|assess\w+ for|candidate for|before|awaiting|request\w*|potential|possible|abandoned|aborted"
    r"|family)\b",
    re.I,
)
_NOT_DONE_AFTER = re.compile(
    r"[^.;]{0,20}\b(?:not (?:done|performed|possible|carried)|cancel\w+|declined|refused|planned|scheduled|pending"
    r"|abandoned|aborted|deferred|postponed|recommended)\b",
    re.I,
)
_PELVIC_UTERINE = re.compile(r"uter\w+|fibroid|varic\w+|prostat\w+|haemorrhoid|hemorrhoid|aneurysm|cerebral"
                             r"|intracranial", re.I)
_CARDIAC_ABLATION = re.compile(r"cardiac|atrial|ventric\w+|arrhythm\w+|endometri\w+|endovenous|varic\w+|thyroid"
                               r"|nerve", re.I)
_MARROW = re.compile(r"(?P<share>[<>=~]{0,2} ?\d{1,3}(?:[.,]\d)?(?: ?(?:-|to) ?\d{1,3})? ?(?:%|per ?cent))"
                     r"[^.;%]{0,40}\b(?:bone )?marrow|\b(?:bone )?marrow[^.;%]{0,40}?"
                     r"(?P<other>[<>=~]{0,2} ?\d{1,3}(?:[.,]\d)?(?: ?(?:-|to) ?\d{1,3})? ?(?:%"
                     r"|per ?cent))", re.I)  # fmt: skip
_MORE_THAN = re.compile(r"\b(?:more than|over|above|exceeding|greater than) (?=\d)", re.I)
_STATUS_KINDS: frozenset[Intervention] = frozenset(
    {"splenectomy", "pancreatectomy", "hysterectomy", "sterilisation", "nephrectomy", "biliary-stent",
     "external-beam-radiotherapy"}
)  # fmt: skip
_STATUS_WORDS = re.compile(
    r"\b(?:absence of|acquired absence|status (?:post|after)|s/p|state after|history of|h/o|post-?|after|asplenia"
    r"|surgical absence"
    r"|zustand nach|presence of)\b|\bz\.n\.|\b\w+ectomy\b",
    re.I,
)


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Procedure]:
    """Operations and local treatments done, by source; one Procedure may be two (distal pancreatectomy, spleen)."""
    found: list[Procedure] = []
    for resource in candidates(resources, _names_one, "Procedure"):
        if resource.status in ("on-hold",):
            continue
        found += _procedure(resource)
    for resource in candidates(resources, _proves, "Condition"):
        found += _status_condition(resource)
    for resource in candidates(resources, _reported, "DiagnosticReport"):
        for kind in _reported(code_of(resource.data)) if resource.status not in UNFINISHED else ():
            found.append(Procedure(source=resource.source, when=effective(resource.data, "issued"), kind=kind,
                                   text=words_at(resource.data, "code")[:120]))  # fmt: skip
    return sorted(found, key=lambda item: (item.source, item.kind, repr(item)))


@asked_once
def _names_one(code: Said) -> bool:
    return bool(_coded(code.names) or kinds_in(" ".join(code.texts)))


def _procedure(resource: Resource) -> Iterable[Procedure]:
    data = resource.data
    coded = _coded(names_at(data, "code"))
    words = " ".join(part for part in (free_words(data, "code"), _plain_text(data)) if part)
    kinds = coded or kinds_in(words)
    for kind in kinds:
        yield Procedure(
            source=resource.source,
            when=when_done(data),
            read_as="coded" if coded else "narrative",
            quote="" if coded else words[:200],
            kind=kind,
            text=words_at(data, "code")[:120],
            marrow_percent=_marrow(data) if kind == "external-beam-radiotherapy" else None,
        )


def _coded(names: Iterable[str]) -> tuple[Intervention, ...]:
    return tuple(sorted({kind for name in names for kind in _BY_CONCEPT.get(name, ())}))


def kinds_in(words: str) -> tuple[Intervention, ...]:
    """The interventions words name as done; nothing when they are denied, planned or of another organ."""
    line = " ".join(plain(words[:600]).text.split())
    found: set[Intervention] = set()
    for kind, pattern in _FIND:
        for match in pattern.finditer(line):
            before = line[max(0, match.start() - 40) : match.start()]
            undone = _NOT_DONE.search(before) or _NOT_DONE_AFTER.match(line[match.end() :])
            if not undone and not _other_use(kind, line):
                found.add(kind)
    if "sirt" in found:
        found.discard("embolisation")
        found.discard("external-beam-radiotherapy")
    if found & {"metastasectomy"}:
        found.discard("liver-resection")
    if found & {"pancreatectomy", "liver-resection", "metastasectomy"}:
        found.discard("tumour-resection")
    return tuple(sorted(found))


def _other_use(kind: Intervention, line: str) -> bool:
    if kind == "embolisation":
        return bool(_PELVIC_UTERINE.search(line)) and not re.search(r"liver|hepat|tumou?r|metasta", line, re.I)
    if kind == "ablation":
        return bool(_CARDIAC_ABLATION.search(line)) and not re.search(r"liver|hepat|metasta|net\b", line, re.I)
    if kind == "sterilisation":
        return bool(re.search(r"unilateral|left (?:salping|oophor)|right (?:salping|oophor)|instrument", line, re.I))
    if kind == "external-beam-radiotherapy":
        return bool(re.search(r"radionuclide|internal|brachy|radioiod|lutetium|177|peptide|plan of|iodine", line, re.I))
    return kind == "splenectomy" and bool(re.search(r"functional|partial splenectomy", line, re.I))


def when_done(data: dict[str, object]) -> Span | None:
    """The day a procedure ended (a period counts from its end), as written."""
    start, end = dated(data, "performed")
    return end or start


@asked_once
def _proves(code: Said) -> tuple[Intervention, ...]:
    """The operations a Condition's code, or its words when no code is known, proves."""
    coded = _coded(code.names)
    if "irradiation-history" in code.names:
        coded = (*coded, "external-beam-radiotherapy")
    words = " ".join(code.texts)
    named = kinds_in(words) if _STATUS_WORDS.search(words) else ()
    return tuple(kind for kind in coded or named if kind in _STATUS_KINDS)


def _status_condition(resource: Resource) -> Iterable[Procedure]:
    """A Condition that says an organ is gone: "Z90.81", "status post splenectomy"."""
    data = resource.data
    code = code_of(data)
    if not (kinds := _proves(code)):
        return
    coded, words = bool(code.concepts), " ".join(code.texts)
    if verification(data) & UNSURE:
        return
    start, _ = dated(data, "onset")
    for kind in kinds:
        yield Procedure(
            source=resource.source, when=start,
            read_as="coded" if coded else "narrative", quote="" if coded else words[:200], kind=kind,
            text=words_at(data, "code")[:120],
            marrow_percent=_marrow(data) if kind == "external-beam-radiotherapy" else None,
        )  # fmt: skip


def _plain_text(data: dict[str, object]) -> str:
    """The outcome's and body site's words help where the code only says "resection"."""
    return words_at(data, "bodySite") if free_words(data, "code") else ""


def _marrow(data: dict[str, object]) -> Range | None:
    """The share of bone marrow in the radiation field, from an extension or a note."""
    for extension in objects(data.get("extension")):
        measured = quantity(extension.get("valueQuantity"))
        if "marrow" in text(extension.get("url")).lower() and measured and "%" in measured.units:
            return Range(low=measured.value, high=measured.value)
    said = " ".join((notes(data), *(words_at(data, name) for name in ("outcome", "bodySite", "code"))))
    said = _MORE_THAN.sub(">", " ".join(plain(said).text.split()))
    match = _MARROW.search(said)
    if match is None:
        return None
    found = percent(match["share"] or match["other"])
    return found[0] if found and found[0].high <= Decimal(100) else None


@asked_once
def _reported(code: Said) -> tuple[Intervention, ...]:
    """What a report by its code documents as done: an echocardiography, or the imaging guidance of a treatment."""
    guided = _coded(name for name in code.names if name.endswith("-guidance"))
    echo = "echocardiography" in (_coded(code.names) or kinds_in(" ".join(code.texts)))
    return (*guided, "echocardiography") if echo else guided
