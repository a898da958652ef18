"""How much ground a pixel of a photo shows, from what the camera wrote into the file; and the window that fits it.

Height above the ground times the camera's angle per pixel gives metres per pixel, straight below. The angle comes from

- `CalibratedFocalLength` in the XMP of some DJI cameras: the focal length in pixels; or
- EXIF FocalPlaneXResolution (sensor pixels per unit) and FocalLength; or
- EXIF FocalLengthIn35mmFilm, by the diagonal of 43.27 mm that it refers to (CIPA DCG-001). Cameras that crop a 4:3
  sensor to 16:9 mostly still tell that of the whole sensor, which makes the result up to 9 % too large.

The height comes from XMP `RelativeAltitude` (DJI and others: above the place of the start) or `AboveGroundAltitude`.
EXIF GPSAltitude is the height above the sea, which says nothing of the ground below, and is not used. Nothing else of
the metadata is looked at, the place least of all.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image

from model_zoo.aerial.survey import told_window
from model_zoo.common.picture_file import Limits, Source, opened
from model_zoo.model import Model

DIAGONAL_35 = 43.2666  # mm, of 36 x 24
UNITS = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}  # EXIF FocalPlaneResolutionUnit -> mm
LOOKS_DOWN = 15.0  # degrees from straight down up to which one resolution stands for the whole photo
HEIGHTS = (0.3, 10_000.0)  # metres above the ground that are believed
ALIKE = 1.25  # times by which two grounds may differ and still count as one size
COARSE = 2.0  # times fewer pixels than the network looks at, from where a window is called too coarse
MOST_XMP = 1_000_000  # bytes

_IFD, _PIXELS = ExifTags.IFD.Exif, ExifTags.Base.ExifImageWidth


@dataclass(frozen=True)
class Resolution:
    """Ground resolution of a photo, or why it is not known."""

    metres: float | None  # per pixel of the photo
    how: str  # in a clause: what it was taken from, or what is missing


def resolution(source: Source, limits: Limits) -> Resolution:
    """What the file says of its ground resolution.

    Raises:
        PictureError: it is no picture that can be opened.
    """
    with opened(source, limits) as image:
        return resolution_of(image)


def resolution_of(image: Image.Image) -> Resolution:
    """The same of a picture that was opened from its file and not changed since."""
    xmp, exif = _xmp(image), _exif(image)
    height, how_high = _height(xmp, exif)
    if height is None:
        return Resolution(None, how_high)
    tilt = _value(xmp, "GimbalPitchDegree")
    if tilt is not None and abs(tilt + 90) > LOOKS_DOWN:
        return Resolution(None, f"the camera looked {abs(tilt + 90):.0f}° away from straight down")
    angle, how_wide = _angle(image, xmp, exif)
    if angle is None:
        return Resolution(None, "the photo does not say how wide its camera sees")
    return Resolution(height * angle, f"{how_high} and {how_wide}")


def across(metres: float, width: int) -> Resolution:
    """The resolution of a photo of `width` pixels that shows `metres` of ground from left to right.

    Raises:
        ValueError: that cannot be; in words.
    """
    if not math.isfinite(metres) or not 0.05 <= metres <= 100_000:
        raise ValueError(f"A photo that shows {metres:g} m of ground is not believed: from 0.05 to 100,000 m can be.")
    return Resolution(metres / width, f"{metres:g} m of ground from left to right, as you say")


# -------------------------------------------------------------------------------------------------------- the network's


def told_metres(model: Model) -> float | None:
    """The card's `preprocessing.window_metres`: the side, in metres of ground, of the squares that the network was
    trained on. None where it does not say."""
    told = model.card["preprocessing"].get("window_metres")
    return float(told) if type(told) in (int, float) and 0 < told < 1e5 else None


def fitting_window(model: Model, found: Resolution) -> int | None:
    """Side in pixels of the photo of a window that shows as much ground as the network was trained on; None where the
    card or the photo does not say."""
    metres = told_metres(model)
    return max(1, round(metres / found.metres)) if metres and found.metres else None


def is_alike(model: Model, window: int, found: Resolution) -> bool | None:
    """Whether such windows show about as much ground as the network was trained on; None where nobody says."""
    fitting = fitting_window(model, found)
    return None if fitting is None else 1 / ALIKE <= window / fitting <= ALIKE


def in_words(model: Model, window: int, found: Resolution) -> str:
    """What the size of the windows rests on, in a sentence or two; "" for a network that knows of no ground."""
    metres, alike = told_metres(model), is_alike(model, window, found)
    if metres is None:
        return ""
    if found.metres is None:
        usual = told_window(model)
        scale = f", {1000 * metres / usual:.1f} mm a pixel" if usual else ""
        return (
            f"How much ground a pixel shows is not known: {found.how}. The network was trained on windows of "
            f"{metres:g} m{scale}; from another height its answers mean little. Give the metres that the photo shows "
            "from left to right, if you know them."
        )
    shows = f"Windows of {window:,} pixels show {window * found.metres:.2g} m of ground, by {found.how}"
    if not alike:
        return (
            f"{shows}. The network was trained on {metres:g} m: its answers mean little for these, and no area is told."
        )
    coarse = window < model.size / COARSE
    return f"{shows}; the network was trained on {metres:g} m." + (
        f" But they have far fewer pixels than the {model.size} that it looks at: the photo was taken from too high."
        if coarse
        else ""
    )


# --------------------------------------------------------------------------------------------------------- the metadata


def _height(xmp: str, exif: dict[int, Any]) -> tuple[float | None, str]:
    for name, words in (("AboveGroundAltitude", "above the ground"), ("RelativeAltitude", "above the start")):
        height = _value(xmp, name)
        if height is not None and HEIGHTS[0] <= height <= HEIGHTS[1]:
            return height, f"{height:g} m {words}"
    if ExifTags.GPS.GPSAltitude in (exif.get(ExifTags.IFD.GPSInfo) or {}):
        return None, "the photo tells only its height above the sea, not above the ground"
    return None, "the photo does not say from how high it was taken"


def _angle(image: Image.Image, xmp: str, exif: dict[int, Any]) -> tuple[float | None, str]:
    """Width of a pixel over the distance, straight ahead; and where that comes from."""
    camera = exif.get(_IFD) or {}
    # A photo that was made smaller since may still tell its size of before, to which these values belong.
    before = _positive(camera.get(_PIXELS)) or image.width
    shrunk = before / max(image.size) if before >= max(image.size) else 1.0
    calibrated = _value(xmp, "CalibratedFocalLength")
    if calibrated and 100 <= calibrated <= 100_000:
        return shrunk / calibrated, f"a focal length of {calibrated:.0f} pixels"
    focal = _positive(camera.get(ExifTags.Base.FocalLength))
    density = _positive(camera.get(ExifTags.Base.FocalPlaneXResolution))
    unit = UNITS.get(camera.get(ExifTags.Base.FocalPlaneResolutionUnit, 2))
    if focal and density and unit:
        pitch = unit / density  # mm
        if 0.0005 <= pitch <= 0.05:  # of real sensors; other values are a writer's mistake
            return shrunk * pitch / focal, f"a focal length of {focal:g} mm on pixels of {1000 * pitch:.2f} µm"
    equivalent = _positive(camera.get(ExifTags.Base.FocalLengthIn35mmFilm))
    if equivalent:
        diagonal = math.hypot(*image.size)
        return DIAGONAL_35 / equivalent / diagonal, f"a focal length like {equivalent:g} mm on 35 mm film"
    return None, ""


def _xmp(image: Image.Image) -> str:
    data = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if isinstance(data, str):
        return data[:MOST_XMP]
    return data[:MOST_XMP].decode("utf-8", errors="replace") if isinstance(data, bytes) else ""


def _exif(image: Image.Image) -> dict[int, Any]:
    """The directories of the camera and of the position, by their tags; {} where they cannot be read."""
    try:
        exif = image.getexif()
        return {tag: dict(exif.get_ifd(tag)) for tag in (_IFD, ExifTags.IFD.GPSInfo)}
    except Exception:  # damaged metadata can bring nearly anything out of the reader; no reason to refuse
        return {}


def _value(xmp: str, name: str) -> float | None:
    """A number of an XMP packet, written as an attribute or as an element, whatever the prefix of its name."""
    found = re.search(rf'[\w-]+:{name}\s*(?:=\s*["\']([^"\'<>]{{1,40}})["\']|>([^<>]{{1,40}})<)', xmp)
    text = (found.group(1) or found.group(2)).strip() if found else ""
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?(/\d+)?", text):
        return None
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom) if bottom and float(bottom) else float(top)


def _positive(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) and number > 0 else None
