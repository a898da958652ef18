"""Networks for own classes, or any others, to take home as a zip and to bring back."""

from pathlib import Path

from model_zoo import Model
from model_zoo.entries import entry_zip
from model_zoo.explain.code import source


def take_home(model: Model, path: Path) -> None:
    """Write an entry as a zip with a `predict.py` that needs torch, numpy, Pillow and safetensors alone.

    Raises:
        ValueError: the network cannot be written as code; the message is a sentence.
        OSError: the zip cannot be written.
    """
    entry_zip.write(model, source(model, entry_zip.PROGRAM), path)


def bring_back(path: Path, out: Path, called: str = "", libraries: bool = True) -> Model:
    """The entry in such a zip, of anybody, as the folder `out`; see `model_zoo.entries.entry_zip.read`."""
    return entry_zip.read(path, out, called, libraries)
