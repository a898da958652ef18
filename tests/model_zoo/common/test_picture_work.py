"""Which pictures are cheap to decode is told from their headers."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from model_zoo.common.picture_file import Limits, PictureError, is_light, picture_size
from model_zoo.common.picture_work import MOST_CHUNKS, png_chunks, webp_pixels
from tests.pictures import encoded, noise, with_scans

LIMITS = Limits(40_000_000, 10_000_000)
HEADER = 33  # bytes before the second chunk of a PNG


@pytest.mark.parametrize(
    "more", [{}, {"lossless": True}, {"exif": b"Exif\0\0"}, {"save_all": True, "append_images": [noise(333, 77, 1)]}]
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_tells_its_size_however_it_was_written(mode: str, more: dict[str, object]) -> None:
    assert webp_pixels(encoded(noise(333, 77).convert(mode), "WEBP", **more)) == 333 * 77


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WEBPABCD" + bytes(20)])
def test_a_webp_without_a_size_counts_as_large(data: bytes) -> None:
    assert webp_pixels(data) > LIMITS.pixels


def chunks(count: int) -> bytes:
    data, name = encoded(noise(64, 64), "PNG"), b"prVt"
    chunk = struct.pack(">I", 0) + name + struct.pack(">I", zlib.crc32(name))
    return data[:HEADER] + count * chunk + data[HEADER:]


def test_chunks_are_counted() -> None:
    assert png_chunks(encoded(noise(64, 64), "PNG")) == 3  # IHDR, IDAT, IEND
    assert png_chunks(chunks(500)) == 503
    assert png_chunks(chunks(500), 100) == 101


def test_a_flood_of_chunks_is_refused_in_words() -> None:
    with pytest.raises(PictureError, match="is built so that opening it takes too long; please save it anew"):
        picture_size(chunks(MOST_CHUNKS), LIMITS)
    assert picture_size(chunks(5000), LIMITS) == (64, 64)


def test_what_is_light() -> None:
    small, wide = Image.new("RGB", (1200, 900)), Image.new("RGB", (2100, 2000))
    light = {kind: is_light(encoded(small, kind), LIMITS) for kind in ("JPEG", "PNG", "WEBP", "AVIF")}
    assert light == {"JPEG": True, "PNG": True, "WEBP": True, "AVIF": False}
    assert [is_light(encoded(wide, kind), LIMITS) for kind in ("JPEG", "PNG", "WEBP")] == [True, False, False]
    progressive = encoded(small, "JPEG", progressive=True)
    assert is_light(progressive, LIMITS) and not is_light(with_scans(progressive, 10), LIMITS)
    assert not is_light(chunks(3000), LIMITS)


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="could not be opened"):
        is_light(tmp_path / "none.png", LIMITS)
