"""Facts from pathology: Ki-67, mitoses, grade, differentiation (rulings, section 5; WHO grading D01-D04)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cds_service.dates import Span
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.view import View, once
from cds_service.record.model import Item, Pathology, Range, ReadAs

GLOSSARY = (
    FactSpec("ki67_percent", "number", "Ki-67", "highest upper end of any Ki-67 of this tumour; unknown if open", "%"),
    FactSpec("ki67_surely_above", "truth", "Ki-67 above the range studied", "a lower bound already lies above it"),
    FactSpec(
        "ki67_missing", "truth", "Ki-67 missing", "no value with an upper end, and no lower bound above the range"
    ),
    FactSpec("ki67_straddles", "truth", "Ki-67 straddles a grade limit", "the deciding interval spans 3 or 20 %"),
    FactSpec("mitoses", "number", "mitoses", "highest upper end, as written", ""),
    FactSpec("mitoses_per_field", "truth", "mitoses counted per high-power fields", "not per 2 mm2"),
    FactSpec("grade", "text", "WHO grade", "highest of Ki-67, mitoses per 2 mm2 and stated", "", ("G1", "G2", "G3")),
    FactSpec("grade_source", "text", "specimen of the grade", "site of the specimen that decides"),
    FactSpec("grades_differ", "truth", "specimens differ in grade", "two specimens with different grades"),
    FactSpec("grade_lowest_shown", "text", "lower of the differing Ki-67 values", "as written"),
    FactSpec("grade_highest_shown", "text", "higher of the differing Ki-67 values", "as written"),
    FactSpec("poorly_differentiated", "truth", "poorly differentiated or carcinoma", "any NEC code, grade or word"),
    FactSpec("mixed_neoplasm", "truth", "mixed neuroendocrine non-neuroendocrine neoplasm", "any MiNEN code or word"),
    FactSpec("well_differentiated", "truth", "well differentiated", "by code or word, not poor, not mixed"),
    FactSpec("differentiation_stated", "truth", "differentiation stated", "by code, grade or word"),
    FactSpec("histology_recorded", "truth", "histology in the record", "a pathology result of this tumour"),
)

_ORDER = ("G1", "G2", "G3")
_PER_AREA = ("2 mm2", "2mm2", "2 mm²", "2mm²")


@dataclass(frozen=True, slots=True)
class Graded:
    """One specimen's grade and what it was read from."""

    grade: str
    item: Item
    shown: str = ""
    quote: str = ""


def compute(view: View) -> Facts:
    facts: Facts = {}
    specimens = [p for p in view.chart.pathology if not p.preliminary]
    facts |= _ki67(view, specimens)
    above = facts.get("ki67_surely_above")
    missing = "ki67_percent" not in facts and (above is None or above.value == "no")
    facts["ki67_missing"] = yes() if missing else no()
    facts |= _mitoses(specimens)
    facts |= _grades(view)
    facts |= _differentiation(view, facts)
    histology = [p for p in specimens if p.histology]
    if histology:
        facts["histology_recorded"] = yes(sources(histology))
    elif view.provided("DiagnosticReport", "Observation"):
        facts["histology_recorded"] = no()
    return facts


@once
def highest_grade(view: View) -> Known | None:
    """The WHO grade that counts ("G1", "G2", "G3"), None if no specimen or code gives one."""
    graded = _graded(view)
    if not graded:
        return None
    best = max(g.grade for g in graded)
    by = [g.item for g in graded if g.grade == best]
    words = next((g.quote for g in graded if g.grade == best and g.quote), "")
    return Known(value=best, when=latest(by), sources=sources(by), read_as=read_as(by), quote=words)


def sources(items: Iterable[Item]) -> tuple[str, ...]:
    """The sources of several items, sorted, once each."""
    return tuple(sorted({item.source for item in items}))


def latest(items: Iterable[Item]) -> Span | None:
    """The latest date among items, None if none is dated."""
    dates = [item.when for item in items if item.when is not None]
    return max(dates, default=None)


def quote(items: Iterable[Item]) -> str:
    """The words an item of those was read from; of several the first by source. "" if none was read from text."""
    return next((item.quote for item in sorted(items, key=lambda item: (item.source, item.quote)) if item.quote), "")


def show_range(value: Range) -> str:
    """An interval as written: "7-8", "<3", "~15", "10"."""
    low, high = _digits(value.low), _digits(value.high)
    if value.comparator in ("<", "<="):
        return f"{value.comparator}{high}"
    if value.comparator in (">", ">="):
        return f"{value.comparator}{low}"
    tilde = "~" if value.comparator == "~" else ""
    return tilde + (low if low == high else f"{low}-{high}")


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ki67(view: View, specimens: list[Pathology]) -> Facts:
    found = [(p.ki67_percent, p) for p in specimens if p.ki67_percent is not None]
    if not found:
        return {}
    most = max(value.high for value, _ in found)
    by = [p for value, p in found if value.high == most]
    deciding = max((value for value, _ in found if value.high == most), key=lambda v: v.low)
    facts: Facts = {}
    if deciding.comparator not in (">", ">="):
        shown = show_range(deciding)
        facts["ki67_percent"] = Known(
            value=float(most), shown=shown, when=latest(by), sources=sources(by), read_as=read_as(by), quote=quote(by)
        )
    limit = view.exact("ki67_max")
    above = [p for value, p in found if value.low > limit or (value.low == limit and value.comparator == ">")]
    facts["ki67_surely_above"] = yes(sources(above)) if above else no(sources(p for _, p in found))
    straddles = _grade_of_ki67(view, deciding, deciding.low) != _grade_of_ki67(view, deciding, deciding.high)
    facts["ki67_straddles"] = yes(sources(by)) if straddles else no(sources(by))
    return facts


def _grade_of_ki67(view: View, value: Range, percent: Decimal) -> str:
    """D01: G1 below 3, G2 3 to 20, G3 above 20; an excluded end ("< 3", "> 20") belongs to the open side."""
    second, third = (view.exact(name) for name in ("ki67_g2_from", "ki67_g3_above"))
    if percent > third or (percent == third and percent == value.low and value.comparator == ">"):
        return "G3"
    if percent < second or (percent == second and percent == value.high and value.comparator == "<"):
        return "G1"
    return "G2"


def _mitoses(specimens: list[Pathology]) -> Facts:
    found = [p for p in specimens if p.mitoses is not None]
    if not found:
        return {}
    count, best = max(((p.mitoses, p) for p in found if p.mitoses), key=lambda pair: (pair[0].high, pair[1].source))
    per = f" per {best.mitoses_per}" if best.mitoses_per else ""
    facts: Facts = {
        "mitoses": Known(
            value=float(count.high), shown=show_range(count) + per, when=best.when, sources=(best.source,),
            read_as=best.read_as, quote=best.mitoses_quote,
        ),
    }  # fmt: skip
    fields = [p for p in found if p.mitoses_per and not _per_area(p)]
    facts["mitoses_per_field"] = yes(sources(fields)) if fields else no(sources(found))
    return facts


def _per_area(specimen: Pathology) -> bool:
    return (specimen.mitoses_per or "").strip().lower() in _PER_AREA


@once
def _graded(view: View) -> Sequence[Graded]:
    """Every grade a specimen or a diagnosis code gives; NEC and MiNEN are no grades of a NET."""
    graded: list[Graded] = []
    for p in view.chart.pathology:
        if p.preliminary:
            continue
        if p.ki67_percent is not None:
            grade = _grade_of_ki67(view, p.ki67_percent, p.ki67_percent.high)
            graded.append(Graded(grade, p, show_range(p.ki67_percent), p.quote))
        if p.mitoses is not None and _per_area(p):
            graded.append(Graded(_grade_of_mitoses(view, p.mitoses.high), p, quote=p.mitoses_quote))
        if p.grade in _ORDER:
            graded.append(Graded(p.grade, p, quote=p.grade_quote))
    graded += [Graded(d.grade, d) for d in view.chart.diagnoses if d.grade in _ORDER]
    return graded


def _grade_of_mitoses(view: View, count: Decimal) -> str:
    if count > view.exact("mitoses_g3_above"):
        return "G3"
    return "G2" if count >= view.exact("mitoses_g2_from") else "G1"


def _grades(view: View) -> Facts:
    grade = highest_grade(view)
    if grade is None:
        return {}
    facts: Facts = {"grade": grade}
    by_specimen: dict[str, Graded] = {}
    for graded in _graded(view):
        if isinstance(graded.item, Pathology):
            ki67 = graded.item.ki67_percent
            key = f"{graded.item.source} {graded.item.site} {show_range(ki67) if ki67 else ''}"
            if key not in by_specimen or by_specimen[key].grade < graded.grade:
                by_specimen[key] = replace(graded, shown=show_range(ki67) if ki67 else "")
    grades = sorted({g.grade for g in by_specimen.values()})
    items = [g.item for g in by_specimen.values()]
    facts["grades_differ"] = yes(sources(items), latest(items)) if len(grades) > 1 else no(sources(items))
    if len(grades) > 1:
        for name, wanted in (("grade_lowest_shown", grades[0]), ("grade_highest_shown", grades[-1])):
            chosen = min((g for g in by_specimen.values() if g.grade == wanted), key=lambda g: (not g.shown, g.shown))
            said = f"{wanted} (Ki-67 {chosen.shown} %)" if chosen.shown else wanted
            facts[name] = Known(value=said, when=chosen.item.when, sources=(chosen.item.source,))
    deciding = [g.item for g in by_specimen.values() if g.grade == grade.value]
    sites = sorted({item.site for item in deciding if isinstance(item, Pathology) and item.site})
    if sites:
        facts["grade_source"] = Known(value=", ".join(sites)[:60], sources=grade.sources, when=grade.when)
    return facts


def _differentiation(view: View, facts: Facts) -> Facts:
    chart = view.chart
    poor: list[Item] = [d for d in chart.diagnoses if d.entity == "nec"]
    poor += [p for p in chart.pathology if p.differentiation == "poor" or p.grade == "NEC"]
    mixed: list[Item] = [d for d in chart.diagnoses if d.entity == "minen"]
    mixed += [p for p in chart.pathology if p.grade == "MiNEN"]
    well: list[Item] = [d for d in chart.diagnoses if d.entity in ("net", "ppgl")]
    well += [p for p in chart.pathology if p.differentiation == "well" or p.grade in ("G1", "G2")]
    unsaid: list[Item] = [d for d in chart.diagnoses if d.entity == "nen"]
    ki67 = facts.get("ki67_percent")
    low_ki67 = ki67 is not None and float(ki67.value) <= view.params["ki67_g3_above"]
    if unsaid and low_ki67:
        well += unsaid
    out: Facts = {
        "poorly_differentiated": _stated("yes", poor) if poor else no(),
        "mixed_neoplasm": _stated("yes", mixed) if mixed else no(),
    }
    if poor or mixed:
        out["well_differentiated"] = _stated("no", poor + mixed)
    elif well:
        out["well_differentiated"] = _stated("yes", well)
    out["differentiation_stated"] = yes(sources(poor + mixed + well)) if poor or mixed or well else no()
    return out


def _stated(value: str, items: list[Item]) -> Known:
    """A truth about differentiation; one that only a report's words give is marked as such, with the words."""
    words = ((p.differentiation_quote or p.grade_quote) for p in items if isinstance(p, Pathology))
    return Known(
        value=value, when=latest(items), sources=sources(items),
        read_as="narrative" if read_as(items) == "narrative" else "derived", quote=next(filter(None, words), ""),
    )  # fmt: skip


def read_as(items: Iterable[Item]) -> ReadAs:
    """Narrative only if nothing coded says it."""
    for item in items:
        if item.read_as != "narrative":
            return "coded"
    return "narrative"
