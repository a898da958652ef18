"""Behind a proxy the app starts, and what goes to this machine goes past it."""

import os
from pathlib import Path

import pytest

from demo.server import proxy
from tests.bench.serve import server


@pytest.mark.faults(
    "The environment names an HTTP or SOCKS proxy that does not answer",
    "The server starts: what goes to this machine goes past it",
)
@pytest.mark.parametrize(
    "settings",
    [
        {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"},
        {"ALL_PROXY": "socks5://127.0.0.1:9", "all_proxy": "socks5://127.0.0.1:9"},
    ],
    ids=["http", "socks"],
)
def test_behind_a_proxy_the_page_starts(settings: dict[str, str], tmp_path: Path) -> None:
    environment = settings | {"GRADIO_TEMP_DIR": str(tmp_path / "gradio"), "TMPDIR": str(tmp_path)}
    log = tmp_path / "log.txt"
    with log.open("w") as file, server("app.py", file, **environment) as (address, _, _):
        assert address
    assert not log.read_text()


def test_only_this_machine_is_reached_without_the_proxy_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in proxy.PROXIES:
        monkeypatch.setenv(name, "intranet.example")
    with proxy.past_the_proxy():
        assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "*"
    assert os.environ["no_proxy"].split(",") == ["intranet.example", *proxy.LOCAL]
