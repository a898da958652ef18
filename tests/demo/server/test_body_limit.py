"""BodyLimit in front of a real server: what is too large gets a sentence, whatever way it is sent."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.server.body_limit import BodyLimit

LIMIT = 100_000
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
JSON = {"Content-Type": "application/json"}


async def length(request: Request) -> Response:
    """Answers with the length of the body, as the app sees it."""
    return JSONResponse(len(await request.body()))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server on this machine whose every address answers with the length of what it was sent."""
    paths = "/gradio_api/queue/join", "/gradio_api/upload", "/live", "/gradio_api/run/live"
    routes = [Route(path, length, methods=["GET", "POST"]) for path in paths]
    app = Starlette(routes=routes, middleware=[Middleware(BodyLimit, limit=LIMIT, counted=("/live", "/own/"))])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    yield connection
    connection.close()


def post(connection, body, headers, path="/gradio_api/queue/join") -> tuple[int, object]:
    """(status, parsed JSON) of a POST; a list of bytes as body is sent in chunks, without a length."""
    connection.request("POST", path, body, headers, encode_chunked=isinstance(body, list))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def chunks(total: int, size: int = 10_000) -> list[bytes]:
    return [b"x" * size] * (total // size)


CHUNKED = {"Transfer-Encoding": "chunked"}
WORDS = "This request is larger than 0.1 MB. Please send a smaller picture, as a file."
REFUSED = {"detail": WORDS, "error": WORDS}


@pytest.mark.parametrize(("body", "extra"), [(b"x" * LIMIT, {}), (chunks(LIMIT), CHUNKED), (b"", {})])
@pytest.mark.parametrize("headers", [JSON, FORM, {}])
def test_up_to_the_limit_everything_passes_whole(connection, body, extra, headers):
    assert post(connection, body, headers | extra) == (200, LIMIT if body else 0)


@pytest.mark.parametrize("headers", [JSON, {}, {"Content-Type": "text/plain"}, FORM])
@pytest.mark.parametrize("total", [LIMIT + 10_000, 5_000_000])
def test_larger_ones_are_refused_with_a_sentence(connection, headers, total):
    """Forms too: only the upload address counts them itself."""
    assert post(connection, b"x" * total, headers) == (413, REFUSED)
    assert post(connection, chunks(total), headers | CHUNKED) == (413, REFUSED)
    assert post(connection, b"{}", JSON) == (200, 2)  # the same connection goes on


def test_a_declared_length_is_refused_before_anything_is_sent(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_an_endless_body_is_refused_while_it_is_being_sent(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        for _ in range(LIMIT // 0x4000 + 1):
            client.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(("body", "extra"), [(b"x" * 3_000_000, {}), (chunks(3_000_000), CHUNKED)])
def test_uploads_pass_untouched(connection, body, extra):
    assert post(connection, body, FORM | extra, "/gradio_api/upload") == (200, 3_000_000)


def test_only_forms_count_as_uploads(connection):
    assert post(connection, b"x" * 3_000_000, JSON, "/gradio_api/upload") == (413, REFUSED)


def test_a_path_that_counts_by_itself_passes_and_no_other_that_ends_like_it(connection):
    assert post(connection, chunks(3_000_000), CHUNKED, "/live") == (200, 3_000_000)
    assert post(connection, chunks(3_000_000), CHUNKED, "/gradio_api/run/live") == (413, REFUSED)


def test_reading_passes(connection):
    connection.request("GET", "/gradio_api/queue/join")
    assert connection.getresponse().status == 200


def test_a_client_that_leaves_early_does_not_reach_the_app(port):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly this")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    assert post(connection, b"{}", JSON) == (200, 2)
    connection.close()
