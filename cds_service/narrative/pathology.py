"""Ki-67 (percent), mitoses, grade and differentiation of a neuroendocrine tumour, as a text states them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cds_service.narrative.context import Context
from cds_service.narrative.scores import to_number
from cds_service.narrative.sections import Section
from cds_service.narrative.words import Words

Span = tuple[int, int]
Number = int | float
Mitoses = tuple[object, str]

_KI = Words(
    r"\b(?:ki\s?-?\s?[6b]7|mib\s?-?\s?1|proliferat(?:ion|ive) (?:index|rate|fraction|activity|marker)|"
    r"labell?ing index)(?![\d])"
)
_PERCENT = re.compile(
    r"(?P<comparator><=?|>=?|~|\b(?:less than|below|under|lower than|fewer than|more than|above|over|"
    r"greater than|exceed(?:s|ing)|higher than|at least|at most|up to|max(?:imum|imally|\.)?(?: of)?|"
    r"approx(?:imately|\.)?|about|around|ca\.?|circa|roughly|estimated(?: at)?|nearly|almost))?\s?"
    r"(?<![\d.,lIO])(?P<low>\d{1,3}(?:[.,]\d{1,2})?)(?:\s?%?\s?(?:-|to|bis|"
    r"and)\s?(?P<high>\d{1,3}(?:[.,]\d{1,2})?))?\s?(?:%|per\s?cent\b|percent\b)(?!\s?of (?:the )?(?:field|"
    r"specimen|liver|gland|slide))",
    re.I,
)
_DAMAGED = re.compile(r"(?<![A-Za-z])(?=[\dlIOSo]{1,4}\s?%)(?=\d*[lIOSo])[\dlIOSo]{1,4}\s?%|\?+\s?%")
_GOES_ON = re.compile(
    r"^[\s\u2022*-]*(?:\w\)?[.)]\s)?(?:primary|metasta\w+|liver|lymph node|node|hot ?spots?|average|mean|highest|"
    r"maxim\w+|specimen|focally|focal|second|other|pancreas|ileum|bone)\b(?=[^%.]{0,40}\d\s?%)",
    re.I,
)
_CHANGE = re.compile(r"(?<!rang)(?<!ranges )(?<!ranging )(?<!varies )(?<!varying )(?<!ranged )\bfrom\s?$", re.I)
_EITHER = re.compile(
    r"\b(?:NET|NEC|G[123]|carcinoma|tumou?r)\W+(?:\w+\W+){0,2}?(?:vs\.?|versus|or|DD)\W+(?:\w+\W+){0,2}?(?:NET|NEC|"
    r"G[123]|neuroendocrine carcinoma)\b",
    re.I,
)
_OTHER_MARKER = re.compile(
    r"\b(?:sstr\d?\w*|synaptophysin|chromogranin\w*|p53|cd\s?\d+|insm1|ER\b|PR\b|HER2\w*|rb1?\b|atrx|daxx|"
    r"necrosis|steatosis|fibrosis|mitos[ei]s|mitotic|cytokeratin|ck\d+|pd-?l1|somatostatin|cdx-?2|ttf-?1|"
    r"mgmt|tumou?r content|cellularity|vimentin|s-?100)\b",
    re.I,
)
_BEFORE = re.compile(
    r"(?P<low>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|per ?cent)\s(?:of (?:the )?(?:tumou?r |tumou?ral |"
    r"neoplastic )?(?:cells|nuclei)\s)?(?:are |were |is |was |positive |positivity |stain\w* |express\w* |for |in |"
    r"with |\()*(?:ki\s?-?\s?67|mib\s?-?\s?1)",
    re.I,
)
_DEFINES = {(3.0, 20.0), (2.0, 20.0)}  # "G2 (Ki-67 3-20 %)" quotes the definition of the grade

_GRADE = Words(
    r"\bG\s?-?(?P<g>[1-3])\b(?P<more>\s?[-/]\s?G?\s?[1-3]\b|\s(?:to|or)\sG\s?[1-3]\b)?|\b(?:WHO[- ])?grad(?:e|"
    r"ing)\s?(?:\(?WHO(?:\s?20\d\d)?\)?\s?)?:?\s?G?\s?(?P<n>[1-3]|I{1,3})\b(?P<more2>\s?[-/]\s?(?:G?\s?[1-3]|"
    r"I{1,3})\b|\s(?:to|or)\s(?:G\s?)?[1-3]\b)?"
)
_NOT_GRADE = re.compile(
    r"\b(?:steato\w*|fibrosis|CTCAE|toxicity|diarrh\w+|nausea|hydroneph\w+|dysplasia|gastritis|inflammation|"
    r"gleason|krenning|uptake|ISUP|nephrotox\w*|neuropathy|hepatitis|ha?ematolog\w+|oesophag\w+|esophag\w+|"
    r"varices|anastomos\w+|an(?:a)?emia|thrombocyt\w+|leuk\w+|neutropen\w+|stenosis|reflux|regurgit\w+|adverse|"
    r"spondylo\w+|urothelial\w*|tumou?r regression|regression grade|astrocytoma|meningioma)\b",
    re.I,
)
_NEC = Words(r"(?<!well-differentiated )(?<!well differentiated )\bneuroendocrine carcinomas?\b|\bNEC\b")
_MINEN = Words(r"\bMiNENs?\b|\bMANECs?\b|\bmixed (?:adeno)?neuroendocrine\b|\bmixed neuroendocrine")
_DIFFERENTIATION = Words(
    r"\b(?P<how>well|poorly)[- ,]{1,2}differentiated\b(?!\s(?:adeno|squamous|hepato|endometri|urothel|ductal|"
    r"prostat|acinar|liposarc|carcinoma of the (?:breast|prostate)))"
)
_NET = Words(r"\b(?:neuroendocrine|NETs?\b|NEN\b|NEC\b|MiNEN|carcinoid|NEN)\b")
_FOREIGN = Words(
    r"\b(?:breast|mamma\w*|prostat\w+|lymphoma\w*|melanoma\w*|adenocarcinoma\w*|squamous|thyroid carcinoma|"
    r"papillary carcinoma|urothelial\w*|meningioma\w*|sarcoma\w*|GIST|glioma\w*|basal cell|carcinoma NST|"
    r"renal cell)\b"
)

_DENOMINATOR = r"(?P<per>(?:\d{1,2}\s?)?(?:HPFs?|high[- ]power(?:ed)? fields?|mm\s?\^?2|sq\.?\s?mm|square mm|mm\b2?))"
_COUNT = (
    r"(?P<bound><=?|>=?|less than |fewer than |up to |approx\. |about )?\s?(?P<low>\d{1,3})(?:\s?(?:-|"
    r"to)\s?(?P<high>\d{1,3}))?"
)
_MITOSES = (
    re.compile(rf"{_COUNT}\s?(?:mitos[ei]s|mitotic figures?)\s?(?:/|per|in|:|\(per)?\s?(?:each\s)?{_DENOMINATOR}", re.I),
    re.compile(
        rf"\b(?:mitos[ei]s|mitotic (?:rate|count|index|activity|figures?))(?:\s?\((?:per|"
        rf"/)\s?{_DENOMINATOR.replace('?P<per>', '?P<early>')}\))?\s?(?::|=|of|is|was)?\s?(?:is\s|"
        rf"was\s)?{_COUNT}\s?(?:mitos[ei]s\s)?(?:/|per|in)?\s?{_DENOMINATOR}?", re.I),
    re.compile(
        rf"\b(?P<none>no|none|0)\s?(?:mitos[ei]s|mitotic figures?)?\s?(?:/|per|in|seen in|identified in|"
        rf"found in)\s{_DENOMINATOR}", re.I),
)  # fmt: skip


@dataclass(slots=True)
class KiValue:
    """One Ki-67 statement: percent (or None), interval, comparator."""

    percent: Number | None
    interval: tuple[Number, Number] | None
    comparator: str | None
    span: Span
    section: Section
    at: int = 0  # of the number itself, in its sentence


@dataclass(slots=True)
class Found:
    """A grade, differentiation or mitotic count with its place."""

    value: object
    span: Span
    section: Section
    block: int


@dataclass(slots=True)
class Tissue:
    """All that a text says of the tissue."""

    ki67: list[KiValue] = field(default_factory=list)
    grades: list[Found] = field(default_factory=list)
    differentiation: list[Found] = field(default_factory=list)
    mitoses: list[Found] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)
    uncertain: bool = False
    doubtful: set[str] = field(default_factory=set)
    foreign_block: int | None = None
    ki67_goes_on: bool = False  # the sentence before spoke of Ki-67


def read_tissue(context: Context, start: int, block: int, tissue: Tissue, *, quoted: bool) -> None:
    """Adds one sentence. `quoted`: an imaging report, whose tissue values come from elsewhere (all `prior`)."""
    text = context.text
    if context.legend or context.other_person:
        return
    if _FOREIGN.search(text) and not _NET.search(text):
        tissue.foreign_block = block
        return
    if tissue.foreign_block == block and not _NET.search(text):
        return
    tissue.foreign_block = None
    for value in _ki67(context, start, tissue):
        _file(context, value.at, value.span[1] - start, value, tissue, quoted)
    _grades(context, start, block, tissue, quoted)
    if not quoted:
        for match in _DIFFERENTIATION.finditer(text):
            if _status(context, *match.span()) == "now":
                tissue.differentiation.append(
                    Found(
                        match["how"].lower().replace("poorly", "poor"),
                        (start + match.start(), start + match.end()),
                        context.section,
                        block,
                    )
                )
            elif _status(context, *match.span()) == "hedged":
                tissue.uncertain = True
                tissue.doubtful.add("differentiation")
    _mitoses(context, start, block, tissue, quoted)


_KNOWN = re.compile(r"\bknown\b[^.;]*$", re.I)


def _status(context: Context, begin: int, end: int) -> str:
    if context.conditional(begin, end):
        return "skip"
    if context.standing_apart or context.earlier(begin, end):
        return "prior"
    if context.negated_value(begin, end):
        return "skip"
    if _KNOWN.search(context.text[max(0, begin - 60) : begin]):
        return "prior"
    return "hedged" if context.hedged(begin, end) else "now"


def _file(context: Context, begin: int, end: int, value: KiValue, tissue: Tissue, quoted: bool) -> None:
    status = _status(context, begin, end)
    if status == "skip":
        return
    if status == "prior" or quoted:
        upper = value.percent if value.percent is not None else list(value.interval or ())
        tissue.prior.append(("ki67", upper))
    elif status == "hedged":
        tissue.uncertain = True
    else:
        tissue.ki67.append(value)


def _ki67(context: Context, start: int, tissue: Tissue) -> list[KiValue]:
    text = context.text
    names = list(_KI.finditer(text))[:40]
    if not names and tissue.ki67_goes_on and (going := _GOES_ON.match(text)):  # "Ki-67: primary 3 %. Metastasis: 25 %."
        names = [going]
    tissue.ki67_goes_on = bool(names)
    found: list[KiValue] = []
    seen: set[int] = set()
    for number, name in enumerate(names):
        limit = min(names[number + 1].start() if number + 1 < len(names) else len(text), name.end() + 140)
        window_end = min(limit, _window_end(context, name.end()))
        if marker := _OTHER_MARKER.search(text, name.end(), window_end):
            window_end = marker.start()
        if (damage := _DAMAGED.search(text, name.end(), window_end)) and _status(
            context, damage.start(), damage.end()
        ) in {"now", "hedged"}:
            tissue.uncertain = True
            tissue.doubtful.add("ki67")
            continue
        for match in _PERCENT.finditer(text, name.end(), window_end):
            if match.start("low") in seen:
                continue
            seen.add(match.start("low"))
            low, high = _number(match["low"]), _number(match["high"] or match["low"])
            if low > 100 or high > 100 or (high < low and not _CHANGE.search(text[name.end() : match.start("low")])):
                tissue.uncertain = True
                tissue.doubtful.add("ki67")
            elif match["high"] and _CHANGE.search(text[name.end() : match.start("low")]):
                tissue.prior.append(("ki67", low))
                found.append(
                    KiValue(
                        high,
                        None,
                        None,
                        (start + name.start(), start + match.end()),
                        context.section,
                        match.start("high"),
                    )
                )
            elif value := _value(match, name.start(), start, context.section):
                found.append(value)
    if not found:
        for match in _BEFORE.finditer(text):
            percent = _number(match["low"])
            if percent <= 100:
                found.append(
                    KiValue(
                        percent,
                        None,
                        None,
                        (start + match.start(), start + match.end()),
                        context.section,
                        match.start(),
                    )
                )
    return found


def _window_end(context: Context, at: int) -> int:
    """To the end of the clause; "Ki-67: average 6 %, hot spot 14 %" goes over commas, a closing bracket right after the name is passed."""
    closing = context.end_of(at, comma=False)
    if (
        closing < len(context.text)
        and context.text[closing] == ")"
        and not re.search(r"\d\s?%", context.text[at:closing])
    ):
        return context.end_of(closing + 1, comma=False)
    return closing


def _value(match: re.Match[str], name_at: int, start: int, section: Section) -> KiValue | None:
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else None
    if high is not None and (float(low), float(high)) in _DEFINES:
        return None
    words = (match["comparator"] or "").lower().strip()
    span = (start + min(name_at, match.start()), start + match.end())
    at = match.start("low")
    if high is None and words in {"<", "less than", "below", "under", "lower than", "fewer than", "<=", "at most"}:
        return KiValue(None, (0, low), "<", span, section, at)
    if high is None and words in {
        ">",
        ">=",
        "more than",
        "above",
        "over",
        "greater than",
        "exceeds",
        "exceeding",
        "higher than",
        "at least",
    }:
        return KiValue(None, (low, 100), ">", span, section, at)
    about = words.startswith(
        ("approx", "ca", "about", "around", "circa", "roughly", "estimated", "nearly", "almost", "~")
    )
    return KiValue(
        high if high is not None else low,
        (low, high) if high is not None else None,
        "~" if about else None,
        span,
        section,
        at,
    )


def _number(words: str) -> Number:
    value = to_number(words)
    return int(value) if value == int(value) else value


def _grades(context: Context, start: int, block: int, tissue: Tissue, quoted: bool) -> None:
    text = context.text
    stated: list[tuple[str, int, int]] = []
    for pattern, name in ((_MINEN, "MiNEN"), (_NEC, "NEC")):
        stated += [(name, m.start(), m.end()) for m in pattern.finditer(text)]
    for match in list(_GRADE.finditer(text))[:40]:
        if match["more"] or match["more2"]:
            continue
        part = text[context.start_of(match.start(), comma=True) : context.end_of(match.end(), comma=True)]
        if _NOT_GRADE.search(part) or (quoted and not _NET.search(text)):
            continue
        number = match["g"] or match["n"]
        stated.append((f"G{len(number) if number[0] in 'Ii' else number}", match.start(), match.end()))
    if stated and _EITHER.search(text) and not quoted and not context.standing_apart:
        tissue.uncertain = True
        tissue.doubtful.add("grade")
        return
    for name, begin, end in stated:
        status = _status(context, begin, end)
        if status == "skip" or (quoted and name in {"NEC", "MiNEN"} and status == "now"):
            continue
        if status == "prior" or quoted:
            tissue.prior.append(("grade", name))
        elif status == "hedged":
            tissue.uncertain = True
            tissue.doubtful.add("grade")
        else:
            tissue.grades.append(Found(name, (start + begin, start + end), context.section, block))


def _mitoses(context: Context, start: int, block: int, tissue: Tissue, quoted: bool) -> None:
    text = context.text
    if "mito" not in text.lower():
        return
    hits = [m for pattern in _MITOSES for m in pattern.finditer(text)]
    for match in sorted(hits, key=lambda m: m.start())[:8]:
        groups = match.groupdict()
        per = groups.get("per") or groups.get("early")
        if per is None:
            continue
        which = "per" if groups.get("per") else "early"
        span = (start + match.start(which), start + match.end(which))
        count: object
        if groups.get("none") is not None:
            count = 0
        elif groups["high"]:
            count = [int(groups["low"]), int(groups["high"])]
        elif (groups.get("bound") or "").strip().lower() in {"<", "less than", "fewer than"}:
            count = f"<{int(groups['low'])}"
        elif (groups.get("bound") or "").strip() in {">", ">=", "<="}:
            continue
        else:
            count = int(groups["low"])
        status = (
            "now"
            if groups.get("none") is not None and not context.standing_apart
            else _status(context, match.start(), match.end())
        )
        if status == "prior" or (quoted and status == "now"):
            tissue.prior.append(("mitoses", count))
        elif status == "hedged":
            tissue.uncertain = True
        elif status == "now" and not any(f.block == block and f.section is context.section for f in tissue.mitoses):
            tissue.mitoses.append(
                Found((count, span), (start + match.start(), start + match.end()), context.section, block)
            )
