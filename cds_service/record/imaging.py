"""Scans: somatostatin receptor PET and scintigraphy, FDG PET, CT and MRI, from reports and their Observations.

Per-lesion Observations are used where there are any; the text is read as well, to notice when the two disagree and to
find sites nobody scored. A PET of unknown tracer and an undated scan are listed, never used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import codings, effective, objects, reference, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record import lesions
from cds_service.record.codes import names_at
from cds_service.record.common import by_source
from cds_service.record.model import Lesion, Modality, Scan
from cds_service.record.organs import organ_of
from cds_service.record.pathology import documents_of_pathology, of_pathology
from cds_service.record.report_text import report_text
from cds_service.record.scan_results import Loose, is_pairing, listed, measures
from cds_service.record.scan_text import KINDS, fields_from_text, reading
from cds_service.record.tissue import names_other_tumour
from cds_service.record.tracers import FDG, Study, studies_of, studies_of_text, study_of_line, title_of
from cds_service.record.versions import UNFINISHED, current

_NETPET = re.compile(r"(?<![a-z0-9])(P[0-5])[ab]?(?![a-z0-9])", re.I)


@dataclass(frozen=True, slots=True)
class _Report:
    """One examination of a report with what is known of it so far."""

    resource: Resource
    modality: Modality
    tracer: str | None
    words: str
    said: dict[str, Any] | None
    own: tuple[Resource, ...]


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Scan]:
    """Every scan on record, by source; undated, superseded, unfinished and unclear ones go to ``ignored`` too."""
    reports = [*of_pathology(resources, otherwise=True), *documents_of_pathology(resources, otherwise=True)]
    studies = [(report, study) for report in reports for study in studies_of(report, resources)]
    loose = Loose(resources, studies)
    known = [found for pair in studies for found in _opened(*pair, resources, loose, ignored)]
    kinds: dict[str, set[Modality]] = {}
    for found in known:
        kinds.setdefault(found.resource.source, set()).add(found.modality)
    newest = current(_each_once(known), ignored, lambda item: frozenset(kinds[item.source]))
    kept = {id(item) for item in newest}
    scans = [scan for found in known if id(found.resource) in kept if (scan := _scan(found, resources, ignored))]
    scans = _without_copies(scans) + list(_alone(loose, resources, ignored))
    return by_source(scans)


def _each_once(known: Iterable[_Report]) -> list[Resource]:
    return list({id(found.resource): found.resource for found in known}.values())


def _without_copies(scans: list[Scan]) -> list[Scan]:
    """A document that repeats a report of the same day and kind is no scan of its own."""
    reported = {(scan.modality, scan.when) for scan in scans if scan.source.startswith("DiagnosticReport")}
    return [
        scan for scan in scans
        if scan.source.startswith("DiagnosticReport") or (scan.modality, scan.when) not in reported
    ]  # fmt: skip


def _opened(
    report: Resource, study: Study, resources: ResourceSet, loose: Loose, ignored: list[Ignored]
) -> Iterator[_Report]:
    """The examinations of a report, modality settled; none (listed where it matters) if no rule can use it."""
    notices: list[Ignored] = []
    words = report_text(report, resources, notices)
    own = (*listed(report, resources), *loose.of(report))
    titled = "\n".join(part for part in (title_of(report, resources), words) if part)
    if study.modality is None and not study.pet:
        study = study_of_line(_first_line(words))
        if study.modality is None and not study.pet:
            return
    told = (study,) if study.modality is not None else _told_by_text(study, resources, titled if words else "", own)
    if not told:
        ignored.append(Ignored(report.source, "unsupported", "PET tracer not stated"))
        return
    ignored += notices
    for one in told:
        if one.modality is not None:
            said = reading(resources, titled, KINDS[one.modality]) if words else None
            tracer = one.tracer or (said["tracer"] if said else None) or one.usual_tracer
            fitting = tuple(item for item in own if _fits(item, one))
            yield _Report(report, one.modality, tracer, words, said, fitting)


def _first_line(words: str) -> str:
    """The title line of a report's text: up to its first full stop."""
    return re.split(r"\n|\. ", words.strip()[:200], maxsplit=1)[0]


def _told_by_text(
    study: Study, resources: ResourceSet, words: str, own: tuple[Resource, ...]
) -> tuple[Study, ...]:
    """What a PET (or nuclear medicine study) of unknown tracer is of, by its text and its scores."""
    said = (reading(resources, words, "sstr_pet"), reading(resources, words, "fdg_pet")) if words else ()
    return studies_of_text(
        [each["tracer"] for each in said],
        words,
        coded=any(measures(item.data, "krenning") for item in own),
        scored=any(each["krenning_highest"] is not None for each in said[:1]),
        planar=study.planar,
    )


def _fits(item: Resource, study: Study) -> bool:
    """In a report of two tracers: FDG's values to the FDG PET, scores to the SSTR PET."""
    if not study.shared:
        return True
    if study.modality == "fdg-pet":
        return is_pairing(item.data) or "fdg" in words_at(item.data, "code").lower()
    return measures(item.data, "krenning")


def _scan(found: _Report, resources: ResourceSet, ignored: list[Ignored]) -> Scan | None:
    """One examination as a scan; None when undated."""
    source = found.resource.source
    when = effective(found.resource.data, "issued") or _started(found.resource, resources)
    if when is None:
        ignored.append(Ignored(source, "no-date"))
        return None
    preliminary = found.resource.status in UNFINISHED
    if preliminary:
        ignored.append(Ignored(source, "preliminary"))
    coded, extra = _coded(found.own, resources, ignored)
    scan = Scan(
        source=source,
        when=when,
        read_as="coded" if coded else "narrative",
        modality=found.modality,
        tracer=found.tracer,
        preliminary=preliminary,
        lesions=coded,
        scanner=_scanner(found.own),
        **extra,
    )
    if found.said is not None:
        scan = replace(scan, **fields_from_text(scan, found.said, found.words))
    real = [lesion for lesion in scan.lesions if not lesion.physiological]
    bones = sum(organ_of(lesion.site) == "bone" for lesion in real)
    present = True if real else scan.tumour_present
    return replace(scan, tumour_present=present, bone_lesions=max(bones, scan.bone_lesions))


def _started(report: Resource, resources: ResourceSet) -> Span | None:
    """When the imaging study of an undated report began."""
    studies = (resources.resolve(target, within=report) for target in objects(report.data.get("imagingStudy")))
    return min((day for study in studies if study and (day := parse_date(study.data.get("started")))), default=None)


def _coded(
    own: Iterable[Resource], resources: ResourceSet, ignored: list[Ignored]
) -> tuple[tuple[Lesion, ...], dict[str, Any]]:
    """The lesions of a scan's Observations, and what these say of the scan as a whole."""
    found: list[Lesion] = []
    extra: dict[str, Any] = {}
    for item in own:
        if is_pairing(item.data):
            extra |= _pairing(item, extra, ignored)
        elif not names_other_tumour(f"{words_at(item.data, 'code')} {words_at(item.data, 'bodySite')}"):
            lesion = lesions.lesion_of(item, resources, ignored)
            if not lesions.is_reference(item):
                extra["only_maximum"] = extra.get("only_maximum", False) or lesions.names_a_maximum(item)
                found.append(lesion)
            elif organ_of(lesion.site or words_at(item.data, "code")) == "liver":
                extra["liver_suvmax"] = lesion.suvmax
    return lesions.joined(found), extra


def _pairing(item: Resource, before: dict[str, Any], ignored: list[Ignored]) -> dict[str, Any]:
    """NETPET grade or stated discordance; of two the worse stands. A value that says neither is listed."""
    if "netpet" in names_at(item.data, "code"):
        if grade := _netpet(item.data):
            return {"netpet": max(filter(None, (grade, before.get("netpet"))))}
    elif (flag := _discordant(item.data)) is not None:
        return {"discordant": flag or before.get("discordant", False)}
    if any(name.startswith("value") for name in item.data):
        ignored.append(Ignored(item.source, "unreadable", "FDG and SSTR PET together"))
    return {}


def _discordant(data: dict[str, Any]) -> bool | None:
    if isinstance(flag := data.get("valueBoolean"), bool):
        return flag
    words = f"{text(data.get('valueString'))} {words_at(data, 'valueCodeableConcept')}".strip().lower()
    return {"true": True, "yes": True, "false": False, "no": False}.get(words)


def _netpet(data: dict[str, Any]) -> str | None:
    """P0 to P5; P4a and P4b are P4. None if it names no grade, or several."""
    value = data.get("valueCodeableConcept")
    said = [c.code for c in codings(value)] + [words_at(value), text(data.get("valueString"))]
    grades = {match[1].upper() for words in said for match in _NETPET.finditer(words)}
    return grades.pop() if len(grades) == 1 else None


def _scanner(own: Iterable[Resource]) -> str | None:
    for item in own:
        device = next(objects(item.data.get("device")), {})
        if name := text(device.get("display")) or reference(device):
            return name
    return None


def _alone(loose: Loose, resources: ResourceSet, ignored: list[Ignored]) -> Iterator[Scan]:
    """Observations without any report: a NETPET grade stands alone; scores need to say which scan they are of."""
    for item in loose.left.values():
        if is_pairing(item.data) and (extra := _pairing(item, {}, ignored)):
            if (when := effective(item.data, "issued")) is None:
                ignored.append(Ignored(item.source, "no-date"))
            else:
                yield Scan(source=item.source, when=when, modality="fdg-pet", tracer=FDG, **extra)
    for day, items, study in loose.alone():
        if day is None or study is None or study.modality is None:
            for item in items:
                ignored.append(
                    Ignored(item.source, "no-date") if day is None
                    else Ignored(item.source, "unsupported", "score without the report of its scan")
                )  # fmt: skip
            continue
        coded, extra = _coded(items, resources, ignored)
        yield Scan(source=items[0].source, when=day, modality=study.modality, tracer=study.tracer, lesions=coded,
                   scanner=_scanner(items), tumour_present=True if coded else None, **extra)  # fmt: skip
