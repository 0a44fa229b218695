"""Scans: somatostatin receptor PET and scintigraphy, FDG PET, CT and MRI, from DiagnosticReports.

Per-lesion Observations are used where there are any; the text is read as well, to notice when the two disagree and to
find sites nobody scored. A PET of unknown tracer and an undated scan are listed, never used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from cds_service.fhir.elements import codings, effective, objects, reference, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.narrative import read_report
from cds_service.record import lesions
from cds_service.record.codes import names_at
from cds_service.record.model import Lesion, Modality, Scan
from cds_service.record.organs import organ_of
from cds_service.record.pathology import is_pathology
from cds_service.record.report_text import report_text
from cds_service.record.scan_text import KINDS, fields_from_text
from cds_service.record.tissue import names_other_tumour
from cds_service.record.tracers import study_of, study_of_text, title_of
from cds_service.record.versions import UNFINISHED, current


@dataclass(slots=True)
class _Report:
    """One report with what is known of it so far."""

    resource: Resource
    modality: Modality
    tracer: str | None
    words: str
    said: dict[str, Any] | None
    own: tuple[Resource, ...]


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Scan]:
    """Every scan on record, by source; undated, superseded, unfinished and untold ones go to ``ignored`` too."""
    reports = [item for item in resources.of("DiagnosticReport") if not is_pathology(item, resources)]
    loose = _loose(resources, reports)
    known = [found for item in reports if (found := _opened(item, resources, loose, ignored)) is not None]
    modality = {found.resource.source: found.modality for found in known}
    kept = {id(item) for item in current([found.resource for found in known], ignored, lambda r: modality[r.source])}
    scans = [_scan(found, resources, ignored) for found in known if id(found.resource) in kept]
    used = {item.source for found in known for item in found.own}
    scans += _bare(resources, used, ignored)
    return sorted((scan for scan in scans if scan is not None), key=lambda scan: (scan.source, repr(scan)))


def _opened(
    report: Resource, resources: ResourceSet, loose: dict[str, tuple[Resource, ...]], ignored: list[Ignored]
) -> _Report | None:
    """A report with its modality settled; None (listed where it matters) if no rule can use it."""
    study = study_of(report, resources)
    if study.modality is None and not study.pet:
        return None
    notices: list[Ignored] = []
    words = report_text(report, resources, notices)
    own = _results(report, resources) or loose.get(report.source, ())
    titled = "\n".join(part for part in (title_of(report, resources), words) if part)
    said = None
    if study.modality is None:
        said = read_report(titled, "sstr_pet") if words else None
        scored = said is not None and said["krenning_highest"] is not None
        krenning = scored or any(_scores_krenning(item.data) for item in own)
        study = study_of_text(study, said["tracer"] if said else None, titled, krenning=krenning)
        if study.modality is None:
            ignored.append(Ignored(report.source, "unsupported", "PET tracer not stated"))
            return None
    ignored += notices
    if words and (said is None or study.modality not in ("sstr-pet", "sstr-scintigraphy")):
        said = read_report(titled, KINDS[study.modality])
    return _Report(report, study.modality, study.tracer or (said or {}).get("tracer"), words, said, own)


def _scan(found: _Report, resources: ResourceSet, ignored: list[Ignored]) -> Scan | None:
    """One report as a scan; None when undated."""
    source = found.resource.source
    when = effective(found.resource.data, "issued")
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
        scanner=_scanner(found.own, resources),
        **extra,
    )
    if found.said is not None:
        scan = replace(scan, **fields_from_text(scan, found.said, found.words))
    real = [lesion for lesion in scan.lesions if not lesion.physiological]
    bones = sum(organ_of(lesion.site) == "bone" for lesion in real)
    present = True if real else scan.tumour_present
    return replace(scan, tumour_present=present, bone_lesions=max(bones, scan.bone_lesions))


def _results(report: Resource, resources: ResourceSet) -> tuple[Resource, ...]:
    """The Observations of a report that say something of the scan, members of panels included, each once."""
    found: dict[str, Resource] = {}
    queue = [(report, "result")]
    while queue and len(found) < 2000:
        owner, name = queue.pop()
        for target in objects(owner.data.get(name)):
            item = resources.resolve(target, within=owner)
            if item is not None and item.type == "Observation" and item.source not in found:
                found[item.source] = item
                queue.append((item, "hasMember"))
    for item in resources.of("Observation"):  # contained, but not listed as a result
        if item.parent is report and item.source not in found:
            found[item.source] = item
    return tuple(found[source] for source in sorted(found) if _of_scan(found[source].data))


def _of_scan(data: dict[str, Any]) -> bool:
    return lesions.is_lesion(data) or bool(names_at(data, "code") & {"netpet", "fdg-discordant"})


def _scores_krenning(data: dict[str, Any]) -> bool:
    return any(lesions.kind_of(part) == "krenning" for part in (data, *objects(data.get("component"))))


def _coded(
    own: Iterable[Resource], resources: ResourceSet, ignored: list[Ignored]
) -> tuple[tuple[Lesion, ...], dict[str, Any]]:
    """The lesions of a scan's Observations, and what these say of the scan as a whole."""
    found: list[Lesion] = []
    extra: dict[str, Any] = {}
    for item in own:
        names = names_at(item.data, "code")
        if "netpet" in names:
            extra["netpet"] = _netpet(item.data) or extra.get("netpet")
        elif "fdg-discordant" in names:
            if isinstance(flag := item.data.get("valueBoolean"), bool):
                extra["discordant"] = flag or extra.get("discordant", False)
        elif names_other_tumour(f"{words_at(item.data, 'code')} {words_at(item.data, 'bodySite')}"):
            continue
        else:
            lesion = lesions.lesion_of(item, resources, ignored)
            if lesions.is_reference(item):
                if organ_of(lesion.site or words_at(item.data, "code")) == "liver":
                    extra["liver_suvmax"] = lesion.suvmax
                continue
            extra["only_maximum"] = extra.get("only_maximum", False) or lesions.names_a_maximum(item)
            found.append(lesion)
    return lesions.joined(found), extra


def _netpet(data: dict[str, Any]) -> str | None:
    """P0 to P5; P4a and P4b are P4."""
    value = data.get("valueCodeableConcept")
    said = [c.code for c in codings(value)] + [words_at(value), text(data.get("valueString"))]
    for words in said:
        grade = words.strip().upper().removeprefix("NETPET").strip()[:2]
        if grade in ("P0", "P1", "P2", "P3", "P4", "P5"):
            return grade
    return None


def _scanner(own: Iterable[Resource], resources: ResourceSet) -> str | None:
    for item in own:
        device = next(objects(item.data.get("device")), {})
        if name := text(device.get("display")) or reference(device):
            return name
    return None


def _loose(resources: ResourceSet, reports: list[Resource]) -> dict[str, tuple[Resource, ...]]:
    """Per-lesion Observations no report lists, given to the one report of the same imaging study or order."""
    listed = {item.source for report in resources.of("DiagnosticReport") for item in _results(report, resources)}
    found: dict[str, list[Resource]] = {}
    for item in resources.of("Observation"):
        if item.source in listed or item.parent is not None or not _of_scan(item.data):
            continue
        links = _links(item, "partOf", "derivedFrom", "basedOn")
        owners = [report for report in reports if links & _links(report, "imagingStudy", "basedOn")]
        if len(owners) == 1:
            found.setdefault(owners[0].source, []).append(item)
    return {source: tuple(items) for source, items in found.items()}


def _links(item: Resource, *names: str) -> set[str]:
    return {found for name in names for target in objects(item.data.get(name)) if (found := reference(target))}


def _bare(resources: ResourceSet, used: set[str], ignored: list[Ignored]) -> list[Scan | None]:
    """Observations without any report: NETPET grade and discordance stand alone; scores need to say which scan."""
    in_reports = {i.source for r in resources.of("DiagnosticReport") for i in _results(r, resources)} | used
    found: list[Scan | None] = []
    for item in resources.of("Observation"):
        if item.source in in_reports or item.parent is not None or not _of_scan(item.data):
            continue
        pairs_two_scans = names_at(item.data, "code") & {"netpet", "fdg-discordant"}
        extra = _coded([item], resources, [])[1] if pairs_two_scans else {}
        when = effective(item.data, "issued")
        if extra.get("netpet") or extra.get("discordant") is not None:
            if when is None:
                ignored.append(Ignored(item.source, "no-date"))
            else:
                found.append(Scan(source=item.source, when=when, modality="fdg-pet", tracer="18F-FDG", **extra))
        elif _scores_krenning(item.data):
            ignored.append(Ignored(item.source, "unsupported", "score without the report of its scan"))
    return found
