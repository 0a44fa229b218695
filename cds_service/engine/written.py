"""Facts as the engine is told them: checked, and written so that it reads them exactly."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from cds_service.engine.errors import EngineError
from cds_service.facts.glossary import FactSpec

MOST_CHARACTERS = 2000  # of a text; the engine compares lengths modulo 65,536
_MOST = 1e300  # a number beyond is refused


def writer(spec: FactSpec) -> Callable[[object], str]:
    """What writes a value of this fact as a property, in the engine's JSON.

    It raises EngineError, without the value, if that is not of the fact's type or the engine would misread it.
    """
    name = spec.name
    if spec.type == "number":
        start = _start(name)
        return lambda given: start + _digits(_exact(given, name))
    allowed = ("yes", "no") if spec.type == "truth" else spec.values
    texts = {text: value(name, text) for text in allowed if not _misread(text)}

    def text(given: object) -> str:
        if not isinstance(given, str):
            raise EngineError(f"{name}: {type(given).__name__} where a text belongs")
        if given in texts:
            return texts[given]
        if given in allowed:
            raise EngineError(f"{name}: {_misread(given)}")
        if allowed:
            raise EngineError(f"{name}: a text that is not in the glossary")
        return ""  # a text for display only is never compared, so never sent

    return text


def value(name: str, given: float | str) -> str:
    """The property that holds a fact's checked value."""
    return _start(name) + (f'"{given}"' if isinstance(given, str) else _digits(given))


def _start(name: str) -> str:
    return f'"v_{name}":'


def known(name: str, is_known: bool) -> str:
    """The property that says whether a fact is known."""
    return f'"k_{name}":"{"yes" if is_known else "no"}"'


def check_text(text: str, where: str) -> None:
    """Refuses what the engine would misread. Raises EngineError, which does not quote the text."""
    if fault := _misread(text):
        raise EngineError(f"{where}: {fault}")


def _misread(text: str) -> str:
    """Why the engine would misread the text, "" if it would not."""
    if len(text) > MOST_CHARACTERS:
        return f"a text of more than {MOST_CHARACTERS} characters"
    if unicodedata.normalize("NFC", text) != text:
        return "a text that is not in Unicode's composed form (NFC)"
    if any(c in "\"'\\" or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text):
        return "a text with quotes, backslashes or control characters"
    return ""


def _exact(given: object, name: str) -> float:
    if type(given) is float and abs(given) < _MOST:  # as almost all are; a NaN is not
        return given
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise EngineError(f"{name}: {type(given).__name__} where a number belongs")
    number = float(given) if abs(given) < _MOST else math.inf
    if not math.isfinite(number) or number != given:
        raise EngineError(f"{name}: a number that is not finite or not exact")
    return number


def _digits(number: float) -> str:
    """A checked number, exactly, and without exponent, which the engine cannot read."""
    digits = repr(number)
    if "e" in digits:
        digits = format(Decimal(digits), "f")
    return digits if "." in digits else f"{digits}.0"
