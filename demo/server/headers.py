"""What the server asks of browsers: where a page may load from, who may show it in a frame, who may ask its events."""

import os

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.refusal import refusal

VARIABLE = "CONVSCOPE_FRAMES"
# A Space stands in a frame of huggingface.co; a notebook is a page of this machine.
FRAMES = "'self' https://huggingface.co https://*.hf.space http://localhost:* http://127.0.0.1:*"
ANY_FRAME = "*"
FOREIGN = "Only a page of this server may ask that. Programs can: they send no Sec-Fetch-Site."
# Gradio builds components by `new Function`, styles them in the page, and shows pictures as data: and blob: URLs.
SOURCES = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
# Of a page's 160 files most are code, on which half a kilobyte of headers each would say nothing.
CODE = ("text/javascript", "application/javascript", "text/css", "font/")
DOCUMENTS = ("text/html", "application/xhtml", "image/svg", "text/xml", "application/xml")


class SafeHeaders:
    """ASGI middleware: a content security policy and the like on documents; no events for pages of other servers."""

    def __init__(self, app: ASGIApp, frames: str = "") -> None:
        """`frames`: who may show the page in a frame, as in CSP's frame-ancestors; else what CONVSCOPE_FRAMES says."""
        self.app = app
        frames = frames or os.environ.get(VARIABLE) or FRAMES
        policy = SOURCES | ({} if frames == ANY_FRAME else {"frame-ancestors": " ".join(frames.split())})
        self.headers = {
            "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
            "Referrer-Policy": "same-origin",  # an address may name a visitor's own network
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                kind = headers.get("content-type", "")
                if not kind.startswith(CODE):
                    headers.setdefault("X-Content-Type-Options", "nosniff")
                if not kind or kind.startswith(DOCUMENTS):
                    for name, value in self.headers.items():
                        headers.setdefault(name, value)
            await send(message)

        is_foreign = scope["method"] == "POST" and Headers(scope=scope).get("sec-fetch-site") == "cross-site"
        answering = refusal(403, FOREIGN) if is_foreign else self.app
        await answering(scope, receive, with_headers)
