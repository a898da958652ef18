"""A drawing by its name."""

from PIL import Image

from demo.pictures.drawings import animals, hoofed, vehicles


def painted(name: str) -> Image.Image:
    """The drawing of that name (`Drawing.name`): RGB, 320 x 320.

    Raises:
        AttributeError: there is none.
    """
    room = next((room for room in (vehicles, animals) if hasattr(room, name)), hoofed)
    return getattr(room, name)()
