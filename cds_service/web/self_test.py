"""The engine's self-test behind ``/readyz``: both published cases must come out as they should.

It runs under the rule book's own numbers, so that a site's policy cannot make a sound service look broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from cds_service.engine import EngineError
from cds_service.hooks.answer import load_answer
from cds_service.policy import Jurisdiction, make_policy
from cds_service.rulebook import Rulebook
from cds_service.web.samples import Sample

CASES = ("sharma-basu-2c", "soeiro-1h")
"""The second patient is found, and a patient in remission is left in peace."""


def published_cases(book: Rulebook, jurisdiction: Jurisdiction, samples: Mapping[str, Sample]) -> Callable[[], None]:
    """A check that raises EngineError when a published case is missing or comes out otherwise than expected."""
    answer = load_answer(book, make_policy({}, parameters=book.parameters, jurisdiction=jurisdiction))

    def check() -> None:
        for name in CASES:
            sample = samples.get(name)
            if sample is None:
                raise EngineError(f"the published case {name} is not installed")
            found = answer(sample.call, sample.on or date.today())["extension"]["prrt-cds.assessment"]
            if (found["outcome"], found["reason"]) != sample.expected:
                raise EngineError(f"the published case {name} came out otherwise than expected")

    return check
