"""The items of the Das clinical score as far as the record tells them (knowledge Q01, Q02): information only."""

from __future__ import annotations

from cds_service.facts import reserve, scope
from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.facts.imaging import current
from cds_service.facts.timing import DRUG_TYPES
from cds_service.facts.view import View
from cds_service.record.model import Group, ProblemKind

GLOSSARY = (
    FactSpec("das_total", "number", "Das clinical score", "sum of the five items; unknown unless all are known"),
    FactSpec("das_items", "text", "Das items known", "each with its points"),
    FactSpec("das_unknown", "text", "Das items not known", "absent when all are known"),
)  # fmt: skip

_BEYOND_ANALOGUES: frozenset[Group] = frozenset({
    "mtor", "kinase-inhibitor", "interferon", "bevacizumab", "immunotherapy", "other-antineoplastic",
    "prrt", "mibg",
})  # fmt: skip
_SYNDROMES: frozenset[ProblemKind] = frozenset({
    "carcinoid-syndrome", "vipoma", "insulinoma", "hypoglycaemia", "glucagonoma", "gastrinoma", "acth-cushing",
})  # fmt: skip
_MOST_HARMFUL: frozenset[ProblemKind] = frozenset({
    "orbital-lesion", "brain-lesion", "spinal-canal-lesion", "pericardial-lesion", "hydronephrosis",
    "bowel-obstruction",
})  # fmt: skip


def compute(view: View) -> Facts:
    """The known items; the total only if there are five."""
    points = {
        "primary": _primary(view),
        "earlier treatment": _earlier(view),
        "symptoms": _symptoms(view),
        "critical organs": _organs(view),
        "peritoneum": _peritoneum(view),
    }
    known = {name: number for name, number in points.items() if number is not None}
    unknown = [name for name in points if name not in known]
    facts: Facts = {}
    if known:
        told = ", ".join(f"{name} {number}" for name, number in known.items())
        facts["das_items"] = Known(value=told, read_as="derived")
    if unknown:
        facts["das_unknown"] = Known(value=", ".join(unknown), read_as="derived")
    else:
        facts["das_total"] = Known(value=float(sum(known.values())), read_as="derived")
    return facts


def _primary(view: View) -> int | None:
    """Other treatments there are for it: most for pancreatic, least for thymic tumours."""
    site = scope.primary_site(view)
    if site is None:
        return None
    if site.value == "gep":
        return 0 if "pancrea" in site.shown else 1
    return {"lung": 1, "thymus": 2}.get(str(site.value))


def _earlier(view: View) -> int | None:
    groups = {t.group for t in view.chart.treatments if t.given}
    if "cytotoxic" in groups:
        return 2
    if not view.provided(*DRUG_TYPES):
        return None
    return 1 if groups & _BEYOND_ANALOGUES else 0


def _symptoms(view: View) -> int | None:
    """Only where a functional syndrome is recorded with its grade."""
    grades = [p.grade for p in view.chart.problems if p.kind in _SYNDROMES and p.active and p.grade is not None]
    return min(max(grades), 2) if grades else None


def _organs(view: View) -> int | None:
    """Two points if anything earns them; fewer only if the share of the liver is known."""
    p = view.params
    share = reserve.liver_involvement(view).get("liver_involvement_least")
    liver = None if share is None else float(share.value)
    sites = [s for scan in view.chart.scans if not scan.preliminary for s in scan.critical_sites]
    harmful = [q for q in view.chart.problems if q.kind in _MOST_HARMFUL and q.active]
    if sites or harmful or (liver is not None and liver >= p["das_liver_much"]):
        return 2
    if liver is None:
        return None
    bones = max([_bones_listed(view), *(scan.bone_lesions for scan in view.chart.scans if not scan.preliminary)])
    return 1 if liver >= p["das_liver_some"] or bones >= p["das_bone_lesions"] else 0


def _bones_listed(view: View) -> int:
    now = current(view)
    return now.organs.count("bone") if now else 0


def _peritoneum(view: View) -> int | None:
    """One if recorded or reported; none if a current SSTR PET lists the lesions, none of them there."""
    if any(p.active for p in view.problems("peritoneal-disease")):
        return 1
    if any(scan.peritoneal for scan in view.chart.scans if not scan.preliminary):
        return 1
    now = current(view)
    if now is None:
        return None
    if "peritoneum" in now.organs:
        return 1
    age = (view.today - now.when.first).days
    return 0 if now.lesions and not now.further_sites and age <= view.params["sstr_max_age_days"] else None
