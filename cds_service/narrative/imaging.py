"""Sentences of an imaging report -> lesions with their scores, SUVmax, sizes and uptake words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import REFERENCE_ORGANS
from cds_service.narrative.scores import Score, Suv, krenning_scores, sizes, suv_values
from cds_service.narrative.sections import Section
from cds_service.narrative.sites import Place, owners, places
from cds_service.narrative.tracer import study_mentions
from cds_service.narrative.uptake import Uptake, fdg_words, uptake_words
from cds_service.narrative.words import Words

Span = tuple[int, int]
ABOVE_LIVER = 3  # on the Krenning scale


@dataclass(slots=True)
class Lesion:
    """One mention of a lesion (or of all lesions) presented as current, with what was said of it.

    `span`: its sentence's values in the plain text; `score`: (low, high); `maximum`: the score is the highest of several.
    """

    label: str
    organs: frozenset[str]
    span: Span
    section: Section
    score: tuple[int, int] | None = None
    bound: str = ""
    words: Uptake | None = None
    words_span: Span | None = None
    size_mm: float | None = None
    suvs: list[tuple[float, Span]] = field(default_factory=list)
    fdg: bool | None = None
    every: bool = False
    hedged_score: bool = False
    new: bool = False
    doubtful: bool = False
    replaces: tuple[int, ...] = ()  # scores the same sentence takes back


@dataclass(slots=True)
class Seen:
    """All that the imaging sentences of one report say."""

    lesions: list[Lesion] = field(default_factory=list)
    reference: list[tuple[str, float, Span]] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)
    withdrawn: list[tuple[float, str]] = field(default_factory=list)
    uncertain: bool = False
    doubtful_tumour: bool = False
    fdg_denied: bool = False
    only_others_denied: bool = False
    all_said: Span | None = None  # "all lesions are SSTR-positive"
    text_start: int = 0
    taken_back: list[int] = field(default_factory=list)
    topic: tuple[str, frozenset[str]] | None = None  # the place spoken of last
    block: tuple[Section, int] | None = None
    label_fdg: bool | None = None
    label_section: Section | None = None


_OTHERS_DENIED = Words(
    r"\bno (?:evidence of )?(?:other|further|additional)\s(?:\w+[\s-]){0,3}?(?:avid|positive|uptake|expressing|"
    r"accumulat\w+|sstr|tracer|receptor)"
)
_ALL_LESIONS = (
    r"(?:lesions|tumou?r lesions|metastas[ei]s|manifestations|tumou?r manifestations|sites(?: of disease)?|foci|"
    r"disease sites)"
)
_ALL_POSITIVE = Words(
    rf"\b(?:all|every|each)\s(?:of the\s)?(?:the\s)?(?:(?:known|visible|described|tumou?r|NET|CT|measurable|"
    rf"detected|morphological|above-mentioned)\s){{0,2}}{_ALL_LESIONS}\s(?:(?:are|is|were|show|shows|showed|"
    rf"demonstrate|exhibit|have|express|on CT|seen on CT)\s){{0,2}}(?:(?:\w+ly|an?|strong|high|intense|marked|"
    rf"good|sufficient|clear|increased)\s){{0,2}}"
    r"(?:(?:sstr\d?|somatostatin[ -]receptor|receptor|dota\w+|tracer)[ -](?:positive|avid|expressing)|avid|"
    r"(?:sstr\d?|somatostatin[ -]receptor|receptor)s?(?: expression)?|(?:tracer|radiotracer) (?:uptake|"
    r"avid))\b(?!\s(?:below|lower|less|equal|similar|comparable|negative))"
)
_LABEL = re.compile(
    r"^\s*(?:[-\u2022*]\s)?(?:\[?18\s?-?F\]?-?)?(?:(?P<fdg>FDG)|(?P<sstr>[\w\[\]-]*(?:DOTA\w+|SSTR|"
    r"somatostatin receptor)\w*))(?:[ -](?:PET|PET/CT|findings?))*\s?:",
    re.I,
)
_EXTREME = Words(
    r"\b(?P<top>highest|maximum|maximal|most intense(?:ly)?|hottest|strongest|most avid|up to|"
    r"brightest)\b(?! (?:diameter|size|extent|length)|\s(?:of\s)?\d+(?:[.,]\d+)?\s?(?:mm|cm|x))|"
    r"\b(?P<bottom>lowest|minimum|minimal(?! uptake| expression)|least intense(?:ly)?|least avid|weakest|"
    r"faintest)\b"
)
_NO_UPTAKE = Words(
    r"\b(?:no|without)\s(?:\w+\s){0,3}?(?:pathological|abnormal|suspicious|focal|increased|"
    r"relevant)\s(?:\w+[\s-]){0,2}?(?:uptake|accumulation|hypermetabolism|activity)"
)
_STUDY_NEGATIVE = Words(
    r"\b(?:stud(?:y|ies)|exam\w*|scan|PET(?:/CT)?)\s(?:is\s|was\s)?(?:FDG[ -])?negative|"
    r"\bno (?:evidence of )?(?:\w+\s){0,2}?(?:FDG|hypermetabolic)[\s-]?(?:avid|"
    r"positive)?\s?(?:\w+\s){0,2}?(?:lesions?|disease|tumou?r|foc(?:us|i)|metastas\w+)|"
    r"\bFDG[ -]negative (?:stud\w+|exam\w*|scan|PET)"
)


_STUDY_BEHIND = re.compile(
    r"\s?(?:(?:on|in|at|for|by)\s(?:the\s)?(?:\w+\s)?|(?P<open>\())(?:\[?\(?\d{1,3}\S{0,6}?)?-?(?:(?P<fdg>FDG)|"
    r"DOTA|SSTR|somatostatin|octreo|SiTATE)(?(open)[^()\d]{0,25}\))",
    re.I,
)


def is_fdg(context: Context, at: int, to: int, default: bool) -> bool:
    """Whether the words at..to speak of the FDG study rather than of the somatostatin receptor study."""
    mentions = study_mentions(context.text)
    if not mentions:
        return default
    if behind := _STUDY_BEHIND.match(context.text, to):
        return behind["fdg"] is not None
    opening = context.text.rfind("(", 0, at)
    if opening > context.text.rfind(")", 0, at):
        closing = context.text.find(")", at)
        inside = [fdg for place, fdg in mentions if opening < place < (closing if closing > 0 else len(context.text))]
        if inside:
            return inside[0]
    begin, end = context.start_of(at, comma=False), context.end_of(at, comma=True)
    outside = [(place, fdg) for place, fdg in mentions if begin <= place and not _bracketed(context.text, place)]
    earlier = [fdg for place, fdg in outside if place < to]
    if earlier:
        return earlier[-1]
    later = [fdg for place, fdg in outside if at < place < end]
    return later[0] if later else default


def _bracketed(text: str, at: int) -> bool:
    return text.rfind("(", 0, at) > text.rfind(")", 0, at)


def read_sentence(context: Context, start: int, block: int, seen: Seen, fdg_default: bool, want_fdg: bool) -> None:
    """Adds what one sentence says to `seen`. `start`: its place in the plain text."""
    text = context.text
    if context.legend or context.other_person:
        return
    seen.text_start = start
    if seen.block is not None and (seen.block[0] is not context.section or block != seen.block[1]):
        seen.topic = None
    seen.block = (context.section, block)
    if label := _LABEL.match(text):
        seen.label_fdg, seen.label_section = label["fdg"] is not None, context.section
    elif seen.label_section is not context.section:
        seen.label_fdg = None
    if seen.label_fdg is not None:
        fdg_default = seen.label_fdg
    found = places(context)
    taken = [(p.start, p.end) for p in found if p.label]
    scores, suvs = krenning_scores(text, taken), suv_values(text, taken)
    _give_scores(context, found, scores, seen)
    _give_suvs(context, found, suvs, seen, start, fdg_default, want_fdg)
    _give_words(context, found, seen, fdg_default)
    _give_sizes(context, found)
    _note_denials(context, found, seen, fdg_default)
    _collect(context, found, start, seen)


def _status(context: Context, start: int, end: int) -> str:
    """How a value counts: "skip", "prior", "hedged" or "now"."""
    if context.conditional(start, end) or context.negated_value(start, end):
        return "prior" if context.earlier(start, end) and not context.conditional(start, end) else "skip"
    if context.standing_apart or context.earlier(start, end):
        return "prior"
    return "hedged" if context.hedged(start, end) else "now"


def _repeated_as_earlier(context: Context, ends: list[int], at: int, found: list[Place]) -> bool:
    """ "SUVmax 24.3, previously 3.0 cm, SUVmax 22.1": a second value of a kind behind "previously" is the earlier one."""
    return any(
        end < at and context.turns_back(end, at) and not any(end < p.start < at and p.label for p in found)
        for end in ends
    )


def _extreme(context: Context, at: int) -> str:
    """Whether the value at `at` is said of the most or the least intense lesion: "highest", "lowest" or ""."""
    marks = list(_EXTREME.finditer(context.text, max(context.start_of(at, comma=False), at - 80), at))
    if not marks:
        return ""
    return "highest" if marks[-1]["top"] else "lowest"


def _anonymous(found: list[Place], at: int) -> Place:
    """A value without any place named: belongs to what was spoken of before."""
    for place in found:
        if place.start == -1:
            return place
    place = Place(-1, -1, "", frozenset())
    found.insert(0, place)
    return place


def _give_scores(context: Context, found: list[Place], scores: list[Score], seen: Seen) -> None:
    full: set[int] = set()
    ends: list[int] = []
    seen.taken_back = [s.high for s in scores if s.old or context.earlier(s.start, s.end)]
    for score in scores:
        status = (
            "prior"
            if score.old and not context.conditional(score.start, score.end)
            else _status(context, score.start, score.end)
        )
        if status == "now":
            if _repeated_as_earlier(context, ends, score.start, found):
                status = "prior"
            ends.append(score.end)
        if (
            status == "skip"
            and score.high == 0
            and not context.conditional(score.start, score.end)
            and any(p.label and not p.denied for p in found)
        ):
            status = "now"  # "no uptake (Krenning 0)"
        if status == "skip":
            continue
        if status == "prior":
            if not score.damaged:
                seen.prior.append(
                    (
                        "krenning",
                        score.high if score.low == score.high or score.bound == "max" else [score.low, score.high],
                    )
                )
            continue
        named = owners(score.start, score.end, found, context.text, full) or [_anonymous(found, score.start)]
        if any(p.other or p.reference for p in named):
            continue
        if score.high == 0 and all(p.denied or p.start < 0 for p in named):
            continue
        if status == "hedged" or score.damaged or any(p.hedged for p in named):
            seen.uncertain = True
            for place in named:
                place.loose_words = True
            continue
        spread = score.listed if len(score.listed) == len(named) > 1 else None
        if score.listed and spread is None and len(named) == 1 and len(score.listed) > 2:
            seen.uncertain = True
        if score.bound == "":
            score.bound = _extreme(context, score.start)
        for number, place in enumerate(named):
            low, high = (spread[number], spread[number]) if spread else (score.low, score.high)
            place.scores.append((score, low, high))
            full.add(id(place))


def _give_suvs(
    context: Context, found: list[Place], suvs: list[Suv], seen: Seen, start: int, fdg_default: bool, want_fdg: bool
) -> None:
    full: set[int] = set()
    groups: dict[int, list[Suv]] = {}
    for suv in suvs:
        groups.setdefault(suv.start, []).append(suv)
    ends: list[int] = []
    for group in groups.values():
        first = group[0]
        status = (
            "prior"
            if first.old and not context.conditional(first.start, first.end)
            else _status(context, first.start, first.end)
        )
        if status == "now":
            if _repeated_as_earlier(context, ends, first.start, found):
                status = "prior"
            ends.append(first.end)
        if is_fdg(context, first.start, first.end, fdg_default) != want_fdg and not first.old:
            continue
        if status == "skip":
            continue
        if status == "prior":
            seen.prior += [("suvmax", _short(s.value)) for s in group if not s.damaged]
            continue
        if status == "hedged" or any(s.damaged for s in group):
            seen.uncertain = True
            continue
        named = owners(first.start, first.end, found, context.text, full) or [_anonymous(found, first.start)]
        if len(group) > 1 and len(named) == 1:
            named = _split_segments(named[0], len(group), found)
        for number, suv in enumerate(group):
            targets = (
                [named[number]]
                if len(named) == len(group) and len(group) > 1
                else named[-1:]
                if len(group) > 1
                else named
            )
            for place in targets:
                full.add(id(place))
                normal = re.search(r"physiolog|normal|reference|background|biodistribution", context.text, re.I)
                if place.reference or (place.other and normal and place.organs & REFERENCE_ORGANS):
                    seen.reference.append((place.label, suv.value, (start + suv.start, start + suv.end)))
                elif not place.other and not (
                    place.organs <= REFERENCE_ORGANS
                    and not place.named_lesion
                    and "segment" not in place.label
                    and place.organs
                    and not place.scores
                ):
                    place.suvs.append(suv)


def _split_segments(place: Place, count: int, found: list[Place]) -> list[Place]:
    """ "segments II, V and VII with SUVmax 5.4, 4.1 and 7.6" -> three places."""
    names = re.findall(r"\b(?:VIII|VII|VI|IV|V|III|II|I|[1-8])[ab]?\b", place.label)
    if len(names) != count or "segment" not in place.label:
        return [place]
    made = []
    for name in names:
        made.append(
            Place(
                place.start,
                place.end,
                f"liver segment {name}",
                place.organs,
                named_lesion=True,
                denied=place.denied,
                hedged=place.hedged,
                earlier=place.earlier,
            )
        )
    found[found.index(place) : found.index(place) + 1] = made
    return made


def _give_words(context: Context, found: list[Place], seen: Seen, fdg_default: bool) -> None:
    text = context.text
    for place in found:
        if (
            place.organs
            and not place.reference
            and not place.other
            and _NOT_ASSESSED.match(text[place.end :])
            and not context.standing_apart
            and (place.named_lesion or "node" in place.organs)
        ):
            place.loose_words = True
    for words in uptake_words(text):
        if (
            words.positive
            or is_fdg(context, words.start, words.end, fdg_default)
            or context.conditional(words.start, words.end)
        ):
            continue
        if context.standing_apart or context.earlier(words.start, words.end):
            continue
        hedged = context.hedged(words.start, words.end)
        if words.level in {2, 3, 4} or words.straddles:
            if context.negated_value(words.start, words.end) or re.search(
                r"\b(?:not|no)\s(?:\w+\s){0,3}$", text[: words.start][-30:], re.I
            ):
                words = Uptake(words.start, words.end, None, low=words.level in {2, 3})
                if not words.low:
                    continue
        adjective = re.search(r"(?:negative|neg\.|avid|photopenic)$", text[words.start : words.end], re.I) is not None
        named = owners(words.start, words.end, [p for p in found if not p.reference], text, set(), forward=adjective)
        if words.level == 0 and not _about_a_lesion(text, words, named):
            continue
        if not named:
            named = [_anonymous(found, words.start)]
        for place in named:
            if place.other:
                continue
            if hedged:
                seen.uncertain = True
                place.loose_words = True
            else:
                place.words.append(words)
    for begin, end, positive in fdg_words(text):
        if (
            context.conditional(begin, end)
            or context.standing_apart
            or context.earlier(begin, end)
            or context.hedged(begin, end)
        ):
            continue
        denied = (
            context.negated_value(begin, end)
            or re.search(r"\b(?:no|not|without|none of .{0,40})\s(?:\w+\s){0,2}$", text[:begin][-50:], re.I) is not None
        )
        for place in owners(begin, end, [p for p in found if not p.reference], text, set(), forward=True):
            if positive and denied and place.denied:
                continue
            value = positive and not denied
            place.fdg = value if place.fdg is None else place.fdg or value


def _about_a_lesion(text: str, words: Uptake, named: list[Place]) -> bool:
    """Whether "no uptake" speaks of a lesion; "no pathological uptake in the liver" does not."""
    said = text[words.start : words.end].lower()
    if said.startswith("none of"):
        return True
    if re.match(r"\s?(?:in|within|of|at)\s", text[words.end :], re.I):
        following = [p for p in named if p.start >= words.end]
        return any(p.named_lesion and not p.denied for p in following)
    normal_node = re.search(r"patholog|abnormal|suspicious", said) is not None
    return any(
        (p.named_lesion or ("node" in p.organs and not normal_node) or p.size_mm) and not p.denied for p in named
    ) or (
        not named
        and re.match(r"\W{0,3}(?:it|they|these|this|which|all)\b", text, re.I) is not None
        and not _NO_UPTAKE.search(said)
    )


def _give_sizes(context: Context, found: list[Place]) -> None:
    full: set[int] = set()
    for begin, end, millimetres in sizes(context.text):
        if _status(context, begin, end) not in {"now", "hedged"}:
            continue
        for place in owners(
            begin, end, [p for p in found if p.start >= 0 and not p.reference], context.text, full, forward=True
        )[-1:]:
            if not place.every:
                place.size_mm = max(millimetres, place.size_mm or 0)
            full.add(id(place))


def _note_denials(context: Context, found: list[Place], seen: Seen, fdg_default: bool) -> None:
    text = context.text
    if context.standing_apart or context.section is Section.RECOMMENDATION:
        return
    if (
        (m := _ALL_POSITIVE.search(text))
        and _status(context, m.start() + 1, m.end()) == "now"
        and not re.search(r"\b(?:except|apart from|not all|nearly all|almost all|other than|but)\b", text, re.I)
    ):
        seen.all_said = (seen.text_start + m.start(), seen.text_start + m.end())
    if _OTHERS_DENIED.search(text):
        seen.only_others_denied = True
    if (m := _STUDY_NEGATIVE.search(text)) and not re.search(r"\b(?:new|other|further|additional)\b", m.group(), re.I):
        seen.fdg_denied = True
    if (
        fdg_default
        and (m := _NO_UPTAKE.search(text))
        and is_fdg(context, m.start(), m.end(), fdg_default)
        and not any(p.label and not p.named_lesion for p in found)
    ):
        seen.fdg_denied = True


_NOT_ASSESSED = re.compile(
    r"^[^,;.]{0,30}\b(?:cannot|can not|could not|not) (?:be )?(?:reliably |further |definitely )?(?:assess\w*|"
    r"evaluat\w*|evaluable|scored|classif\w+|judged)",
    re.I,
)


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _collect(context: Context, found: list[Place], start: int, seen: Seen) -> None:
    """Turns the places of a sentence that are current lesions into Lesion mentions."""
    if context.standing_apart or context.section is Section.RECOMMENDATION:
        return
    for place in found:
        if (
            place.hedged
            and not place.other
            and not place.denied
            and not place.earlier
            and (place.named_lesion or place.scores or place.suvs)
        ):
            seen.uncertain = True
            if not place.scores:
                seen.doubtful_tumour = True
                if not place.suvs:
                    continue
        if place.organs and place.named_lesion and not place.other:
            seen.topic = (place.label, place.organs)
        if not _is_lesion(place) or context.conditional(max(place.start, 0), max(place.end, 0)):
            continue
        lesion = _lesion(context, place, start, seen)
        lesion.doubtful = place.hedged
        lesion.replaces = tuple(seen.taken_back)
        seen.lesions.append(lesion)
        seen.lesions += _further_scores(lesion, place)


def _further_scores(lesion: Lesion, place: Place) -> list[Lesion]:
    """ "Those in the right lobe have Krenning 3, those in the left lobe Krenning 2": one mention for each score."""
    if lesion.score is not None and lesion.score[0] >= ABOVE_LIVER and lesion.words is not None and lesion.words.low:
        # "3 of 5 liver metastases show Krenning 3, the others no uptake"
        return [
            Lesion(
                lesion.label,
                lesion.organs,
                lesion.span,
                lesion.section,
                words=lesion.words,
                words_span=lesion.words_span,
                bound="others",
            )
        ]
    different = list(dict.fromkeys((low, high, score.bound) for score, low, high in place.scores))
    if len(different) < 2:
        return []
    low, high, lesion.bound = different[0]
    lesion.score = (low, high)
    return [
        Lesion(
            lesion.label,
            lesion.organs,
            lesion.span,
            lesion.section,
            score=(low, high),
            bound=bound,
            doubtful=lesion.doubtful,
            replaces=lesion.replaces,
        )
        for low, high, bound in different[1:]
    ]


def _is_lesion(place: Place) -> bool:
    valued = bool(place.scores or place.suvs)
    if place.other or place.reference:
        return False
    if valued:
        return True
    if place.denied or place.earlier:
        return False
    if place.start == -1:
        return bool(place.words) or place.loose_words
    if place.named_lesion or place.loose_words:
        return True
    strong = any((w.level is None and w.low) or w.level for w in place.words)
    if "node" in place.organs:
        return bool(place.words or place.size_mm or place.fdg is not None)
    return bool(
        strong
        and place.organs
        and (not place.organs & {"liver", "spleen", "kidney", "blood-pool"} or "segment" in place.label)
    ) or bool(place.fdg and place.organs == {"node"})


def _lesion(context: Context, place: Place, start: int, seen: Seen) -> Lesion:
    text = context.text
    points = [place.start, place.end] if place.start >= 0 else []
    for score, _, _ in place.scores:
        points += [score.start, score.end]
    span = (start + min(points), start + max(points)) if points else (start, start + len(text))
    label, organs = place.label, place.organs
    generic = not label and not place.every
    if (
        generic
        and seen.topic is not None
        and not re.search(
            r"\b(?:other|further|another|remaining|additional|new)\b",
            text[max(0, place.start - 30) : max(place.start, 0)],
            re.I,
        )
    ):
        label, organs = seen.topic
    lesion = Lesion(
        label,
        organs,
        span,
        context.section,
        size_mm=place.size_mm,
        fdg=place.fdg,
        every=place.every or _speaks_of_all(text, place),
        new=place.new,
    )
    if not label and place.every:
        lesion.label = "all lesions"
    elif not label and not organs and place.start >= 0 and (place.scores or place.suvs or place.words):
        lesion.label = text[place.start : place.end].strip().lower()
    if place.scores:
        lows = [low for _, low, _ in place.scores]
        highs = [high for _, _, high in place.scores]
        lesion.score = (min(lows), max(highs))
        lesion.bound = place.scores[0][0].bound
        if place.organs:
            seen.topic = (place.label, place.organs)
    lesion.hedged_score = place.loose_words
    lesion.suvs = [(s.value, (start + s.start, start + s.end)) for s in place.suvs]
    levels = [w for w in place.words if w.level is not None]
    if levels:
        best = max(levels, key=lambda w: (w.level == 4, w.level == 3, w.level == 0, -(w.level or 0)))
        lesion.words = best
    elif place.words:
        lesion.words = place.words[0]
    if lesion.words is not None and lesion.score is None:
        lesion.bound = _extreme(context, max(lesion.words.start, place.end))
    if lesion.words is not None:
        lesion.words_span = (
            start + min(lesion.words.start, place.start if place.start >= 0 else lesion.words.start),
            start + max(lesion.words.end, place.end),
        )
    return lesion


def _speaks_of_all(text: str, place: Place) -> bool:
    return bool(
        (place.scores or place.words)
        and re.search(r"\b(?:all of them|in all|throughout|each of them|all lesions|all sites|every one)\b", text, re.I)
    )
