"""Hypersensitivity, hormone-producing tumours, sites where swelling is dangerous, stated resectability."""

from __future__ import annotations

from cds_service.facts import operability
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.heart import newest_above
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.view import View
from cds_service.record.model import Item, Modality, ProblemKind, Scan

GLOSSARY = (
    FactSpec("severe_hypersensitivity", "truth", "severe hypersensitivity to the PRRT agent or an excipient",
             "grade 3 or 4, severe, or of high criticality; no when every recorded reaction is milder"),
    FactSpec("hypersensitivity_ungraded", "truth", "hypersensitivity without a grade",
             "to the agent or an excipient, severity not stated; never no"),
    FactSpec("hypersensitivity_agent", "text", "agent of the reaction", "of the most severe reactions recorded"),
    FactSpec("hormone_type", "text", "hormone-producing tumour", "functional syndromes, crises, raised catecholamines"),
    FactSpec("critical_sites", "text", "disease at a site where swelling can be harmful",
             "active Conditions, and the newest report of each kind of scan"),
    FactSpec("unresectable_stated", "truth", "called unresectable",
             "newest judgement; no when it is resectable, unknown when merely localised"),
)  # fmt: skip

_HORMONES: dict[ProblemKind, str] = {
    "carcinoid-syndrome": "carcinoid syndrome", "vipoma": "VIPoma", "insulinoma": "insulinoma",
    "hypoglycaemia": "hypoglycaemia", "glucagonoma": "glucagonoma", "gastrinoma": "gastrinoma",
    "acth-cushing": "ACTH / Cushing syndrome", "ppgl": "phaeochromocytoma / paraganglioma",
}  # fmt: skip
_SITES: dict[ProblemKind, str] = {
    "orbital-lesion": "orbit", "brain-lesion": "brain", "spinal-canal-lesion": "spinal canal",
    "pericardial-lesion": "pericardium", "bowel-obstruction": "bowel obstruction",
}  # fmt: skip
_SCANS: tuple[Modality, ...] = ("sstr-pet", "fdg-pet", "ct-mri")


def compute(view: View) -> Facts:
    """What is known of all this."""
    return _hypersensitivity(view) | _hormones(view) | _critical(view) | _resectable(view)


def _hypersensitivity(view: View) -> Facts:
    reactions = view.chart.allergies
    severe = [a for a in reactions if a.severe]
    ungraded = [a for a in reactions if a.severe is None]
    facts: Facts = {}
    if severe:
        facts["severe_hypersensitivity"] = yes(sources(severe), latest(severe), read_as(severe))
    elif ungraded:
        facts["hypersensitivity_ungraded"] = yes(sources(ungraded), latest(ungraded), read_as(ungraded))
    elif reactions:
        facts["severe_hypersensitivity"] = no(sources(reactions), latest(reactions), read_as(reactions))
    if telling := severe or ungraded:
        agents = ", ".join(sorted({a.agent for a in telling}))
        facts["hypersensitivity_agent"] = Known(value=agents, when=latest(telling), sources=sources(telling))
    return facts


def _hormones(view: View) -> Facts:
    """A past crisis counts as well as an active syndrome."""
    said: list[tuple[str, Item]] = []
    for problem in view.chart.problems:
        if problem.kind in _HORMONES and problem.active:
            said.append((_HORMONES[problem.kind], problem))
        if problem.kind == "hormonal-crisis":
            said.append(("previous hormonal crisis", problem))
    for diagnosis in view.chart.diagnoses:
        if diagnosis.active and diagnosis.entity in ("ppgl", "carcinoid-syndrome"):
            kind: ProblemKind = "ppgl" if diagnosis.entity == "ppgl" else "carcinoid-syndrome"
            said.append((_HORMONES[kind], diagnosis))
    raised = newest_above(view, "catecholamines")
    if raised and raised[0]:
        said.append(("raised catecholamines", raised[1]))
    if not said:
        return {}
    items = [item for _, item in said]
    words = ", ".join(sorted({name for name, _ in said}))
    return {"hormone_type": Known(value=words, when=latest(items), sources=sources(items), read_as=read_as(items))}


def _critical(view: View) -> Facts:
    said: list[tuple[str, Item]] = [
        (_SITES[p.kind], p) for p in view.chart.problems if p.kind in _SITES and p.active
    ]  # fmt: skip
    for scan in _newest_scans(view):
        said += [(site, scan) for site in scan.critical_sites]
    if not said:
        return {}
    items = [item for _, item in said]
    words = ", ".join(sorted({site for site, _ in said}))
    return {"critical_sites": Known(value=words, when=latest(items), sources=sources(items), read_as=read_as(items))}


def _newest_scans(view: View) -> list[Scan]:
    """The final reports of the newest day of each kind of scan."""
    scans = [s for s in view.chart.scans if s.when and not s.preliminary and s.modality in _SCANS]
    newest = {kind: max((s.when for s in scans if s.modality == kind and s.when), default=None) for kind in _SCANS}
    return [s for s in scans if s.when == newest[s.modality]]


def _resectable(view: View) -> Facts:
    said = operability.compute(view).get("operability")
    if said is None or said.value == "localised":
        return {}
    stated = yes if said.value == "unresectable" else no
    return {"unresectable_stated": stated(said.sources, said.when, said.read_as)}
