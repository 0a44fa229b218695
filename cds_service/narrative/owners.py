"""Which places of a sentence a number or word belongs to."""

from __future__ import annotations

import re

from cds_service.narrative.place import Place

_FORWARD = re.compile(
    r"^\s?-?(?:(?!and\b|with\b|but\b|while\b)[a-zA-Z-]+\s){0,4}?(?:in|of|within|at|involving|for)\s(?:(?:the|a|an|"
    r"both|all|each|several|multiple|known|two)\s)*(?:[a-z]+\s){0,2}?$",
    re.I,
)
_IN_BRACKETS = re.compile(r"\([^()]*\)\s?")
_BRACKET_BEHIND = re.compile(r"\s?\((?:the\s)?[^()]{1,40}\)")
_REMARK = re.compile(r"\b(?:reference|normal|was|were|is|are|than|background)\b", re.I)
_RIGHT_IN = re.compile(
    r"^\s(?:uptake\s|lesions?\s|metasta\w+\s)?(?:in|of|within)\s(?:the\s|a\s|an\s|both\s|all\s)*$", re.I
)
_ADJACENT = re.compile(r"^\s?-?(?:(?!and\b|with\b|but\b|in\b|of\b|at\b)[a-zA-Z-]+[\s-]){0,3}$", re.I)


def owners(
    start: int, end: int, found: list[Place], text: str, taken: set[int], *, forward: bool = False
) -> list[Place]:
    """The places a value at start..end belongs to: behind it with "in", else the nearest before it, else the next.

    `forward`: a place directly behind wins ("a 12 mm node"). `taken`: ids of places that already have a value of
    this kind. Several places when they are named together.
    """
    before = [p for p in found if p.start < end]
    after = [p for p in found if p.start >= end and text.rfind("(", end, p.start) <= text.rfind(")", end, p.start)]
    near = before[-1] if before else None
    if named := _BRACKET_BEHIND.match(text, end):  # "Krenning 4 (liver)"
        inside = [p for p in found if named.start() < p.start and p.end <= named.end() and not p.reference]
        if inside and not _REMARK.search(named.group()) and text.rfind("(", 0, start) <= text.rfind(")", 0, start):
            return inside
    if after:
        following = after[0]
        between = text[end : following.start]
        if "(" in between:
            between = _IN_BRACKETS.sub("", between)
        if len(between) < 60:
            open_bracket = text.rfind("(", 0, start) > text.rfind(")", 0, start)
            if not open_bracket and (_RIGHT_IN.match(between) or (forward and _ADJACENT.match(between))):
                return _with_fellows(following, found, text, forward=True)
            if (
                not open_bracket
                and _FORWARD.match(between)
                and not (near is not None and _apposed(text[near.end : start]) and id(near) not in taken)
            ):
                return _with_fellows(following, found, text, forward=True)
            if (
                not open_bracket
                and _ADJACENT.match(between)
                and (near is None or id(near) in taken or not _apposed(text[near.end : start]))
            ):
                return _with_fellows(following, found, text, forward=True)
    if near is not None:
        return _with_fellows(near, found, text, forward=False)
    if after and ";" not in text[end : after[0].start]:
        return _with_fellows(after[0], found, text, forward=True)
    return []


def _apposed(between: str) -> bool:
    """ "liver metastasis, Krenning 3": the value directly follows the place."""
    return len(between) < 40 and not re.search(
        r"\band\b|;|\.\s|\b(?:apart from|except|exception|but|whereas|while)\b", between, re.I
    )


def _with_fellows(place: Place, found: list[Place], text: str, *, forward: bool) -> list[Place]:
    if not forward:
        return [*place.fellows, place]
    group = [place]
    for later in found:
        if place in later.fellows and later not in group and group[-1] in later.fellows:
            group.append(later)
    return group
