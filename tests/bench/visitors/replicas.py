"""Several ConvScopes behind a real proxy, each in a process of its own: what tests and the benchmark of them share."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import httpx

from tests.bench.serve import ROOT, free_port, server

DEPLOY = ROOT / "deploy"
COOKIE = "convscope"
PROXIES = ("haproxy", "nginx")


def program(name: str) -> str | None:
    """Where a server's program is; Debian keeps those outside of PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@dataclass
class Replica:
    """One server, which can be killed and started anew at its address."""

    number: int
    port: int
    log: Path
    environment: dict[str, str]
    pid: int = 0
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run it until it serves its page."""
        log = self.stack.enter_context(self.log.open("a"))
        _, _, self.pid = self.stack.enter_context(server("app.py", log, port=self.port, **self.environment))

    def kill(self) -> None:
        """End it as a power cut would, if it runs."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = 0
            self.stack.close()


@contextmanager
def replicas(count: int, folder: Path, is_shared: bool = True, **environment: str) -> Iterator[list[Replica]]:
    """So many servers.

    Args:
        folder: for their files; they share its `shared`, unless not `is_shared`.
        environment: of all of them.
    """
    found = []
    for number in range(1, count + 1):
        home = folder / ("shared" if is_shared else f"replica-{number}")
        files = {name: str(home / part) for name, part in FOLDERS.items()}
        files["TMPDIR"] = str(folder / f"tmp-{number}")
        Path(files["TMPDIR"]).mkdir()
        found.append(Replica(number, free_port(), folder / f"replica-{number}.log", files | environment))
    with ExitStack() as stack:
        for each in found:
            stack.callback(each.kill)
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(Replica.start, found))
        yield found


FOLDERS = {"GRADIO_TEMP_DIR": "uploads", "CONVSCOPE_RUNS": "runs", "CONVSCOPE_PRIVATE": "private"}


@contextmanager
def proxy(name: str, behind: list[Replica], folder: Path) -> Iterator[str]:
    """A proxy of `PROXIES` before them, with the very file that `deploy/` ships.

    Yields:
        Its address.
    """
    port = free_port()
    made = _haproxy(port, behind) if name == "haproxy" else _nginx(port, behind, folder)
    with _running(*made, f"http://127.0.0.1:{port}", folder / f"{name}.log") as address:
        yield address


@contextmanager
def site(behind: list[Replica], folder: Path, path: str) -> Iterator[str]:
    """nginx that serves them below a path; its address without that."""
    port = free_port()
    made = _nginx(port, behind, folder, path)
    with _running(*made, f"http://127.0.0.1:{port}{path}", folder / "nginx.log") as address:
        yield address.removesuffix(path)


@contextmanager
def _running(command: list[str], environment: dict[str, str], address: str, log_file: Path) -> Iterator[str]:
    with log_file.open("w") as log:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _haproxy(port: int, behind: list[Replica]) -> tuple[list[str], dict[str, str]]:
    servers = {f"REPLICA_{each.number}": f"127.0.0.1:{each.port}" for each in behind}
    return (
        [program("haproxy") or "haproxy", "-db", "-f", str(DEPLOY / "haproxy.cfg")],
        {"CONVSCOPE_BIND": f"127.0.0.1:{port}"} | servers,
    )


def _nginx(port: int, behind: list[Replica], folder: Path, path: str = "") -> tuple[list[str], dict[str, str]]:
    values = {
        "CONVSCOPE_BIND": f"127.0.0.1:{port}",
        "CONVSCOPE_SERVERS": " ".join(f"server 127.0.0.1:{each.port} fail_timeout=5s;" for each in behind),
        "CONVSCOPE_PATH": path,
    }
    # As the container's envsubst does: only what it is given.
    site = Template((DEPLOY / "nginx.conf.template").read_text(encoding="utf-8")).safe_substitute(values)
    places = "".join(
        f"{kind}_temp_path {folder / f'nginx-{kind}'};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = folder / "nginx.conf"
    own.write_text(
        f"daemon off; pid {folder / 'nginx.pid'}; error_log stderr warn; worker_processes 1;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{ access_log off; {places}\n{site}\n}}\n",
        encoding="utf-8",
    )
    return [program("nginx") or "nginx", "-c", str(own), "-e", "stderr"], {}


def _wait(address: str, process: subprocess.Popen, patience: float = 60) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/healthz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            if process.poll() is not None:
                break
        time.sleep(0.05)
    raise RuntimeError(f"the proxy at {address} does not answer")
