"""One report's text -> the JSON object of the public interface, section 6."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.narrative.context import Context, speaks_of_before
from cds_service.narrative.decide import discordance, judgements, tissue, uptakes
from cds_service.narrative.discordance import read_discordance
from cds_service.narrative.imaging import read_sentence
from cds_service.narrative.normalise import plain
from cds_service.narrative.overrule import (
    report_withdrawn,
    withdrawn_fields,
)
from cds_service.narrative.pathology import read_tissue
from cds_service.narrative.reading import FIELDS, LISTS, Kind, Reading
from cds_service.narrative.response import read_judgements
from cds_service.narrative.second import disagrees
from cds_service.narrative.sections import Section, Sentence, sentences
from cds_service.narrative.tables import read_tables
from cds_service.narrative.tracer import Named, tracers
from cds_service.narrative.words import Words


def read_report(text: str, kind: Kind) -> dict[str, Any]:
    """Reads one report. Pure, linear in the text's length, never raises on any text.

    Args: text: the report as written; kind: what the report is about.
    Returns: every field of the interface, null (or an empty list) where the report does not say.
    """
    return _read_all(text, kind).out


def read_report_with_places(text: str, kind: Kind) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
    """The same, and for every quote where it stands: ``text[begin:end]`` is the quote."""
    reading = _read_all(text, kind)
    return reading.out, reading.places


def _read_all(text: str, kind: Kind) -> Reading:
    page = plain(text)
    reading = Reading(page, kind)
    reading.out = {name: [] if name in LISTS else None for name in FIELDS}
    reading.out["uncertain"], reading.out["quotes"] = False, {}
    prose, table = read_tables(page.text)
    everything = sentences(prose)
    named = [[] if kind == "pathology" else tracers(sentence.text) for sentence in everything]
    want_fdg = kind == "fdg_pet" or (kind == "sstr_pet" and _only_fdg(named))
    for sentence, names in zip(everything, named, strict=True):
        _read(sentence, names, reading, want_fdg)
    reading.seen.lesions += table.lesions
    reading.seen.prior += table.prior
    reading.seen.uncertain = reading.seen.uncertain or table.uncertain
    if kind in {"sstr_pet", "fdg_pet"}:
        _tracer(reading, want_fdg)
        discordance(reading, want_fdg)
        uptakes(reading, want_fdg)
    else:
        reading.out["prior"] += [
            {"what": "tracer", "value": name} for name in dict.fromkeys(t for t, _ in reading.tracers_now)
        ]
        reading.out["prior"] += [{"what": what, "value": value} for what, value in reading.seen.prior]
        for lesion in reading.seen.lesions:
            if lesion.score is not None:
                low, high = lesion.score
                reading.out["prior"].append({"what": "krenning", "value": low if low == high else [low, high]})
    tissue(reading)
    judgements(reading)
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
            {name: [] if name in LISTS else None for name in FIELDS if name not in {"prior", "quotes"}},
            uncertain=True,
            quotes={},
        )
        reading.places.clear()
    out["prior"] = _unique(out["prior"])
    return reading


def _only_fdg(named: Iterable[list[Named]]) -> bool:
    return {name for names in named for _, _, name in names} == {"18F-FDG"}


def _read(sentence: Sentence, names: list[Named], reading: Reading, want_fdg: bool) -> None:
    """Adds what one sentence says; `names`: the tracers it names."""
    if sentence.unread or not sentence.text.strip():
        return
    context = Context(sentence)
    reading.withdrawn |= withdrawn_fields(context)
    reading.void = reading.void or report_withdrawn(context)
    if reading.kind == "pathology":
        read_tissue(context, sentence.start, sentence.block, reading.tissue, quoted=False)
        return
    if names:
        _name_tracers(context, sentence, names, reading)
    read_tissue(context, sentence.start, sentence.block, reading.tissue, quoted=True)
    read_sentence(context, sentence.start, sentence.block, reading.seen, want_fdg, want_fdg)
    read_judgements(context, sentence.start, reading.said)
    if reading.kind != "ct":
        read_discordance(context, sentence.start, reading.discord)


def _name_tracers(context: Context, sentence: Sentence, names: list[Named], reading: Reading) -> None:
    for begin, end, name in names:
        span = (sentence.start + begin, sentence.start + end)
        bare = not _EXACT.search(sentence.text[begin:end])
        if context.other_person or context.conditional(begin, end) or context.negated_value(begin, end):
            continue
        if (
            context.section in {Section.COMPARISON, Section.INDICATION}
            or context.earlier(begin, end)
            or _COMPARED.search(sentence.text, 0, begin)
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


_EXACT = Words(r"68|64|18|111|99|ga|cu|octreosc|tektro|pentet|netspot|detectnet|somakit|tate$|fdg|glucose")
"""A name that says which tracer it is; "DOTA peptide" does not."""
_COMPARED = Words(
    r"\b(?:compar\w+|correlat\w+|previous|prior|comparison is made|last)\b(?:\s\S+){0,6}\s?\W*$",
)


def _tracer(reading: Reading, want_fdg: bool) -> None:
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


def _unique(prior: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in prior[:400]:
        if item not in found:
            found.append(item)
    return found
