"""One report's text -> the JSON object of the public interface, section 6."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from cds_service.narrative.context import Context, speaks_of_before
from cds_service.narrative.discordance import Discordance, read_discordance
from cds_service.narrative.imaging import Seen, read_sentence
from cds_service.narrative.merge import Uptakes, merge
from cds_service.narrative.normalise import Plain, plain
from cds_service.narrative.overrule import (
    overrule_lesions,
    overrule_stated,
    overrule_tissue,
    report_withdrawn,
    withdrawn_fields,
)
from cds_service.narrative.pathology import KiValue, Tissue, read_tissue
from cds_service.narrative.response import Judgements, Stated, read_judgements, settle
from cds_service.narrative.second import disagrees
from cds_service.narrative.sections import Section, Sentence, sentences
from cds_service.narrative.tables import read_tables
from cds_service.narrative.tracer import tracers

Kind = Literal["sstr_pet", "fdg_pet", "ct", "pathology"]
Span = tuple[int, int]

FIELDS = (
    "tracer", "krenning_highest", "krenning_lowest", "krenning_implied_highest", "krenning_implied_lowest",
    "krenning_lesions", "suvmax", "suv_reference", "all_lesions_sstr_positive", "fdg_discordant", "ki67_percent",
    "ki67_range", "ki67_comparator", "mitoses", "grade", "differentiation", "response", "new_lesions",
    "no_evidence_of_disease", "operability", "uncertain", "prior", "quotes",
)  # fmt: skip
_LISTS = {"krenning_lesions", "suvmax", "suv_reference", "prior"}
_GRADE_ORDER = {"G1": 1, "G2": 2, "G3": 3, "NEC": 4, "MiNEN": 5}


@dataclass(slots=True)
class _Reading:
    """Everything read from one text, before fields are decided."""

    page: Plain
    kind: Kind
    seen: Seen = field(default_factory=Seen)
    said: Judgements = field(default_factory=Judgements)
    tissue: Tissue = field(default_factory=Tissue)
    discord: Discordance = field(default_factory=Discordance)
    tracers_now: list[tuple[str, Span]] = field(default_factory=list)
    tracers_before: list[str] = field(default_factory=list)
    tracers_dated: list[tuple[str, Span]] = field(
        default_factory=list
    )  # beside a date that may be the examination's own
    withdrawn: set[str] = field(default_factory=set)
    void: bool = False
    out: dict[str, Any] = field(default_factory=dict)

    def quote(self, name: str, span: Span | None) -> None:
        if span is not None:
            self.out["quotes"].setdefault(name, self.page.verbatim(*span))


def read_report(text: str, kind: Kind) -> dict[str, Any]:
    """Reads one report. Pure, linear in the text's length, never raises on any text.

    Args: text: the report as written; kind: what the report is about.
    Returns: every field of the interface, null (or an empty list) where the report does not say.
    """
    page = plain(text)
    reading = _Reading(page, kind)
    reading.out = {name: [] if name in _LISTS else None for name in FIELDS}
    reading.out["uncertain"], reading.out["quotes"] = False, {}
    prose, table = read_tables(page.text)
    everything = sentences(prose)
    want_fdg = kind == "fdg_pet" or (kind == "sstr_pet" and _only_fdg(everything))
    for sentence in everything:
        _read(sentence, reading, want_fdg)
    reading.seen.lesions += table.lesions
    reading.seen.prior += table.prior
    reading.seen.uncertain = reading.seen.uncertain or table.uncertain
    if kind in {"sstr_pet", "fdg_pet"}:
        _tracer(reading, want_fdg)
        _discordance(reading, want_fdg)
        _uptakes(reading, want_fdg)
    else:
        reading.out["prior"] += [
            {"what": "tracer", "value": name} for name in dict.fromkeys(t for t, _ in reading.tracers_now)
        ]
        reading.out["prior"] += [{"what": what, "value": value} for what, value in reading.seen.prior]
        for lesion in reading.seen.lesions:
            if lesion.score is not None:
                low, high = lesion.score
                reading.out["prior"].append({"what": "krenning", "value": low if low == high else [low, high]})
    _tissue(reading)
    _judgements(reading)
    out = reading.out
    if (
        any(s.unread for s in everything)
        or reading.tissue.uncertain
        or (kind != "pathology" and reading.seen.uncertain)
    ):
        out["uncertain"] = True
    out["uncertain"] = out["uncertain"] or disagrees(page.text, kind, out)
    if reading.void:
        out.update(
            {name: [] if name in _LISTS else None for name in FIELDS if name not in {"prior", "quotes"}},
            uncertain=True,
            quotes={},
        )
    out["prior"] = _unique(out["prior"])
    return out


def _only_fdg(everything: Iterable[Sentence]) -> bool:
    named = {name for s in everything for _, _, name in tracers(s.text)}
    return named == {"18F-FDG"}


def _read(sentence: Sentence, reading: _Reading, want_fdg: bool) -> None:
    if sentence.unread or not sentence.text.strip():
        return
    context = Context(sentence)
    reading.withdrawn |= withdrawn_fields(context)
    reading.void = reading.void or report_withdrawn(context)
    if reading.kind == "pathology":
        read_tissue(context, sentence.start, sentence.block, reading.tissue, quoted=False)
        return
    _name_tracers(context, sentence, reading)
    read_tissue(context, sentence.start, sentence.block, reading.tissue, quoted=True)
    read_sentence(context, sentence.start, sentence.block, reading.seen, want_fdg, want_fdg)
    read_judgements(context, sentence.start, reading.said)
    if reading.kind != "ct":
        read_discordance(context, sentence.start, reading.discord)


def _name_tracers(context: Context, sentence: Sentence, reading: _Reading) -> None:
    for begin, end, name in tracers(sentence.text):
        span = (sentence.start + begin, sentence.start + end)
        bare = not re.search(
            r"68|64|18|111|99|ga|cu|octreosc|tektro|penteo|netspot|detectnet|somakit|tate$|fdg|glucose",
            sentence.text[begin:end],
            re.I,
        )
        if context.other_person or context.conditional(begin, end) or context.negated_value(begin, end):
            continue
        if (
            context.section in {Section.COMPARISON, Section.INDICATION}
            or context.earlier(begin, end)
            or _compared(sentence.text, begin)
        ):
            reading.tracers_before.append(name)
            if (
                context.section not in {Section.COMPARISON, Section.INDICATION}
                and not speaks_of_before(sentence.text)
                and not bare
            ):
                reading.tracers_dated.append((name, span))
        elif not bare or name in {"68Ga-DOTATOC", "68Ga-DOTANOC"}:
            reading.tracers_now.append((name, span))


def _compared(text: str, begin: int) -> bool:
    return (
        re.search(
            r"\b(?:compar\w+|correlat\w+|previous|prior|comparison is made|last)\b(?:\s\S+){0,6}\s?\W*$",
            text[:begin],
            re.I,
        )
        is not None
    )


def _tracer(reading: _Reading, want_fdg: bool) -> None:
    now = [(name, span) for name, span in reading.tracers_now if (name == "18F-FDG") == want_fdg]
    dated = [(name, span) for name, span in reading.tracers_dated if (name == "18F-FDG") == want_fdg]
    if not now and len({name for name, _ in dated}) == 1:
        now = dated
        reading.tracers_before = [name for name in reading.tracers_before if name != dated[0][0]]
    exact = [
        n
        for n in now
        if re.search(r"\d", reading.page.text[n[1][0] : n[1][1]])
        or n[0] in {"18F-FDG", "111In-pentetreotide", "99mTc-octreotide-analogue", "18F-SiTATE"}
    ]
    if exact:
        name, span = exact[0]
        reading.out["tracer"] = name
        reading.quote("tracer", span)
    elif now and all(name in {"68Ga-DOTATOC", "68Ga-DOTANOC"} for name, _ in now):
        reading.out["tracer"] = now[0][0]
        reading.quote("tracer", now[0][1])
    reading.out["prior"] += [{"what": "tracer", "value": name} for name in dict.fromkeys(reading.tracers_before)]


def _uptakes(reading: _Reading, want_fdg: bool) -> None:
    seen = reading.seen
    overrule_lesions(seen, "krenning" in reading.withdrawn, "suvmax" in reading.withdrawn)
    if want_fdg:  # words compare FDG uptake with the liver, or quote another scan
        for lesion in seen.lesions:
            lesion.words = None
    uptakes: Uptakes = merge(seen, seen.lesions)
    out = reading.out
    out["krenning_highest"], out["krenning_lowest"] = uptakes.highest, uptakes.lowest
    out["krenning_implied_highest"], out["krenning_implied_lowest"] = uptakes.implied_highest, uptakes.implied_lowest
    out["krenning_lesions"], out["suvmax"] = uptakes.entries, uptakes.suvmax
    out["all_lesions_sstr_positive"] = uptakes.all_positive
    done: set[tuple[str, float]] = set()
    for site, value, span in seen.reference:
        if (site, value) not in done:
            done.add((site, value))
            out["suv_reference"].append({"site": site, "value": int(value) if value == int(value) else value})
            reading.quote("suv_reference", span)
    for name, span in uptakes.spans.items():
        reading.quote(name, span)
    if uptakes.all_positive is not None and "all_lesions_sstr_positive" not in out["quotes"]:
        key = "krenning_lowest" if uptakes.lowest is not None else "krenning_implied_lowest"
        if key in out["quotes"]:
            out["quotes"]["all_lesions_sstr_positive"] = out["quotes"][key]
    seen.uncertain = seen.uncertain or uptakes.uncertain
    out["prior"] += [{"what": what, "value": value} for what, value in [*seen.prior, *uptakes.prior]]


def _discordance(reading: _Reading, want_fdg: bool) -> None:
    stated, seen = reading.discord.stated, reading.seen
    pairs = [x for x in seen.lesions if x.fdg and _receptor_low(x)]
    values = {value for value, _ in stated} | ({True} if pairs else set())
    out = reading.out
    if values == {True, False} and not any(v for v, _ in stated):
        values = {True}
    if values == {True, False} and _netpet_wins(reading):
        values = {True}
    if len(values) == 1:
        out["fdg_discordant"] = values.pop()
        reading.quote(
            "fdg_discordant",
            next((span for value, span in stated if value == out["fdg_discordant"]), pairs[0].span if pairs else None),
        )
    elif values:
        reading.seen.uncertain = True
    elif want_fdg:
        lesions = [x for x in seen.lesions if x.fdg is not None or x.suvs]
        positive = any(x.fdg or x.suvs for x in lesions)
        if (
            not positive
            and (seen.fdg_denied or any(x.fdg is False for x in lesions))
            and not reading.discord.doubtful
            and not seen.doubtful_tumour
        ):
            out["fdg_discordant"] = False
    if reading.discord.doubtful:
        reading.seen.uncertain = True


def _netpet_wins(reading: _Reading) -> bool:
    """ "Most lesions are concordant, one is discordant": discordance is there."""
    page = reading.page.text
    return all("discordan" not in page[s:e].lower() for value, (s, e) in reading.discord.stated if not value)


def _receptor_low(lesion: Any) -> bool:
    if lesion.score is not None:
        return bool(lesion.score[1] < 3)
    return lesion.words is not None and lesion.words.level == 0


def _tissue(reading: _Reading) -> None:
    tissue, out = reading.tissue, reading.out
    overrule_tissue(tissue, reading.withdrawn)
    out["prior"] += [{"what": what, "value": value} for what, value in tissue.prior]
    if reading.kind != "pathology":
        tissue.uncertain = False
        return
    _ki67(reading, tissue.ki67)
    if tissue.grades and "grade" not in tissue.doubtful:
        best = max(tissue.grades, key=lambda f: _GRADE_ORDER[str(f.value)])
        out["grade"] = best.value
        reading.quote("grade", best.span)
    kinds = {f.value for f in tissue.differentiation}
    if len(kinds) == 1 and "differentiation" not in tissue.doubtful:
        out["differentiation"] = tissue.differentiation[0].value
        reading.quote("differentiation", tissue.differentiation[0].span)
    elif len(kinds) > 1:
        tissue.uncertain = True
    if tissue.mitoses:
        best = max(tissue.mitoses, key=lambda f: _count(f.value))
        count, span = best.value  # type: ignore[misc]
        out["mitoses"] = {"count": count, "per": reading.page.verbatim(*span)}
        reading.quote("mitoses", best.span)


def _count(value: Any) -> float:
    count = value[0]
    if isinstance(count, list):
        return float(count[1])
    return float(count.lstrip("<")) - 0.5 if isinstance(count, str) else float(count)


def _ki67(reading: _Reading, values: list[KiValue]) -> None:
    if not values or "ki67" in reading.tissue.doubtful:
        return
    out = reading.out
    best = max(values, key=_upper)
    if best.percent is None and any(v.percent is not None for v in values) and best.comparator == "<":
        best = max((v for v in values if v.percent is not None), key=_upper)
    out["ki67_percent"], out["ki67_comparator"] = best.percent, best.comparator
    out["ki67_range"] = list(best.interval) if best.interval else None
    for name in ("ki67_percent", "ki67_range", "ki67_comparator"):
        if out[name] is not None:
            reading.quote(name, best.span)


def _upper(value: KiValue) -> tuple[float, int]:
    top = value.percent if value.percent is not None else (value.interval or (0, 0))[1]
    if value.comparator == ">" and value.interval:
        top = 100
    return float(top), int(value.interval is not None)


def _judgements(reading: _Reading) -> None:
    said, out, seen = reading.said, reading.out, reading.seen
    out["prior"] += [{"what": what, "value": value} for what, value in said.prior]
    if reading.kind == "pathology":
        return
    out["prior"] += overrule_stated(said.response, "response", "response" in reading.withdrawn)
    _decide(reading, "response", said.response)
    _decide(reading, "new_lesions", said.new)
    overrule_stated(said.operability, "operability", False)
    _decide(reading, "operability", said.operability)
    present = [x for x in seen.lesions if not x.doubtful]
    if present or out["new_lesions"] is True:
        out["no_evidence_of_disease"] = False
        reading.quote("no_evidence_of_disease", present[0].span if present else None)
        if said.clear and out["response"] != "CR" and any(x.score or x.suvs for x in present):
            seen.uncertain = True
    elif said.clear and not seen.doubtful_tumour:
        out["no_evidence_of_disease"] = True
        reading.quote("no_evidence_of_disease", said.clear[0].span)
    if out["response"] in {"SD", "PR", "CR", "stable", "improved"} and out["new_lesions"] is True:
        seen.uncertain = True


def _decide(reading: _Reading, name: str, stated: list[Stated]) -> None:
    value, span, doubtful = settle(stated)
    reading.out[name] = value
    reading.quote(name, span)
    reading.seen.uncertain = reading.seen.uncertain or doubtful


def _unique(prior: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in prior[:400]:
        if item not in found:
            found.append(item)
    return found
