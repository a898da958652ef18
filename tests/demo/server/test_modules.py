"""Modules of the page: what is served, under which address, and nothing else."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.server import modules

STORE = "static/lib/store.js"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=[modules.route()]))


def test_a_module_comes_with_its_type_and_may_be_kept_for_ever(client: TestClient) -> None:
    answer = client.get(modules.address(STORE))
    assert answer.status_code == 200
    assert answer.text == (modules.DEMO / STORE).read_text(encoding="utf-8")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    style = next(path for path in modules.files() if path.endswith(".css"))
    assert client.get(modules.address(style)).headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    [
        "static/lib/../../core/view.py",
        "static/lib/%2e%2e/%2e%2e/core/view.py",
        "..%2f..%2f..%2fapp.py",
        "static/lib/..%5c..%5capp.py",
        "/etc/passwd",
        "tabs/explore/tab.py",
        "tabs/explore/overview/grid.html",
        "static/page.css",
        "static/lib/README.md",
        "static/lib/",
        "",
        "static/lib/store.js%00",
    ],
)
def test_nothing_else_is_served_and_no_path_of_the_server_is_told(client: TestClient, path: str) -> None:
    answer = client.get(f"/modules/{modules.version()}/{path}")
    assert answer.status_code == 404
    assert str(modules.DEMO) not in answer.text


def test_an_address_of_another_version_is_refused(client: TestClient) -> None:
    assert client.get(f"/modules/{'0' * 16}/{STORE}").status_code == 404
    assert client.get(f"/modules/{STORE}").status_code == 404


def test_below_a_path_of_a_proxy_as_well() -> None:
    client = TestClient(Starlette(routes=[modules.route()]), root_path="/school")
    assert client.get(f"/school/{modules.address(STORE)}").status_code == 200


def test_every_import_of_a_module_is_served() -> None:
    """Relative, by its full name, and there."""
    for path, content in modules.files().items():
        folder = modules.DEMO / path
        for imported in re.findall(r"^(?:import|export)\b[^'\n=]*'([^']+)';$", content.decode(), re.MULTILINE):
            assert imported.startswith("."), (path, imported)
            found = (folder.parent / imported).resolve().relative_to(modules.DEMO.resolve()).as_posix()
            assert found in modules.files(), (path, imported)


def test_modules_import_the_library_and_their_own_folder_only() -> None:
    for path, content in modules.files().items():
        for imported in re.findall(r"^import\b[^'\n]*'([^']+)';$", content.decode(), re.MULTILINE):
            assert imported.startswith("./") or "/static/lib/" in imported or path.startswith("static/lib/"), path


def test_events_that_python_sends_are_those_that_the_browser_knows() -> None:
    known = re.findall(r"^ \* @property \{.*?\} ([\w-]+) ", modules.files()["static/lib/events.js"].decode(), re.M)
    sent = {
        name
        for source in modules.DEMO.rglob("*.py")
        for name in re.findall(r'emitting\("([\w-]+)"', source.read_text(encoding="utf-8"))
    }
    assert sent and sent <= set(known)
