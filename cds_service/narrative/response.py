"""Judgements on the disease as a whole: response, new lesions, no evidence of disease, operability."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import OTHER, SITE
from cds_service.narrative.sections import Section
from cds_service.narrative.words import Words

Span = tuple[int, int]
_WHOLE = (
    r"(?:disease|tumou?rs?|tumou?ral|oncolog\w+|overall|malignan\w+|metastatic disease|NET|findings?|situation|"
    r"tumou?r burden|disease burden|burden|course|status|RECIST|morpholog\w+|metabolic\w*|radiolog\w+|picture|"
    r"everything|imaging|extent of disease)"
)
_RESPONSES: tuple[tuple[str, str], ...] = (
    ("CR", r"complete (?:(?:metabolic|morphological|radiological|radiographic|molecular|tumou?r|objective|imaging|"
        r"clinical|ongoing|durable|near|confirmed|continued|\w+ly) )?(?:remission|response)"),
    ("PR", r"partial (?:(?:metabolic|morphological|radiological|radiographic|molecular|tumou?r|objective|imaging|"
        r"clinical|ongoing|durable|near|confirmed|continued|\w+ly) )?(?:remission|response)"),
    ("SD", r"stable (?:tumou?r |metabolic |metastatic |oncological |neuroendocrine |NET |neoplastic )?disease|"
        r"disease (?:is |remains |was )?(?:\w+ )?stable(?! since)|disease stabili[sz]ation"),
    ("PD", r"progressive (?:tumou?r |metabolic |metastatic |oncological |neuroendocrine |NET |neoplastic |"
        r"systemic )?disease"),
    ("worsened", r"(?:disease|tumou?r|tumou?ral|overall|clear|definite|significant|morphological|radiological|metabolic|"
        r"oncological|systemic|metastatic|marked|further|slow|RECIST) progress(?:ion)?\b|"
        r"progress(?:ion)? of (?:the )?(?:disease|tumou?r|malignan\w+|NET|metastatic disease|known disease|"
        r"tumou?r burden)|(?:disease|tumou?r burden|tumou?r|NET|findings) (?:has|have|is|are|shows?|"
        r"was)(?: clearly| markedly| slightly| further)? (?:progressed|progressive|progressing|progression|"
        r"worsened|worse|increased)|worsening(?: of (?:the )?(?:disease|tumou?r|findings))?|"
        r"overall (?:\w+ )?(?:worse(?:ned)?|progress\w*)|(?:impression|conclusion|assessment|"
        r"summary)\W+progression\b|increas(?:e|ed|ing) (?:in |of )?(?:the )?(?:overall )?(?:tumou?r|"
        r"disease) (?:burden|load|volume)|progression (?:according|by|per) "),
    ("improved", r"(?:tumou?r|disease|overall|clear|marked|good|very good|morphological|metabolic|significant|"
        r"partial tumou?r|overall tumou?r) (?:regression|remission|improvement|shrinkage)|"
        r"regression of (?:the )?(?:disease|tumou?r|tumou?r burden|NET)|(?:disease|tumou?r burden|findings|tumou?r|"
        r"NET) (?:has|have|is|are|shows?|was)(?: clearly| markedly| slightly)? (?:improved|regressed|responding|"
        r"regressive|smaller|decreased)|overall (?:\w+ )?(?:improve(?:d|ment)|regress\w*|better)|(?:good|"
        r"favou?rable|excellent|marked|clear|very good|impressive|definite) (?:\w+ )?response|(?:disease|tumou?r|"
        r"NET|patient) (?:is |has |shows a )?respond(?:ed|ing|s)?|decreas(?:e|ed|ing) (?:in |"
        r"of )?(?:the )?(?:overall )?(?:tumou?r|disease) (?:burden|load|volume)"),
    ("stable", r"no (?:relevant|significant|major|interval|substantial|definite|appreciable|essential|"
        r"further)?(?:,? ?(?:relevant|significant|interval|overall|morphological) ?)*changes?(?! (?:in|"
        r"of) (?!(?:the )?(?:overall|tumou?r|disease|extent|findings|metastatic|comparison|known disease|"
        r"appearance)))|(?:overall|essentially|largely|altogether|globally|morphologically|"
        r"all in all) (?:\w+ )?(?:stable|unchanged|constant)|(?:stable|unchanged|constant) (?:overall |known |"
        r"\w+ )?(?:findings?|tumou?r(?: burden| load| disease)?|situation|disease burden|burden|course|status|"
        r"extent(?: of disease)?|picture|overall)|(?:disease|tumou?r burden|findings?|situation|everything) (?:is|"
        r"are|remains?|was|has remained) (?:\w+ )?(?:unchanged|constant)|unchanged overall"),
)  # fmt: skip
_RESPONSE = Words(
    "|".join(
        rf"(?P<r{i}>\b(?:{words})|(?<![\w-])(?:{words}))" if words.startswith("^") else rf"(?P<r{i}>\b(?:{words}))"
        for i, (_, words) in enumerate(_RESPONSES)
    )
)
_BARE_WORDS = {
    "progression": "worsened", "progress": "worsened", "progressive": "worsened", "worsening": "worsened", "worse": "worsened",
    "improvement": "improved", "improved": "improved", "regression": "improved", "better": "improved",
    "stable": "stable", "unchanged": "stable", "no change": "stable",
}  # fmt: skip
_BARE = Words(
    r"^[\s\u2022*\d.)-]*(?:(?P<label>[^:.;]{1,40}):\s?){0,2}(?P<word>progression|progress|progressive|worsening|"
    r"worse|improvement|improved|regression|better|stable|unchanged|no change)\s?[.!]?\s*$"
)
_LETTERS = re.compile(
    r"(?<![\w/-])(?P<word>CR|PR|SD|PD)(?=\s?(?:[.,;:)(]|$|by\b|according|as per|per\b|in RECIST|based on|\(RECIST|"
    r"with new|due to|because))"
)
_LETTERS_ALONE = re.compile(
    r"(?:^|[:(,=]|\boverall|\bis|\bas|\bwith|\bi\.e\.|\bcategory|"
    r"\bRECIST(?: 1\.1)?)\s?\(?(?:RECIST(?: 1\.1)?:?\s)?(?:m|i)?$",
    re.I,
)
_SYMPTOMS: tuple[tuple[str, str], ...] = (
    ("improved", r"(?:less|decreas\w+|reduced|reduction (?:of|in)|relief (?:of|from)|improve(?:d|ment) (?:of|"
        r"in)?)\s?(?:\w+ ){0,3}?(?:pain|symptoms?|diarrh?o?ea|flush\w*|complaints?|asthenia|fatigue)|(?:pain|"
        r"symptoms?|diarrh?o?ea|flush\w*|complaints|general condition|clinical condition|condition|asthenia|"
        r"fatigue)(?: (?:is|are|has|have|was|were|been|clearly|markedly|much|significantly|now|also|partly|"
        r"subjectively)){0,4} (?:less|improved|better|decreased|reduced|resolved|regressed|subsided|disappeared|"
        r"gone)|(?:clinical(?:ly)?|symptomatic(?:ally)?|subjective(?:ly)?) (?:\w+ )?(?:improve\w*|better|benefit|"
        r"response)|symptom relief|pain relief|feels? (?:much |clearly )?better"),
    ("worsened", r"(?:more|increas\w+|worsening(?: of)?|aggravat\w+)\s(?:\w+ ){0,2}?(?:pain|symptoms?|diarrh?o?ea|flush\w*|"
        r"complaints)|(?:pain|symptoms?|diarrh?o?ea|flush\w*|complaints|general condition|condition)(?: (?:is|are|"
        r"has|have|was|were|been|clearly|markedly|much|significantly|now)){0,4} (?:worse(?:ned)?|increased|"
        r"deteriorated|progressive|aggravated)|clinical(?:ly)? (?:\w+ )?(?:progress\w*|deteriorat\w+|worse\w*)"),
    ("stable", r"(?:clinical(?:ly)?|symptomatic(?:ally)?) (?:\w+ )?stable|(?:symptoms|pain|complaints|condition)(?: (?:is|"
        r"are|remains?|was|were)){1,2} (?:\w+ )?(?:stable|unchanged)"),
)  # fmt: skip
_SYMPTOM = Words("|".join(rf"(?P<s{i}>\b(?:{words}))" for i, (_, words) in enumerate(_SYMPTOMS)))
_LOCAL_AFTER = re.compile(
    r"^\s?(?:of|in|within|at|for|concerning)\s(?:the\s|a\s|all\s|known\s|multiple\s|some\s|one\s|"
    r"two\s)*(?:\w+\s){0,2}?(?P<what>lesions?|target lesion|node|nodule|metastas\w+|mass|primary|lesion in)?",
    re.I,
)
_LOCAL_SUBJECT = re.compile(
    r"\b(?:lesions?|metastas[ei]s|mets|nodes?|mass(?:es)?|nodules?|primary|foc(?:us|i)|deposits?|cysts?|segment|"
    r"SUV\w*|uptake|expression|score|receptor|index lesion)\b",
    re.I,
)
_NEW = Words(
    r"\b(?:(?P<denied>no|not any|without(?: any)?|nor|absence of)\s(?:evidence of\s|sign(?:s)? of\s|definite\s|"
    r"any\s|suspicious\s|clear\s|convincing\s|pathological\s)*)?(?:several\s|multiple\s|two\s|some\s|a\s|"
    r"one\s)?(?<!-)\bnew(?!\s?(?:york|study|exam|PET|CT|scan|baseline|course|treatment|therapy|fracture|"
    r"staining))(?:ly\s(?:appeared|visible|detected|developed|appearing|emerged|occurring|detectable))?\s"
    r"(?P<adjectives>(?:[\w./-]+\s(?!(?:PET|CT)\b)){0,5}?)(?P<noun>lesions?|metasta\w+|mets|filiae?|disease|"
    r"tumou?rs?|manifestations?|sites?(?: of disease)?|foc(?:us|i)|nodules?|mass(?:es)?|deposits?|lymph nodes?|"
    r"nodes?|lymphadenopathy|tumou?r manifestations?)\b"
)
_APPEARED = Words(
    r"\b(?P<noun>lesions?|metasta\w+|nodules?|deposits?|mass(?:es)?|foc(?:us|i)|"
    r"nodes?)\s(?:[^;.,]{0,40}?\s)?(?:is|are|was|were|has|have)\s(?:newly (?:appeared|visible|detected|"
    r"developed)|new\b|appeared since)|"
    r"\b(?:interval (?:appearance|development)|appearance|development|"
    r"occurrence) of (?:new )?(?:\w+\s){0,3}?(?:lesions?|metasta\w+|nodules?|deposits?)"
)
_TRACER_WORD = re.compile(
    r"\b(?:FDG|SSTR\w*|DOTA\w*|avid|positive|tracer|receptor\w*|hypermetabolic|somatostatin|uptake|expressing|"
    r"octreotide|PET)\b",
    re.I,
)
_NO_DISEASE = Words(
    r"\b(?:no|without|absence of|free of)\s(?:(?:clear|definite|convincing|further|current|imaging|"
    r"radiological|any|morphological|CT|MRI|visible|macroscopic)\s)*(?:(?:evidence|signs?|indications?|proof|"
    r"suspicion|hint|demonstration)\s(?:of|for)\s(?:a\s|an\s|the\s|any\s)*)?"
    r"(?P<what>(?:[\w/-]+,?\s){0,7}?)(?P<noun>disease|tumou?rs?|recurrence|relapse|malignan\w+|cancer|NET|"
    r"neoplas\w+|tumou?r manifestations?|tumou?r recurrence)\b(?P<tail>[^.;,]{0,60})|\b(?P<ned>NED|"
    r"disease[- ]free|tumou?r[- ]free|free of (?:disease|tumou?r))\b"
)
_WHOLE_WORDS = re.compile(
    r"^(?:(?:active|residual|recurrent|metastatic|viable|vital|remaining|persistent|persisting|or|and|and/or|"
    r"of|neuroendocrine|NET|tumou?r|disease|malignant|neoplastic|locoregional|local|distant|either|a|any|"
    r"progressive|"
    r"recurrence|metastas[ei]s|relapse|known),?\s)*$",
    re.I,
)
_LIMITS = re.compile(r"\b(?:progress\w*|new|local|locoregional|distant)\b", re.I)
_OPERABILITY: tuple[tuple[str, str], ...] = (
    ("unresectable", r"(?:un|ir|non-?\s?|in)re?sectable|inoperable|irresectable|non-?operable|not (?:\w+ )?(?:resectable|"
        r"operable)|not (?:\w+ )?(?:amenable to|a candidate for|suitable for|accessible (?:to|"
        r"for)) (?:\w+ )?(?:surgery|resection|surgical\w*)|cannot be (?:\w+ )?resected|(?:surgery|resection)(?: is|"
        r" was)? (?:not|im)\s?(?:possible|feasible)|(?:surgery|resection) (?:is )?impossible|no surgical option|"
        r"no longer (?:resectable|operable)"),
    ("resectable", r"(?<![-\w])resectable|(?<![-\w])operable|(?:amenable to|candidate for|"
        r"suitable for) (?:\w+ ){0,2}(?:resection|surgery|surgical resection)|(?:surgery|"
        r"resection) (?:is )?(?:possible|feasible)"),
)  # fmt: skip
_OPERABLE = Words("|".join(rf"(?P<p{i}>\b(?:{words}))" for i, (_, words) in enumerate(_OPERABILITY)))
_COULD = re.compile(r"\b(?:potentially|borderline|possibly|probably|likely|upfront not)\s$", re.I)


@dataclass(slots=True)
class Stated:
    """One judgement: value, its place in the plain text, the section; `hedged` judgements have value None."""

    value: object
    span: Span
    section: Section
    hedged: bool = False


@dataclass(slots=True)
class Judgements:
    """All judgements of one text."""

    response: list[Stated] = field(default_factory=list)
    new: list[Stated] = field(default_factory=list)
    clear: list[Stated] = field(default_factory=list)
    operability: list[Stated] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)


_WORD_OF = {"PR": "improved", "SD": "stable", "PD": "worsened"}


def settle(stated: list[Stated]) -> tuple[Any, Span | None, bool]:
    """(value, its place, doubtful?): the one value stated; two that contradict each other give none, doubtful.

    A RECIST word and the plain word of the same meaning agree: the RECIST word stands.
    """
    sure = [s for s in stated if not s.hedged]
    values = list(dict.fromkeys(s.value for s in sure))
    for recist, word in (*_WORD_OF.items(), ("CR", "improved")):
        if recist in values and word in values:
            values.remove(word)
    doubtful = any(s.hedged for s in stated) or len(values) > 1
    if len(values) != 1:
        return None, None, doubtful
    return values[0], next(s.span for s in sure if s.value == values[0]), doubtful


_RESPONSE_HINT = re.compile(
    r"respon|remission|stable|stabili|progress|regress|improv|worse|change|CR\b|PR\b|SD\b|PD\b|constant|burden|"
    r"shrink",
    re.I,
)


def read_judgements(context: Context, start: int, said: Judgements, *, symptoms: bool = False) -> None:
    """Adds one sentence's judgements to `said`. `symptoms`: "less pain" counts as improved (clinic notes)."""
    if context.legend or context.other_person:
        return
    text = context.text
    if _RESPONSE_HINT.search(text):
        _responses(context, start, said)
    if symptoms:
        for match in _SYMPTOM.finditer(text):
            value = _SYMPTOMS[int((match.lastgroup or "s0")[1:])][0]
            _state(context, match.span(), value, start, said.response, said.prior, "response")
    _new_lesions(context, start, said)
    _no_disease(context, start, said)
    for match in _OPERABLE.finditer(text):
        value = _OPERABILITY[int((match.lastgroup or "p0")[1:])][0]
        begin = context.start_of(match.start(), comma=True)
        if re.search(r"\b(?:was|were|had been)\s(?:\w+\s){0,3}$", text[begin : match.start()]) and re.search(
            r"\b(?:19|20)\d\d\b|\bthen\b|\binitially\b", text
        ):
            continue
        if _COULD.search(text[: match.start()]):
            said.operability.append(
                Stated(None, (start + match.start(), start + match.end()), context.section, hedged=True)
            )
            continue
        _state(context, match.span(), value, start, said.operability, said.prior, None)


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
        if (what is not None and not context.negated_value(begin, end)) or (what is not None and context.earlier(begin, end)):
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
    if re.search(r"\bmixed response\b|\bmorpholog\w+ criteria not", text, re.I):
        return
    for match in _RESPONSE.finditer(text):
        value = _RESPONSES[int((match.lastgroup or "r0")[1:])][0]
        if not _whole_disease(context, match.start(), match.end(), value):
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
        (bare := _BARE.match(text))
        and not _LOCAL_SUBJECT.search(text, 0, bare.start("word"))
        and not SITE.search(text, 0, bare.start("word"))
        and not OTHER.search(text)
    ):
        _state(context, bare.span("word"), _BARE_WORDS[bare["word"]], start, said.response, said.prior, "response")
    for match in _LETTERS.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        bracketed = before.rstrip().endswith("(") and not re.search(
            r"(?:remission|response|disease|progress\w*|RECIST|assessment|stable|regression)\s?\($", before, re.I
        )
        if "RECIST" in text or (_LETTERS_ALONE.search(before) and not bracketed):
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
    if local := _LOCAL_AFTER.match(tail):
        if local["what"] or SITE.match(tail[local.end() :].lstrip()) or SITE.search(tail[: local.end() + 12]):
            return False
    if re.match(r"\s(?:lesions?|nodul\w+|metastas\w+|nodes?|mass|cyst)", tail, re.I):
        return False
    if value in {"CR", "PR", "SD", "PD"}:
        return (
            not (SITE.search(subject) and re.search(r"\b(?:with|show\w*|in)\b", subject))
            and "receptor" not in subject.lower()
        )
    return not (_LOCAL_SUBJECT.search(subject) or (SITE.search(subject) and not re.search(_WHOLE, subject, re.I)))


def _new_lesions(context: Context, start: int, said: Judgements) -> None:
    text = context.text
    if (
        "new" not in text.lower()
        and "appear" not in text.lower()
        and "interval" not in text.lower()
        and "develop" not in text.lower()
    ):
        return
    matches = [*_NEW.finditer(text), *_APPEARED.finditer(text)]
    for match in matches:
        groups = match.groupdict()
        begin, end = match.span()
        if context.standing_apart or context.conditional(begin, end) or context.earlier(begin, begin + 1):
            continue
        if OTHER.search(text, begin, min(len(text), end + 25)):
            continue
        place = (start + begin, start + end)
        denied = groups.get("denied") is not None or context.negated_value(begin, end)
        if denied:
            limits = (groups.get("adjectives") or "") + text[end : end + 30]
            if (
                SITE.search(groups.get("adjectives") or "")
                or _TRACER_WORD.search(limits)
                or (re.match(r"\s(?:in|of|within)\s(?:the\s)?", text[end:])
                and SITE.search(text[end : end + 30]))
                or re.search(r"node|lymph", groups["noun"].lower())
            ):
                continue
            if not re.match(r"nodul|mass|foc|deposit", groups["noun"], re.I):
                said.new.append(Stated(False, place, context.section))
        elif context.hedged(begin, end) or context.hedged(match.start() + len(match.group()) - 1, end):
            said.new.append(Stated(None, place, context.section, hedged=True))
        else:
            said.new.append(Stated(True, place, context.section))


def _no_disease(context: Context, start: int, said: Judgements) -> None:
    text = context.text
    for match in _NO_DISEASE.finditer(text):
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
            not _WHOLE_WORDS.match(what)
            or _limited(what, noun)
            or SITE.search(tail)
            or _TRACER_WORD.search(what + tail)
            or _LIMITS.search(tail)
        ):
            continue
        if re.match(r"\s?(?:progress|activity|burden|recurrence in|spread|infiltration|thromb)", tail):
            continue
        said.clear.append(Stated(True, (start + begin, start + end - len(tail)), context.section))


_REGION = re.compile(
    r"\b(?:chest|thora\w+|abdom\w+|pelvi\w+|neck|head|skull|extremit\w+|limbs?|parenchyma|upper|lower|region|"
    r"organs?|visuali[sz]ed|covered|included|segment\w*|anastomos\w+|resection (?:bed|site|margin)|bed)\b",
    re.I,
)
_EXAM_TITLE = re.compile(
    r"^\s*(?:[-\u2022]\s)?(?:contrast[- ]enhanced |low-dose |whole[- ]body )?(?:CT|MRI?|MR|PET\S*|\S*(?:DOTA|"
    r"FDG)\S*|SPECT\S*|CECT|computed tomography)\b[^:]*:",
    re.I,
)
_AFTERWARDS = re.compile(
    r"\b(?:after|status|st\.?|s/p|following|post|since|resect\w*|\w+ectomy|treated|known|history)\b", re.I
)
_WHOLE_STUDY = re.compile(
    r"^\s(?:in|within|at|on|of)\s(?:the\s|this\s|today'?s\s)?(?:current\s|present\s)?(?:exam\w*|study|scan|imaging|"
    r"PET\S*|CT|MRI?|patient|whole|entire|body|all)\b",
    re.I,
)


def _only_a_part(before: str, tail: str) -> bool:
    """Whether the denial is about one organ or region: "liver: no evidence of tumour", "... in the chest"."""
    before = _EXAM_TITLE.sub("", before)
    if (SITE.search(before) or _REGION.search(before)) and not _AFTERWARDS.search(before):
        return True
    return re.match(r"\s(?:in|within|at|of|on|along|involving)\s", tail) is not None and not _WHOLE_STUDY.match(tail)


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
