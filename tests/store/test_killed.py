"""The real service, its workers killed mid-load: it goes on, and nothing it acknowledged is lost."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

from cds_service.store.tables import METADATA
from cds_service.store.verify import verify
from tests.databases import Database
from tests.hooks.fakes import PATIENT, call_body
from tests.live import running_service
from tests.store.calls import COMMENT, MRN, NAME

WRITERS, SECONDS = 3, 4.0


def post(port: int, path: str, body: object) -> bool:
    """Whether it was acknowledged."""
    request = Request(f"http://127.0.0.1:{port}/cds-services/prrt-candidacy{path}", json.dumps(body).encode())
    try:
        with urlopen(request, timeout=20) as response:
            return bool(response.status == 200 and json.load(response))
    except (OSError, ValueError, HTTPException):  # cut off at any point of the answer
        return False


def load(port: int, until: float, acknowledged: list[str]) -> None:
    """Sends feedback on a new card, then a call, and so on; keeps the cards that were acknowledged."""
    while time.monotonic() < until:
        card = str(uuid4())
        item = {"card": card, "outcome": "overridden", "outcomeTimestamp": "2024-05-31T12:00:00Z",
                "overrideReason": {"userComment": COMMENT}}  # fmt: skip
        if post(port, "/feedback", {"feedback": [item]}):
            acknowledged.append(card)
        patient = PATIENT | {"id": MRN, "name": [{"family": NAME}]}
        context = {"userId": "Practitioner/1", "patientId": MRN}
        post(port, "", call_body(context=context, prefetch={"patient": patient, "conditions": None}))


def workers(master: int) -> list[int]:
    """The processes whose parent this is."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it ended meanwhile
            continue
        if int(parent) == master:
            found.append(int(path.parent.name))
    return found


def test_no_acknowledged_feedback_is_lost_when_workers_are_killed(database: Database, tmp_path: Path) -> None:
    configuration = {"PRRT_CDS_CONFIG": str(database.configuration(tmp_path)), "PRRT_CDS_DATABASE": ""}
    kept: list[list[str]] = [[] for _ in range(WRITERS)]
    log = tmp_path / "log"
    with running_service("--workers", "2", environment=configuration, log=log) as (port, process):
        until = time.monotonic() + SECONDS
        threads = [threading.Thread(target=load, args=(port, until, mine)) for mine in kept]
        for thread in threads:
            thread.start()
        killed = set()
        while time.monotonic() < until - 1:
            time.sleep(0.8)
            victim = next(iter(workers(process.pid)), None)
            if victim is not None:
                os.kill(victim, signal.SIGKILL)
                killed.add(victim)
        for thread in threads:
            thread.join(timeout=60)
        deadline = time.monotonic() + 30
        while not post(port, "", call_body()) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert post(port, "", call_body()), "the service did not go on"
    acknowledged = {card for mine in kept for card in mine}
    assert killed and acknowledged
    stored = {row[0] for row in database.run("SELECT card FROM feedback")}
    assert acknowledged <= stored
    store = database.open(create=False)
    assert verify(store).faults == []
    store.close()
    words = log.read_text()
    assert '"audit"' in words
    words += "".join(repr(database.run(f"SELECT * FROM {table.name}")) for table in METADATA.sorted_tables)
    for planted in (NAME, MRN, COMMENT):
        assert planted not in words
