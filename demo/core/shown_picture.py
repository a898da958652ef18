"""What the page gets when it is to show another picture."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ShownPicture:
    """A picture that the page is to show."""

    picture: Any  # PIL picture, or the path of an example; None: the box becomes empty
    origin: (
        Any  # what it is and its name in the address, as `demo.pictures.picture_id.tag` writes it; "": somebody's own
    )
