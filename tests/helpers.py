"""What tests of a running page share: its events, asked as a browser asks them; and what stands in its HTML."""

import json
import re
import uuid
from typing import Any

import httpx

JSON = {"Content-Type": "application/json"}


def unmarked(html: str) -> str:
    """HTML without the marks of the words that the glossary explains."""
    return re.sub(r"</?dfn\b[^>]*>", "", html)


def events_of(address: str) -> dict[str, int]:
    """Name -> id of the page's own events; of those with one name, the first.

    Args:
        address: of the page, http://127.0.0.1:PORT.
    """
    found = httpx.get(f"{address}/config").json()["dependencies"]
    return {event["api_name"]: event["id"] for event in reversed(found)}


def send(
    address: str, event: int, data: list[Any], event_data: Any = None, session: str = ""
) -> tuple[bool, dict[str, Any]]:
    """Success and output of one of the page's own events; each call is another reader's where none is named."""
    session = session or uuid.uuid4().hex
    body = {"data": data, "fn_index": event, "session_hash": session, "event_data": event_data}
    api = f"{address}/gradio_api/queue"
    httpx.post(f"{api}/join", content=json.dumps(body), headers=JSON).raise_for_status()
    with httpx.stream("GET", f"{api}/data", params={"session_hash": session}, timeout=60) as answer:
        for line in answer.iter_lines():
            if line.startswith("data:") and (message := json.loads(line[5:]))["msg"] == "process_completed":
                return message["success"], message["output"]
    raise AssertionError("The server closed the connection without an answer.")


def first_picture(address: str) -> dict[str, Any]:
    """The file that a page shows when it is opened, as the page names it in its events."""
    success, output = send(address, events_of(address)["start"], [None, "", ""])
    assert success, output
    return next(value for value in output["data"] if isinstance(value, dict) and value.get("path"))


def upload(address: str, name: str, data: bytes) -> dict[str, Any]:
    """A file that was sent to the page, as the page names it in its events."""
    files = {"files": (name, data, "image/jpeg")}
    path = httpx.post(f"{address}/gradio_api/upload", files=files, timeout=60).json()[0]
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
