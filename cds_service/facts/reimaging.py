"""Facts about imaging again: treatment and response since the last SSTR scan, events that outdate it, open orders."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from cds_service.facts.fdg import discordance
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.imaging import current
from cds_service.facts.imaging_lesions import Reading, readings, show_score
from cds_service.facts.scope import disease_statements
from cds_service.facts.treatment import UPTAKE_CHANGING, Bounds, Extent, given_between, since
from cds_service.facts.view import View, surely_before
from cds_service.record.model import DiseaseStatement

GLOSSARY = (
    FactSpec(
        "reimage_scan_low", "truth", "last SSTR scan insufficient",
        "the last SSTR PET (if none, the last scintigraphy) has a score, no lesion reaching krenning_min, none unknown",
    ),
    FactSpec("reimage_score", "text", "best Krenning score of the last SSTR scan", "PET, if none scintigraphy"),
    FactSpec("reimage_tracer", "text", "tracer of the last SSTR scan", "as coded or written"),
    FactSpec("reimage_treated", "truth", "cytotoxic or mTOR treatment since the last SSTR scan", "given, not ordered"),
    FactSpec(
        "reimage_cycles", "number", "cycles given since the last SSTR scan",
        "surely given, cyclic cytotoxic drugs, since the last restart; unknown if dates or counts leave "
        "reimage_min_cycles open",
    ),
    FactSpec(
        "reimage_weeks", "number", "weeks of treatment since the last SSTR scan",
        "first to last day of cytotoxic or mTOR treatment since the last restart; unknown if dates leave "
        "reimage_min_weeks open", "wk",
    ),
    FactSpec("reimage_extent", "text", "treatment given since the last SSTR scan", "cycles and weeks in one text"),
    FactSpec("reimage_regimen", "text", "regimen since the last SSTR scan", "as written, else the drugs"),
    FactSpec("reimage_cycles_differ", "text", "two counts of the cycles", "written, and by administration days"),
    FactSpec("reimage_mtor_drug", "text", "mTOR inhibitor among it", "known only if one was given since the scan"),
    FactSpec("reimage_last_dose_days", "number", "days since its last dose", "from the earliest day it may be", "d"),
    FactSpec(
        "reimage_response", "text", "newest disease statement under this treatment",
        "dated after the treatment's beginning; symptoms count only without a statement on the disease", "",
        ("CR", "PR", "SD", "PD", "improved", "stable", "worsened", "not-detected", "symptoms-improved"),
    ),
    FactSpec("reimage_responding", "truth", "responding, stable or with less symptoms", "by that statement"),
    FactSpec(
        "reimage_fdg_discordant", "truth", "FDG-positive, SSTR-negative lesion since treatment began",
        "I-05 holds on an FDG PET done after this treatment began; no when it does not hold",
    ),
    FactSpec("sstr_regained", "truth", "uptake regained after treatment", "was low, treated, now reaching"),
    FactSpec("sstr_still_low", "truth", "uptake still low after treatment", "was low, treated, still low"),
    FactSpec("sstr_between_regimen", "text", "treatment between the two SSTR scans", "as written, else the drugs"),
    FactSpec("sstr_earlier_score", "text", "best Krenning score of the earlier SSTR scan", "before the treatment"),
)  # fmt: skip

_GOOD = frozenset(("CR", "PR", "SD", "improved", "stable", "not-detected", "symptoms-improved"))


class Response(NamedTuple):
    """The newest statement under a treatment, and whether it is a good one."""

    statement: DiseaseStatement
    good: bool


def compute(view: View) -> Facts:
    facts = _regained(view)
    scan = last_scan(view)
    if scan is None:
        return facts | ({"reimage_scan_low": no()} if view.provided("DiagnosticReport") else {})
    about = scan.sources, scan.when
    if scan.insufficient is not None:
        facts["reimage_scan_low"] = (yes if scan.insufficient else no)(*about, "coded")
    if scan.best is not None:
        facts["reimage_score"] = Known(value=show_score(scan.best), when=scan.when, sources=scan.sources)
    if tracers := sorted({item.tracer for item in scan.scans if item.tracer}):
        facts["reimage_tracer"] = Known(value=", ".join(tracers), when=scan.when, sources=scan.sources)
    extent = since(view, scan.when, UPTAKE_CHANGING)
    return facts | _treated(view, extent) | _under_treatment(view, extent)


def last_scan(view: View) -> Reading | None:
    """The last SSTR PET; if there is none, the last SSTR scintigraphy."""
    return next(readings(view), None) or next(readings(view, "sstr-scintigraphy"), None)


def earlier_scans(view: View, now: Reading) -> Iterator[Reading]:
    """The SSTR PETs before the current one, newest first; if there is none, the scintigraphies before it."""
    pets = islice(readings(view), 1, None)
    first = next(pets, None)
    found = chain([first], pets) if first else readings(view, "sstr-scintigraphy")
    return (reading for reading in found if surely_before(reading.when, now.when))


def show_extent(extent: Extent) -> str:
    """ "6 cycles / 24 wk", or only what there is."""
    parts = []
    if extent.cycles.least:
        parts.append(f"{extent.cycles.shown} cycle{'' if extent.cycles.shown == '1' else 's'}")
    if extent.weeks.least:
        parts.append(f"{extent.weeks.shown} wk")
    return " / ".join(parts)


def count_fact(bounds: Bounds, limit: float, extent: Extent) -> Known | None:
    """A count that is settled enough to be compared with ``limit``; None otherwise."""
    if not bounds.settled(limit):
        return None
    return Known(
        value=float(bounds.least),
        shown="" if bounds.least == bounds.most else bounds.shown,
        when=extent.last,
        sources=extent.sources,
        read_as=extent.read_as,
    )


def _treated(view: View, extent: Extent) -> Facts:
    facts: Facts = {}
    about = extent.sources, extent.last
    if extent.given is not None:
        facts["reimage_treated"] = (yes if extent.given else no)(*about)
    for name, bounds in (("cycles", extent.cycles), ("weeks", extent.weeks)):
        if (known := count_fact(bounds, view.params[f"reimage_min_{name}"], extent)) is not None:
            facts[f"reimage_{name}"] = known
    if not extent.given:
        return facts
    if said := show_extent(extent):
        facts["reimage_extent"] = Known(value=said, when=extent.last, sources=extent.sources, read_as=extent.read_as)
    facts["reimage_regimen"] = Known(
        value=" ".join(extent.regimen.split())[:60], when=extent.last, sources=extent.sources, read_as=extent.read_as
    )
    if extent.mtor:
        facts["reimage_mtor_drug"] = Known(value=extent.mtor, when=extent.last, sources=extent.sources)
    if extent.differ is not None:
        written, counted = extent.differ
        said = f"{written} written, {counted} by administration days"
        facts["reimage_cycles_differ"] = Known(value=said, when=extent.last, sources=extent.sources, read_as="derived")
    if extent.last is not None:
        facts["reimage_last_dose_days"] = Known(
            value=float((view.today - extent.last.first).days),
            when=extent.last,
            sources=extent.sources,
            read_as="derived",
        )
    return facts


def _under_treatment(view: View, extent: Extent) -> Facts:
    facts: Facts = {}
    found = discordance(view)
    later = found is not None and extent.begin is not None and surely_before(found.when, extent.begin) is not True
    facts["reimage_fdg_discordant"] = no()
    if found and later:
        facts["reimage_fdg_discordant"] = yes(found.sources, found.when, found.read_as, found.quote)
    response = response_to(view, extent)
    if response is not None:
        said = response.statement
        about = (said.source,), said.when, said.read_as, said.quote
        value = "worsened" if said.new_lesions and said.status in _GOOD else said.status
        facts["reimage_response"] = Known(
            value=value, shown=value.replace("-", " "), when=said.when, sources=(said.source,), read_as=said.read_as,
            quote=said.quote,
        )
        facts["reimage_responding"] = (yes if response.good else no)(*about)
    return facts


def response_to(view: View, extent: Extent) -> Response | None:
    """The newest disease statement after the treatment began; the worse of one day; None if none, or if dates hide it.

    Less pain does not undo a recorded progression: statements on symptoms count only where there is no other.
    """
    if extent.begin is None:
        return None
    after = [s for s in disease_statements(view) if s.when and surely_before(extent.begin, s.when) is not False]
    said = [s for s in after if s.status != "symptoms-improved" or s.new_lesions] or after
    if not said:
        return None
    latest = max(s.when.first for s in said if s.when)
    newest = [s for s in said if s.when and s.when.last >= latest]
    if not any(surely_before(extent.begin, s.when) for s in newest):
        return None
    good = {s.status in _GOOD and not s.new_lesions for s in newest}
    if len(good) > 1 and not all(s.when and s.when.exact for s in newest):
        return None
    verdict = all(good)
    chosen = [s for s in newest if (s.status in _GOOD and not s.new_lesions) is verdict]
    return Response(
        min(chosen, key=lambda s: (s.status == "symptoms-improved", s.read_as, s.source, s.status)), verdict
    )


def _regained(view: View) -> Facts:
    """R-06 and R-07: the scan before, treatment between, and the current scan."""
    now = current(view)
    if now is None:
        return {}
    before = next((r for r in earlier_scans(view, now) if r.insufficient is not None), None)
    if before is None or before.best is None:
        return {"sstr_regained": no(), "sstr_still_low": no()} if view.provided("DiagnosticReport") else {}
    facts: Facts = {}
    about = tuple(dict.fromkeys((*before.sources, *now.sources))), now.when
    treated = given_between(view, before.when, now.when, UPTAKE_CHANGING) if before.insufficient else False
    if treated is False:
        facts["sstr_regained"] = facts["sstr_still_low"] = no(*about)
    elif treated and now.insufficient is not None:
        facts["sstr_regained"] = (no if now.insufficient else yes)(*about)
        facts["sstr_still_low"] = (yes if now.insufficient else no)(*about)
    if treated:
        extent = since(view, before.when, UPTAKE_CHANGING, until=now.when.last)
        facts["sstr_between_regimen"] = Known(
            value=" ".join(extent.regimen.split())[:60],
            when=extent.last,
            sources=extent.sources,
            read_as=extent.read_as,
        )
    facts["sstr_earlier_score"] = Known(value=show_score(before.best), when=before.when, sources=before.sources)
    return facts
