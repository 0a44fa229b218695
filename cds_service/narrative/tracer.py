"""Which radiotracer a stretch of text speaks of."""

from __future__ import annotations

from cds_service.narrative.words import Words, group_of

_GA = r"(?:\[?\(?(?:68\s?-?\s?(?:ga\w*|gallium)|(?:ga\w*|gallium)\s?-?\s?68)\]?\)?\s?-?\s?(?:\[?ga\]?\s?-?\s?)?)"
_CU = r"(?:\[?\(?(?:64\s?-?\s?(?:cu|copper)|(?:cu|copper)\s?-?\s?64)\]?\)?\s?-?\s?(?:\[?cu\]?\s?-?\s?)?)"
_DOTA = r"(?:\(?d[o0]ta\)?\s?-?\s?(?:0?-?\s?)?(?:\(?(?:d-)?\[?tyr-?3\]?\)?-?\s?)?)"
_NAMES: tuple[tuple[str, str], ...] = (
    ("64Cu-DOTATATE", rf"{_CU}{_DOTA}(?:tate|octreotate)|\bdetectnet\b|copper[- ]dotatate"),
    ("68Ga-DOTATATE", rf"{_GA}?\b{_DOTA}(?:tate|octreotate)\b|{_GA}?oxodotreotide|\bnetspot\b|{_GA}dotatate"),
    ("68Ga-DOTATOC", rf"{_GA}?\b{_DOTA}(?:toc|octreotide)\b|{_GA}?\bedotreotide|\bsomakit"),
    ("68Ga-DOTANOC", rf"{_GA}?\b{_DOTA}(?:noc|1-?nal-?3?-?octreotide|1nal-octreotide)\b"),
    ("18F-AlF-NOTA-octreotide", r"(?:\[?18\s?-?f\]?|"
        r"\[?f\s?-?18\]?)?\s?-?\[?(?:18f\]?)?-?\(?al\s?-?\[?(?:18)?f\]?\)?-?\s?-?nota\s?-?\s?(?:octreotide|oc)\b|"
        r"\bnota-octreotide"),
    ("18F-SiTATE", r"\bsi(?:fa)?-?(?:lin)?-?tate\b|\bsitate\b"),
    ("111In-pentetreotide", r"\bpentetreotide|\boctreoscan|(?:\[?111\]?\s?-?in\]?|"
     r"\bin(?:dium)?\s?-?111)[\s-]*(?:dtpa[\s-]*)?octreotide"),
    ("99mTc-octreotide-analogue", r"(?:\[?99m\]?\s?-?tc\]?|\btc\s?-?99m|"
     r"technetium\S*)[\s-]*(?:\S{0,20}[\s-])?(?:\w+/)?\S{0,10}(?:toc|"
        r"octreotide|tate|octreotate)\b|\btektrotyd"),
    ("18F-FDG", r"\bfdg\b|\bf?luoro-?2?-?deoxy-?(?:d-)?glucose|\bf?ludeoxyglucose|fluorodeoxyglucose|fludeoxyglucose|"
        r"deoxy-(?:d-)?glucose"),
)  # fmt: skip
BEGINNING = (  # of a name: what else stands in a text is passed over at once
    r"[\[(]|6[48]|18|111|99m|ga|cu|copper|d[o0]ta|detect|oxodot|net|edotre|soma|nota|al|si|pentet|octreosc|in[d\s1-]|"
    r"t[ce]|f[\s1dl-]|lu[od]|deoxy|[\s-][\[(-]*(?:18|al)"
)
NAME = "|".join(rf"(?P<t{i}>{words})" for i, (_, words) in enumerate(_NAMES))
_TRACER = Words(rf"(?={BEGINNING})(?:{NAME})")
_SSTR_WORDS = Words(
    r"\b(?:sstr?\d?|ssr|somatostatin|dota\w*|octreo\w*|krenning|receptors?|sitate|tektrotyd|pentetreotide)\b"
)
_FDG_WORDS = Words(r"\b(?:FDG\w*|glucose metaboli\w+|metabolic|hypermetabolic|deoxyglucose)\b")
_HINT = Words(r"fdg|d[o0]ta|tate|octre|tektrotyd|pentetre|detectnet|netspot|somakit|glucose|oxodot|edotre")
_THERAPY = Words(r"\b(?:lu|177|lutetium|y-?90|90-?y|yttrium|ac-?225|225)\W{0,3}(?:lu\W{0,3})?$")


Named = tuple[int, int, str]  # start, end, name


def tracers(text: str) -> list[Named]:
    """Every tracer named; the gallium nuclide is assumed for DOTA peptides named without one."""
    if not _HINT.search(text):
        return []
    found = []
    for match in _TRACER.finditer(text):
        name = _NAMES[int(group_of(match)[1:])][0]
        if not _THERAPY.search(text, max(0, match.start() - 14), match.start()):
            found.append((match.start(), match.end(), name))
    return found


def study_mentions(text: str) -> list[tuple[int, bool]]:
    """(position, is FDG?) of every word that says which kind of scan is meant, in order."""
    found = [(m.start(), True) for m in _FDG_WORDS.finditer(text)]
    found += [(m.start(), False) for m in _SSTR_WORDS.finditer(text)]
    return sorted(found)
