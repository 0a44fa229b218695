"""Tissue results: Ki-67, mitoses, grade and differentiation, from Observations and from pathology reports' text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Literal

from cds_service.fhir.elements import codings, effective, notes, number, objects, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, all_said, asked_once, free_words, names_at
from cds_service.record.common import by_source, when_observed
from cds_service.record.index import code_of, once, speaking
from cds_service.record.intervals import denominator, percent
from cds_service.record.model import Pathology, Range
from cds_service.record.pathology_values import differentiation_of, grade_of, ki67_of, mitoses_of, names_net
from cds_service.record.report_text import document_reports, report_text
from cds_service.record.scan_text import quoted, reading
from cds_service.record.tissue import of_other_tumour, site_of
from cds_service.record.tumour_names import read_name
from cds_service.record.versions import UNFINISHED, current, same_code

_KI67_WORDS = re.compile(r"\bki[- ]?67\b|\bmib[- ]?1\b|\bproliferation (?:index|fraction|rate)", re.I)
_MITOSES_WORDS = re.compile(r"\bmitos[ei]s\b|\bmitotic (?:count|rate|index|activity|figures)", re.I)
_GRADE_WORDS = re.compile(r"\b(?:histolog\w+|who|tumou?r|net|nen|patholog\w+|neuro-?endo\w+) (?:\w+ ){0,3}grad\w+"
                          r"|^grad\w+$", re.I)
_DIFFERENTIATION_WORDS = re.compile(r"\bdifferentiation\b", re.I)
_MORPHOLOGY_WORDS = re.compile(r"\bmorpholog\w+|\bhistolog\w* (?:type|diagnosis)|\bhistopatholog\w+ diagnosis", re.I)
_OTHER_GRADE = re.compile(r"gleason|nottingham|bloom|fuhrman|isup|toxicity|ctcae|adverse|steatosis|fibrosis|varic"
                          r"|oesophagitis"
                          r"|esophagitis|gastritis|cin\b|dysplasia|breast", re.I)  # fmt: skip
_PATHOLOGY_WORDS = re.compile(r"\bpatholog\w*|\bhistolog\w*|\bbiopsy|\bcytolog\w*|\bspecimen|\bimmunohisto\w*"
                              r"|\bhistopath\w*", re.I)
_PATHOLOGY_CODES = frozenset({"11526-1", "60567-5", "60568-3", "22634-0", "11529-5", "33717-0", "47526-9"})
_PATHOLOGY_CATEGORY = frozenset({"PAT", "SP", "CP", "PATH", "CTH"})
What = Literal["ki67", "mitoses", "grade", "differentiation", "morphology"]


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Pathology]:
    """Every tissue result of this tumour, by source; values that may not be used go to ``ignored``."""
    reports = [*of_pathology(resources), *documents_of_pathology(resources)]
    kept = current(reports, ignored, same_code)
    dropped = {item.source for item in reports} - {item.source for item in kept}
    foreign = {item.source for item in kept if _is_foreign(item, resources)}
    observations = [
        item for item in speaking(resources, what_said)
        if _belongs(item, dropped | foreign)
        and not _listed_by(item, dropped | foreign, resources)
    ]  # fmt: skip
    observations = current(observations, ignored, lambda item: _stated(item.data))
    found = [item for resource in observations for item in _results(resource, resources, ignored)]
    for report in kept:
        if report.source not in foreign:
            found += _report(report, resources, ignored, found)
    return by_source(found, lambda item: (item.read_as, repr(item)))


def of_pathology(resources: ResourceSet, *, otherwise: bool = False) -> list[Resource]:
    """The DiagnosticReports of pathology, or ``otherwise`` all the others."""
    return once(resources, "reports by kind", lambda: _by_kind(resources.of("DiagnosticReport")))[otherwise]


def documents_of_pathology(resources: ResourceSet, *, otherwise: bool = False) -> list[Resource]:
    """The same of documents, in the shape of reports."""
    return once(resources, "documents by kind", lambda: _by_kind(document_reports(resources)))[otherwise]


def _by_kind(reports: Iterable[Resource]) -> tuple[list[Resource], list[Resource]]:
    kinds: tuple[list[Resource], list[Resource]] = [], []
    told: dict[tuple[tuple[Said, ...], ...], bool] = {}  # many reports have one code and category
    for report in reports:
        said = tuple(all_said(report.data, "code")), tuple(all_said(report.data, "category"))
        if said not in told:
            told[said] = is_pathology(report)
        kinds[not told[said]].append(report)
    return kinds


def is_pathology(report: Resource) -> bool:
    """Whether a DiagnosticReport is one of pathology."""
    data = report.data
    names = names_at(data, "code") | names_at(data, "category")
    if names & {"pathology-diagnosis", "category-pathology"}:
        return True
    coded = (*codings(data, "code"), *codings(data, "category"))
    if any(c.code in _PATHOLOGY_CODES and "loinc" in c.system.lower() for c in coded):
        return True
    if any(c.code in _PATHOLOGY_CATEGORY and "v2-0074" in c.system for c in coded):
        return True
    words = f"{free_words(data, 'code')} {free_words(data, 'category')}"
    return bool(_PATHOLOGY_WORDS.search(words)) and not re.search(r"\b(?:pet|ct|mri|scan|radiolog\w+)\b", words, re.I)


def _is_foreign(report: Resource, resources: ResourceSet) -> bool:
    """A report of another tumour: by its name, its specimen or the Condition it is about."""
    return of_other_tumour(report, resources, words_at(report.data, "code"))


def _belongs(item: Resource, dropped: set[str]) -> bool:
    return item.parent is None or item.parent.source not in dropped


def _listed_by(item: Resource, dropped: set[str], resources: ResourceSet) -> bool:
    """Whether only reports that were replaced or are of another tumour list this result."""
    if not dropped:
        return False
    reports = resources.of("DiagnosticReport")
    listing = {report.source for report in reports if item.source in _listed(report, resources)}
    return bool(listing) and listing <= dropped


def _listed(report: Resource, resources: ResourceSet) -> frozenset[str]:
    found = (resources.resolve(target, within=report) for target in objects(report.data.get("result")))
    return frozenset(item.source for item in found if item is not None)


def what_of(data: dict[str, Any]) -> What | None:
    """What a tissue Observation (or component) states; None if it is no tissue result or one that is never used."""
    return what_said(code_of(data))


@asked_once
def what_said(code: Said) -> What | None:
    """What a code states of tissue."""
    names = code.names
    if names:
        if "ki67" in names:
            return "ki67"
        if "mitoses" in names:
            return "mitoses"
        if names & {"histologic-grade", "net-grade"}:
            return "grade"
        return "morphology" if names & {"histology-type", "tumour-morphology-panel"} else None
    words = " ".join(code.texts)
    if not words or _OTHER_GRADE.search(words):
        return None
    for pattern, what in _BY_WORDS:
        if pattern.search(words):
            return what
    return None


_BY_WORDS: tuple[tuple[re.Pattern[str], What], ...] = (
    (_KI67_WORDS, "ki67"), (_MITOSES_WORDS, "mitoses"), (_GRADE_WORDS, "grade"),
    (_DIFFERENTIATION_WORDS, "differentiation"), (_MORPHOLOGY_WORDS, "morphology"),
)  # fmt: skip


def _parts(data: dict[str, Any]) -> Iterator[tuple[What, dict[str, Any]]]:
    for part in (data, *objects(data.get("component"))):
        if (what := what_of(part)) is not None:
            yield what, part


def _stated(data: dict[str, Any]) -> frozenset[What]:
    return frozenset(what for what, _ in _parts(data))


def _results(resource: Resource, resources: ResourceSet, ignored: list[Ignored]) -> Iterator[Pathology]:
    """The results of one Observation and its components, as one item."""
    data = resource.data
    if of_other_tumour(resource, resources, f"{words_at(data, 'code')} {words_at(data, 'method')} {notes(data)}"):
        return
    values: dict[str, Any] = {}
    proof = False
    for what, part in _parts(data):
        proof |= what == "morphology" and names_net(part.get("valueCodeableConcept"))
        if what == "ki67" and (found := ki67_of(part, resource.source, ignored)):
            values["ki67_percent"] = _higher(values.get("ki67_percent"), found)
        elif what == "mitoses" and (count := mitoses_of(part, resource.source, ignored)):
            values["mitoses"], values["mitoses_per"] = count
        elif what in ("grade", "morphology") and (grade := grade_of(part, morphology=what == "morphology")):
            values["grade"] = grade
        if what in ("differentiation", "grade", "morphology") and (named := differentiation_of(part)):
            values["differentiation"] = named
    if values or proof:
        yield Pathology(
            source=resource.source, when=when_observed(resource, resources, "issued"),
            site=site_of(resource, resources), **values,
        )  # fmt: skip


def _higher(first: Range | None, second: Range) -> Range:
    return second if first is None or second.high > first.high else first


def _report(
    report: Resource, resources: ResourceSet, ignored: list[Ignored], coded: list[Pathology]
) -> Iterator[Pathology]:
    """What the text of one pathology report says, beyond its own coded results, and the earlier values it quotes."""
    if report.status in UNFINISHED:
        ignored.append(Ignored(report.source, "preliminary"))
        return
    words = report_text(report, resources, ignored)
    if not words and not report.data.get("conclusionCode"):
        return
    said = reading(resources, words, "pathology")
    own = _listed(report, resources)
    known = [item for item in coded if item.source in own]
    when, site = effective(report.data, "issued"), site_of(report, resources)
    ki67 = ki67_said(said)
    if ki67 is not None and any(item.ki67_percent == ki67 for item in known):
        ki67 = None  # the coded result and its sentence are one value
    mitoses, per = mitoses_said(said["mitoses"])
    coded_diagnosis = {"valueCodeableConcept": report.data.get("conclusionCode")}
    grade = said["grade"] or grade_of(coded_diagnosis, morphology=True)
    differentiation = said["differentiation"] or differentiation_of(coded_diagnosis)
    if ki67 or mitoses or grade or differentiation or (not known and _proves(report, words)):
        yield Pathology(
            source=report.source, when=when, read_as="narrative", quote=quoted(said, "ki67_percent", "ki67_range"),
            ki67_percent=ki67,            mitoses=mitoses, mitoses_per=per, mitoses_quote=quoted(said, "mitoses"),
            grade=grade, grade_quote=quoted(said, "grade"),
            differentiation=differentiation, differentiation_quote=quoted(said, "differentiation"), site=site,
        )  # fmt: skip
    for earlier in said["prior"]:
        if earlier.get("what") == "ki67" and (value := prior_range(earlier.get("value"))) is not None:
            # an earlier specimen of unknown date: its Ki-67 counts, but it is no tissue of its own here
            yield Pathology(source=report.source, read_as="narrative", ki67_percent=value, histology=False)


def _proves(report: Resource, words: str) -> bool:
    """Whether a report's text or coded conclusion names a neuroendocrine neoplasm."""
    named = read_name(words)
    return (named is not None and not named.suspected) or names_net(report.data.get("conclusionCode"))


def ki67_said(said: dict[str, Any]) -> Range | None:
    """The Ki-67 a report's text gives, as an interval."""
    sign, percent = said["ki67_comparator"], number(said["ki67_percent"])
    if said["ki67_range"]:
        low, high = (number(end) for end in said["ki67_range"])
        if low is None or high is None or not 0 <= low <= high <= 100:
            return None
        return Range(low=low, high=high, comparator=sign)
    if percent is None or not 0 <= percent <= 100:
        return None
    return Range(low=percent, high=percent, comparator="~" if sign == "~" else None)


def mitoses_said(said: object) -> tuple[Range | None, str | None]:
    """The mitotic count a report's text gives, and its denominator as written."""
    if not isinstance(said, dict):
        return None, None
    count, written = said.get("count"), text(said.get("per"))
    per = denominator(written) or written or None
    if isinstance(count, list) and len(count) == 2:
        low, high = number(count[0]), number(count[1])
        return (Range(low=low, high=high), per) if low is not None and high is not None else (None, None)
    if isinstance(count, str) and count[:1] == "<" and (most := number(count.lstrip("<="))) is not None:
        return Range(low=Decimal(0), high=most, comparator="<="if count.startswith("<=") else "<"), per
    exact = number(count)
    return (Range(low=exact, high=exact), per) if exact is not None else (None, None)


def prior_range(value: object) -> Range | None:
    """An earlier value as the text quotes it: a number, [low, high] or words."""
    if isinstance(value, list) and len(value) == 2:
        low, high = number(value[0]), number(value[1])
        return Range(low=low, high=high) if low is not None and high is not None and 0 <= low <= high <= 100 else None
    if isinstance(value, str):
        found = percent(value)
        return found[0] if found and found[0].high <= 100 else None
    exact = number(value)
    return Range(low=exact, high=exact) if exact is not None and 0 <= exact <= 100 else None
