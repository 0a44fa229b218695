"""Who the patient is and how they are: age, sex, weight, height, performance status, life expectancy."""

from __future__ import annotations

from cds_service.dates import on_day, whole_years
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.results import Reading, decided, known, newest
from cds_service.facts.view import View, once

GLOSSARY = (
    FactSpec("age_years", "number", "age", "completed years on the decision date; of a partial birth date the younger "
             "age, unknown if a labelled age limit lies between the two", "a"),
    FactSpec("sex", "text", "sex", "administrative sex of the Patient", values=("female", "male")),
    FactSpec("age_or_sex_missing", "truth", "age or sex not recorded", "yes when either is unknown"),
    FactSpec("weight_kg", "number", "body weight", "newest weight within the laboratory limit", "kg"),
    FactSpec("height_cm", "number", "height", "newest dated height, no age limit", "cm"),
    FactSpec("ecog", "number", "performance status (ECOG)", "newest ECOG, or Karnofsky converted, without age limit; "
             "the worse of one day; an undated one may be the newest"),
    FactSpec("short_life_expectancy", "truth", "life expectancy recorded as short",
             "yes when a condition or note says so; never no"),
)  # fmt: skip


@once
def age_range(view: View) -> tuple[int, int] | None:
    """The youngest and oldest age in completed years the birth date allows; None if unknown or in the future."""
    birth = view.chart.person.birth
    if birth is None or birth.first > view.today:
        return None
    return whole_years(min(birth.last, view.today), view.today), whole_years(birth.first, view.today)


@once
def weight(view: View) -> Reading | None:
    """The newest weight within the laboratory limit; one only known to be below or above a number counts as unknown."""
    reading = newest(view, "weight")
    return reading if reading and reading.bounded else None


@once
def height(view: View) -> Reading | None:
    """The newest dated height, however old: adults keep theirs, an old one makes a child's estimate lower."""
    reading = newest(view, "height", max_age_days=float("inf"))
    return reading if reading and reading.bounded else None


def compute(view: View) -> Facts:
    """Every fact about the person that is known."""
    facts: Facts = {}
    person = view.chart.person
    source = (person.source,)
    if person.sex:
        facts["sex"] = Known(value=person.sex, sources=source)
    age = _age(view)
    if age:
        facts["age_years"] = age
    missing = age is None or person.sex is None
    facts["age_or_sex_missing"] = yes(source) if missing else no(source)
    for name, reading in (("weight_kg", weight(view)), ("height_cm", height(view))):
        if reading and (value := decided(reading, "low")) is not None:
            facts[name] = known(reading, value)
    ecog = _ecog(view)
    if ecog:
        facts["ecog"] = ecog
    short = [p for p in view.problems("short-life-expectancy") if p.active]
    if short:
        when = max((p.when for p in short if p.when), default=None)
        facts["short_life_expectancy"] = yes(tuple(sorted({p.source for p in short})), when)
    return facts


def _age(view: View) -> Known | None:
    ages = age_range(view)
    if ages is None:
        return None
    young, old = ages
    if any(young < view.params[limit] <= old for limit in ("age_min_us", "age_min_eu")):
        return None
    shown = "" if young == old else f"{young}-{old}"
    source = (view.chart.person.source,)
    return Known(value=float(young), shown=shown, sources=source, when=on_day(view.today), read_as="derived")


def _ecog(view: View) -> Known | None:
    """The newest score. Several that may be the newest count as the worst, if no limit lies between them."""
    low, high = view.params["plausible_ecog_min"], view.params["plausible_ecog_max"]
    scores = [
        p for p in view.chart.performance
        if low <= p.ecog <= high and (p.when is None or p.when.first <= view.today)
    ]  # fmt: skip
    newest_day = max((p.when.first for p in scores if p.when), default=None)
    candidates = [p for p in scores if not (p.when and newest_day and p.when.last < newest_day)]
    if not candidates:
        return None
    worst = max(p.ecog for p in candidates)
    if len({p.when for p in candidates}) > 1 or not all(p.when and p.when.exact for p in candidates):
        best = min(p.ecog for p in candidates)
        if best < view.params["ecog_stop"] <= worst:
            return None
    chosen = [p for p in candidates if p.ecog == worst]
    return Known(
        value=float(worst),
        sources=tuple(sorted({p.source for p in chosen})),
        when=max((p.when for p in chosen if p.when), default=None),
        read_as="coded" if any(p.read_as == "coded" for p in chosen) else "narrative",
    )
