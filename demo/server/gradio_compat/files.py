"""Files: where visitors' uploads are sent and lie, and how an event or a component names one."""

import inspect
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.server.gradio_compat.points import holds, point, source

if TYPE_CHECKING:
    import gradio as gr

CROP = ";crop="


def given_files(payload: Any) -> list[Any]:
    """The files that a component with preprocessing was given, each with `path` and `orig_name`: one, or a list."""
    return [file for file in getattr(payload, "root", [payload]) if file is not None]


def path_of(file: Any) -> str | None:
    """The path of a file as an event without preprocessing gets it; None where there is no such thing."""
    path = file.get("path") if isinstance(file, dict) else None
    return path if isinstance(path, str) else None


@point(
    "raw values",
    relies_on="an event without preprocessing gets a file as a dictionary with its `path`",
    otherwise="the events of the Explore tab go through Gradio's processing, which takes longer than to work them out",
)
def _names_files_by_path() -> bool:
    from gradio.data_classes import FileData

    return FileData(path="a", orig_name="b").model_dump()["path"] == "a"


def type_of(file: Any) -> str | None:
    """The type of such a file, as the browser says it; None where there is no such thing."""
    kind = file.get("mime_type") if isinstance(file, dict) else None
    return kind if isinstance(kind, str) else None


def with_crop(sent: Any, crop: str) -> Any:
    """A file that an image component sends to the page, with the square that is chosen of it; "" for the whole.

    The square is a parameter of the file's type ("image/png;crop=250,0,500"), which the browser sends back with every
    question: no other field of a file's both stays as it is and means nothing to Gradio. `crop.js` writes the same.
    """
    if crop and sent is not None and holds("file types"):
        return sent.model_copy(update={"mime_type": f"{sent.mime_type or 'image/*'}{CROP}{crop}"})
    return sent


def crop_text(kind: str | None) -> str:
    """What `with_crop` wrote into a file's type; "" for nothing."""
    return (kind or "").partition(CROP)[2] if holds("file types") else ""


@point(
    "file types",
    relies_on="a file's `mime_type` comes back from the browser as it was sent",
    otherwise="no part of a picture can be chosen, and every view shows the whole",
)
def _keeps_file_types() -> bool:
    from gradio.data_classes import FileData, ImageData

    sent = FileData(path="a", mime_type=f"image/png{CROP}1,2,3").model_dump()
    return ImageData.model_validate(sent).mime_type == sent["mime_type"] == f"image/png{CROP}1,2,3"


def sent_path(sent: Any) -> str | None:
    """The path of the file that an image component made of its value; None where that is not known."""
    path = getattr(sent, "path", None) if holds("sent pictures") else None
    return path if isinstance(path, str) and Path(path).is_file() else None


@point(
    "sent pictures",
    relies_on="`gr.Image.postprocess` writes the picture into the folder of uploads and returns its `path`",
    otherwise="a picture that the server sends to the page is decoded again when it comes back",
)
def _sends_pictures_from_its_cache() -> bool:
    import gradio as gr

    sent = gr.Image.postprocess
    return "save_image" in inspect.getsource(sent) or "postprocess_image" in inspect.getsource(sent)


def upload_folder() -> str:
    """Where Gradio puts what visitors send."""
    if holds("upload folder"):
        from gradio.utils import get_upload_folder

        return get_upload_folder()
    return os.environ.get("GRADIO_TEMP_DIR") or str(Path(tempfile.gettempdir()) / "gradio")


@point(
    "upload folder",
    relies_on="`gradio.utils.get_upload_folder` names the folder of uploads",
    otherwise="the folder is taken to be that of GRADIO_TEMP_DIR",
)
def _has_upload_folder() -> bool:
    from gradio.utils import get_upload_folder

    return isinstance(get_upload_folder(), str)


def first_files(page: "gr.Blocks") -> list[str]:
    """The paths of the files that a page begins with, in the folder of uploads."""
    values = [getattr(part, "value", None) for part in page.blocks.values()]
    return [path for value in values if (path := path_of(value))]


def upload_route() -> str:
    """The end of the address to which browsers send files as forms; "" where all forms are to be taken for such."""
    return "/upload" if holds("routes") else ""


@point(
    "routes",
    relies_on="files are sent to /upload, and the page is at / and /config",
    otherwise="the limit on the size of requests lets all forms pass, and the page may travel uncompressed",
)
def _has_routes() -> bool:
    routes = source("routes")
    return '@router.post("/upload"' in routes and '@app.get("/config"' in routes
