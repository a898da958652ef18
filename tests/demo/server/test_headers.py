"""What the running app asks of browsers, on every kind of answer."""

import httpx
import pytest

from demo.server.headers import FOREIGN
from tests.conftest import App


@pytest.mark.parametrize("path", ["/config", "/favicon.ico", "/gradio_api/info", "/nothing", "/static/nothing"])
def test_nothing_but_code_is_taken_for_something_else_than_it_says(app: App, path: str) -> None:
    assert httpx.get(f"{app.address}{path}").headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/?model=cifar10-cnn&tab=explore"])
def test_a_page_has_a_policy(app: App, path: str) -> None:
    headers = httpx.get(f"{app.address}{path}").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'" and policy["object-src"] == "'none'"
    assert not any("http" in sources for name, sources in policy.items() if name != "frame-ancestors")
    assert "https://*.hf.space" in policy["frame-ancestors"] and "*" not in policy["frame-ancestors"].split()
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"


def test_a_page_of_another_server_may_not_ask_and_programs_may(app: App) -> None:
    def asked(**headers: str) -> httpx.Response:
        return httpx.post(f"{app.address}/gradio_api/call/curves", json={"data": [["cifar10-cnn"]]}, headers=headers)

    refused = asked(**{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"})
    assert refused.status_code == 403 and refused.json()["detail"] == FOREIGN
    assert asked().status_code == asked(**{"Sec-Fetch-Site": "same-origin"}).status_code == 200
