"""Words about how strongly a lesion takes up tracer, on the Krenning scale's words (liver, spleen) and FDG words."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.narrative.words import Words, group_of

_OF = (
    r"(?:that\s|those\s|the\s|a\s|one\s|of\s|in\s|uptake\s|activity\s|intensity\s|background\s|normal\s|"
    r"healthy\s|physiological\s|surrounding\s|unaffected\s|"
    r"adjacent\s|uninvolved\s|intensity of\s|level of\s|reference\s)*"
)
_LIVER = rf"{_OF}(?:liver|hepatic)(?!\s(?:metast|lesion|tumou?r|mets|segment))"
_SPLEEN = rf"{_OF}(?:spleen|splenic)(?!\s(?:metast|lesion))"
_ABOVE = (
    r"(?:(?<![-=])>|\b(?:above|higher than|higher(?: [\w-]+){0,4}? than|stronger(?: [\w-]+){0,4}? than|"
    r"greater(?: [\w-]+){0,4}? than|higher|greater than|exceed(?:s|ing|ed)?|more intens(?:e|ely|ive|"
    r"ively)(?: \w+)? than|more(?: \w+)? than|stronger than|hotter than|over|superior to|"
    r"in excess of|surpass\w+|brighter than|more strongly than))[\s-]?"
)
_BELOW = (
    r"(?:<|\b(?:below|less(?: \w+)? than|lower than|under|weaker than|inferior to|fainter than|less than|beneath))\s?"
)
_EQUAL = (
    r"(?:=|\b(?:equal(?:s|ling)?(?: to)?|similar to|comparable (?:to|with)|identical to|iso-?intense (?:to|with)|"
    r"the same as|same as|equivalent to|corresponding to|in the range of|"
    r"on (?:the|a) level (?:of|with)|at the level of|as (?:intense|high|strong) as|iso-?))\s?"
)
_UPTAKE = r"(?:uptake|expression|accumulation|activity|avid(?:ity)?|tracer|positiv\w+|receptors?|enhancement|storage)"
_KINDS = (
    r"(?:any |relevant |significant |pathological\w* |increased |abnormal |focal |specific |detectable |"
    r"appreciable |visible |discernible |tracer |radiotracer |"
    r"somatostatin |receptor |sstr\d?[ -]|dota\w+[ -]|radiopharmaceutical |corresponding |measurable |"
    r"demonstrable |ssr |octreotide |of |the |evidence |clear |obvious |"
    r"radionuclide |peptide |associated |elevated |definite |substantial |68ga-\w+ |68ga-dota-\w+ )*"
)
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("straddle", rf"\b(?:(?:equal|similar|comparable|at|identical)(?: to| with)? or (?:\w+ )?(?:above|higher(?: than)?|"
        rf"greater(?: than)?|more intense than|exceeding)|(?:equal|similar|comparable) to (?:slightly|"
        rf"mildly) (?:above|higher than|greater than))\s?{_LIVER}|\b(?:liver|hepatic) or (?:above|higher)"),
    ("low", rf"\b(?:(?:equal|similar|comparable|at|identical)(?: to| with)? or (?:\w+ )?(?:below|lower(?: than)?|"
        rf"less(?: than)?))\s?{_LIVER}"),
    ("straddle", rf"(?:>=|\b(?:at least (?:as high as |equal to )?|equal to or (?:above|greater than|higher than)|"
        rf"above or equal to|similar to or (?:above|higher than)|greater than or equal to))\s?{_LIVER}"),
    ("low", rf"(?:<=|\b(?:at most|less than or equal to|not (?:higher|greater|more) than|"
        rf"equal to or (?:below|less than|lower than)|"
        rf"(?:slightly|minimally|somewhat|marginally) (?:below|less than|lower than)))\s?{_LIVER}"),
    ("0", rf"\b(?:no|without|lack of|lacks|lacking|absent|absence of|(?:does|do|did) not (?:show|have|express|"
        rf"take up|demonstrate|exhibit|accumulate|display))\s{_KINDS}{_UPTAKE}(?!\s(?:uptake|expression|"
            rf"accumulation|activity|avid))(?!\s(?:above|higher|exceeding|over|"
        rf"greater)\s(?:than\s)?(?:that of\s)?(?:the\s|normal\s)*(?:liver|hepatic|spleen))(?!\s(?:change|"
        rf"difference))"),
    ("0", rf"\bno longer\s(?:any |shows? |showing |demonstrates? |exhibits? |have |has |expresse?s? |takes? up |"
        rf"with ){{0,2}}"
        rf"{_KINDS}(?:{_UPTAKE}|avid)"),
    ("0", rf"\b{_UPTAKE}\s(?:is|was|are|were)\s(?:completely\s)?(?:absent|missing|lacking|not (?:seen|detectable|"
        rf"visible|present|demonstrable))"),
    ("0", r"\b(?:(?:sstr\d?|somatostatin[ -]receptor|receptor|dota[a-z-]{2,6}|dotatate|dotatoc|dotanoc|tracer|"
        r"octreotide)[ -]neg(?:ative|\.)|non-?avid|not (?:tracer[ -]|sstr[ -]|dotatate[ -])?avid|photopenic|"
        r"not (?:sstr|tracer|receptor)[ -]?(?:positive|expressing)|(?:does|do|did) not (?:take up|express|"
        r"accumulate)\b(?!\s(?:any\s)?(?:contrast|gadolinium|iodine|MIBG)))"),
    ("0", r"\b(?:no|without(?: a)?)\s(?:\w+\s)?correlate\s(?:on|in)\s(?:the\s)?(?:\S+\s)?(?:PET|SSTR|DOTA|somatostatin)"
        r"|\black of (?:a )?(?:\w+ )?correlate\b|\blost (?:\w+ ){1,3}?(?:uptake|expression|avidity|activity)\b"),
    ("0", r"\bnone of (?:the |these |them\b|those )?.{0,50}?(?:shows?|takes? up|express\w*|accumulat\w+|"
        r"is (?:\w+[ -])?avid|are (?:\w+[ -])?avid|has|have|exhibits?|demonstrates?)\b"),
    ("3", rf"{_ABOVE}{_LIVER}(?! and spleen)"),
    ("4", rf"{_ABOVE}(?:{_OF}liver and )?{_SPLEEN}"),
    ("3", rf"\b(?:between|in between)\s{_LIVER} and {_SPLEEN}"),
    ("2", rf"{_EQUAL}{_LIVER}|\bliver[- ]iso-?intense|\bisohepatic|\bliver[- ]equivalent"),
    ("1", rf"{_BELOW}{_LIVER}"),
    ("1", rf"\b(?:low[- ]grade|faint(?:ly)?|mild(?:ly)?)\s(?:\w+[ -]){{0,4}}{_UPTAKE}|\b(?:uptake|expression|"
        rf"activity|avidity|accumulation)\s(?:is|was|are|remains)\s(?:only\s|very\s|just\s)?(?:low[- ]grade|faint|"
        rf"mild)\b"),
    ("low", rf"\b(?:low|weak(?:ly)?|minimal(?:ly)?|slight(?:ly)?|poor(?:ly)?|little|scarce|marginal|"
        rf"sparse)\s(?:\w+[ -]){{0,4}}{_UPTAKE}|\b(?:uptake|expression|activity|avidity|accumulation)\s(?:is|was|"
        rf"are|remains)\s(?:only\s|very\s|just\s)?(?:low|weak|minimal|slight|poor)\b"),
)  # fmt: skip
_WORDS = Words("|".join(rf"(?P<w{i}>{pattern})" for i, (_, pattern) in enumerate(_PATTERNS)))
_HINT = Words(
    r"uptake|correlate|express|accumul|activity|avid|tracer|receptor|liver|hepatic|spleen|splenic|negative|neg\.|photopenic|"
    r"none of|take up|storage|positiv|enhanc|isohep"
)


@dataclass(frozen=True, slots=True)
class Uptake:
    """Words at start..end; `level` 0-4 by comparison, or None; `low`: surely not above liver; `straddles`: unclear."""

    start: int
    end: int
    level: int | None
    low: bool = False
    straddles: bool = False


def uptake_words(text: str) -> list[Uptake]:
    """All uptake words of a sentence, without regard to negation around them."""
    if not _HINT.search(text):
        return []
    found = []
    for match in _WORDS.finditer(text):
        kind = _PATTERNS[int(group_of(match)[1:])][0]
        level = int(kind) if kind.isdigit() else None
        found.append(
            Uptake(
                match.start(),
                match.end(),
                level,
                low=kind == "low" or (level is not None and level < 3),
                straddles=kind == "straddle",
            )
        )
    return found


_FDG_POSITIVE = Words(
    r"\bFDG[ -](?:avid|positive|pos\b)|\b(?:FDG|metabolic|glucose)[ -](?:uptake|accumulation|avidity|activity)|"
    r"\bhypermetaboli\w+|\bavid for FDG|\buptake of FDG|\bFDG\+"
)
_FDG_NEGATIVE = Words(
    r"\bFDG[ -](?:neg(?:ative)?\b)|\bnon-?FDG[ -]?avid|\bnot FDG[ -]?avid|\bnon-?hypermetabolic|\bFDG-(?=\s|,|\.|/)"
)


def fdg_words(text: str) -> list[tuple[int, int, bool]]:
    """(start, end, positive?) of words about FDG uptake; negation around a positive one is the caller's."""
    found = [(m.start(), m.end(), False) for m in _FDG_NEGATIVE.finditer(text)]
    return found + [(m.start(), m.end(), True) for m in _FDG_POSITIVE.finditer(text)]
