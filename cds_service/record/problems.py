"""Conditions other than the tumour that a rule asks for, and what relatives had that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import codings, dated, notes, objects, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import names_at
from cds_service.record.common import first_date, free_texts, when_observed
from cds_service.record.model import Problem, ProblemKind
from cds_service.record.status import nyha_class

_TEXTS: dict[ProblemKind, str] = {
    "pregnancy": r"pregnan(?:t|cy)(?! (?:test|plan|wish|counsel|prevent|screen|desire))|gravid"
    r"|gestation(?!al trophoblast)|weeks['’]? gestation|schwanger(?:schaft)?",
    "possible-pregnancy": r"(?:possible|suspected|probable|query) pregnan|pregnan\w+ (?:not|cannot be) excluded"
    r"|missed (?:period|menses)|possibly pregnant",
    "lactation": r"breast-?feed|lactat(?:ing|ion)\b(?! suppress)|nursing mother|stillend",
    "menopause": r"post-?menopaus|menopause(?! transition)|natural menopause",
    "sterilised": r"tubal ligation|sterili[sz](?:ed|ation)|tubal occlusion|salpingectomy|oophorectomy|ovariectomy",
    "hysterectomy": r"hysterectomy|absence of (?:the )?uterus|absence of (?:cervix and )?uterus|uterus absent",
    "infertility": r"premature ovarian (?:failure|insufficiency)|ovarian failure|female sterility|(?:^"
    r"|permanent )infertil\w+",
    "asplenia": r"asplen|absence of (?:the )?spleen|spleen absent|(?:status post|s/p|post|after"
    r"|history of) splenectomy"
    r"|splenectomi[sz]ed|splenectomy status|^splenectomy",
    "heart-failure": r"heart failure|cardiac failure|cardiac decompensation|cardiomyopathy with failure"
    r"|\bh[fp]?r?ef\b|\bchf\b"
    r"|congestive cardiac|left ventricular failure|herzinsuffizienz",
    "carcinoid-heart-disease": r"carcinoid heart|hedinger",
    "mds-aml": r"myelodysplas|\bmds\b|acute (?:myeloid|myelogenous|myeloblastic) leuk(?:a)?emia|\baml\b"
    r"|refractory an(?:a)?emia",
    "pancytopenia": r"pancytopeni",
    "germline-mds": r"germline.{0,60}(?:mds|myelodysplas|aml|leuk|ddx41|runx1|gata2|tp53|cebpa|etv6)|fanconi"
    r"|(?:ddx41|runx1|gata2).{0,40}(?:mutation|variant|carrier)|li-fraumeni",
    "hypersplenism": r"hypersplen",
    "marrow-involvement": r"(?:bone )?marrow (?:involvement|infiltration|metasta|carcinosis)"
    r"|metasta\w+ (?:in|to|of) (?:the )?bone marrow",
    "carcinoid-syndrome": r"carcinoid syndrome",
    "vipoma": r"vipoma|verner-?morrison|\bwdha\b",
    "insulinoma": r"insulinoma|endogenous hyperinsulin",
    "hypoglycaemia": r"hypoglyc(?:a)?emi",
    "glucagonoma": r"glucagonoma|necrolytic migratory",
    "gastrinoma": r"gastrinoma|zollinger",
    "acth-cushing": r"cushing|ectopic acth|acth[- ](?:producing|dependent|secreting)",
    "ppgl": r"ph(?:a)?eochromocytoma|paraganglioma",
    "hormonal-crisis": r"(?:carcinoid|hormonal|catecholamine|hypertensive ph\w+) crisis",
    "diabetes": r"diabetes mellitus|type [12] diabetes|diabetes type|\bt[12]dm\b|^diabetes$|diabetic",
    "hypertension": r"(?<!portal )(?<!pulmonary )(?<!intracranial )(?<!ocular )(?:arterial "
    r"|essential )?hypertension|hypertensive"
    r"|high blood pressure",
    "single-kidney": r"single kidney|solitary kidney|absence of (?:\w+ )?kidney|nephrectomy|renal agenesis"
    r"|kidney absent",
    "hydronephrosis": r"hydronephros|ureter\w* (?:obstruction|stenosis|stricture)|obstructive uropathy",
    "ascites": r"ascites",
    "encephalopathy": r"hepatic encephalopathy|hepatic coma",
    "cholangitis": r"(?<!sclerosing )(?<!biliary )cholangitis",
    "biliary-stent": r"bil(?:e|iary)[ -](?:duct )?stent|stent in (?:the )?(?:common )?bile duct|\bptbd\b"
    r"|biliary drain",
    "renal-failure": r"(?:renal|kidney) (?:failure|insufficiency)|chronic kidney disease|\bckd\b|renal impairment",
    "atrophic-gastritis": r"atrophic gastritis|pernicious an(?:a)?emia",
    "bowel-obstruction": r"(?:bowel|intestinal|small[- ]bowel) obstruction|\bileus\b|subileus"
    r"|obstructi\w+.{0,30}(?:mesenteric|bowel)",
    "orbital-lesion": r"orbit(?:al)? (?:metasta|lesion|mass|tumou?r)|metasta\w+ (?:in|to|of) (?:the )?(?:\w+ )?orbit",
    "brain-lesion": r"(?:brain|cerebral|intracranial|cerebellar) metasta|metasta\w+ (?:in|to|of) (?:the )?brain",
    "spinal-canal-lesion": r"spinal[- ](?:canal|cord)|intraspinal|epidural (?:metasta|lesion|mass|tumou?r)"
    r"|cord compression",
    "pericardial-lesion": r"(?:peri|myo)?cardial (?:metasta|lesion|mass|tumou?r|deposit)|metasta\w+ (?:in|to"
    r"|of) (?:the )?pericard",
    "short-life-expectancy": r"life expectancy.{0,20}(?:<|less than|under|below|of)\s*(?:[123]|one|two"
    r"|three)\s*months?"
    r"|terminal (?:illness|phase|care)|actively dying|(?:<|less than) ?3 months to live",
    "diffuse-bone-disease": r"(?:diffuse|innumerable|extensive|disseminated|multiple).{0,30}(?:bone|skelet"
    r"|osseous)|superscan",
    "peritoneal-disease": r"periton\w+ (?:metasta|carcinos|carcinomat|disease|deposit|implant|seeding)"
    r"|metasta\w+.{0,15}peritone",
}  # fmt: skip
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _TEXTS.items()}
_CODED: dict[str, tuple[ProblemKind, ...]] = {
    "splenectomy": ("asplenia",), "pancreatectomy-splenectomy": ("asplenia",), "asplenia": ("asplenia",),
    "gastrin-excess": ("gastrinoma",), "carcinoid-crisis": ("hormonal-crisis", "carcinoid-syndrome"),
    "acth-tumour": ("acth-cushing",), "carcinoid-heart-disease": ("carcinoid-heart-disease", "carcinoid-syndrome"),
    "nyha-1": ("nyha",), "nyha-2": ("nyha",), "nyha-3": ("nyha",), "nyha-4": ("nyha",),
    "hypoglycaemia": ("hypoglycaemia",), "ckd": ("renal-failure",),
    **{kind: (kind,) for kind in _TEXTS},
}  # fmt: skip
"""Concepts of the code table and the problems they are."""

_MAX_NAME = 1000
_REASSURING: frozenset[ProblemKind] = frozenset({"menopause", "sterilised", "hysterectomy", "infertility"})
_NEGATED = re.compile(
    r"\b(?:no|not|denies|without|negative for|ruled out|rule out|r/o|excluded|unlikely|absence of evidence"
    r"|never|risk (?:of|for)"
    r"|screening for|prevention of|prophyla\w+|fear of|desire for|planning|counsel\w*|advice|wants?|kein\w*"
    r"|ohne)\b", re.I)  # fmt: skip
_FAMILY = re.compile(
    r"\bfamily (?:history|hx)|\bfh[:x ]|(?:mother|father|sister|brother|parent|aunt|uncle|cousin)\b", re.I
)
_PAST = re.compile(r"\bhistory of|\bh/o\b|\bprevious|\bprior\b|\bpast\b|\bformer|status post|\bs/p\b|resolved", re.I)
_ABSENCE_IS_MEANT = frozenset({"asplenia", "hysterectomy", "single-kidney", "possible-pregnancy"})
_LASTING: frozenset[ProblemKind] = frozenset({
    "asplenia", "hysterectomy", "sterilised", "single-kidney", "mds-aml", "hormonal-crisis", "menopause", "infertility",
    "germline-mds",
})  # fmt: skip
"""Problems a "history of" does not end."""
_SEVERE = re.compile(
    r"\bsevere|uncontrolled|decompensat|grade (?:3|4|iii|iv)\b|nyha (?:class )?(?:iii|iv|3|4)\b|end-?stage", re.I
)
_GRADE = re.compile(r"\b(?:ctcae )?(?:grade|grad|g) ?([1-5]|i{1,3}|iv|v)\b", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_ORGAN_TOXICITY = re.compile(
    r"thrombo(?:cyto)?peni|an(?:a)?emi|neutropeni|leu[ck]openi|cytopeni|myelosuppress|(?:renal|kidney|hepat"
    r"|liver|marrow|nephro)"
    r"|creatinine|bilirubin|toxicity|haematotox|hematotox", re.I)  # fmt: skip
_BY_RADIOLIGAND = re.compile(
    r"prrt|177 ?-?lu|lu-?177|lutetium|lutathera|dotatate|dotatoc|radioligand|radionuclide|radiopharm"
    r"|dose[- ]limiting",
    re.IGNORECASE,
)

_DUE = re.compile(r"estimated (?:date of delivery|due date)|\bedd\b", re.I)
_STATUS_TITLE = re.compile(_DUE.pattern + r"|breast-?feeding|lactati|menopaus|expectancy|prognosis", re.I)
_YES = re.compile(r"(?:yes|true|current\w*|positive|present)\b", re.I)

_FIRST_DEGREE_CODES = frozenset(
    ["FTH", "MTH", "NFTH", "NMTH", "PRN", "NPRN", "SIB", "NSIB", "BRO", "NBRO", "SIS", "NSIS", "TWIN", "TWINBRO",
     "TWINSIS", "CHILD", "NCHILD", "SON", "DAU", "SONC", "DAUC", "FTWIN", "ITWIN"])  # fmt: skip
_FIRST_DEGREE = re.compile(
    r"(?<!grand)(?<!step)(?<!god)(?<!foster )\b(?:mother|father|parent|sister|brother|sibling|twin|son|daughter"
    r"|child|mutter"
    r"|vater|schwester|bruder|sohn|tochter)\b(?!-?in-?law)", re.I)  # fmt: skip
_MORE_DISTANT = re.compile(r"grand|step|half|foster|adopt|in-?law|aunt|uncle|cousin|great", re.I)


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Problem]:
    """Problems from Conditions, from status Observations, and the one family history that counts (MDS / AML)."""
    found: list[Problem] = []
    for resource in resources.of("Condition"):
        found += _of_condition(resource)
    for resource in resources.of("Observation"):
        found += _of_observation(resource, resources)
    for resource in resources.of("FamilyMemberHistory"):
        relative = _of_relative(resource)
        found += relative
        if not relative:
            ignored.append(Ignored(resource.source, "family-member"))
    return found


def _of_condition(resource: Resource) -> Iterator[Problem]:
    data = resource.data
    words = words_at(data, "code")
    around = " ".join([words, notes(data), *(words_at(data, name) for name in ("severity", "bodySite", "category"))])
    stage = " ".join(words_at(item, name) for item in objects(data.get("stage")) for name in ("summary", "type"))
    when, end = _days(data)
    past = bool(_PAST.search(words))
    if "pregnancy-end" in names_at(data, "code"):
        yield Problem(
            source=resource.source, when=when, kind="pregnancy", active=False, end=end or when, text=words[:200]
        )
    for kind, coded in _kinds(data):
        confirmed = _confirmed(data)
        if kind in _REASSURING and not confirmed:
            continue
        if kind == "pregnancy" and not confirmed:
            kind = "possible-pregnancy"
        yield Problem(
            source=resource.source,
            when=when,
            kind=kind,
            read_as="coded" if coded else "narrative",
            active=_active(data) and not (past and kind not in _LASTING),
            severe=_severe(data, f"{around} {stage}"),
            grade=_grade(data, kind, f"{words} {stage} {notes(data)}"),
            text=words[:200],
            end=end,
        )


def _kinds(data: Mapping[str, Any]) -> list[tuple[ProblemKind, bool]]:
    """The problems a Condition names, each with whether by code."""
    found: dict[ProblemKind, bool] = {}
    names = sorted(names_at(data, "code"))
    for name in names:
        for kind in _CODED.get(name, ()):
            found[kind] = True
    for words in free_texts(data, "code"):
        for kind in kinds_named(words):
            found.setdefault(kind, False)
    said = " ".join([words_at(data, "code"), *(words_at(item, "summary") for item in objects(data.get("stage")))])
    if nyha_class(said) and not _NEGATED.search(said):
        found.setdefault("nyha", False)
    reason = f"{words_at(data, 'code')} {notes(data)}"
    if _ORGAN_TOXICITY.search(words_at(data, "code")) and _BY_RADIOLIGAND.search(reason):
        found["toxicity"] = False
    return list(found.items())


@lru_cache(maxsize=4096)
def kinds_named(words: str) -> tuple[ProblemKind, ...]:
    """The problems a text names as the patient's own; what is negated, feared or a relative's is none."""
    words = words[:_MAX_NAME]
    if _FAMILY.search(words):
        return ()
    possible = bool(_COMPILED["possible-pregnancy"].search(words))
    found: list[ProblemKind] = []
    for kind, pattern in _COMPILED.items():
        match = pattern.search(words)
        if match is None or (kind == "pregnancy" and possible):
            continue
        if kind in _ABSENCE_IS_MEANT or not _NEGATED.search(words[: match.start()]):
            found.append(kind)
    return tuple(found)


def _active(data: Mapping[str, Any]) -> bool:
    """Missing is active; an abatement ends it whatever the status says."""
    ended = any(name.startswith("abatement") and data[name] not in (None, False) for name in data)
    status = {coding.code for coding in codings(data, "clinicalStatus")}
    return not ended and not status & {"inactive", "remission", "resolved"}


def _confirmed(data: Mapping[str, Any]) -> bool:
    status = {coding.code for coding in codings(data, "verificationStatus")}
    return not status & {"provisional", "differential", "unconfirmed"}


def _days(data: Mapping[str, Any]) -> tuple[Span | None, Span | None]:
    start, _ = dated(data, "onset")
    first, last = dated(data, "abatement")
    return start or first_date(data, "recordedDate"), last or first


def _severe(data: Mapping[str, Any], words: str) -> bool:
    return "severe" in names_at(data, "severity") or bool(_SEVERE.search(words))


def _grade(data: Mapping[str, Any], kind: ProblemKind, words: str) -> int | None:
    if kind == "nyha":
        coded = [int(name[-1]) for name in names_at(data, "code") if name.startswith("nyha-")]
        return max(coded, default=None) or nyha_class(words)
    match = _GRADE.search(words)
    return _ROMAN.get(match[1].lower()) or int(match[1]) if match else None


def _of_observation(resource: Resource, resources: ResourceSet) -> Iterator[Problem]:
    """Status observations: breast-feeding, menopause, estimated date of delivery, life expectancy."""
    data = resource.data
    names, title = names_at(data, "code"), " ".join(free_texts(data, "code"))
    answers = names_at(data, "valueCodeableConcept") & {"lactation", "menopause"}
    if not answers and "delivery-date-estimated" not in names and not _STATUS_TITLE.search(title):
        return
    when = when_observed(resource, resources, "issued")
    said = " ".join(filter(None, [text(data.get("valueString")), words_at(data, "valueCodeableConcept")]))
    if "delivery-date-estimated" in names or _DUE.search(title):
        due = parse_date(data.get("valueDateTime")) or parse_date(data.get("valueString"))
        if due:
            yield Problem(
                source=resource.source, when=when, kind="pregnancy", due=due, text="estimated date of delivery"
            )
        return
    if answers:
        yield from (Problem(source=resource.source, when=when, kind=_CODED[name][0]) for name in sorted(answers))
        return
    yes = data.get("valueBoolean") is True or bool(_YES.match(said))
    kinds: list[ProblemKind] = []
    if re.search(r"breast-?feeding|lactati", title, re.I) and (
        yes or re.match(r"breast-?feeding|lactating", said, re.I)
    ):
        kinds.append("lactation")
    if re.search(r"menopaus", title, re.I) and (yes or re.match(r"post-?menopaus", said, re.I)):
        kinds.append("menopause")
    if re.search(r"expectancy|prognosis", title, re.I):
        kinds += [kind for kind in kinds_named(f"life expectancy {said}") if kind == "short-life-expectancy"]
    for kind in kinds:
        yield Problem(source=resource.source, when=when, kind=kind, read_as="narrative", text=said[:200])


def _of_relative(resource: Resource) -> list[Problem]:
    """MDS or AML of a parent, brother, sister or child."""
    data = resource.data
    words = words_at(data, "relationship")
    codes = {coding.code for coding in codings(data, "relationship")}
    first_degree = bool(codes & _FIRST_DEGREE_CODES) or bool(_FIRST_DEGREE.search(words))
    if not first_degree or _MORE_DISTANT.search(words):
        return []
    for condition in objects(data.get("condition")):
        named = {kind for part in free_texts(condition, "code") for kind in kinds_named(part)}
        if "mds-aml" in names_at(condition, "code") or "mds-aml" in named:
            return [Problem(source=resource.source, when=parse_date(data.get("date")), kind="mds-aml-relative")]
    return []
