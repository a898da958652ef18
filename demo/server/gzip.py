"""The page's plan and its answers, compressed on their way to the browser."""

import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 6  # of 9: the page becomes 68 kB in 13 ms
FASTEST = 1


class CompressedPage:
    """ASGI middleware: gzip for the page itself, which tells all its components: 595 kB.

    Files are left as they are: a part of one (a Range request) cannot be compressed by itself.
    """

    def __init__(self, app: ASGIApp, paths: tuple[str, ...] = ("/", "/config")) -> None:
        """Compress what is found at these paths, below the path that a proxy may have put before them."""
        self.app, self.paths = app, paths
        self.compressed = GZipMiddleware(app, minimum_size=1_000, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and scope["method"] == "GET" and _below_root(scope) in self.paths
        await (self.compressed if is_page else self.app)(scope, receive, send)


class CompressedAnswers:
    """ASGI middleware: gzip for Gradio's stream of answers, each event of which leaves at once.

    Maps are sent as base64, which is a third more than it says: 118 kB become 66 kB in 1.5 ms.
    """

    PATH = "/queue/data"

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_stream = scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith(self.PATH)
        if not is_stream or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        packer = zlib.compressobj(FASTEST, wbits=31)  # of 31: as a gzip file
        is_plain = True

        async def compressed(message: Message) -> None:
            nonlocal is_plain
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.add_vary_header("Accept-Encoding")
                is_plain = "text/event-stream" not in headers.get("content-type", "")
                if not is_plain:
                    headers["Content-Encoding"] = "gzip"
                    del headers["Content-Length"]
            elif not is_plain:
                ends = not message.get("more_body", False)
                body = packer.compress(message.get("body", b""))
                message = {**message, "body": body + packer.flush(zlib.Z_FINISH if ends else zlib.Z_SYNC_FLUSH)}
            await send(message)

        await self.app(scope, receive, compressed)


def _below_root(scope: Scope) -> str:
    root = scope.get("root_path", "").rstrip("/")
    path = scope["path"]
    return path[len(root) :] if root and path.startswith(f"{root}/") else path
