"""The site's policy: a TOML file in, a checked Policy out (contract: the public interface, section 5)."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cds_service.rulebook.library import Parameter

Jurisdiction = Literal["US", "EU"]
_SWITCHES = ("jurisdiction", "research_cards")  # policy that is no number
JURISDICTIONS: tuple[Jurisdiction, ...] = ("US", "EU")


class PolicyError(ValueError):
    """The policy cannot be used; the text is one line for whoever starts the service."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site decided. ``values``: every policy number in force, in the unit of ``rules/parameters.toml``;
    ``overrides``: what differs from the default. ``research_cards`` False: rules still in research show no card,
    unless they stand against PRRT; the assessment lists them all the same."""

    jurisdiction: Jurisdiction
    values: Mapping[str, float]
    overrides: Mapping[str, float]
    research_cards: bool = True


def load_policy(
    path: Path | str | None,
    *,
    parameters: Mapping[str, Parameter],
    jurisdiction: str | None = None,
    environ: Mapping[str, str],
) -> Policy:
    """Reads and checks a policy.

    Args: path: the file, else ``PRRT_CDS_POLICY``, else defaults only; parameters: the rule book's numbers by
    name; jurisdiction: the command line's word, which wins over the file, which wins over ``PRRT_CDS_JURISDICTION``.
    Raises: PolicyError for an unreadable file, an unknown key, a wrong type, a value out of range, no jurisdiction.
    """
    chosen = path or environ.get("PRRT_CDS_POLICY") or None
    written = _read(Path(chosen)) if chosen else {}
    where = f"policy {chosen}: " if chosen else ""
    return make_policy(written, parameters=parameters, jurisdiction=jurisdiction, environ=environ, where=where)


def make_policy(
    written: Mapping[str, Any],
    *,
    parameters: Mapping[str, Parameter],
    jurisdiction: str | None = None,
    environ: Mapping[str, str] | None = None,
    where: str = "",
) -> Policy:
    """The policy of settings already read, checked like a file's. ``where`` opens every refusal."""
    given = {name: value for name, value in written.items() if name not in _SWITCHES}
    allowed = {name: spec for name, spec in parameters.items() if spec.policy}
    numbers = {name: _number(where, name, value, allowed) for name, value in given.items()}
    values = {name: numbers.get(name, spec.value) for name, spec in allowed.items()}
    overrides = {name: value for name, value in numbers.items() if value != allowed[name].value}
    place = _jurisdiction(where, jurisdiction, written.get("jurisdiction"), environ or {})
    research = written.get("research_cards", True)
    if not isinstance(research, bool):
        raise PolicyError(f"{where}research_cards must be true or false")
    if not research:
        overrides["research_cards"] = False
    return Policy(place, values, overrides, research)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"policy {path}: cannot be read ({error.strerror or type(error).__name__})") from None
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"policy {path}: is not valid TOML ({' '.join(str(error).split())})") from None


def _jurisdiction(where: str, asked: str | None, in_file: object, environ: Mapping[str, str]) -> Jurisdiction:
    if in_file is not None and in_file not in JURISDICTIONS:
        raise PolicyError(f'{where}jurisdiction must be "US" or "EU"')
    word = asked or in_file or environ.get("PRRT_CDS_JURISDICTION")
    for known in JURISDICTIONS:
        if word == known:
            return known
    if word:
        raise PolicyError('the jurisdiction must be "US" or "EU"')
    raise PolicyError(
        "no jurisdiction: say --jurisdiction US or EU, name it in the policy, or set PRRT_CDS_JURISDICTION "
        "(there is no default, because a wrong one is dangerous)"
    )


def _number(where: str, name: str, value: object, allowed: Mapping[str, Parameter]) -> float:
    spec = allowed.get(name)
    if spec is None:
        close = difflib.get_close_matches(name, [*allowed, *_SWITCHES], n=1)
        raise PolicyError(f"{where}unknown key {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    if isinstance(value, bool) or not isinstance(value, int if spec.integer else (int, float)):
        raise PolicyError(f"{where}{name} must be a {'whole ' if spec.integer else ''}number")
    # False for NaN too; the rule book's loader sees to it that a site's number has both ends.
    if spec.min is None or spec.max is None or not spec.min <= value <= spec.max:
        raise PolicyError(f"{where}{name} must be from {spec.min} to {spec.max} {spec.unit}".rstrip())
    return value
