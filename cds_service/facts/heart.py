"""Heart disease that matters for the amino-acid load, and when the heart was last looked at (C-06, C-09)."""

from __future__ import annotations

from datetime import date

from cds_service.dates import Span, add_months
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.results import latest as newest_results
from cds_service.facts.view import View
from cds_service.record.model import Analyte, LabResult, Problem
from cds_service.record.units import ratio

GLOSSARY = (
    FactSpec("severe_heart_disease", "truth", "severe heart disease",
             "newest NYHA class III or IV, or severe, uncontrolled or decompensated heart failure or carcinoid heart "
             "disease; no when the newest NYHA class is lower and nothing severe is active"),
    FactSpec("heart_disease", "text", "heart disease as recorded", "what makes severe_heart_disease yes"),
    FactSpec("nyha_class", "number", "NYHA class", "newest, the worse of one day; an undated one may be the newest"),
    FactSpec("carcinoid_heart_disease", "truth", "carcinoid heart disease", "active Condition; never no"),
    FactSpec("carcinoid_syndrome", "truth", "carcinoid syndrome", "active Condition; never no"),
    FactSpec("hiaa_uln", "number", "5-HIAA in multiples of its upper limit", "newest, no age limit, own range",
             "{ULN}"),
    FactSpec("hiaa_raised", "truth", "5-HIAA above its upper limit", "newest, no age limit"),
    FactSpec("nt_probnp_raised", "truth", "NT-proBNP above its upper limit", "newest, no age limit"),
    FactSpec("echo_recent", "truth", "echocardiogram recent enough", "done within echo_max_age_months"),
)  # fmt: skip

_CLASSES = {3: "III", 4: "IV"}
_NYHA_SEVERE = 3  # NYHA classes III and IV are the severe ones by the scale's own definition


def compute(view: View) -> Facts:
    """What is known about the heart."""
    facts: Facts = {}
    problems = [p for p in view.chart.problems if p.active]
    nyha = _newest_nyha(problems)
    worst = max((p.grade for p in nyha if p.grade is not None), default=None)
    if worst is not None:
        graded = [p for p in nyha if p.grade == worst]
        facts["nyha_class"] = Known(
            value=float(worst), when=latest(graded), sources=sources(graded), read_as=read_as(graded)
        )
    severe = [p for p in problems if p.kind in ("heart-failure", "carcinoid-heart-disease") and p.severe]
    words = {f"severe {p.kind.replace('-', ' ')}" for p in severe}
    if worst is not None and worst >= _NYHA_SEVERE:
        severe += [p for p in nyha if p.grade == worst]
        words.add(f"NYHA class {_CLASSES[worst]}")
    if severe:
        facts["severe_heart_disease"] = yes(sources(severe), latest(severe), read_as(severe))
        facts["heart_disease"] = Known(value=", ".join(sorted(words)), when=latest(severe), sources=sources(severe))
    elif worst is not None:
        facts["severe_heart_disease"] = no(sources(nyha), latest(nyha), read_as(nyha))
    for kind, name in (
        ("carcinoid-heart-disease", "carcinoid_heart_disease"), ("carcinoid-syndrome", "carcinoid_syndrome"),
    ):  # fmt: skip
        found = [p for p in problems if p.kind == kind]
        diagnosed = [d for d in view.chart.diagnoses if d.entity == kind and d.active]
        if items := [*found, *diagnosed]:
            facts[name] = yes(sources(items), latest(items), read_as(items))
    return facts | _markers(view) | _echo(view)


def _newest_nyha(problems: list[Problem]) -> list[Problem]:
    graded = [p for p in problems if p.kind == "nyha" and p.grade is not None]
    latest_start = max((p.when.first for p in graded if p.when), default=date.min)
    return [p for p in graded if p.when is None or p.when.last >= latest_start]  # none is surely before another


def newest_above(view: View, analyte: Analyte) -> tuple[bool, LabResult] | None:
    """Whether the newest result lies above its own upper limit, and the worst such result; None if unknown."""
    found = newest_results([
        r for r in view.labs(analyte)
        if r.value is not None and r.problem is None and r.when and r.when.first <= view.today
    ])  # fmt: skip
    judged = [(above, r) for r in found if (above := _above(r)) is not None]
    if not judged or (len(judged) < len(found) and not any(above for above, _ in judged)):
        return None
    return max(judged, key=lambda pair: (pair[0], _multiple(pair[1]), pair[1].source))


def _above(result: LabResult) -> bool | None:
    if result.value is None or result.upper_limit is None:
        return None
    if result.comparator in ("<", "<="):
        return False if result.value <= result.upper_limit else None
    if result.comparator in (">", ">="):
        return True if result.value >= result.upper_limit else None
    return result.value > result.upper_limit


def _multiple(result: LabResult) -> float:
    multiple = ratio(result.value, result.upper_limit) if result.value is not None and result.upper_limit else None
    return float(multiple) if multiple is not None else 0.0


def _markers(view: View) -> Facts:
    facts: Facts = {}
    markers: tuple[tuple[Analyte, str], ...] = (("5-hiaa", "hiaa_raised"), ("nt-probnp", "nt_probnp_raised"))
    for analyte, name in markers:
        if (judged := newest_above(view, analyte)) is None:
            continue
        above, result = judged
        facts[name] = (yes if above else no)((result.source,), result.when)
        if analyte == "5-hiaa" and result.comparator in (None, ">", ">="):
            multiple = _multiple(result)
            facts["hiaa_uln"] = Known(value=multiple, when=result.when, sources=(result.source,))
    return facts


def _echo(view: View) -> Facts:
    done = [p for p in view.chart.procedures if p.kind == "echocardiography" and p.when]
    recent = [p for p in done if p.when and _is_recent(view, p.when)]
    if recent:
        return {"echo_recent": yes(sources(recent), latest(recent), read_as(recent))}
    if view.provided("Procedure", "DiagnosticReport"):
        return {"echo_recent": no(sources(done), latest(done))}
    return {}


def _is_recent(view: View, when: Span) -> bool:
    return view.today <= add_months(when.first, int(view.params["echo_max_age_months"]))
