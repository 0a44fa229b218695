"""How the disease is said to do, and whether it can be operated on: coded statements, reports and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import data_absent, dated, effective, notes, objects, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.narrative import read_statement
from cds_service.narrative.lowercase import folded
from cds_service.narrative.normalise import plain
from cds_service.narrative.statement import Statement
from cds_service.narrative.words import Words
from cds_service.record.codes import free_words, names_at
from cds_service.record.common import by_source
from cds_service.record.diagnosis import diagnosis_of
from cds_service.record.extent import clauses
from cds_service.record.index import speaking
from cds_service.record.model import DiseaseStatement, Operability
from cds_service.record.pathology import of_pathology
from cds_service.record.report_text import document_texts, is_laboratory, report_text
from cds_service.record.scan_text import KINDS, quoted, reading
from cds_service.record.surgery import when_done
from cds_service.record.tissue import about_other_tumour
from cds_service.record.tracers import studies_of, title_of
from cds_service.record.versions import UNFINISHED, current, same_code

Status = Literal["CR", "PR", "SD", "PD", "improved", "stable", "worsened", "not-detected", "symptoms-improved"]
_CODED: dict[str, Status] = {
    "status-improved": "improved", "status-stable": "stable", "status-worsened": "worsened",
    "status-not-detected": "not-detected", "status-cr": "CR", "status-pr": "PR",
}  # fmt: skip
_STATUS_CODE = re.compile(
    r"\b(?:disease|cancer|tumou?r|recist|overall|treatment|therapy|best overall)[ -](?:\w+ )?(?:status|response"
    r"|progression|"
    r"evaluation|assessment)\b|\brecist\b|\bresponse to (?:\w+ )?(?:treatment|therapy|chemotherapy)\b"
    r"|disease progression",
    re.I,
)
_VALUE: tuple[tuple[Status, re.Pattern[str]], ...] = (
    ("not-detected", re.compile(r"\bnot detected\b|\bno evidence of (?:disease|tumou?r)\b|\bned\b"
                                r"|\bcomplete remission\b", re.I)),
    ("CR", re.compile(r"\bcomplete (?:metabolic )?response\b|^i?CR$", re.I)),
    ("PR", re.compile(r"\bpartial (?:metabolic )?(?:response|remission)\b|^i?PR$", re.I)),
    ("SD", re.compile(r"\bstable disease\b|^i?SD$", re.I)),
    ("PD", re.compile(r"\bprogressive (?:metabolic )?disease\b|^i?C?PD$", re.I)),
    ("worsened", re.compile(r"\bworse\w*\b|\bprogress(?:ed|ion|ive|ing)\b|\bincreas\w+", re.I)),
    ("improved", re.compile(r"\bimprov\w+\b|\bregress\w+\b|\brespond\w+", re.I)),
    ("stable", re.compile(r"\bstable\b|\bunchanged\b|\bno (?:relevant )?change\b", re.I)),
)
_DENIED = re.compile(r"\b(?:no|not|without|never|denies|unlikely|cannot|possible|possibly|suspected|question\w*|if"
                     r"|pseudo\w*)\b", re.I)
_SYMPTOM = (
    r"(?:symptoms?|(?:abdominal |epigastric |bone |back )?pain|diarrh\w+|flush\w*|complaints?|performance|well-?being)"
)
_BETTER = (
    r"(?:improv\w+|less|lessened|reduc\w+|decreas\w+|better|reliev\w+|relief|subsid\w+|resolved|settled|diminish\w+)"
)
_OF_SYMPTOMS = re.compile(rf"\b{_SYMPTOM}\b", re.I)
_SYMPTOMS_IMPROVED = Words(
    rf"\b{_BETTER}(?: (?:in|of|from|his|her|the|clinical|tumou?r-related|abdominal|hormonal)){{0,3}} {_SYMPTOM}"
    rf"|\b{_SYMPTOM}(?: (?:has|have|had|is|are|was|were|also|clearly|much|markedly|clinically|now|been|got"
    rf"|significantly"
    rf"|partially)){{0,4}} {_BETTER}\b|\b(?:clinical|symptomatic) (?:improvement|response|benefit)\b",
)
_NOT_SAID = re.compile(
    r"\b(?:no|not|without|hardly|never|if|should|hop(?:e\w*|ing)|expect\w*|aim\w*|goal|to (?:improve|reduce|relieve)"
    r"|will|would|may|might|could|in order|no longer|unless|until|previous\w*|(?<!than )before|initially|in \d{4}"
    r"|failed|worsen\w*|then)\b|\?|n't\b",
    re.I,
)
_WORSE_AGAIN = re.compile(r"\b(?:now|again|currently|since then) (?:worse|worsen\w*|increas\w+|recurr\w+|back)\b"
                          r"|\bworse (?:again|now)\b", re.I)  # fmt: skip
_LOCALISED = Words(
    r"\blocali[sz]ed (?:\w+ ){0,2}(?:disease|tumou?r|neuroendocrine|net\b|stage|primary|lesion|to the)"
    r"|\bconfined to the (?:pancrea\w+|bowel|stomach|appendix|rectum|duodenum|organ)",
)
_ASSERTABLE = re.compile(r"symptom|pain|diarrh|flush|complaint|performance|well-?being|clinical|locali|confined")
"""Without one of these neither symptoms are better nor the disease is localised."""
_RESECTABILITY = re.compile(r"\b(?:re|ir|un)?-?(?:sectabil|operabil)\w+|\bresectab\w+|\boperab\w+"
                            r"|surgical candidacy", re.I)


def read(resources: ResourceSet, ignored: list[Ignored]) -> tuple[list[DiseaseStatement], list[Operability]]:
    """What the record says of the course of the disease and of operability, each with date and source."""
    said: list[DiseaseStatement] = []
    verdicts: list[Operability] = []
    ignored += [Ignored(source, "unreadable", "disease status") for source in _unread(resources)]
    for item in _found(resources):
        if isinstance(item, DiseaseStatement):
            said.append(item)
        else:
            verdicts.append(item)
    undated = {item.source for item in said if item.when is None and item.source.startswith("Observation")}
    ignored += [Ignored(source, "no-date", "disease status") for source in sorted(undated)]
    return by_source(set(said)), by_source(set(verdicts))


def _found(resources: ResourceSet) -> Iterator[DiseaseStatement | Operability]:
    candidates = speaking(resources, lambda code: code.texts or "disease-status" in code.names)
    told = {id(item): found for item in candidates if (found := tuple(_observation(item)))}
    own = [item for item in candidates if id(item) in told and not about_other_tumour(item, resources)]
    for observation in current(own, [], same_code):
        yield from told[id(observation)]
    for report in current(of_pathology(resources, otherwise=True), [], same_code):
        if report.status not in UNFINISHED:
            yield from _report(report, resources)
    for resource in resources.of("DocumentReference", "Composition"):
        when = parse_date(resource.data.get("date"))
        yield from note_says(document_texts(resource, resources, []), resource.source, when)
    for resource in resources.of("ClinicalImpression"):
        when = effective(resource.data, "date")
        words = "\n".join(part for part in (text(resource.data.get("summary")), notes(resource.data)) if part)
        yield from note_says(words, resource.source, when)
    for resource in resources.of("Condition"):
        yield from _condition(resource, resources)
    for resource in resources.of("Procedure"):
        if "note" not in resource.data and "outcome" not in resource.data:
            continue
        words = f"{notes(resource.data)}\n{words_at(resource.data, 'outcome')}".strip()
        if words:
            yield from _operability(words, resource.source, when_done(resource.data))


def _unread(resources: ResourceSet) -> Iterator[str]:
    """Coded disease statuses with a value that says none."""
    for resource in speaking(resources, lambda code: "disease-status" in code.names):
        valued = any(name.startswith("value") and value is not None for name, value in resource.data.items())
        if valued and not data_absent(resource.data) and not any(True for _ in _observation(resource)):
            yield resource.source


def _observation(resource: Resource) -> Iterator[DiseaseStatement | Operability]:
    """A disease status Observation; an Observation of resectability; a symptom that got better."""
    data = resource.data
    if "valueString" not in data and "valueCodeableConcept" not in data:
        return
    when = effective(data, "issued")
    value = f"{text(data.get('valueString'))} {words_at(data, 'valueCodeableConcept')}".strip()
    code = free_words(data, "code")
    if "disease-status" in names_at(data, "code") or _STATUS_CODE.search(code):
        coded = _coded(data, "valueCodeableConcept")
        status = coded or _status(free_words(data, "valueCodeableConcept") or text(data.get("valueString")))
        if status:
            yield DiseaseStatement(source=resource.source, when=when, status=status, quote="" if coded else value[:200],
                                   read_as="coded" if coded else "narrative")  # fmt: skip
    elif _RESECTABILITY.search(code) and value:
        yield from _operability(value, resource.source, when)
    elif code and value and symptoms_improved(f"{code} {value}"):
        yield DiseaseStatement(source=resource.source, when=when, status="symptoms-improved", read_as="narrative",
                               quote=value[:200])  # fmt: skip


def _coded(data: Mapping[str, Any], name: str) -> Status | None:
    """The one status the codes of that element name."""
    coded = [_CODED[each] for each in sorted(names_at(data, name)) if each in _CODED]
    return coded[0] if len(coded) == 1 else None


def _status(words: str) -> Status | None:
    """The status a short value states, the more telling word first; a denied one gives none."""
    line = " ".join(plain(words[:300]).text.split()).strip(" .")
    for status, pattern in _VALUE:
        if (match := pattern.search(line)) and not _denied(status, line, match):
            return status
    return None


def _denied(status: Status, line: str, match: re.Match[str]) -> bool:
    before = line[: match.start()]
    return status not in ("not-detected",) and bool(_DENIED.search(before))


def _report(report: Resource, resources: ResourceSet) -> Iterator[DiseaseStatement | Operability]:
    """An imaging report by the report reader; any other report that is not of the laboratory as a note."""
    if is_laboratory(report):
        return
    if coded := _coded(report.data, "conclusionCode"):
        yield DiseaseStatement(source=report.source, when=effective(report.data, "issued"), status=coded)
    study = next(iter(studies_of(report, resources)), None)
    words = report_text(report, resources, [])
    if not words:
        return
    when = effective(report.data, "issued")
    if study is None or study.modality is None:
        yield from note_says(words, report.source, when)
        return
    titled = "\n".join(part for part in (title_of(report, resources), words) if part)
    said = reading(resources, titled, KINDS[study.modality])
    yield from _imaging(said, report.source, when)
    if said["operability"] is None and localised(words):
        yield Operability(source=report.source, when=when, verdict="localised", read_as="narrative")


def _imaging(said: dict[str, Any], source: str, when: Span | None) -> Iterator[DiseaseStatement | Operability]:
    status: Status | None = said["response"]
    new = said["new_lesions"] is True
    if status is None and new:
        status = "worsened"
    if status is None and said["no_evidence_of_disease"] is True:
        status = "not-detected"
    if status is not None and status in get_args(Status):
        quote = quoted(said, "response", "new_lesions", "no_evidence_of_disease")
        yield DiseaseStatement(source=source, when=when, status=status, new_lesions=new, read_as="narrative",
                               quote=quote)  # fmt: skip
    if said["operability"] in ("resectable", "unresectable"):
        yield Operability(source=source, when=when, verdict=said["operability"], read_as="narrative",
                          quote=quoted(said, "operability"))  # fmt: skip


def note_says(words: str, source: str, when: Span | None) -> Iterator[DiseaseStatement | Operability]:
    """What a note (clinic letter, tumour board) asserts now of disease, symptoms and operability."""
    if not words.strip():
        return
    said = read_statement(words)
    of_symptoms = bool(_OF_SYMPTOMS.search(said.quotes.get("response", "")))  # better or worse, but not the tumour
    status: Status | None = None if of_symptoms else said.response
    if status is None and said.new_lesions is True:
        status = "worsened"
    if status is None and said.no_evidence_of_disease is True:
        status = "not-detected"
    if status is not None:
        names = ("response", "new_lesions", "no_evidence_of_disease")
        quote = next((said.quotes[name] for name in names if said.quotes.get(name)), "")
        yield DiseaseStatement(source=source, when=when, status=status, new_lesions=said.new_lesions is True,
                               read_as="narrative", quote=quote[:200])  # fmt: skip
    assertable = _assertable(words)
    if (assertable and symptoms_improved(words)) or (of_symptoms and said.response == "improved"):
        yield DiseaseStatement(source=source, when=when, status="symptoms-improved", read_as="narrative")
    if assertable or said.operability:
        yield from _operability(words, source, when, said)


def _operability(
    words: str, source: str, when: Span | None, said: Statement | None = None
) -> Iterator[Operability]:
    """``said``: what ``read_statement`` made of the words, if it is known already."""
    quote = said.quotes.get("operability", "") if said else ""
    verdict = (said or read_statement(words)).operability
    if verdict == "resectable":
        yield Operability(source=source, when=when, verdict="resectable", read_as="narrative", quote=quote[:200])
    elif verdict == "unresectable":
        yield Operability(source=source, when=when, verdict="unresectable", read_as="narrative", quote=quote[:200])
    elif localised(words):
        yield Operability(source=source, when=when, verdict="localised", read_as="narrative")


def symptoms_improved(words: str) -> bool:
    """Whether better symptoms are asserted now."""
    return _asserts(words, _SYMPTOMS_IMPROVED) and not _WORSE_AGAIN.search(words)


def localised(words: str) -> bool:
    """Whether the disease is called localised, not denied."""
    return _asserts(words, _LOCALISED)


def _assertable(words: str) -> bool:
    """Whether symptoms can be better by these words, or the disease localised."""
    return _ASSERTABLE.search(folded(plain(words).text)) is not None


def _asserts(words: str, what: Words) -> bool:
    if not _assertable(words) or not what.search(" ".join(plain(words).text.split())):
        return False
    return any(what.search(clause) and not _NOT_SAID.search(clause) for clause in clauses(words))


def _condition(resource: Resource, resources: ResourceSet) -> Iterator[DiseaseStatement | Operability]:
    """The notes of a Condition, each with its own time; those of other diseases are not about this tumour."""
    data = resource.data
    if "note" not in data and "stage" not in data:
        return
    if diagnosis_of(resource, resources) is None and "metastasis" not in names_at(data, "code"):
        return
    start, _ = dated(data, "onset")
    written = parse_date(data.get("recordedDate")) or start
    for note in objects(data.get("note")):
        yield from note_says(notes({"note": note}), resource.source, parse_date(note.get("time")) or written)
    stage = " ".join(words_at(item, "summary") for item in objects(data.get("stage")))
    if stage and localised(f"{stage} disease"):
        yield Operability(source=resource.source, when=written, verdict="localised", read_as="narrative",
                          quote=stage[:200])  # fmt: skip
