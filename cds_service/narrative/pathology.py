"""Ki-67 (percent), mitoses, grade and differentiation of a neuroendocrine tumour, as a text states them."""

from __future__ import annotations

from cds_service.narrative.context import Context
from cds_service.narrative.ki67 import KI, ki67
from cds_service.narrative.tissue import FOREIGN, NET, Found, KiValue, Tissue, standing
from cds_service.narrative.words import Words

_EITHER = Words(
    r"\b(?:NET|NEC|G[123]|carcinoma|tumou?r)\W+(?:\w+\W+){0,2}?(?:vs\.?|versus|or|DD)\W+(?:\w+\W+){0,2}?(?:NET|NEC|"
    r"G[123]|neuroendocrine carcinoma)\b"
)
_BORDER = Words(r"\b(?:border\w*|between|limit|transition)\b[^.;]{0,25}\bG\s?[1-3]\W+(?:and|to|/|or|-)?\W*G?\s?[1-3]\b")
_GRADE = Words(
    r"\bG\s?-?(?P<g>[1-3])\b(?P<more>\s?[-/]\s?G?\s?[1-3]\b|\s(?:to|or)\sG\s?[1-3]\b)?|\b(?:WHO[- ])?grad(?:e|"
    r"ing)\s?(?:\(?WHO(?:\s?20\d\d)?\)?\s?)?:?\s?G?\s?(?P<n>[1-3]|I{1,3})\b(?P<more2>\s?[-/]\s?(?:G?\s?[1-3]|"
    r"I{1,3})\b|\s(?:to|or)\s(?:G\s?)?[1-3]\b)?"
)
_NOT_GRADE = Words(
    r"\b(?:steato\w*|fibrosis|CTCAE|toxicity|diarrh\w+|nausea|hydroneph\w+|dysplasia|gastritis|inflammation|"
    r"gleason|krenning|uptake|ISUP|nephrotox\w*|neuropathy|hepatitis|ha?ematolog\w+|oesophag\w+|esophag\w+|"
    r"varices|anastomos\w+|an(?:a)?emia|thrombocyt\w+|leuk\w+|neutropen\w+|stenosis|reflux|regurgit\w+|adverse|"
    r"spondylo\w+|urothelial\w*|tumou?r regression|regression grade|astrocytoma|meningioma)\b"
)
_NEC = Words(r"(?<!well-differentiated )(?<!well differentiated )\bneuroendocrine carcinomas?\b|\bNEC\b")
_MINEN = Words(r"\bMiNENs?\b|\bMANECs?\b|\bmixed (?:adeno)?neuroendocrine\b|\bmixed neuroendocrine")
_DIFFERENTIATION = Words(
    r"\b(?P<how>well|poorly)[- ,]{1,2}differentiated\b(?!\s(?:adeno|squamous|hepato|endometri|urothel|ductal|"
    r"prostat|acinar|liposarc|carcinoma of the (?:breast|prostate)))"
)
_DENOMINATOR = r"(?P<per>(?:\d{1,2}\s?)?(?:HPFs?|high[- ]power(?:ed)? fields?|mm\s?\^?2|sq\.?\s?mm|square mm|mm\b2?))"
_COUNT = (
    r"(?P<bound><=?|>=?|less than |fewer than |up to |approx\. |about )?\s?(?P<low>\d{1,3})(?:\s?(?:-|"
    r"to)\s?(?P<high>\d{1,3}))?"
)
_MITOSES = (
    Words(
        rf"{_COUNT}\s?(?:mitos[ei]s|mitotic figures?)\s?(?:/|per|in|:|\(per)?\s?(?:each\s)?{_DENOMINATOR}"
    ),
    Words(
        rf"\b(?:mitos(?:[ei]s|en)|mitotic (?:rate|count|index|activity|figures?))(?:\s?\((?:per|"
        rf"/)\s?{_DENOMINATOR.replace('?P<per>', '?P<early>')}\))?\s?(?::|=|of|is|was)?\s?(?:is\s|"
        rf"was\s)?{_COUNT}\s?(?:mitos[ei]s\s)?(?:/|per|in)?\s?{_DENOMINATOR}?"),
    Words(
        rf"\b(?P<none>no|none|0)\s?(?:mitos[ei]s|mitotic figures?)?\s?(?:/|per|in|seen in|identified in|"
        rf"found in)\s{_DENOMINATOR}"),
)  # fmt: skip
_TELLING = Words("|".join(w.source for w in (KI, FOREIGN, _GRADE, _NEC, _MINEN, _DIFFERENTIATION)) + "|mito")


def read_tissue(context: Context, start: int, block: int, tissue: Tissue, *, quoted: bool) -> None:
    """Adds one sentence. `quoted`: an imaging report, whose tissue values come from elsewhere (all `prior`)."""
    text = context.text
    if not _TELLING.possible(text) and tissue.foreign_block is None and not tissue.ki67_goes_on:
        return
    if context.legend or context.other_person:
        return
    if FOREIGN.search(text) and not NET.search(text):
        tissue.foreign_block = block
        return
    if tissue.foreign_block == block and not NET.search(text):
        return
    tissue.foreign_block = None
    for value in ki67(context, start, tissue):
        _file(context, value.at, value.span[1] - start, value, tissue, quoted)
    _grades(context, start, block, tissue, quoted)
    if not quoted:
        for match in _DIFFERENTIATION.found(text):
            status = standing(context, *match.span())
            if status == "now":
                tissue.differentiation.append(
                    Found(
                        match["how"].lower().replace("poorly", "poor"),
                        (start + match.start(), start + match.end()),
                        context.section,
                        block,
                    )
                )
            elif status == "hedged":
                tissue.uncertain = True
                tissue.doubtful.add("differentiation")
    _mitoses(context, start, block, tissue, quoted)


def _file(context: Context, begin: int, end: int, value: KiValue, tissue: Tissue, quoted: bool) -> None:
    status = standing(context, begin, end)
    if status == "skip":
        return
    if status == "prior" or quoted:
        upper = value.percent if value.percent is not None else list(value.interval or ())
        tissue.prior.append(("ki67", upper))
    elif status == "hedged":
        tissue.uncertain = True
    else:
        tissue.ki67.append(value)


def _grades(context: Context, start: int, block: int, tissue: Tissue, quoted: bool) -> None:
    text = context.text
    stated: list[tuple[str, int, int]] = []
    for pattern, name in ((_MINEN, "MiNEN"), (_NEC, "NEC")):
        stated += [(name, m.start(), m.end()) for m in pattern.found(text)]
    for match in _GRADE.found(text, 40):
        if match["more"] or match["more2"]:
            continue
        part = context.start_of(match.start(), comma=True), context.end_of(match.end(), comma=True)
        if _NOT_GRADE.search(text, *part) or (quoted and not NET.search(text)):
            continue
        number = match["g"] or match["n"]
        stated.append((f"G{len(number) if number[0] in 'Ii' else number}", match.start(), match.end()))
    if stated and (_EITHER.search(text) or _BORDER.search(text)) and not quoted and not context.standing_apart:
        tissue.uncertain = True
        tissue.doubtful.add("grade")
        return
    for name, begin, end in stated:
        status = standing(context, begin, end)
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
    if "mito" not in text.lowered:
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
            else standing(context, match.start(), match.end())
        )
        if status == "prior" or (quoted and status == "now"):
            tissue.prior.append(("mitoses", count))
        elif status == "hedged":
            tissue.uncertain = True
        elif status == "now" and not any(f.block == block and f.section is context.section for f in tissue.mitoses):
            tissue.mitoses.append(
                Found((count, span), (start + match.start(), start + match.end()), context.section, block)
            )
