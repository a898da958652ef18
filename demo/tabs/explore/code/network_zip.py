"""A network as PyTorch code to take home, made when somebody asks for it and kept for the next one who does."""

import shutil
import threading

from demo.errors import UserError
from demo.server.paths import work_folder
from demo.share.onnx import digest, file_name
from model_zoo import Model
from model_zoo.explain import code

_one = threading.Lock()


def path_of(model: Model) -> str:
    """The path of a zip with the network's file, its weights and how to run it.

    Raises:
        UserError: it cannot be written as code; the message says why.
    """
    home = work_folder() / "code" / digest(model.name)
    # The card holds the checksum of the weights: what was trained further has another file.
    folder = home / digest(model.card)
    path = folder / f"{file_name(model.name)}-pytorch.zip"
    with _one:
        if not path.is_file():
            shutil.rmtree(home, ignore_errors=True)
            folder.mkdir(parents=True)
            unfinished = path.with_suffix(".tmp")
            try:
                code.bundle(model, unfinished)
            except ValueError as error:
                raise UserError(str(error)) from error
            unfinished.rename(path)
    return str(path)
