"""Gives the scores, SUVmax and sizes of a sentence to the places they belong to."""

from __future__ import annotations

import re

from cds_service.narrative.context import Context
from cds_service.narrative.lesion import Seen
from cds_service.narrative.lexicon import REFERENCE_ORGANS
from cds_service.narrative.owners import owners
from cds_service.narrative.place import Place
from cds_service.narrative.scores import Score
from cds_service.narrative.study import is_fdg
from cds_service.narrative.suv import Suv, sizes
from cds_service.narrative.words import Words

_EXTREME = Words(
    r"\b(?P<top>highest|maximum|maximal|most intense(?:ly)?|hottest|strongest|most avid|up to|"
    r"brightest)\b(?! (?:diameter|size|extent|length)|\s(?:of\s)?\d+(?:[.,]\d+)?\s?(?:mm|cm|x))|"
    r"\b(?P<bottom>lowest|minimum|minimal(?! uptake| expression)|least intense(?:ly)?|least avid|weakest|"
    r"faintest)\b"
)


def standing(context: Context, start: int, end: int) -> str:
    """How a value counts: "skip", "prior", "hedged" or "now"."""
    if context.conditional(start, end) or context.negated_value(start, end):
        return "prior" if context.earlier(start, end) and not context.conditional(start, end) else "skip"
    if context.standing_apart or context.earlier(start, end):
        return "prior"
    return "hedged" if context.hedged(start, end) else "now"


def _repeated_as_earlier(context: Context, ends: list[int], at: int, found: list[Place]) -> bool:
    """ "SUVmax 24.3, previously 3.0 cm, SUVmax 22.1": of two values the one behind "previously" is the earlier."""
    return any(
        end < at and context.turns_back(end, at) and not any(end < p.start < at and p.label for p in found)
        for end in ends
    )


def extreme(context: Context, at: int) -> str:
    """Whether the value at `at` is said of the most or the least intense lesion: "highest", "lowest" or ""."""
    marks = list(_EXTREME.finditer(context.text, max(context.start_of(at, comma=False), at - 80), at))
    if not marks:
        return ""
    return "highest" if marks[-1]["top"] else "lowest"


_READER = Words(r"\b(?:readers?|observers?|reviewers?|reporting physicians?)\b")


def _several_readers(text: str) -> bool:
    return sum(1 for _ in _READER.finditer(text)) > 1


_RARELY_NET = frozenset({"prostate", "breast"})
_NOT_SCORED = Words(
    r"\b(?:krenning|scores?)\b[^.;]{0,40}\b(?:cannot|can not|could not|not) be (?:\w+ )?(?:given|assigned|determined|"
    r"stated|assessed|scored|derived|established)",
    holds=r"\b(?:cannot|(?:can |could )?not) be\b",
)
_HOLLOW = frozenset(
    {
        "colon",
        "stomach",
        "small-bowel",
        "rectum",
        "duodenum",
        "bowel",
        "heart",
        "breast",
        "ovary",
        "prostate",
        "soft-tissue",
    }
)
_NO_UPTAKE_SAID = Words(r"\b(?:no|without|absent|lack of)\b[^.;]{0,60}\b(?:uptake|expression|accumulation|activity)\b")
_NORMAL = Words(r"physiolog|normal|reference|background|biodistribution")


def anonymous(found: list[Place], at: int) -> Place:
    """A value without any place named: belongs to what was spoken of before."""
    for place in found:
        if place.start == -1:
            return place
    place = Place(-1, -1, "", frozenset())
    found.insert(0, place)
    return place


def give_scores(context: Context, found: list[Place], scores: list[Score], seen: Seen) -> None:
    """Gives every Krenning score of the sentence to its places, or notes it as earlier or doubtful."""
    full: set[int] = set()
    ends: list[int] = []
    readers = len(scores) > 1 and len({(s.low, s.high) for s in scores}) > 1 and _several_readers(context.text)
    seen.taken_back = [s.high for s in scores if s.old or context.earlier(s.start, s.end)]
    if found and _NOT_SCORED.search(context.text):
        for place in found:
            place.loose_words = place.loose_words or bool(place.label and not place.other and not place.reference)
    for score in scores:
        status = (
            "prior"
            if score.old and not context.conditional(score.start, score.end)
            else standing(context, score.start, score.end)
        )
        if status == "now":
            if _repeated_as_earlier(context, ends, score.start, found):
                status = "prior"
            ends.append(score.end)
        if (
            status == "skip"
            and score.high <= 1
            and not context.conditional(score.start, score.end)
            and _NO_UPTAKE_SAID.search(context.text, 0, score.start)
            and any((p.label or p.every) and not p.denied for p in found)
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
        named = owners(score.start, score.end, found, context.text, full) or [anonymous(found, score.start)]
        if any(p.other or p.reference or (p.organs & _RARELY_NET and not p.named_lesion) for p in named):
            continue
        if score.high == 0 and all(p.denied or p.start < 0 for p in named):
            continue
        if status == "hedged" or score.damaged or readers or any(p.hedged for p in named):
            seen.uncertain = True
            for place in named:
                place.loose_words = True
            continue
        spread = score.listed if len(score.listed) == len(named) > 1 else None
        if score.listed and spread is None and len(named) == 1 and len(score.listed) > 2:
            named = [p for p in found if 0 <= p.start < score.start and p.label and not (p.other or p.reference)]
            if len(named) != len(score.listed) or any(p.hedged or p.denied or p.earlier for p in named):
                seen.uncertain = True  # which lesion has which score is not said
                for place in named:
                    place.loose_words = True
                continue
            spread = score.listed
        if score.bound == "":
            score.bound = extreme(context, score.start)
        for number, place in enumerate(named):
            low, high = (spread[number], spread[number]) if spread else (score.low, score.high)
            place.scores.append((score, low, high))
            full.add(id(place))


def give_suvs(
    context: Context, found: list[Place], suvs: list[Suv], seen: Seen, start: int, fdg_default: bool, want_fdg: bool
) -> None:
    """Gives every SUVmax of the wanted study to its places; organs go to the reference values."""
    if not suvs:
        return
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
            else standing(context, first.start, first.end)
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
        named = owners(first.start, first.end, found, context.text, full) or [anonymous(found, first.start)]
        if len(group) > 1 and len(named) == 1:
            named = _split_segments(named[0], len(group), found)
        for number, suv in enumerate(group):
            targets = [named[number]] if len(named) == len(group) else named[-1:]
            if len(named) > 1 and len(group) == 1:
                suv.site = " and ".join(p.label for p in named if p.label)
            for place in targets:
                full.add(id(place))
                if place.reference or (
                    place.other and place.organs & REFERENCE_ORGANS and _NORMAL.search(context.text)
                ):
                    seen.reference.append((place.label, suv.value, (start + suv.start, start + suv.end)))
                elif (
                    not place.other
                    and not (
                        place.organs <= REFERENCE_ORGANS
                        and not place.named_lesion
                        and "segment" not in place.label
                        and place.organs
                        and not place.scores
                        and not (
                            re.search(r"\bin (?:the )?$", context.text[: max(place.start, 0)][-8:], re.I)
                            and any(q.named_lesion and q.organs & place.organs and not q.other for q in found)
                        )
                    )
                    and not (place.organs & _HOLLOW and not place.named_lesion and not place.scores)
                ):
                    place.suvs.append(suv)


def _split_segments(place: Place, count: int, found: list[Place]) -> list[Place]:
    """ "segments II, V and VII with SUVmax 5.4, 4.1 and 7.6" -> three places."""
    names = re.findall(r"\b(?:VIII|VII|VI|IV|V|III|II|I|[1-8])[ab]?\b", place.label, re.I)
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


def give_sizes(context: Context, found: list[Place]) -> None:
    """Gives every current size (mm) to its place."""
    full: set[int] = set()
    named = [p for p in found if p.start >= 0 and not p.reference]
    for begin, end, millimetres in sizes(context.text) if named else ():
        if standing(context, begin, end) not in {"now", "hedged"}:
            continue
        for place in owners(begin, end, named, context.text, full, forward=True)[-1:]:
            if not place.every:
                place.size_mm = max(millimetres, place.size_mm or 0)
            full.add(id(place))


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value
