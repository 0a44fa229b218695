"""Gives uptake words and FDG words of a sentence to the places they belong to."""

from __future__ import annotations

from cds_service.narrative.assign import anonymous
from cds_service.narrative.context import Context
from cds_service.narrative.lesion import Seen
from cds_service.narrative.owners import owners
from cds_service.narrative.place import Place
from cds_service.narrative.study import is_fdg
from cds_service.narrative.uptake import Uptake, fdg_words, uptake_words
from cds_service.narrative.words import Words

NO_UPTAKE = Words(
    r"\b(?:no|without)\s(?:\w+\s){0,3}?(?:pathological|abnormal|suspicious|focal|increased|"
    r"relevant)\s(?:\w+[\s-]){0,2}?(?:uptake|accumulation|hypermetabolism|activity)"
)


def give_words(context: Context, found: list[Place], seen: Seen, fdg_default: bool) -> None:
    """Gives words about uptake (and FDG uptake) to the lesions they speak of."""
    text = context.text
    if "not" in text.lower() and not context.standing_apart:
        for place in found:
            lesion = place.organs and (place.named_lesion or "node" in place.organs or "krenning" in text.lower())
            if lesion and not (place.reference or place.other) and _NOT_ASSESSED.match(text[place.end :]):
                place.loose_words = True
    for words in uptake_words(text):
        if is_fdg(context, words.start, words.end, fdg_default) or context.conditional(words.start, words.end):
            continue
        if context.standing_apart or context.earlier(words.start, words.end):
            continue
        hedged = context.hedged(words.start, words.end)
        if (words.level in {2, 3, 4} or words.straddles) and _denied(context, words):
            words = Uptake(words.start, words.end, None, low=words.level in {2, 3})  # "not above liver" is low
            if not words.low:
                continue
        adjective = text[words.start : words.end].lower().endswith(("negative", "neg.", "avid", "photopenic"))
        named = owners(words.start, words.end, [p for p in found if not p.reference], text, set(), forward=adjective)
        if words.level == 0 and not _about_a_lesion(text, words, named):
            continue
        if not named:
            if not _REFERS_BACK.match(text) or _PLACE_BEHIND.match(text, words.end):
                continue
            named = [anonymous(found, words.start)]
        for place in named:
            if place.other or (words.low and _bare_organ(place)):
                continue
            if hedged:
                seen.uncertain = True
                place.loose_words = True
            else:
                place.words.append(words)
    for begin, end, positive in fdg_words(text) if found else ():
        if (
            context.conditional(begin, end)
            or context.standing_apart
            or context.earlier(begin, end)
            or context.hedged(begin, end)
        ):
            continue
        denied = context.negated_value(begin, end) or _NOT_BEFORE.search(text[max(0, begin - 50) : begin]) is not None
        for place in owners(begin, end, [p for p in found if not p.reference], text, set(), forward=True):
            if positive and denied and place.denied:
                continue
            value = positive and not denied
            place.fdg = value if place.fdg is None else place.fdg or value


_PLACE_BEHIND = Words(r"\s(?:in|of|at|within)\s")
_PLACE_FOLLOWS = Words(r"\s?(?:in|within|of|at)\s")
_NOT_BEFORE = Words(r"\b(?:no|not|without|none of .{0,40})\s(?:\w+\s){0,2}$")
_JUST_DENIED = Words(r"\b(?:not|no)\s(?:\w+\s){0,3}$")
_REFERS_BACK = Words(
    r"\W*(?:\w\)?[.)]\s)?(?:it|its|they|their|these|this|those|which|all|both|with|there|others?|one|some|"
    r"the (?:third|second|others?|rest|remaining|last|smaller|larger|smallest|largest|uptake|intensity|lesions?|"
    r"former|latter)|uptake|tracer|intensity|clearly|markedly|above|below|equal|similar|higher|lower|>|<)"
)


def _bare_organ(place: Place) -> bool:
    """An organ, bones and nodes apart, with faint uptake but no lesion named is a normal organ."""
    return (
        place.start >= 0
        and bool(place.organs)
        and not place.named_lesion
        and not place.organs & {"bone", "node"}
        and not place.scores
        and "segment" not in place.label
    )


def _denied(context: Context, words: Uptake) -> bool:
    before = context.text[max(0, words.start - 30) : words.start]
    return context.negated_value(words.start, words.end) or _JUST_DENIED.search(before) is not None


def _about_a_lesion(text: str, words: Uptake, named: list[Place]) -> bool:
    """Whether "no uptake" speaks of a lesion; "no pathological uptake in the liver" does not."""
    said = text[words.start : words.end].lower()
    if said.startswith("none of"):
        return True
    if _PLACE_FOLLOWS.match(text, words.end):
        following = [p for p in named if p.start >= words.end]
        return any(p.named_lesion and not p.denied for p in following)
    normal_node = "patholog" in said or "abnormal" in said or "suspicious" in said
    return any(
        (p.named_lesion or "segment" in p.label or ("node" in p.organs and not normal_node) or p.size_mm)
        and not p.denied
        for p in named
    ) or (not named and _REFERS_BACK.match(text) is not None and not NO_UPTAKE.search(said))


_NOT_ASSESSED = Words(
    r"[^,;.]{0,30}\b(?:cannot|can not|could not|not) (?:be )?(?:reliably |further |definitely )?(?:assess\w*|"
    r"evaluat\w*|evaluable|scored|classif\w+|judged)"
)
