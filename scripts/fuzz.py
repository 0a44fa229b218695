"""The nightly fuzzing: ``make fuzz``. Damaged CDS Hooks calls go through the whole service, guided by coverage.

Atheris (libFuzzer) mutates the corpus of ``tests/fuzz`` by the edits of ``tests/fuzz/edits.py`` and by its own bytes,
keeps what reaches new code of ``cds_service``, and goes on after a finding; every distinct one is written to a file
with the input that shows it. Where Atheris has no build, the same inputs are drawn without guidance, and that is said.
Exit status 1: something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

atheris: Any
try:
    atheris = import_module("atheris")
except ImportError:
    atheris = None

if atheris is not None:
    with atheris.instrument_imports(include=["cds_service"], enable_loader_override=False):
        from tests.fuzz import corpus, edits, target
else:
    from tests.fuzz import corpus, edits, target

MOST_BYTES = 300_000


class Session:
    """Counts inputs and keeps one example of every distinct finding."""

    def __init__(self, inputs: int, out: Path) -> None:
        self.inputs, self.out, self.done, self.answered = inputs, out, 0, 0
        self.found: dict[str, Path] = {}
        self.begun = time.monotonic()

    def one(self, body: bytes) -> None:
        """One input; ends the process after the last."""
        try:
            self.answered += target.run(body) is not None
        except Exception as error:
            where = getattr(error, "where", f"{type(error).__name__}: {error}")
            if where not in self.found:
                self.out.mkdir(parents=True, exist_ok=True)
                path = self.out / f"{hashlib.sha256(body).hexdigest()[:16]}.json"
                path.write_bytes(body)
                self.found[where] = path
                print(f"FOUND {where}\n      {path}", flush=True)
        self.done += 1
        if self.done % 5_000 == 0:
            print(f"{self.done} inputs, {self.answered} answered, {len(self.found)} findings", flush=True)
        if self.done >= self.inputs:
            self.end()

    def end(self) -> None:
        """Says what came of it and leaves; libFuzzer does not return."""
        seconds = time.monotonic() - self.begun
        guided = "guided by coverage (atheris)" if atheris is not None else "without guidance: atheris is not installed"
        print(f"{self.done} inputs in {seconds:.0f} s, {guided}; {self.answered} answered, the others refused cleanly;")
        print(f"{len(self.found)} findings" + (f", kept in {self.out}" if self.found else ""))
        sys.stdout.flush()
        os._exit(1 if self.found else 0)


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """An input near ``data``: edited as JSON where it can be, else, and sometimes anyway, as bytes."""
    chance = random.Random(seed)
    try:
        document = chance.choice(corpus.documents()) if chance.random() < 0.05 else json.loads(data)
        body = _edited(document, chance)
    except ValueError:
        body = _edited(chance.choice(corpus.documents()), chance)
    except RecursionError:  # by now nested too deeply to be copied
        body = edits.random_bytes(data, chance)
    if chance.random() < 0.15:
        body = edits.random_bytes(body, chance)
    return body[:most]


def _edited(document: Any, chance: random.Random) -> bytes:
    whole = document if isinstance(document, dict | list) else [document]
    return json.dumps(edits.edited(whole, edits.random_edits(chance))).encode()


def guided(session: Session, seed: int) -> None:
    """Runs libFuzzer over the corpus."""
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(corpus.documents()):
            (Path(folder) / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")
        options = [sys.argv[0], f"-seed={seed}", f"-max_len={MOST_BYTES}", "-timeout=60", "-rss_limit_mb=4000", folder]
        atheris.Setup(options, session.one, custom_mutator=mutated, internal_libfuzzer=True)
        atheris.Fuzz()


def unguided(session: Session, seed: int) -> None:
    """The same inputs without guidance."""
    chance = random.Random(seed)
    while True:
        start = json.dumps(chance.choice(corpus.documents())).encode()
        session.one(mutated(start, MOST_BYTES, chance.getrandbits(32)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    asked = parser.parse_args()
    session = Session(asked.inputs, asked.out)
    if atheris is None:
        unguided(session, asked.seed)
    else:
        guided(session, asked.seed)


if __name__ == "__main__":
    main()
