"""A request that is refused, in a sentence."""

from starlette.responses import JSONResponse


def refusal(status: int, sentence: str) -> JSONResponse:
    """The answer, an ASGI app; FastAPI's clients read `detail`, Gradio's `error`."""
    return JSONResponse({"detail": sentence, "error": sentence}, status)
