"""Own classes for a page, in its own process: a click that adds a picture cannot wait for a process to start.

    collection = own.Collection(("cat", "dog"), (), ()).with_pictures([own.of_image(picture, "1.jpg")], 0)
    head = own.quick_head(collection, body)                     # after every picture: a few milliseconds
    found = own.teach(collection, own.bodies(), say)            # validation, confusions, remarks
    model = own.write(found, folder)                            # an entry; own.take_home(model, path) for the zip
    own.judge(found, model)                                     # and what tells which pictures it knows, into the entry

Here stand only the names; what they name needs PyTorch and is imported at its first use.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from train.tools.own.body import Body
    from train.tools.own.fine_tune import held_out
    from train.tools.own.head import Head
    from train.tools.own.home import bring_back, take_home
    from train.tools.own.judging import judge
    from train.tools.own.own_entry import write
    from train.tools.own.pictures import Collection, DataError, OwnPicture, of_file, of_image, whole
    from train.tools.own.reading import read
    from train.tools.own.remarks import remarks
    from train.tools.own.scenes import scenes
    from train.tools.own.teach import Taught, answer, bodies, quick_head, teach
    from train.tools.own.tune_stream import tuned
    from train.tools.own.validation import Validation

__all__ = [
    "Body",
    "Collection",
    "DataError",
    "Head",
    "OwnPicture",
    "Taught",
    "Validation",
    "answer",
    "bodies",
    "bring_back",
    "held_out",
    "judge",
    "of_file",
    "of_image",
    "quick_head",
    "read",
    "remarks",
    "scenes",
    "take_home",
    "teach",
    "tuned",
    "whole",
    "write",
]

_HOMES = {
    "body": ("Body",),
    "fine_tune": ("held_out",),
    "head": ("Head",),
    "home": ("bring_back", "take_home"),
    "judging": ("judge",),
    "own_entry": ("write",),
    "pictures": ("Collection", "DataError", "OwnPicture", "of_file", "of_image", "whole"),
    "reading": ("read",),
    "remarks": ("remarks",),
    "scenes": ("scenes",),
    "teach": ("Taught", "answer", "bodies", "quick_head", "teach"),
    "tune_stream": ("tuned",),
    "validation": ("Validation",),
}


def __getattr__(name: str) -> Any:
    """A name at its first use (PEP 562)."""
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"train.tools.own.{home}"), name)
    globals()[name] = value
    return value
