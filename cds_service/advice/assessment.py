"""One patient's assessment, machine-readable, and the answer it makes (contract, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_service.advice.checklist import Checked, as_json
from cds_service.advice.findings import Finding, Heard
from cds_service.facts.glossary import Facts
from cds_service.fhir.ignored import Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is found about one patient on one day, under one policy and one rule book."""

    findings: list[Finding]  # primary first
    course: str
    heard: Heard
    checklist: list[Checked]
    missing: list[str]
    ignored: list[Ignored]
    facts: Facts
    seen: Mapping[int, Facts]  # the facts each stage's rules saw
    jurisdiction: str
    overrides: Mapping[str, float]
    rulebook_version: str
    rulebook_sha256: str
    cards: list[dict[str, Any]] = field(default_factory=list)

    @property
    def primary(self) -> Finding:
        return self.findings[0]

    @property
    def fired(self) -> dict[str, str]:
        """Code -> name of the branch that spoke."""
        return {code: branch.name for code, (_, branch) in self.heard.items()}

    def seen_by(self, stage: int) -> Facts:
        """The facts the rules of a stage decided on; a stage that was not reached saw nothing else than all."""
        return self.seen.get(stage, self.facts)

    def to_json(self) -> dict[str, Any]:
        """The member ``prrt-cds.assessment``; empty members are left out."""
        out: dict[str, Any] = {
            "outcome": self.primary.outcome,
            "reason": self.primary.reason,
            "findings": [{"outcome": f.outcome, "reason": f.reason, "rule": f.rule} for f in self.findings],
            "course": self.course,
            "rules": [{"id": r.id, "code": r.code, "version": r.version} for r, _ in self.heard.values()],
            "criteria": [as_json(line) for line in self.checklist],
            "missing": self.missing,
            "ignored": _listed(self.ignored),
            "policy": {
                "jurisdiction": self.jurisdiction,
                "overrides": {k: _plain(v) for k, v in self.overrides.items()},
            },
            "rulebook": {"version": self.rulebook_version, "sha256": self.rulebook_sha256},
        }
        if not self.overrides:
            del out["policy"]["overrides"]
        return {key: value for key, value in out.items() if value not in ([], {}, "", None)}

    def to_response(self) -> dict[str, Any]:
        """The body of a CDS Hooks answer."""
        return {"cards": self.cards, "extension": {"prrt-cds.assessment": self.to_json()}}


def _plain(value: float) -> float | int:
    if isinstance(value, bool):
        return value
    return int(value) if float(value).is_integer() else value


def _listed(ignored: list[Ignored]) -> list[dict[str, str]]:
    """Every (source, why) once, sorted, so that the order of the record does not show."""
    return [{"source": source, "why": why} for source, why in sorted({(i.source, i.why) for i in ignored})]
