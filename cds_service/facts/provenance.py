"""Which deciding facts were read only from a report's words (D-07)."""

from __future__ import annotations

from cds_service.facts.glossary import Facts, FactSpec, Known

GLOSSARY = (
    FactSpec("narrative_list", "text", "read from text, not coded", "Ki-67 and Krenning when only a text gives them"),
)

_DECIDING = {"ki67_percent": "Ki-67", "krenning_best_low": "Krenning", "krenning_best_high": "Krenning"}


def from_text(facts: Facts) -> Facts:
    """Lists the deciding facts that no coded value gives, with their sources."""
    read = {
        words: facts[name] for name, words in _DECIDING.items() if name in facts and facts[name].read_as == "narrative"
    }
    if not read:
        return {}
    where = tuple(sorted({source for known in read.values() for source in known.sources}))
    when = max((known.when for known in read.values() if known.when), default=None)
    return {"narrative_list": Known(value=" and ".join(sorted(read)), sources=where, when=when, read_as="narrative")}
