"""What speaks for a vulnerable bone marrow: stops and cautions (rulings, section 9, C-08)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from cds_service.facts.glossary import Facts, FactSpec, Known, yes
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.results import newest
from cds_service.facts.sites import organ
from cds_service.facts.timing import last_taken
from cds_service.facts.view import View, exact, once
from cds_service.record.extent import extent_of
from cds_service.record.model import Analyte, Group, Item, Problem, ProblemKind, Scan, Treatment

GLOSSARY = (
    FactSpec("marrow_stop", "truth", "marrow disease that stops",
             "MDS or AML now or before, radiotherapy to more than marrow_ebrt_percent of the marrow, unexplained "
             "pancytopenia; never no"),
    FactSpec("marrow_stop_reason", "text", "what makes it a stop", "in a fixed order"),
    FactSpec("marrow_caution_count", "number", "marrow cautions", "kinds of caution on record, each once; 0 if none"),
    FactSpec("marrow_cautions", "text", "marrow cautions", "in a fixed order; absent when none"),
    FactSpec("mcv_fl", "number", "mean cell volume", "newest within the laboratory limit", "fL"),
)  # fmt: skip

_ALKYLATING = frozenset({
    "temozolomide", "dacarbazine", "streptozocin", "cisplatin", "carboplatin", "oxaliplatin", "cyclophosphamide",
    "ifosfamide", "melphalan", "busulfan", "chlorambucil", "bendamustine", "lomustine", "carmustine", "fotemustine",
    "treosulfan", "mitomycin", "trabectedin", "procarbazine", "thiotepa",
})  # fmt: skip
"""Temozolomide, platinum compounds and other alkylating drugs by name."""
_ENERGETIC = frozenset({"90Y", "225Ac", "212Pb", "213Bi"})  # 177Lu is no caution (rulings, section 9)
_EXPLAINING: frozenset[Group] = frozenset({"cytotoxic", "prrt", "lu-psma", "mibg", "radium-223"})
_RADIONUCLIDES: tuple[tuple[Group, str], ...] = (
    ("mibg", "prior 131I-MIBG"), ("lu-psma", "prior 177Lu-PSMA"), ("radium-223", "prior radium-223"),
)  # fmt: skip
_DIFFUSE = re.compile(r"diffuse|innumerable|super-?scan", re.IGNORECASE)
_COUNTS: tuple[tuple[Analyte, str], ...] = (("platelets", "marrow_plt"), ("hb", "marrow_hb"), ("anc", "marrow_anc"))


def compute(view: View) -> Facts:
    """Stops and cautions of the marrow."""
    facts: Facts = {}
    stops = list(_stops(view))
    if stops:
        items = [item for _, found in stops for item in found]
        facts["marrow_stop"] = yes(sources(items), latest(items), read_as(items))
        facts["marrow_stop_reason"] = _listed(stops)
    cautions = list(_cautions(view))
    items = [item for _, found in cautions for item in found]
    facts["marrow_caution_count"] = Known(value=float(len(cautions)), sources=sources(items), read_as="derived")
    if cautions:
        facts["marrow_cautions"] = _listed(cautions)
    volume = newest(view, "mcv")
    if volume and volume.worst == volume.best:
        facts["mcv_fl"] = Known(value=float(volume.worst), when=volume.when, sources=volume.sources)
    return facts


Found = tuple[str, Sequence[Item]]
"""What a stop or caution is called, and the items that show it."""


def _listed(found: Sequence[Found]) -> Known:
    items = [item for _, each in found for item in each]
    words = ", ".join(name for name, _ in found)
    return Known(value=words, when=latest(items), sources=sources(items), read_as=read_as(items))


def _some(name: str, items: Iterable[Item]) -> Iterator[Found]:
    if found := list(items):
        yield name, found


def _stops(view: View) -> Iterator[Found]:
    limit = view.exact("marrow_ebrt_percent")
    irradiated = [p for p in view.chart.procedures if p.marrow_percent is not None]
    yield from _some("MDS or AML", _problems(view, "mds-aml", active=False))
    yield from _some(
        f"radiotherapy to more than {limit:f} % of the marrow",
        [p for p in irradiated if p.marrow_percent and _surely_above(p.marrow_percent.low, p, limit)],
    )
    if not _explanations(view):
        yield from _some("unexplained pancytopenia", _problems(view, "pancytopenia"))


def _surely_above(low: Decimal, item: object, limit: Decimal) -> bool:
    strict = getattr(getattr(item, "marrow_percent", None), "comparator", None) == ">"
    return low > limit or (strict and low >= limit)


def _cautions(view: View) -> Iterator[Found]:
    given = [t for t in view.chart.treatments if t.given]
    limit = view.exact("marrow_ebrt_percent")
    skeleton: list[Item] = [*_diffuse_problems(view), *_problems(view, "marrow-involvement")]
    skeleton += [s for s in view.chart.scans if not s.preliminary and _diffuse_scan(view, s)]
    yield from _some("diffuse marrow or skeletal disease", skeleton)
    yield from _macrocytosis(view)
    alkylating = [t for t in given if t.drug in _ALKYLATING]
    names = ", ".join(sorted({t.drug for t in alkylating}))
    yield from _some(f"prior alkylator or platinum ({names})", alkylating)
    for group, name in _RADIONUCLIDES:
        yield from _some(name, [t for t in given if t.group == group])
    yield from _some("prior SIRT", [p for p in view.chart.procedures if p.kind == "sirt"])
    agents = [t for t in given if t.group == "prrt" and t.isotope in _ENERGETIC]
    yield from _some("prior PRRT with 90Y or an alpha emitter", agents)
    inherited = [*_problems(view, "germline-mds"), *_problems(view, "mds-aml-relative")]
    yield from _some("germline or family MDS / AML", inherited)
    if _explanations(view):
        yield from _some("explained pancytopenia", _problems(view, "pancytopenia"))
    yield from _some(
        "radiotherapy to the marrow, share not certain",
        [
            p for p in view.chart.procedures
            if p.marrow_percent and p.marrow_percent.high > limit
            and not _surely_above(p.marrow_percent.low, p, limit)
        ],
    )  # fmt: skip


def _problems(view: View, kind: ProblemKind, *, active: bool = True) -> list[Problem]:
    return [p for p in view.problems(kind) if p.active or not active]


def _diffuse_problems(view: View) -> list[Problem]:
    """Only what is called diffuse, innumerable or a superscan, or counts many; "multiple", "extensive" do not."""
    limit = view.params["marrow_bone_lesions"]
    return [
        p
        for p in _problems(view, "diffuse-bone-disease")
        if not p.text or _DIFFUSE.search(p.text) or extent_of(p.text).bone_lesions > limit
    ]


def _diffuse_scan(view: View, scan: Scan) -> bool:
    listed = sum(1 for x in scan.lesions if not x.physiological and organ(x.site) == "bone" and x.score != (0, 0))
    return scan.diffuse_marrow or max(scan.bone_lesions, listed) > view.params["marrow_bone_lesions"]


def _macrocytosis(view: View) -> Iterator[Found]:
    volume = newest(view, "mcv")
    if volume is None or float(volume.worst) <= view.params["mcv_high"]:
        return
    low = [r for analyte, limit in _COUNTS for r in _low_counts(view, analyte, view.params[limit])]
    if low:
        yield "macrocytosis with cytopenia", [*volume.results, *low]


def _low_counts(view: View, analyte: Analyte, limit: float) -> Sequence[Item]:
    """The newest fresh count if it is below its own lower limit, or below the limit of this rule set."""
    reading = newest(view, analyte)
    if reading is None:
        return ()
    own = max((r.lower_limit for r in reading.results if r.lower_limit is not None), default=Decimal(0))
    return reading.results if reading.best < max(own, exact(limit)) else ()


@once
def _explanations(view: View) -> Sequence[Item]:
    """What explains a pancytopenia: the spleen, the tumour in the marrow, or marrow-toxic treatment not long ago."""
    found: list[Item] = [*_problems(view, "hypersplenism"), *_problems(view, "marrow-involvement")]
    found += [t for t in view.chart.treatments if t.given and t.group in _EXPLAINING and _lately(view, t)]
    found += [
        p for p in view.chart.procedures
        if p.kind == "sirt" and p.when and (view.today - p.when.last).days <= view.params["pancytopenia_treatment_days"]
    ]  # fmt: skip
    return found


def _lately(view: View, item: Treatment) -> bool:
    last = last_taken(item, view)
    return last is not None and (view.today - last.first).days <= view.params["pancytopenia_treatment_days"]
