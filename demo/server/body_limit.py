"""What a request may cost: the one limit that Gradio leaves to the server it runs in."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.refusal import refusal


class BodyLimit:
    """ASGI middleware: answers 413 to a request whose body has more than `limit` bytes, before the app reads it.

    Gradio's own `max_file_size` covers files sent to its upload address, which pass untouched here, but neither a
    picture written into JSON as a `data:` URL nor a JSON body that merely calls itself a form.
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: str = "/upload", counted: tuple[str, ...] = ()) -> None:
        """Limit all bodies to `limit` bytes, other than multipart forms sent to a path that ends with `uploads`.

        Bodies for the paths `counted`, or below one that ends with "/", pass as well: what answers there counts them
        as they come.
        """
        self.app, self.limit, self.uploads, self.counted = app, limit, uploads, counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or self._passes(scope):
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self.limit:
            return await self._refuse(scope, receive, send)
        # The body is held back until it is complete, since a chunked one does not tell its length in advance and an
        # app that has begun to answer cannot be refused any more. It costs no memory: JSON is read whole anyway.
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None  # the client has gone
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.limit:
                return await self._refuse(scope, receive, send)
        messages = iter([{"type": "http.request", "body": bytes(body), "more_body": False}])

        async def replay() -> Message:
            return next(messages, None) or await receive()  # afterwards: the message that the client has gone

        return await self.app(scope, replay, send)

    def _passes(self, scope: Scope) -> bool:
        # All of the path: Gradio has addresses that end as a visitor likes, and reads what is sent there whole.
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if any(path == each or (each.endswith("/") and path.startswith(each)) for each in self.counted):
            return True
        kind = dict(scope["headers"]).get(b"content-type", b"").lower()
        return kind.startswith(b"multipart/form-data") and scope["path"].endswith(self.uploads)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        # No "connection: close": the server would hang up on a client that is still sending, which would then see a
        # broken connection in place of this sentence.
        sentence = f"This request is larger than {self.limit / 1e6:g} MB. Please send a smaller picture, as a file."
        await refusal(413, sentence)(scope, receive, send)
