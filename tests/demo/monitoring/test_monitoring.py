"""What a proxy and a host learn from the running app: /healthz and /metrics; and how it ends when it is asked to."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from demo.monitoring import route
from tests.bench.serve import server
from tests.conftest import ROOT, SHIPPED, App
from tests.helpers import events_of, send, upload
from tests.pictures import encoded, noise


def values(app: App) -> dict[tuple[str, ...], float]:
    """(name, values of its labels ...) -> what /metrics says."""
    text = httpx.get(f"{app.address}/metrics").raise_for_status().text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_it_says_that_it_is_alive_and_which_version(app: App) -> None:
    answer = httpx.get(f"{app.address}/healthz")
    said = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert said and answer.json() == {"status": "ok", "version": said[1], "ready": True}
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_asked_is_counted_by_kind_and_by_name(app: App) -> None:
    before = values(app)
    api = f"{app.address}/gradio_api/call/predict"
    picture = upload(app.address, "secret-name.png", encoded(noise(20, 20), "PNG"))
    for name in (SHIPPED[0], "nonsense"):
        event = httpx.post(api, json={"data": [name, picture]}).json()["event_id"]
        httpx.get(f"{api}/{event}", timeout=60)
    httpx.get(f"{app.address}/private-word-of-a-stranger")
    after = values(app)

    def more(*key: str) -> float:
        return after.get(key, 0.0) - before.get(key, 0.0)

    assert more("convscope_requests_total", "program", "200") == 4
    assert more("convscope_requests_total", "upload", "200") == 1
    assert more("convscope_requests_total", "other", "404") == 1
    assert more("convscope_request_seconds_count", "upload") == 1
    assert more("convscope_event_seconds_count", "predict") == 2
    assert more("convscope_event_seconds_sum", "predict") > 0
    assert more("convscope_events_failed_total", "predict") == 1
    assert after["convscope_networks_held",] >= 1 and after["convscope_kept_bytes",] > 100_000
    assert after["convscope_queue_length",] == after["convscope_trainings_running",] == 0
    if sys.platform == "linux":
        assert after["process_resident_memory_bytes",] > 100_000_000


def test_nothing_of_a_visitor_stands_in_it(app: App) -> None:
    session = "a-session-that-nobody-else-has"
    send(app.address, events_of(app.address)["curves"], [[SHIPPED[0]]], session=session)
    upload(app.address, "my-face.png", encoded(noise(20, 20), "PNG"))
    text = httpx.get(f"{app.address}/metrics", params={"who": "somebody"}).text
    assert not [word for word in (session, "my-face", "127.0.0.1", "/tmp", "somebody") if word in text]
    assert len(text) < 100_000


@pytest.mark.parametrize(
    ("environment", "is_open"),
    [
        ({}, True),
        ({"CONVSCOPE_METRICS": "off"}, False),
        ({"SPACE_ID": "somebody/convscope"}, False),
        ({"SPACE_ID": "somebody/convscope", "CONVSCOPE_METRICS": "on"}, True),
    ],
)
def test_who_may_read_it(environment: dict[str, str], is_open: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONVSCOPE_METRICS", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert route.is_open() is is_open


@pytest.mark.slow
def test_a_server_that_ends_first_says_so_and_goes_on_answering(tmp_path: Path) -> None:
    """And metrics that are closed stay so."""
    settings = {"CONVSCOPE_DRAIN": "600", "CONVSCOPE_METRICS": "off", "TMPDIR": str(tmp_path)}
    with server("app.py", **settings) as (address, _, pid):
        assert httpx.get(f"{address}/metrics").status_code == 403
        os.kill(pid, signal.SIGTERM)
        while (answer := httpx.get(f"{address}/healthz")).status_code == 200:
            time.sleep(0.05)
        assert answer.status_code == 404 and answer.json()["ready"] is False
        answered, _ = send(address, events_of(address)["curves"], [[SHIPPED[0]]])
        assert answered
        os.kill(pid, signal.SIGTERM)  # that is enough
        wait_for_end(pid)
    assert [path.name for path in tmp_path.iterdir()] == [f"convscope-uploads-{os.getuid()}"]


def wait_for_end(pid: int, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < until, "it does not end"
        time.sleep(0.05)


@pytest.mark.parametrize("value", ["soon", "-1", "99999"])
def test_a_time_to_end_in_that_is_none_is_said_in_a_sentence(value: str) -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {"CONVSCOPE_DRAIN": value},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and "CONVSCOPE_DRAIN" in done.stderr and len(done.stderr.splitlines()) == 1
