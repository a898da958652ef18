"""Crop: the square of a picture that its reader has chosen, as one typed value that is also a text.

It is counted in thousandths of the picture, not in pixels: the same square comes out of a file at whatever size it was
decoded, and of an example that a later version ships at another size.
"""

import re
from dataclasses import dataclass

WHOLE = 1000
SMALLEST = 100  # of `size`: of a shorter side of 256 pixels, about as many as the smallest networks get


@dataclass(frozen=True)
class Crop:
    """A square: its left edge in thousandths of the width, its top edge in those of the height, and its side in those
    of the shorter side of the upright picture."""

    left: int  # 0..1000
    top: int  # 0..1000
    size: int  # 100..1000

    @classmethod
    def parse(cls, text: object) -> "Crop | None":
        """The square of a text such as "250,0,500", each number brought within its range; None for any other text."""
        found = re.fullmatch(r"(-?[0-9]{1,6}),(-?[0-9]{1,6}),(-?[0-9]{1,6})", text) if isinstance(text, str) else None
        if found is None:
            return None
        left, top, size = map(int, found.groups())
        return cls(_within(left, 0), _within(top, 0), _within(size, SMALLEST))

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.size}"

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, upper, right and lower edge in pixels, as Pillow counts them, in a picture of that size.

        Halves are rounded up. A square that would reach beyond the picture is moved back into it.
        """
        side = max(1, _rounded(self.size * min(width, height)))
        left = min(_rounded(self.left * width), width - side)
        top = min(_rounded(self.top * height), height - side)
        return left, top, left + side, top + side


def _within(number: int, least: int) -> int:
    return max(least, min(WHOLE, number))


def _rounded(thousandths: int) -> int:
    return (thousandths + WHOLE // 2) // WHOLE
