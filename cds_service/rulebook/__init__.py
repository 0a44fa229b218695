"""The rule author's words, and the book they make."""

from cds_service.rulebook.conditions import fact, named, param
from cds_service.rulebook.loader import Rulebook, load_rulebook
from cds_service.rulebook.words import Advice, Also, Ask, Branch, Criterion, Rule, Suggestion

__all__ = [
    "Advice",
    "Also",
    "Ask",
    "Branch",
    "Criterion",
    "Rule",
    "Rulebook",
    "Suggestion",
    "fact",
    "load_rulebook",
    "named",
    "param",
]
