"""Conditions other than the tumour that a rule asks for, and what relatives had that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import codings, dated, effective, notes, objects, states, text, walk, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.fhir.status import UNSURE, verification
from cds_service.record.codes import Said, asked_once, concepts_at, names_at
from cds_service.record.common import first_date, free_texts, when_observed
from cds_service.record.index import candidates, code_of
from cds_service.record.medication import product_of
from cds_service.record.model import Problem, ProblemKind
from cds_service.record.problem_names import NAMES, NEGATED, kinds_named
from cds_service.record.prrt import radioligand, radioligand_of
from cds_service.record.status import nyha_class

_CODED: dict[str, tuple[ProblemKind, ...]] = {
    "splenectomy": ("asplenia",), "pancreatectomy-splenectomy": ("asplenia",), "asplenia": ("asplenia",),
    "gastrin-excess": ("gastrinoma",), "carcinoid-crisis": ("hormonal-crisis", "carcinoid-syndrome"),
    "acth-tumour": ("acth-cushing",), "carcinoid-heart-disease": ("carcinoid-heart-disease", "carcinoid-syndrome"),
    "nyha-1": ("nyha",), "nyha-2": ("nyha",), "nyha-3": ("nyha",), "nyha-4": ("nyha",),
    "hypoglycaemia": ("hypoglycaemia",), "ckd": ("renal-failure",),
    **{kind: (kind,) for kind in NAMES},
}  # fmt: skip
"""Concepts of the code table and the problems they are."""

_REASSURING: frozenset[ProblemKind] = frozenset({"menopause", "sterilised", "hysterectomy", "infertility"})
_PAST = re.compile(r"\bhistory of|\bh/o\b|\bprevious|\bprior\b|\bpast\b|\bformer|status post|\bs/p\b|resolved", re.I)
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

_LOST = re.compile(r"(?:miscarriage|(?:spontaneous|missed|complete|induced) abortion|still-?birth)\b[^,;]{0,60}", re.I)
_DUE = re.compile(r"estimated (?:date of delivery|due date)|\bedd\b", re.I)
_STATUS_TITLE = re.compile(_DUE.pattern + r"|breast-?feeding|lactati|menopaus|expectancy|prognosis", re.I)
_AFTER_MENOPAUSE = re.compile(r"post-?menopaus|menopause (?:reached|completed)", re.I)
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
    for resource in candidates(resources, _names_problem, "Condition"):
        found += _of_condition(resource)
    for resource in candidates(resources, _asks_status, "Observation"):
        found += _of_observation(resource, resources, ignored)
    for resource in resources.of("AdverseEvent"):
        found += _of_adverse_event(resource, resources)
    for resource in resources.of("MedicationAdministration", "MedicationStatement", "Procedure"):
        found += _of_stopped_dose(resource, resources)
    for resource in resources.of("FamilyMemberHistory"):
        relative = _of_relative(resource)
        found += relative
        if not relative:
            ignored.append(Ignored(resource.source, "family-member"))
    return found


@asked_once
def _names_problem(code: Said) -> bool:
    """Whether a Condition's code may name a problem; what stands beside it only completes that (``index``)."""
    if "pregnancy-end" in code.names or not _CODED.keys().isdisjoint(code.names):
        return True
    if any(kinds_named(words) for words in code.texts) or nyha_class(code.shown) is not None:
        return True
    return bool(_LOST.fullmatch(code.shown) or _ORGAN_TOXICITY.search(code.shown))


def _of_condition(resource: Resource) -> Iterator[Problem]:
    data = resource.data
    words = words_at(data, "code")
    kinds, ended = _kinds(data), "pregnancy-end" in names_at(data, "code") or bool(_LOST.fullmatch(words.strip()))
    if not kinds and not ended:
        return
    around = " ".join([words, notes(data), *(words_at(data, name) for name in ("severity", "bodySite", "category"))])
    stage = " ".join(words_at(item, name) for item in objects(data.get("stage")) for name in ("summary", "type"))
    when, end = _days(data)
    past = bool(_PAST.search(words))
    if ended:
        yield Problem(
            source=resource.source, when=when, kind="pregnancy", active=False, end=end or when, text=words[:200]
        )
    for kind, coded in kinds:
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
    names = set(names_at(data, "code"))
    for extension in objects(data.get("extension")):  # a functional tumour may be coded by its morphology alone
        if "morphology" in text(extension.get("url")).lower():
            names |= set(names_at(extension, "valueCodeableConcept"))
    for name in sorted(names):
        for kind in _CODED.get(name, ()):
            found[kind] = True
    for words in free_texts(data, "code"):
        for kind in kinds_named(words):
            found.setdefault(kind, False)
    words = words_at(data, "code")
    said = " ".join([words, *(words_at(item, "summary") for item in objects(data.get("stage")))])
    if nyha_class(said) and not NEGATED.search(said):
        found.setdefault("nyha", False)
    if _ORGAN_TOXICITY.search(words) and _BY_RADIOLIGAND.search(f"{words} {notes(data)}"):
        found["toxicity"] = False
    return list(found.items())


def _active(data: Mapping[str, Any]) -> bool:
    """Missing is active; an abatement ends it whatever the status says."""
    ended = any(name.startswith("abatement") and data[name] not in (None, False) for name in data)
    status = states(data, "clinicalStatus")
    return not ended and not status & {"inactive", "remission", "resolved"}


def _confirmed(data: Mapping[str, Any]) -> bool:
    return not verification(data) & UNSURE


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


def _of_observation(resource: Resource, resources: ResourceSet, ignored: list[Ignored]) -> Iterator[Problem]:
    """Status observations: breast-feeding, menopause, estimated date of delivery, life expectancy."""
    data = resource.data
    code = code_of(data)
    answers = names_at(data, "valueCodeableConcept") & {"lactation", "menopause"}
    if not answers and not _asks_status(code):
        return
    names, title = code.names, " ".join(code.texts)
    when = when_observed(resource, resources, "issued")
    said = " ".join(filter(None, [text(data.get("valueString")), words_at(data, "valueCodeableConcept")]))
    if "delivery-date-estimated" in names or _DUE.search(title):
        due = parse_date(data.get("valueDateTime")) or parse_date(data.get("valueString"))
        if due:
            yield Problem(
                source=resource.source, when=when, kind="pregnancy", due=due, text="estimated date of delivery"
            )
        elif any(value and name.startswith("value") for name, value in data.items()):
            ignored.append(Ignored(resource.source, "unreadable", "estimated date of delivery"))
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
    if _AFTER_MENOPAUSE.search(title if yes else "") or _AFTER_MENOPAUSE.match(said):
        kinds.append("menopause")
    if re.search(r"expectancy|prognosis", title, re.I):
        kinds += [kind for kind in kinds_named(f"life expectancy {said}") if kind == "short-life-expectancy"]
    for kind in kinds:
        yield Problem(source=resource.source, when=when, kind=kind, read_as="narrative", text=said[:200])


@asked_once
def _asks_status(code: Said) -> bool:
    return "delivery-date-estimated" in code.names or bool(_STATUS_TITLE.search(" ".join(code.texts)))


def _of_adverse_event(resource: Resource, resources: ResourceSet) -> Iterator[Problem]:
    """Toxicity that the record ascribes to a radioligand, in words or by the suspected treatment."""
    data = resource.data
    words = words_at(data, "event")
    if text(data.get("actuality")) == "potential" or not _ORGAN_TOXICITY.search(words):
        return
    suspects = [resources.resolve(target, within=resource) for target in walk(data, "suspectEntity", "instance")]
    agents = [words] + [_agent_words(suspect, resources) for suspect in suspects if suspect]
    if not any(_BY_RADIOLIGAND.search(agent) for agent in agents):
        return
    around = f"{words} {words_at(data, 'severity')} {words_at(data, 'seriousness')}"
    yield Problem(
        source=resource.source,
        when=first_date(data, "date", "detected", "recordedDate"),
        kind="toxicity",
        read_as="narrative",
        severe=bool(_SEVERE.search(around)),
        grade=_grade(data, "toxicity", around),
        text=words[:200],
    )


def _of_stopped_dose(resource: Resource, resources: ResourceSet) -> Iterator[Problem]:
    """Toxicity given as the reason why a radioligand was stopped."""
    if resource.status != "stopped":
        return
    data = resource.data
    reason = words_at(data, "statusReason")
    if _ORGAN_TOXICITY.search(reason) and _agent_words(resource, resources):
        yield Problem(
            source=resource.source,
            when=effective(data) or dated(data, "performed")[0],
            kind="toxicity",
            read_as="narrative",
            active=False,
            severe=bool(_SEVERE.search(reason)),
            grade=_grade(data, "toxicity", reason),
            text=reason[:200],
        )


def _agent_words(suspect: Resource, resources: ResourceSet) -> str:
    """What a suspected treatment is called; a radioligand known by code is called one."""
    if suspect.type in ("Procedure", "Medication"):
        agent = radioligand_of(concepts_at(suspect.data, "code"), words_at(suspect.data, "code"))
    else:
        agent = radioligand(product_of(suspect, resources))
    return "radioligand" if agent and agent.group == "prrt" else ""


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
