"""From any Pillow picture to what a person sees and a network learned from: upright, sRGB, 8 bits, nothing transparent.

Every way to a network goes through `to_rgb`: the page, its API, `Model.prepare`, the decoding before a training. Files
are opened by `model_zoo.common.picture_file`.
"""

import hashlib
import logging
from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

from model_zoo.common.lru_cache import LRUCache

SHORT_SIDE = 256
"""Larger pictures are first shrunk by a whole number to a shorter side from this to below twice this, before they are
resized for a network: by every way alike, as at training, and much faster than one large step."""
MOST_PROFILE = 4_000_000  # bytes of a colour profile that is obeyed; those of printing presses have up to 3 million
SAME = 2  # levels of 255 by which a profile may differ from sRGB and is still taken for it: others' roundings of it
_SPACES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}  # a profile's kind of colours -> Pillow's mode
Shrink = Callable[[Image.Image], Image.Image]
_Transform = ImageCms.ImageCmsTransform | None  # None: the colours are sRGB as they are
_transforms: LRUCache[tuple[_Transform]] = LRUCache(16)  # each holds up to a few MB

_log = logging.getLogger(__name__)


def to_rgb(picture: Image.Image, shrink: Shrink | None = None) -> Image.Image:
    """The picture as a viewer shows it, for a network.

    - A camera's orientation mark (EXIF, 1 to 8) is obeyed.
    - 16-bit greys become 8-bit ones by their high byte, as Pillow does with 16-bit colours. Of 32-bit greys (modes I
      and F) values up to 255 count as 8-bit, up to 65,535 as 16-bit, larger ones relative to the largest; floats none
      of which is above 1 count from 0 to 1.
    - An embedded colour profile is converted to sRGB (perceptual intent). One that cannot be read, is of more than
      `MOST_PROFILE` bytes or of another kind of colours than the picture is left out of account.
    - What is transparent lies on white, as on paper.

    Args:
        shrink: what to do with the pixels before their colours are converted, which takes a second for 12 million of
            them: from an upright picture of mode L, RGB, RGBA or CMYK to one of the same mode.

    Returns:
        A picture of mode RGB without a mark, a profile or other metadata to obey. The very same object where that is
        what it was given, so that applying it twice costs nothing and changes nothing; else a new picture, and the one
        given stays as it is.

    Raises:
        OSError: the picture was opened from a file whose pixels cannot be read.
    """
    shrink = shrink or _as_it_is
    if _is_plain(picture):
        return shrink(picture)
    changed = on_white(to_srgb(shrink(averageable(upright(picture)))))
    if changed is picture and type(picture) is Image.Image:
        return picture  # its metadata ask for nothing
    changed = changed.copy() if changed is picture else changed
    changed.info = {}
    return changed


def _as_it_is(picture: Image.Image) -> Image.Image:
    return picture


def _is_plain(picture: Image.Image) -> bool:
    """Whether it is RGB and nothing is known of it but pixels."""
    return type(picture) is Image.Image and picture.mode == "RGB" and not picture.info and orientation(picture) == 1


def orientation(picture: Image.Image) -> int:
    """The mark of how the camera was held: 1 to 4 upright or upside down, 5 to 8 lying on its side; 1 without one."""
    try:
        mark = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception as error:  # damaged metadata can bring nearly anything out of the reader; no reason to refuse
        _log.debug("An orientation mark could not be read: %r", error)
        return 1
    return mark if isinstance(mark, int) and 1 <= mark <= 8 else 1


def upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its mark says; the picture itself where there is nothing to turn."""
    picture.load()  # a PNG's mark may stand after its pixels
    if orientation(picture) == 1:
        return picture
    try:
        return ImageOps.exif_transpose(picture)
    except Exception as error:  # the mark can be read, but what stands beside it cannot be written again
        _log.debug("An orientation mark could not be obeyed: %r", error)
        return picture


def averageable(picture: Image.Image) -> Image.Image:
    """The picture as L, RGB, RGBA or CMYK of 8 bits, whose values can be averaged, unlike the numbers of a palette."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _eight_bits(picture)
    if picture.mode == "La":
        picture = picture.convert("LA")  # the only mode that Pillow converts it to
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    if picture.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB") or picture
    mode = "L" if picture.mode in ("1", "L") else picture.mode if picture.mode == "CMYK" else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Greys of more than 8 bits as L, or RGBA where one of them is declared transparent."""
    values, clear = np.asarray(picture), picture.info.get("transparency")
    if picture.mode.startswith("I;16"):
        # Pillow's own conversion turns every value above 255 white. The high byte is the exact reverse of how 8-bit
        # greys are widened to 16 bits (v * 257), and is what Pillow takes for 16-bit colours.
        grey = (values >> 8).astype(np.uint8)
    else:
        finite = np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0).clip(0)
        most = finite.max(initial=0)
        if picture.mode == "F" and most <= 1:
            finite *= 255
        elif most > 255:
            finite /= 256 if most <= 65535 else most / 255
        grey = finite.astype(np.uint8)
    result = Image.fromarray(grey)
    if isinstance(clear, int):
        result = result.convert("RGBA")
        result.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    if "icc_profile" in picture.info:
        result.info["icc_profile"] = picture.info["icc_profile"]
    return result


def to_srgb(picture: Image.Image) -> Image.Image:
    """The picture in the colours of sRGB: the same L, RGB or RGBA one without a profile, else RGB or RGBA.

    Args:
        picture: what `averageable` gives.
    """
    profile = picture.info.get("icc_profile")
    space = "RGB" if picture.mode == "RGBA" else picture.mode
    if not profile or len(profile) > MOST_PROFILE or _SPACES.get(profile[16:20]) != space:
        return picture
    key = hashlib.blake2b(profile, digest_size=16).digest()
    (transform,) = _transforms.get(key, lambda: (_to_srgb(profile, space),))
    if transform is None:
        return picture
    if picture.mode != "RGBA":
        return transform.apply(picture)
    colours = transform.apply(picture.convert("RGB"))
    colours.putalpha(picture.getchannel("A"))
    return colours


def _to_srgb(profile: bytes, space: str) -> _Transform:
    """The way from a profile to sRGB; None where the profile is sRGB itself, or cannot be read."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), space, "RGB")
        if space != "CMYK":
            probe = _probe(space)
            difference = np.asarray(transform.apply(probe), int) - np.asarray(probe.convert("RGB"), int)
            if np.abs(difference).max() <= SAME:
                return None
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        _log.debug("A colour profile could not be read: %r", error)
        return None
    return transform


def _probe(space: str) -> Image.Image:
    """Every grey, or 16 x 16 x 16 colours from black to white."""
    if space == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    steps = np.arange(0, 256, 17, dtype=np.uint8)
    return Image.fromarray(np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(64, 64, 3))


def reduced(picture: Image.Image, short_side: int = SHORT_SIDE) -> Image.Image:
    """A large picture with a shorter side from `short_side` to below twice that, every pixel an average of all that it
    replaces; a smaller one as it is."""
    times = min(picture.size) // short_side
    return picture.reduce(times) if times >= 2 else picture


def on_white(picture: Image.Image) -> Image.Image:
    """RGB, with what is transparent lying on white, as on paper; an RGB picture as it is."""
    if picture.mode != "RGBA":
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture)
    return white
