"""Facts about FDG PET beside the current SSTR PET: pairing, discordance, need (rulings, section 2; I-05, I-11)."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.dates import Span
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.imaging import current
from cds_service.facts.imaging_checks import days_apart
from cds_service.facts.imaging_lesions import Reading, readings
from cds_service.facts.pathology import highest_grade
from cds_service.facts.sites import same_place
from cds_service.facts.view import View, once
from cds_service.record.model import Lesion, ReadAs, Scan

GLOSSARY = (
    FactSpec(
        "fdg_current", "truth", "FDG PET beside the current SSTR PET",
        "a final FDG PET within scan_pair_days of the current SSTR PET",
    ),
    FactSpec("fdg_pair_days", "number", "days between FDG PET and SSTR PET", "the longest the dates allow", "d"),
    FactSpec(
        "fdg_needed", "truth", "FDG PET needed",
        "G3, or a relevant lesion of the current SSTR PET below krenning_min",
    ),
    FactSpec(
        "fdg_discordant", "truth", "FDG-positive, SSTR-negative lesion",
        "NETPET P5, discordance stated, or a lesion FDG-positive with its Krenning score below krenning_min, on scans "
        "within scan_pair_days",
    ),
    FactSpec("fdg_discordant_site", "text", "site of the discordant lesion", "as written"),
    FactSpec("fdg_negative_high_suv", "truth", "FDG-negative lesion with a high SUVmax", "called negative, SUV above"),
    FactSpec("fdg_negative_site", "text", "site of that lesion", "as written"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Discordance:
    """An FDG PET that shows a lesion without SSTR uptake. ``site`` "" when the report names none."""

    when: Span
    sources: tuple[str, ...]
    site: str
    read_as: ReadAs
    quote: str = ""


def compute(view: View) -> Facts:
    facts = _need(view)
    now = current(view)
    pair = _paired(view)
    if pair is None:
        if now is None or not _unsure_pair(view, now):
            facts["fdg_current"] = no()
        if not view.provided("DiagnosticReport"):
            facts.pop("fdg_current", None)
    elif now is not None:
        facts["fdg_current"] = yes(pair.sources, pair.when, "coded")
        days = float(days_apart(pair.when, now.when)[1])
        facts["fdg_pair_days"] = Known(value=days, when=pair.when, sources=pair.sources, read_as="derived")
    return facts | _discordance(view, now, pair)


@once
def discordance(view: View) -> Discordance | None:
    """What makes I-05 fire, None if nothing does."""
    return _found(view, current(view), _paired(view))


def _positive(view: View, lesion: Lesion) -> bool:
    """Whether an FDG PET lesion counts as positive; what the report calls negative stays negative."""
    return lesion.fdg == "positive" if lesion.fdg is not None else _hot(view, lesion)


def _hot(view: View, lesion: Lesion) -> bool:
    return lesion.suvmax is not None and lesion.suvmax > view.exact("fdg_suv_positive")


@once
def _paired(view: View) -> Reading | None:
    """The newest FDG PET close enough to the current SSTR PET; without any SSTR PET the newest one."""
    now = current(view)
    for scan in readings(view, "fdg-pet"):
        if now is None or days_apart(scan.when, now.when)[1] <= view.params["scan_pair_days"]:
            return scan
    return None


def _unsure_pair(view: View, now: Reading) -> bool:
    limit = view.params["scan_pair_days"]
    return any(days_apart(scan.when, now.when)[0] <= limit for scan in readings(view, "fdg-pet"))


def _need(view: View) -> Facts:
    """G3 or a relevant low lesion; no only if both are known not to be."""
    now, grade = current(view), highest_grade(view)
    if grade is not None and grade.value == "G3":
        return {"fdg_needed": yes(grade.sources, grade.when)}
    if now is not None and now.low(relevant=True):
        return {"fdg_needed": yes(now.sources, now.when)}
    if grade is not None and now is not None and now.scored and not now.undecided(relevant_only=True):
        return {} if now.further_sites else {"fdg_needed": no(grade.sources, grade.when)}
    return {}


def _discordance(view: View, now: Reading | None, pair: Reading | None) -> Facts:
    facts = _called_negative(view, pair) if pair is not None and now is not None else {}
    found = discordance(view)
    if found is None:
        if pair is not None and now is not None and _concordant(view, now, pair):
            facts["fdg_discordant"] = no(pair.sources, pair.when)
        return facts
    facts["fdg_discordant"] = yes(found.sources, found.when, found.read_as, found.quote)
    if found.site:
        facts["fdg_discordant_site"] = Known(
            value=found.site[:60], when=found.when, sources=found.sources, read_as=found.read_as, quote=found.quote
        )
    return facts


def _found(view: View, now: Reading | None, pair: Reading | None) -> Discordance | None:
    if pair is not None and (stated := _stated(pair, pair.scans)):
        return stated
    if now is None:
        return None
    if stated := _stated(pair or now, now.scans):  # the SSTR report itself speaks of the pair
        return stated
    if pair is None:
        return None
    for lesion in _tumour(pair):
        if not _positive(view, lesion):
            continue
        own = lesion.score is not None and lesion.score[1] < now.minimum
        matches = [now.lesions[i] for i in same_place(lesion.site, [x.site for x in now.lesions])]
        if own or any(now.misses(match) for match in matches):
            sources = {lesion.source or pair.sources[0], *(m.source for m in matches if now.misses(m))}
            read_as: ReadAs = "narrative" if any(m.read_as == "narrative" for m in matches) else "coded"
            said = [scan.lowest_quote or scan.score_quote for scan in now.scans if read_as == "narrative"]
            site = " ".join(lesion.site.split())
            return Discordance(pair.when, tuple(sorted(sources)), site, read_as, next(filter(None, said), ""))
    return None


def _stated(about: Reading, scans: tuple[Scan, ...]) -> Discordance | None:
    """NETPET P5 alone, or discordance stated; P4 is not discordance."""
    for scan in scans:
        if scan.netpet == "P5" or scan.discordant:
            as_read: ReadAs = "narrative" if scan.discordant_quote else "coded" if scan.netpet == "P5" else scan.read_as
            return Discordance(about.when, (scan.source,), "", as_read, scan.discordant_quote)
    return None


def _concordant(view: View, now: Reading, pair: Reading) -> bool:
    """Whether every FDG-positive lesion surely has SSTR uptake, or concordance is stated."""
    hot = [lesion for lesion in _tumour(pair) if _positive(view, lesion)]
    if not hot:
        return True
    if any(scan.discordant is False or (scan.netpet or "P5") < "P5" for scan in pair.scans):
        return True
    places = [lesion.site for lesion in now.lesions]
    return all(
        bool(found := same_place(lesion.site, places)) and all(now.reaches(now.lesions[i]) for i in found)
        for lesion in hot
    )


def _called_negative(view: View, pair: Reading) -> Facts:
    for lesion in _tumour(pair):
        if lesion.fdg == "negative" and _hot(view, lesion):
            facts: Facts = {"fdg_negative_high_suv": yes((lesion.source or pair.sources[0],), pair.when)}
            if site := " ".join(lesion.site.split())[:60]:
                facts["fdg_negative_site"] = Known(
                    value=site, when=pair.when, sources=(lesion.source or pair.sources[0],)
                )
            return facts
    return {"fdg_negative_high_suv": no(pair.sources, pair.when)}


def _tumour(pair: Reading) -> list[Lesion]:
    """The lesions of an FDG PET that may be tumour, in a fixed order."""
    lesions = [lesion for scan in pair.scans for lesion in scan.lesions if not lesion.physiological]
    return sorted(lesions, key=lambda lesion: (lesion.site, lesion.source, str(lesion.suvmax), str(lesion.fdg)))
