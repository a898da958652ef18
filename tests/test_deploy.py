"""The files of deploy/ fit each other and the code; that they work with real proxies is in tests/browser/replicas/."""

import re
import shlex
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.bench.visitors.replicas import PROXIES, Replica, program, proxy
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [each for each in MANIFESTS if each["kind"] == kind]


def test_the_proxy_of_compose_knows_every_replica_at_its_port() -> None:
    services = {name for name in COMPOSE["services"] if name.startswith("replica-")}
    environment = COMPOSE["services"]["proxy"]["environment"]
    assert {environment[f"REPLICA_{name.rpartition('-')[2]}"] for name in services} == {
        f"{name}:7860" for name in services
    }
    assert set(COMPOSE["services"]["proxy"]["depends_on"]) == services
    (mounted,) = COMPOSE["services"]["proxy"]["volumes"]
    assert (DEPLOY / mounted.split(":")[0]).samefile(DEPLOY / "haproxy.cfg")
    assert "EXPOSE 7860" in (ROOT / "Dockerfile").read_text()


def test_a_replica_has_time_to_end() -> None:
    replica = COMPOSE["services"]["replica-1"]
    assert int(replica["stop_grace_period"].rstrip("s")) > int(replica["environment"]["CONVSCOPE_DRAIN"])
    pod = of_kind("Deployment")[0]["spec"]["template"]["spec"]
    variables = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
    assert pod["terminationGracePeriodSeconds"] > int(variables["CONVSCOPE_DRAIN"])


def test_services_find_their_pods_and_pods_their_volumes() -> None:
    pods = [each["spec"]["template"] for each in of_kind("Deployment")]
    labels = [pod["metadata"]["labels"] for pod in pods]
    assert [each["spec"]["selector"] for each in of_kind("Service")] == labels
    assert [each["spec"]["selector"]["matchLabels"] for each in of_kind("Deployment")] == labels
    claims = {each["metadata"]["name"] for each in of_kind("PersistentVolumeClaim")}
    assert {
        each["persistentVolumeClaim"]["claimName"] for pod in pods for each in pod["spec"].get("volumes", [])
    } == claims
    (ingress,) = of_kind("Ingress")
    target = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]
    assert target in {each["metadata"]["name"] for each in of_kind("Service")}


def test_every_setting_that_they_give_is_one_of_ours() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in (ROOT / "Dockerfile", *DEPLOY.iterdir()) if path.suffix != ".cfg"
    ]
    given = {name for text in texts for name in re.findall(r"\bCONVSCOPE_[A-Z_]+\b", text)}
    of_proxies = {"CONVSCOPE_BIND", "CONVSCOPE_SERVERS", "CONVSCOPE_PATH", "CONVSCOPE_FRAME"}
    code = "".join(
        path.read_text(encoding="utf-8")
        for part in ("demo", "model_zoo", "train")
        for path in (ROOT / part).rglob("*.py")
    )
    assert not {name for name in given - of_proxies if name not in code}
    assert {"CONVSCOPE_DRAIN", "CONVSCOPE_STORE", "CONVSCOPE_RUNS"} <= given


def test_the_image_has_what_the_page_needs_and_nothing_else() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    copied = {name for line in lines if line.startswith("COPY ") for name in shlex.split(line)[1:-1]}
    let = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let and all((ROOT / name).exists() for name in copied)
    assert {"app.py", "demo", "model_zoo", "train", "requirements.txt"} <= copied


@pytest.mark.parametrize("frame", ["", "1"])
def test_haproxy_takes_its_file_with_any_number_of_replicas(frame: str) -> None:
    haproxy = program("haproxy")
    if haproxy is None:
        pytest.skip("haproxy is not installed")
    for count in (1, 3, 8):
        settings = {f"REPLICA_{number}": f"127.0.0.1:{number}" for number in range(1, count + 1)}
        settings |= {"CONVSCOPE_BIND": ":7860"} | ({"CONVSCOPE_FRAME": frame} if frame else {})
        words = [haproxy, "-c", "-V", "-f", str(DEPLOY / "haproxy.cfg")]
        done = subprocess.run(words, env=settings, capture_output=True, text=True)
        assert done.returncode == 0 and "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.mark.parametrize("name", PROXIES)
def test_a_replica_learns_the_address_that_the_proxy_sees_and_not_what_a_visitor_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if program(name) is None:
        pytest.skip(f"{name} is not installed")

    async def address(request: Request) -> Response:
        return JSONResponse([request.client.host if request.client else "", request.headers.get("x-forwarded-for")])

    # As every replica of compose and Kubernetes is set.
    replica = COMPOSE["services"]["replica-1"]["environment"]
    pod = of_kind("Deployment")[0]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "FORWARDED_ALLOW_IPS", "value": replica["FORWARDED_ALLOW_IPS"]} in pod
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", replica["FORWARDED_ALLOW_IPS"])
    app = Starlette(routes=[Route("/{path:path}", address)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        behind = [Replica(1, server.servers[0].sockets[0].getsockname()[1], tmp_path / "log", {})]
        with proxy(name, behind, tmp_path) as found:
            said = {"X-Forwarded-For": "203.0.113.7"}
            assert httpx.get(f"{found}/", headers=said).json() == ["127.0.0.1", "127.0.0.1"]
    finally:
        server.should_exit = True
        thread.join()


def test_the_script_that_restarts_is_one() -> None:
    assert subprocess.run(["bash", "-n", str(DEPLOY / "restart.sh")]).returncode == 0
    assert Path(DEPLOY / "restart.sh").stat().st_mode & 0o100
