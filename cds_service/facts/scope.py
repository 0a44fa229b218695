"""Facts about whose record this is, whether it is a NEN, and whether there is active disease (rulings, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from cds_service.dates import Span
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.view import View, once, surely_before
from cds_service.record.model import Diagnosis, DiseaseStatement, Item, Scan

GLOSSARY = (
    FactSpec("jurisdiction", "text", "jurisdiction", "of the site's policy", "", ("US", "EU")),
    FactSpec("wrong_patient", "truth", "data of another patient", "the Patient or every Condition is another's"),
    FactSpec("foreign_count", "number", "items about other patients", "resources dropped"),
    FactSpec("unusable_count", "number", "items without a usable status", "erroneous, cancelled, not done, refuted"),
    FactSpec("deceased", "truth", "deceased", "Patient.deceased"),
    FactSpec("net_in_scope", "truth", "neuroendocrine neoplasm recorded", "confirmed or suspected, not a look-alike"),
    FactSpec("net_confirmed", "truth", "NET confirmed", "a confirmed Condition, or histology beside a suspected one"),
    FactSpec("diagnosis", "text", "diagnosis", "as coded, the most telling Condition"),
    FactSpec(
        "primary_site", "text", "primary site", "from codes, body site or words", "",
        ("gep", "lung", "thymus", "kidney", "ppgl", "other"),
    ),
    FactSpec("active_disease", "truth", "active disease", "clinical status, newest statement, later signs of disease"),
    FactSpec("disease_status", "text", "newest disease statement", "coded, or from a report"),
    FactSpec("progression_shown", "truth", "progression recorded", "newest statement is worsened, or new lesions"),
    FactSpec("responding", "truth", "disease responding or stable", "newest statement says so"),
    FactSpec("record_incomplete", "truth", "record incomplete", "a prefetch key absent, failed or not followed"),
    FactSpec("record_lacks", "text", "not provided", "FHIR types that did not come, or not whole"),
    FactSpec("text_uncertain", "truth", "a report could not be read with certainty", "hedged, damaged, contradictory"),
)  # fmt: skip

_UNUSABLE = ("entered-in-error", "cancelled", "not-done", "status-unknown", "refuted")
_GOOD = frozenset(("CR", "PR", "SD", "improved", "stable", "symptoms-improved"))
_GONE = frozenset(("CR", "not-detected"))
_BAD = frozenset(("PD", "worsened"))
_NAMES = {"minen": "MiNEN", "carcinoid-syndrome": "carcinoid syndrome"}
TUMOUR_SURGERY = frozenset(("pancreatectomy", "liver-resection", "metastasectomy", "tumour-resection", "ablation"))
StatementWord = Literal["CR", "PR", "SD", "PD", "improved", "stable", "worsened", "not-detected", "symptoms-improved"]
STATEMENT_WORDS: tuple[StatementWord, ...] = get_args(StatementWord)


def compute(view: View) -> Facts:
    chart = view.chart
    lacking = sorted(chart.not_provided | chart.incomplete)
    foreign = [i.source for i in chart.ignored if i.why == "other-patient"]
    unusable = [i.source for i in chart.ignored if i.why in _UNUSABLE]
    uncertain = [s for s in chart.scans if s.uncertain]
    facts: Facts = {
        "jurisdiction": Known(value=view.jurisdiction, read_as="derived"),
        "wrong_patient": yes() if chart.wrong_patient else no(),
        "foreign_count": Known(value=float(len(set(foreign))), read_as="derived"),
        "unusable_count": Known(value=float(len(set(unusable))), read_as="derived"),
        "deceased": yes((chart.person.source,)) if chart.person.deceased else no((chart.person.source,)),
        "record_incomplete": yes() if lacking else no(),
        "text_uncertain": yes(sources(uncertain), latest(uncertain)) if uncertain else no(),
    }
    if lacking:
        facts["record_lacks"] = Known(value=", ".join(lacking), read_as="derived")
    return facts | _diagnosis(view) | _disease(view)


def _diagnosis(view: View) -> Facts:
    diagnoses = view.chart.diagnoses
    if not diagnoses:
        return {"net_in_scope": no()} if view.provided("Condition") else {}
    certain = [d for d in diagnoses if not d.suspected and d.entity != "carcinoid-syndrome"]
    # a share of Ki-67 alone names no tumour: a suspected one stays suspected beside it
    histology = [
        p for p in view.chart.pathology if p.histology and not p.preliminary and (p.differentiation or p.grade)
    ]
    proof: list[Item] = [*certain] or [*histology]
    facts: Facts = {
        "net_in_scope": yes(sources(diagnoses), latest(diagnoses), read_as(diagnoses)),
        "net_confirmed": yes(sources(proof), latest(proof), read_as(proof)) if proof else no(sources(diagnoses)),
        "diagnosis": _telling(certain or diagnoses),
    }
    if (primary := primary_site(view)) is not None:
        facts["primary_site"] = primary
    return facts


def _telling(diagnoses: list[Diagnosis]) -> Known:
    best = min(diagnoses, key=lambda d: (d.primary is None, d.entity == "nen", d.source))
    organ = f" of {best.primary_text}" if best.primary_text else ""
    name = _NAMES.get(best.entity, best.entity.upper())
    return Known(value=f"{name}{organ}", when=best.when, sources=(best.source,), read_as=best.read_as)


@once
def primary_site(view: View) -> Known | None:
    """The primary; where Conditions name two groups, the one outside the labels (the more cautious)."""
    named = [d for d in view.chart.diagnoses if d.primary is not None]
    if not named:
        return None
    best = min(named, key=lambda d: (d.primary == "gep", d.primary or "", d.source))
    same = [d for d in named if d.primary == best.primary]
    shown = next((d.primary_text for d in sorted(same, key=lambda d: d.source) if d.primary_text), "")
    return Known(value=best.primary or "", shown=shown, when=latest(same), sources=sources(same), read_as=read_as(same))


def _disease(view: View) -> Facts:
    """Active or not, and how it does: the newest dated statement counts, the worse of one day."""
    facts: Facts = {}
    statements = disease_statements(view)
    newest = _newest([s for s in statements if s.when is not None and s.when.last <= view.today])
    if newest is not None:
        where, bad = (newest.source,), newest.status in _BAD or newest.new_lesions
        about = where, newest.when, newest.read_as, newest.quote
        facts["disease_status"] = Known(
            value=newest.status, when=newest.when, sources=where, read_as=newest.read_as, quote=newest.quote
        )
        facts["progression_shown"] = (yes if bad else no)(*about)
        facts["responding"] = (yes if not bad and newest.status in _GOOD else no)(*about)
    active = _active(view, newest)
    if active is not None:
        facts["active_disease"] = active
    return facts


@once
def disease_statements(view: View) -> Sequence[DiseaseStatement]:
    """Every dated statement on the disease, also those its scans make; symptoms alone are the last word on nothing."""
    said = [s for s in view.chart.statements if s.when is not None and s.when.first <= view.today]
    for scan in view.chart.scans:
        status = scan.response or ("not-detected" if scan.no_evidence_of_disease else None)
        if scan.preliminary or scan.when is None or (status is None and not scan.new_lesions):
            continue
        if any(s.source == scan.source for s in said):
            continue
        said.append(
            DiseaseStatement(
                source=scan.source, when=scan.when, read_as="narrative", quote=scan.quote,
                status=_status(status), new_lesions=bool(scan.new_lesions),
            )
        )  # fmt: skip
    return said


def _status(word: str | None) -> StatementWord:
    """A scan's word as a statement's; new lesions without a word are worse."""
    for known in STATEMENT_WORDS:
        if word == known:
            return known
    return "worsened"


def _newest(statements: list[DiseaseStatement]) -> DiseaseStatement | None:
    """The latest; of one day the worse for the patient."""
    dated = [
        (s.when.last, s.status in _BAD or s.new_lesions, s.status not in _GONE, s.source, s)
        for s in statements
        if s.when
    ]
    return max(dated, key=lambda entry: entry[:4])[-1] if dated else None


def _active(view: View, newest: DiseaseStatement | None) -> Known | None:
    """Yes, no, or None when the order of remission and a sign of disease cannot be told."""
    diagnoses = view.chart.diagnoses
    if not diagnoses:
        return None
    quiet = not any(d.active for d in diagnoses)
    gone = newest is not None and newest.status in _GONE and not newest.new_lesions
    items: list[Item] = [newest] if gone and newest is not None else [*diagnoses]
    if not quiet and not gone:
        return yes(sources(diagnoses), latest(diagnoses), read_as(diagnoses))
    since = _quiet_since(view, newest if gone else None, quiet)
    signs = _signs(view)
    if any(surely_before(since, sign.when) for sign in signs):
        return yes(sources(signs), latest(signs), read_as(signs))
    if any(surely_before(since, sign.when) is None for sign in signs):
        return None
    return no(sources(items), since, read_as(items))


def _quiet_since(view: View, gone: DiseaseStatement | None, quiet: bool) -> Span | None:
    """The latest day that speaks for remission: a statement, the Condition's end, tumour surgery."""
    days: list[Span | None] = [gone.when if gone else None]
    if quiet:
        days += [d.inactive_since for d in view.chart.diagnoses]
        days += [p.when for p in view.chart.procedures if p.kind in TUMOUR_SURGERY]
    return max((day for day in days if day is not None), default=None)


def _signs(view: View) -> list[Item]:
    """Dated signs of disease: a statement of worsening, new lesions, a scan with tumour lesions."""
    said = [s for s in disease_statements(view) if s.status in _BAD or s.new_lesions]
    return [*said, *(scan for scan in view.chart.scans if scan.when is not None and _shows_tumour(scan))]


def _shows_tumour(scan: Scan) -> bool:
    if scan.preliminary or scan.no_evidence_of_disease:
        return False
    lesions = [x for x in scan.lesions if not x.physiological and x.fdg != "negative" and x.score != (0, 0)]
    return bool(lesions) or bool(scan.tumour_present)
