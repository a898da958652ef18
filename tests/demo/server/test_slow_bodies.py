"""SlowBodies in front of a real server: who sends a byte now and then is given up, and who sends slowly is not."""

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

from demo.server.body_limit import TOO_SLOW, SlowBodies

GRACE, RATE = 1.0, 10_000


@pytest.fixture(scope="module")
def gone() -> list[str]:
    """What the app noticed of requests that were given up."""
    return []


@pytest.fixture(scope="module")
def port(gone: list[str]) -> Iterator[int]:
    async def length(request: Request) -> Response:
        try:
            return JSONResponse(len(await request.body()))
        except Exception as error:
            gone.append(type(error).__name__)
            raise

    app = Starlette(
        routes=[Route("/ask", length, methods=["GET", "POST"])],
        middleware=[Middleware(SlowBodies, grace=GRACE, rate=RATE)],
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def sent(port: int, pieces: list[bytes], length: int, pause: float) -> tuple[int, object]:
    """(status, JSON) of a request whose body comes in pieces; those after an answer are not sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        for piece in pieces:
            connection.sendall(piece)
            connection.settimeout(pause)
            try:
                if connection.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                continue
        connection.settimeout(20)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65_536)
        head, _, body = answer.partition(b"\r\n\r\n")
        wanted = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < wanted:
            body += connection.recv(65_536)
        return int(head.split()[1]), json.loads(body)


def test_a_byte_now_and_then_is_given_up_in_a_sentence_and_the_app_told(port: int, gone: list[str]) -> None:
    status, told = sent(port, 100 * [b"x"], 1000, pause=0.1)
    assert status == 408 and told == {"detail": TOO_SLOW, "error": TOO_SLOW}
    assert gone == ["ClientDisconnect"]


def test_what_comes_steadily_may_take_its_time(port: int) -> None:
    # Three times as long as a request of nothing may take.
    pieces = 30 * [2_000 * b"x"]
    assert sent(port, pieces, 60_000, pause=0.1) == (200, 60_000)


def test_between_two_requests_of_a_connection_nothing_is_owed(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(2):
        connection.request("POST", "/ask", b"abc")
        answer = connection.getresponse()
        assert answer.status == 200 and json.loads(answer.read()) == 3
        time.sleep(1.5 * GRACE)
    connection.close()
