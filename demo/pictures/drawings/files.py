"""The drawings as files, which lie beside this module; `python -m demo.pictures.drawings` paints them anew."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
QUALITY = 88  # of the JPEGs


@dataclass(frozen=True)
class Drawing:
    """What a drawing shows."""

    name: str  # of its file, and of the function that paints it
    shows: str  # the class of CIFAR-10

    @property
    def path(self) -> Path:
        """Its file: a JPEG, 320 x 320."""
        return FOLDER / f"{self.name}.jpg"


DRAWINGS = {
    "Drawing of a ship": Drawing("ship", "ship"),
    "Drawing of an airplane": Drawing("airplane", "airplane"),
    "Drawing of a car": Drawing("automobile", "automobile"),
    "Drawing of a truck": Drawing("truck", "truck"),
    "Drawing of a sailing ship": Drawing("sailing_ship", "ship"),
    "Drawing of a horse": Drawing("horse", "horse"),
    "Drawing of a deer": Drawing("deer", "deer"),
    "Drawing of a dog": Drawing("dog", "dog"),
    "Drawing of a cat": Drawing("cat", "cat"),
    "Drawing of a bird": Drawing("bird", "bird"),
    "Drawing of a frog": Drawing("frog", "frog"),
}
"""Title -> drawing; all four CIFAR-10 networks that ship answer each of them rightly, which a test holds."""
