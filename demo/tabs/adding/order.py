"""What somebody wrote into the form, checked: nothing of it is looked at elsewhere before."""

import json
import math
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from demo.core.payloads import text
from demo.errors import UserError
from demo.server.gradio_compat import upload_folder
from model_zoo import libraries
from model_zoo.adopting.adopt import slug
from model_zoo.adopting.preprocessing import LARGEST
from model_zoo.onnx_graph.limits import MOST_BYTES

GRAPHS, WEIGHTS = ".onnx", ".safetensors"
MOST_TITLE = 60  # characters
MOST_LABEL = 200
MOST_CLASSES_TEXT = 1_000_000
NO_FILE = "Choose a file first: a network as .onnx, or its weights as .safetensors."
GONE = "The file is no longer on this server. Please choose it again."
WRONG = (
    "{} is neither an .onnx nor a .safetensors file. A .pth or .pt file may hold a program and is not read here: save "
    "its weights with safetensors.torch.save_file(net.state_dict(), 'net.safetensors')."
)
NO_ARCHITECTURE = (
    "A .safetensors file holds weights alone: choose the architecture they are for. {!r} is none of the list."
)
BAD_CLASSES = (
    "The classes are not understood. Write one name a line in the order of the network's outputs, or give JSON: a list "
    "of names, or an object of numbers and names."
)


@dataclass(frozen=True)
class Form:
    """A form that was filled in; None and "" where nothing was written."""

    file: Path
    architecture: str  # as `architectures` lists it; "" of an ONNX file
    name: str  # as a folder can have it
    title: str
    classes: list[str] | None
    size: int | None  # pixels
    mean: list[float] | None  # one number or three, of pixels from 0 to 1
    std: list[float] | None


@lru_cache(maxsize=1)
def architectures() -> list[str]:
    """The image classifiers of torchvision, and "timm:NAME" of timm's where that is installed."""
    found = libraries.names("torchvision")
    with suppress(ValueError):  # it is not installed
        found = [*found, *(f"timm:{name}" for name in libraries.names("timm"))]
    return found


def form(data: Any) -> Form:
    """The form as a browser sent it: texts by the names of its fields, and the `file` that it uploaded.

    Raises:
        UserError: something in it is missing or cannot be; the message says what.
    """
    data = data if isinstance(data, dict) else {}
    file = _file(text(data, "file"))
    architecture = "" if file.suffix == GRAPHS else text(data, "architecture").strip()
    if file.suffix == WEIGHTS and architecture not in architectures():
        raise UserError(NO_ARCHITECTURE.format(architecture[:MOST_TITLE]))
    title = text(data, "title").strip()
    if len(title) > MOST_TITLE:
        raise UserError(f"A title has at most {MOST_TITLE} characters; this one has {len(title)}.")
    return Form(
        file,
        architecture,
        slug(title or file.stem),
        title,
        classes(text(data, "classes")),
        _size(text(data, "size")),
        _colours("mean", text(data, "mean")),
        _colours("standard deviation", text(data, "std")),
    )


def classes(written: str) -> list[str] | None:
    """The names of the classes, one a line or as JSON, in the order of the outputs; None where nothing is written.

    JSON may be a list of names, or an object: number -> name, number -> [identifier, name] as for ImageNet, or name ->
    number.

    Raises:
        UserError: they are not understood.
    """
    if len(written) > MOST_CLASSES_TEXT:
        raise UserError(f"The names of the classes have more than {MOST_CLASSES_TEXT / 1e6:.0f} million characters.")
    written = written.removeprefix("\ufeff").strip()
    if not written:
        return None
    found = written.splitlines()
    if written[0] in "[{":
        with suppress(ValueError, RecursionError):
            found = _of_json(json.loads(written))
    names = [name.strip() for name in found if isinstance(name, str)]
    if not names or len(names) != len(found) or not all(names):
        raise UserError(BAD_CLASSES)
    if len(long := max(names, key=len)) > MOST_LABEL:
        raise UserError(f"The name of a class has at most {MOST_LABEL} characters; {long[:40]!r}… has {len(long)}.")
    return names


def _of_json(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not value:
        return [None]
    count = len(value)
    if all(type(number) is int for number in value.values()):  # class_to_idx
        value = {str(number): name for name, number in value.items()}
    in_order = [value.get(str(number)) for number in range(count)]
    return [each[-1] if isinstance(each, list) and each else each for each in in_order]


def _file(path: str) -> Path:
    if not path:
        raise UserError(NO_FILE)
    try:
        found = Path(path).resolve()
        is_there = found.is_relative_to(Path(upload_folder()).resolve()) and found.is_file()
        size = found.stat().st_size if is_there else 0
    except (OSError, ValueError) as error:
        raise UserError(GONE) from error
    if not is_there:
        raise UserError(GONE)
    if found.suffix.lower() not in (GRAPHS, WEIGHTS):
        raise UserError(WRONG.format(found.name[:MOST_TITLE]))
    if found.suffix not in (GRAPHS, WEIGHTS):  # .ONNX
        raise UserError(f"Please write the end of the file's name in small letters: {found.suffix.lower()}.")
    if size > MOST_BYTES:
        raise UserError(f"{found.name} has {size / 1e6:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are taken.")
    return found


def _size(written: str) -> int | None:
    written = written.strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 4 and 1 <= int(written) <= LARGEST):
        raise UserError(f"The picture size is a whole number of pixels from 1 to {LARGEST}.")
    return int(written)


def _colours(what: str, written: str) -> list[float] | None:
    parts = written.replace(",", " ").replace(";", " ").split()
    if not parts:
        return None
    wrong = f"The {what} is one number, or three with commas between them: 0.485, 0.456, 0.406."
    try:
        found = [float(part) for part in parts[:4]]
    except ValueError as error:
        raise UserError(wrong) from error
    if len(found) not in (1, 3) or len(parts) > 3 or not all(map(math.isfinite, found)):
        raise UserError(wrong)
    if what != "mean" and min(found) < 1e-6:
        raise UserError(f"Pixels are divided by the {what}, so it must be above 0.")
    return found
