"""Files of few bytes that keep a decoder busy are refused before it starts; those that programs write are not."""

import io

import numpy as np
import pytest
from PIL import Image

from model_zoo.common.jpeg_work import JpegWork, is_too_much, jpeg_work
from model_zoo.common.picture_file import Limits, PictureError, open_picture, picture_size
from tests.pictures import with_scans

LIMITS = Limits(40_000_000, 10_000_000)


def jpeg(side: int = 64, most: int = 255, **how: object) -> bytes:
    values = np.random.default_rng(0).integers(0, most, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "JPEG", **how)
    return file.getvalue()


def test_scans_and_segments_are_counted():
    assert jpeg_work(jpeg()).scans == 1
    assert jpeg_work(jpeg(progressive=True)) == JpegWork(
        segments=24, scans=10, pixels=64 * 64
    )  # libjpeg's own script for colours
    again = jpeg_work(with_scans(jpeg(progressive=True), 40))
    assert again.scans == 50
    comment = b"\xff\xfe\x00\x06\xff\xda\xff\xda"  # what stands within a segment is none
    data = jpeg(progressive=True)
    assert jpeg_work(data[:2] + comment + data[2:]) == JpegWork(segments=25, scans=10, pixels=64 * 64)


def test_a_usual_picture_is_not_gone_through():
    # What follows the only scan of a baseline picture belongs to no scan for a decoder either.
    assert jpeg_work(jpeg()[:-2] + 500 * b"\xff\xda\x00\x02") == jpeg_work(jpeg())


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xc0", b"\xff\xd8\xff\xda\x00"])
def test_half_a_file_is_no_error(data: bytes):
    assert jpeg_work(data).scans <= 1


@pytest.mark.parametrize(
    "data",
    [
        with_scans(jpeg(progressive=True), 200),
        with_scans(jpeg(4000, 1, progressive=True), 30),  # 16 million pixels
        jpeg()[:2] + 100_000 * b"\xff\xe5\x00\x02" + jpeg()[2:],
        jpeg()[:2] + 2500 * b"\xff\xfe\x00\x10convscope test" + jpeg()[2:],
    ],
    ids=["scans", "scans of many pixels", "segments", "comments"],
)
def test_too_much_work_is_refused_in_words(data: bytes):
    for read in (open_picture, picture_size):
        with pytest.raises(PictureError, match="is built so that opening it takes too long; please save it anew"):
            read(data, LIMITS)


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"optimize": True}, {"icc_profile": b"x" * 5_000_000}])
def test_what_programs_write_is_opened(how: dict[str, object]):
    assert open_picture(jpeg(200, **how), LIMITS).size == (200, 200)
    assert not is_too_much(jpeg_work(jpeg(progressive=True)), 40_000_000)
