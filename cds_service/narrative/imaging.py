"""Sentences of an imaging report -> lesions with their scores, SUVmax, sizes and uptake words."""

from __future__ import annotations

from cds_service.narrative.assign import extreme, give_scores, give_sizes, give_suvs, standing
from cds_service.narrative.assign_words import NO_UPTAKE, give_words
from cds_service.narrative.context import Context
from cds_service.narrative.lesion import ABOVE_LIVER, Lesion, Seen
from cds_service.narrative.place import Place
from cds_service.narrative.scores import krenning_scores
from cds_service.narrative.sections import Section
from cds_service.narrative.sites import places
from cds_service.narrative.study import is_fdg
from cds_service.narrative.suv import suv_values
from cds_service.narrative.words import Words

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
_NOT_ALL = Words(r"\b(?:except|apart from|not all|nearly all|almost all|other than|but)\b")
_FURTHER = Words(r"\b(?:new|other|further|additional)\b")
_ONE_MORE = Words(r"\b(?:other|further|another|remaining|additional|new)\b")
_ALL_SAID = Words(r"\b(?:all of them|in all|throughout|each of them|all lesions|all sites|every one)\b")
_LABEL = Words(
    r"^\s*(?:[-\u2022*]\s)?(?:\[?18\s?-?F\]?-?)?(?:(?P<fdg>FDG)|(?P<sstr>[\w\[\]-]*(?:DOTA\w+|SSTR|"
    r"somatostatin receptor)\w*))(?:[ -](?:PET|PET/CT|findings?))*\s?:"
)
_STUDY_NEGATIVE = Words(
    r"\b(?:stud(?:y|ies)|exam\w*|scan|PET(?:/CT)?)\s(?:is\s|was\s)?(?:FDG[ -])?negative|"
    r"\bno (?:evidence of )?(?:\w+\s){0,2}?(?:FDG|hypermetabolic)[\s-]?(?:avid|"
    r"positive)?\s?(?:\w+\s){0,2}?(?:lesions?|disease|tumou?r|foc(?:us|i)|metastas\w+)|"
    r"\bFDG[ -]negative (?:stud\w+|exam\w*|scan|PET)"
)


def read_sentence(context: Context, start: int, block: int, seen: Seen, fdg_default: bool, want_fdg: bool) -> None:
    """Adds what one sentence says to `seen`. `start`: its place in the plain text."""
    text = context.text
    if context.legend or context.other_person:
        return
    seen.text_start = start
    if seen.block is not None and (seen.block[0] is not context.section or block != seen.block[1]):
        seen.topic = None
    seen.block = (context.section, block)
    if ":" in text and (label := _LABEL.match(text)):
        seen.label_fdg, seen.label_section = label["fdg"] is not None, context.section
    elif seen.label_section is not context.section:
        seen.label_fdg = None
    if seen.label_fdg is not None:
        fdg_default = seen.label_fdg
    found = places(context)
    taken = [(p.start, p.end) for p in found if p.label]
    scores, suvs = krenning_scores(text, taken), suv_values(text, taken)
    give_scores(context, found, scores, seen)
    give_suvs(context, found, suvs, seen, start, fdg_default, want_fdg)
    give_words(context, found, seen, fdg_default)
    give_sizes(context, found)
    _note_denials(context, found, seen, fdg_default)
    _collect(context, found, start, seen)


def _note_denials(context: Context, found: list[Place], seen: Seen, fdg_default: bool) -> None:
    text = context.text
    if context.standing_apart or context.section is Section.RECOMMENDATION:
        return
    if (
        (m := _ALL_POSITIVE.search(text))
        and standing(context, m.start() + 1, m.end()) == "now"
        and not _NOT_ALL.search(text)
    ):
        seen.all_said = (seen.text_start + m.start(), seen.text_start + m.end())
    for doubt in _DOUBTFUL_UPTAKE.finditer(text):
        explained = any(p.other and p.start > doubt.start() - 40 for p in found)
        if (
            not explained
            and not context.negated_lesion(doubt.start(), doubt.end())
            and not context.conditional(*doubt.span())
            and not context.earlier(*doubt.span())
        ):
            seen.doubtful_tumour = seen.uncertain = True
    if _OTHERS_DENIED.search(text):
        seen.only_others_denied = True
    if (m := _STUDY_NEGATIVE.search(text)) and not _FURTHER.search(m.group()):
        seen.fdg_denied = True
    if (
        fdg_default
        and (m := NO_UPTAKE.search(text))
        and is_fdg(context, m.start(), m.end(), fdg_default)
        and not any(p.label and not p.named_lesion for p in found)
    ):
        seen.fdg_denied = True


_NORMAL_SIZE = Words(
    r"\bnot (?:pathologically |significantly |clearly )?(?:enlarged|pathological|suspicious)|\bnormal\b|"
    r"\bun-?specific|\bnon-?specific|\bunremarkable|\bphysiolog"
)
_DOUBTFUL_UPTAKE = Words(
    r"\b(?:equivocal|questionable|indeterminate|suspicious|unclear|doubtful)\s(?:\w+\s){0,2}?(?:uptake|"
    r"foc(?:us|i)|finding|area|enhancement|accumulation)\b"
)


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
            and not context.conditional(max(place.start, 0), max(place.end, 0))
        ):
            seen.uncertain = True
            if not place.scores:
                seen.doubtful_tumour = True
                if not place.suvs:
                    continue
        if place.organs and place.named_lesion and not place.other:
            seen.topic = (place.label, place.organs)
        if place.size_mm and not place.named_lesion and _NORMAL_SIZE.search(context.text):
            place.size_mm = None  # "lymph nodes up to 9 mm, not pathological"
        valued = place.scores or place.suvs
        if not _is_lesion(place) or (not valued and context.conditional(max(place.start, 0), max(place.end, 0))):
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
    if place.named_lesion or place.loose_words or ("segment" in place.label and place.words):
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
        and not _ONE_MORE.search(text[max(0, place.start - 30) : max(place.start, 0)])
    ):
        label, organs = seen.topic
    lesion = Lesion(
        label,
        organs,
        span,
        context.section,
        size_mm=place.size_mm,
        fdg=place.fdg,
        every=place.every or (not place.partial and _speaks_of_all(text, place)),
        new=place.new,
        partial=place.partial,
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
    lesion.suv_sites = {s.value: s.site for s in place.suvs if s.site}
    levels = [w for w in place.words if w.level is not None]
    if levels:
        best = max(levels, key=lambda w: (w.level == 4, w.level == 3, w.level == 0, -(w.level or 0)))
        lesion.words = best
    elif place.words:
        lesion.words = place.words[0]
    if lesion.words is not None and lesion.score is None:
        lesion.bound = extreme(context, max(lesion.words.start, place.end))
    if lesion.words is not None:
        lesion.words_span = (
            start + min(lesion.words.start, place.start if place.start >= 0 else lesion.words.start),
            start + max(lesion.words.end, place.end),
        )
    return lesion


def _speaks_of_all(text: str, place: Place) -> bool:
    return bool((place.scores or place.words) and _ALL_SAID.search(text))
