"""Judgements on the disease as a whole: response, new lesions, no evidence of disease, operability."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cds_service.narrative.context import Context
from cds_service.narrative.judgements import Judgements, Stated
from cds_service.narrative.lexicon import OTHER, SITE
from cds_service.narrative.lowercase import folded
from cds_service.narrative.response_words import (
    AFTERWARDS,
    APPEARED,
    BARE,
    BARE_WORDS,
    COULD,
    EXAM_TITLE,
    JUDGEMENT_HINT,
    LETTERS,
    LETTERS_ALONE,
    LIMITS,
    LOCAL_AFTER,
    LOCAL_SUBJECT,
    MIXED,
    NEW,
    NEWLY,
    NO_DISEASE,
    OF_THE_METASTASES,
    OPERABILITY,
    OPERABLE,
    REGION,
    RESPONSE,
    RESPONSE_HINT,
    RESPONSES,
    SYMPTOM,
    SYMPTOMS,
    TRACER_WORD,
    WHOLE,
    WHOLE_STUDY,
    WHOLE_WORDS,
)
from cds_service.narrative.sections import Span
from cds_service.narrative.words import group_of


def read_judgements(context: Context, start: int, said: Judgements, *, symptoms: bool = False) -> None:
    """Adds one sentence's judgements to `said`. `symptoms`: "less pain" counts as improved (clinic notes)."""
    text = context.text
    low = folded(text)
    responses = RESPONSE_HINT.search(low) and (RESPONSE.search(text) or BARE.match(text) or LETTERS.search(text))
    felt = tuple(SYMPTOM.finditer(text)) if symptoms else ()
    newly = NEWLY.search(text)
    clear, operable = tuple(NO_DISEASE.finditer(text)), tuple(OPERABLE.finditer(text))
    if not (responses or felt or newly or clear or operable) or context.legend or context.other_person:
        return
    if responses and not MIXED.search(low):
        _responses(context, start, said)
    for match in felt:
        value = SYMPTOMS[int(group_of(match)[1:])][0]
        _state(context, match.span(), value, start, said.response, said.prior, "response")
    if newly:
        _new_lesions(context, start, said)
    _no_disease(context, start, said, clear)
    for match in operable:
        value = OPERABILITY[int(group_of(match)[1:])][0]
        begin = context.start_of(match.start(), comma=True)
        if re.search(r"\b(?:was|were|had been)\s(?:\w+\s){0,3}$", text[begin : match.start()], re.I) and re.search(
            r"\b(?:19|20)\d\d\b|\bthen\b|\binitially\b", text, re.I
        ):
            continue
        if COULD.search(text[: match.start()]):
            said.operability.append(
                Stated(None, (start + match.start(), start + match.end()), context.section, hedged=True)
            )
            continue
        _state(context, match.span(), value, start, said.operability, said.prior, None)


def judges(text: str) -> bool:
    """Whether a note has any word of a judgement; most have none, and what else is asked of it costs more."""
    low = folded(text)
    return JUDGEMENT_HINT.search(low) is not None and bool(
        RESPONSE_HINT.search(low)
        or NEWLY.search(text)
        or NO_DISEASE.search(text)
        or OPERABLE.search(text)
        or SYMPTOM.search(text)
    )


def _state(
    context: Context,
    span: Span,
    value: object,
    start: int,
    into: list[Stated],
    prior: list[tuple[str, object]],
    what: str | None,
) -> None:
    begin, end = span
    if context.conditional(begin, end):
        return
    if context.earlier(begin, end) or context.standing_apart:
        if (what is not None and not context.negated_value(begin, end)) or (
            what is not None and context.earlier(begin, end)
        ):
            prior.append((what, value))
        return
    if context.negated_value(begin, end):
        return
    place = (start + begin, start + end)
    if context.hedged(begin, end):
        into.append(Stated(None, place, context.section, hedged=True))
    else:
        into.append(Stated(value, place, context.section))


def _responses(context: Context, start: int, said: Judgements) -> None:
    text = context.text
    for match in RESPONSE.finditer(text):
        value = RESPONSES[int(group_of(match)[1:])][0]
        if not _whole_disease(context, match.start(), match.end(), value):
            if value in {"PR", "SD"} and OF_THE_METASTASES.match(text[match.end() : match.end() + 80]):
                part: list[Stated] = []
                _state(context, match.span(), value, start, part, said.prior, "response")
                said.response += [replace(stated, part=True) for stated in part]
            continue
        if value == "stable" and match.group().lower().startswith("no"):
            if context.conditional(*match.span()) or context.earlier(*match.span()) or context.standing_apart:
                continue
            place = (start + match.start(), start + match.end())
            hedged = context.hedged(*match.span())
            said.response.append(Stated(None if hedged else value, place, context.section, hedged))
            continue
        _state(context, match.span(), value, start, said.response, said.prior, "response")
    if (
        (bare := BARE.match(text))
        and not LOCAL_SUBJECT.search(text, 0, bare.start("word"))
        and not SITE.search(text, 0, bare.start("word"))
        and not OTHER.search(text)
    ):
        _state(context, bare.span("word"), BARE_WORDS[bare["word"]], start, said.response, said.prior, "response")
    for match in LETTERS.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        bracketed = before.rstrip().endswith("(") and not re.search(
            r"(?:remission|response|disease|progress\w*|RECIST|assessment|stable|regression)\s?\($", before, re.I
        )
        if "RECIST" in text or (LETTERS_ALONE.search(before) and not bracketed):
            _state(context, match.span("word"), match["word"], start, said.response, said.prior, "response")


def _whole_disease(context: Context, begin: int, end: int, value: str) -> bool:
    """Whether a response word is about the disease as a whole, not one lesion, organ or another illness."""
    text = context.text
    part = context.start_of(begin, comma=True)
    subject = re.split(r":\s", text[part:begin])[-1]
    if OTHER.search(text, context.start_of(begin, comma=False), context.end_of(end, comma=True)) and not re.search(
        r"\bNET\b", text[part:begin]
    ):
        return False
    tail = text[end : end + 60]
    local = LOCAL_AFTER.match(tail)
    if local and (local["what"] or SITE.match(tail[local.end() :].lstrip()) or SITE.search(tail[: local.end() + 12])):
        return False
    if re.match(r"\s(?:lesions?|nodul\w+|metastas\w+|nodes?|mass|cyst)", tail, re.I):
        return False
    if value in {"CR", "PR", "SD", "PD"}:
        return (
            not (SITE.search(subject) and re.search(r"\b(?:with|show\w*|in)\b", subject, re.I))
            and "receptor" not in subject.lower()
        )
    return not (LOCAL_SUBJECT.search(subject) or (SITE.search(subject) and not re.search(WHOLE, subject, re.I)))


def _new_lesions(context: Context, start: int, said: Judgements) -> None:
    text = context.text
    matches = [*NEW.finditer(text), *APPEARED.finditer(text)]
    for match in matches:
        groups = match.groupdict()
        begin, end = match.span()
        if context.standing_apart or context.conditional(begin, end) or context.earlier(begin, begin + 1):
            continue
        if OTHER.search(text, begin, min(len(text), end + 25)):
            continue
        if OTHER.search(text, context.start_of(begin, comma=True), begin) and not re.search(r"\bNETs?\b", text[:begin]):
            continue  # "progressive prostate cancer with new bone metastases"
        place = (start + begin, start + end)
        denied = groups.get("denied") is not None or context.negated_value(begin, end)
        if denied:
            limits = (groups.get("adjectives") or "") + text[end : end + 30]
            if (
                SITE.search(groups.get("adjectives") or "")
                or TRACER_WORD.search(limits)
                or (re.match(r"\s(?:in|of|within)\s", text[end:], re.I) and SITE.search(text[end : end + 30]))
                or re.search(r"node|lymph", groups["noun"].lower())
            ):
                continue
            if not re.match(r"nodul|mass|foc|deposit", groups["noun"], re.I):
                said.new.append(Stated(False, place, context.section))
        elif context.hedged(begin, end) or context.hedged(match.start() + len(match.group()) - 1, end):
            said.new.append(Stated(None, place, context.section, hedged=True))
        else:
            said.new.append(Stated(True, place, context.section))


def _no_disease(context: Context, start: int, said: Judgements, denials: Iterable[re.Match[str]]) -> None:
    text = context.text
    for match in denials:
        begin, end = match.span()
        if (
            context.standing_apart
            or context.conditional(begin, end)
            or context.earlier(begin, end)
            or context.hedged(begin, begin + 1)
        ):
            continue
        if OTHER.search(text, context.start_of(begin, comma=False), end):
            continue
        if match["ned"]:
            if not context.negated_value(begin, end):
                said.clear.append(Stated(True, (start + begin, start + end), context.section))
            continue
        what, tail = match["what"] or "", match["tail"] or ""
        noun = match["noun"].lower()
        if _only_a_part(text[context.start_of(begin, comma=False) : begin], tail):
            continue
        if (
            not WHOLE_WORDS.match(what)
            or _limited(what, noun)
            or SITE.search(tail)
            or TRACER_WORD.search(what + tail)
            or LIMITS.search(tail)
        ):
            continue
        if re.match(r"\s?(?:progress|activity|burden|recurrence in|spread|infiltration|thromb)", tail, re.I):
            continue
        said.clear.append(Stated(True, (start + begin, start + end - len(tail)), context.section))


def _only_a_part(before: str, tail: str) -> bool:
    """Whether the denial is about one organ or region: "liver: no evidence of tumour", "... in the chest"."""
    before = EXAM_TITLE.sub("", before)
    if (SITE.search(before) or REGION.search(before)) and not AFTERWARDS.search(before):
        return True
    if re.search(
        r"\b(?:otherwise|elsewhere|other|else|remaining|rest|except|apart)\b", before[-30:] + " " + tail, re.I
    ):
        return True
    in_a_part = re.match(r"\s(?:in|within|at|of|on|along|involving)\s", tail, re.I)
    return in_a_part is not None and not WHOLE_STUDY.match(tail)


def _limited(what: str, noun: str) -> bool:
    """ "local recurrence", "metastatic disease" alone, "progressive disease" do not deny the tumour as a whole."""
    words = set(re.findall(r"[a-z]+", what.lower()))
    if "progressive" in words or "known" in words:
        return True
    if words & {"local", "locoregional", "distant"}:
        return not ({"local", "distant"} <= words or "metastatic" in words)
    return bool(words & {"metastatic"}) and not words & {
        "recurrent",
        "residual",
        "active",
        "tumour",
        "tumor",
        "recurrence",
        "relapse",
    }
