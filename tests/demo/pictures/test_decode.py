"""open_image on real files of every kind that people have."""

import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from demo.pictures.decode import LONG_SIDE, open_image
from model_zoo.common.picture import SHORT_SIDE
from tests.pictures import (
    BLUE,
    CORNERS,
    EXACT,
    IN_P3,
    IN_SRGB,
    RED,
    STORED,
    assert_near,
    corners,
    display_p3,
    marked,
    png,
    quarters,
    saved,
)

pillow_heif.register_heif_opener()  # to save HEIC files


@pytest.mark.parametrize("kind", EXACT)
def test_a_picture_comes_back_as_it_was(tmp_path, kind):
    pixels = quarters()
    picture = open_image(saved(tmp_path / "wrong-name.txt", Image.fromarray(pixels), format=kind, **EXACT[kind]))
    assert (picture.mode, picture.size) == ("RGB", (48, 32))
    assert_near(np.asarray(picture), pixels, 3 if kind == "JPEG" else 0)


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("mark", STORED)
def test_orientation_marks_are_obeyed(tmp_path, kind, mark):
    stored = Image.fromarray(np.ascontiguousarray(STORED[mark](quarters())))
    picture = open_image(saved(tmp_path / "p", stored, format=kind, exif=marked(mark), **EXACT[kind]))
    assert picture.size == (48, 32)
    assert_near(corners(picture), CORNERS, 3)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_an_unreadable_orientation_mark_is_no_reason_to_refuse(tmp_path):
    path = saved(
        tmp_path / "p.jpg",
        Image.fromarray(quarters()),
        exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01",
        **EXACT["JPEG"],
    )
    assert_near(corners(open_image(path)), CORNERS, 3)


def test_position_and_profile_are_not_handed_on(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)  # latitude
    path = saved(tmp_path / "p.jpg", Image.fromarray(quarters()), exif=exif, icc_profile=b"profile", comment="me")
    assert Image.open(path).info.keys() >= {"exif", "icc_profile", "comment"}
    assert open_image(path).info == {}


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("mark", [1, 6])
def test_the_photos_of_phones(tmp_path, kind, mark):
    stored = Image.fromarray(np.ascontiguousarray(STORED[mark](quarters(200, 300))))
    picture = open_image(saved(tmp_path / "IMG_1", stored, format=kind, exif=marked(mark).tobytes(), quality=95))
    assert (picture.mode, picture.size, picture.info) == ("RGB", (300, 200), {})
    assert_near(corners(picture), CORNERS, 4)


@pytest.mark.parametrize("kind", [*EXACT, "AVIF", "HEIF"])
def test_an_embedded_colour_profile_is_converted(tmp_path, kind):
    options = EXACT.get(kind, {"quality": 100})
    path = saved(tmp_path / "p", Image.new("RGB", (64, 64), IN_P3), format=kind, icc_profile=display_p3(), **options)
    assert_near(open_image(path).getpixel((32, 32)), IN_SRGB, 3)


def test_cmyk(tmp_path):
    path = saved(tmp_path / "p.jpg", Image.new("CMYK", (64, 64), (0, 255, 255, 0)), quality=95)
    assert b"Adobe" in path.read_bytes()  # stored upside down, as Adobe programs do
    assert_near(open_image(path).getpixel((32, 32)), (255, 0, 0), 3)


def test_16_bit_grey_keeps_its_steps(tmp_path):
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    picture = open_image(saved(tmp_path / "p.png", Image.fromarray(values * 257)))
    assert picture.mode == "RGB"
    assert_near(np.asarray(picture)[..., 1], values)


def test_16_bit_colour(tmp_path):
    row = b"\0" + struct.pack(">3H", 65535, 257 * 128, 0) * 4
    picture = open_image(png(tmp_path / "p.png", 4, 4, 16, 2, row * 4))
    assert_near(picture.getpixel((1, 1)), (255, 128, 0))


def test_bilevel(tmp_path):
    image = Image.new("1", (20, 10), 1)
    image.paste(0, (0, 0, 10, 10))
    picture = open_image(saved(tmp_path / "p.png", image))
    assert [picture.getpixel((x, 5)) for x in (2, 17)] == [(0, 0, 0), (255, 255, 255)]


def test_palette(tmp_path):
    image = Image.fromarray(quarters()).quantize(4)
    assert image.mode == "P"
    assert_near(corners(open_image(saved(tmp_path / "p.png", image))), CORNERS, 2)


def transparent(mode: str) -> Image.Image:
    """Left half opaque red or dark grey, right half fully transparent (and black under it)."""
    colour, nothing = {"RGBA": ((*RED, 255), (0, 0, 0, 0)), "LA": ((60, 255), (0, 0))}[mode]
    image = Image.new(mode, (40, 20), nothing)
    image.paste(colour, (0, 0, 20, 20))
    return image


@pytest.mark.parametrize(
    ("mode", "kind", "seen"), [("RGBA", "PNG", RED), ("RGBA", "WEBP", RED), ("LA", "PNG", (60,) * 3)]
)
def test_what_is_transparent_becomes_white(tmp_path, mode, kind, seen):
    picture = open_image(saved(tmp_path / "p", transparent(mode), format=kind, **EXACT[kind]))
    assert [picture.getpixel((x, 10)) for x in (5, 35)] == [seen, (255, 255, 255)]


def test_half_transparent_is_mixed_with_white(tmp_path):
    path = saved(tmp_path / "p.png", Image.new("RGBA", (8, 8), (255, 0, 100, 51)))  # 51 / 255 = a fifth
    assert_near(open_image(path).getpixel((4, 4)), (255, 204, 224), 1)


@pytest.mark.parametrize("transparency", [1, bytes([255, 0])])
def test_palette_with_transparency(tmp_path, transparency):
    image = Image.new("P", (40, 20), 1)
    image.putpalette([*RED, 0, 0, 0])
    image.paste(0, (0, 0, 20, 20))
    picture = open_image(saved(tmp_path / "p.png", image, transparency=transparency))
    assert [picture.getpixel((x, 10)) for x in (5, 35)] == [RED, (255, 255, 255)]


@pytest.mark.parametrize(("mode", "colour", "clear"), [("L", 60, 0), ("RGB", RED, (0, 0, 0))])
def test_one_transparent_colour(tmp_path, mode, colour, clear):
    image = Image.new(mode, (40, 20), clear)
    image.paste(colour, (0, 0, 20, 20))
    picture = open_image(saved(tmp_path / "p.png", image, transparency=clear))
    assert picture.getpixel((35, 10)) == (255, 255, 255)
    assert picture.getpixel((5, 10)) == (RED if mode == "RGB" else (60, 60, 60))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation_counts(tmp_path, kind):
    first, second = Image.new("RGB", (24, 16), RED), Image.new("RGB", (24, 16), BLUE)
    path = saved(tmp_path / "p", first, format=kind, save_all=True, append_images=[second], duration=100, **EXACT[kind])
    assert Image.open(path).n_frames == 2
    assert_near(open_image(path).getpixel((12, 8)), RED)


def test_the_first_of_several_pictures_in_a_jpeg_counts(tmp_path):
    first, second = Image.new("RGB", (32, 32), RED), Image.new("RGB", (32, 32), BLUE)
    path = saved(tmp_path / "p.jpg", first, format="MPO", save_all=True, append_images=[second], quality=95)
    assert Image.open(path).n_frames == 2
    assert_near(open_image(path).getpixel((16, 16)), RED, 4)


def test_a_phone_photo_is_decoded_small_but_not_too_small(tmp_path, monkeypatch):
    decoded, load = [], JpegImageFile.load
    monkeypatch.setattr(JpegImageFile, "load", lambda self: decoded.append(self.size) or load(self))
    picture = open_image(saved(tmp_path / "p.jpg", Image.fromarray(quarters(3000, 4000)), quality=80))
    assert decoded[0] == picture.size == (500, 375)  # an eighth, which still has SHORT_SIDE pixels and more
    assert_near(corners(picture), CORNERS, 4)


@pytest.mark.parametrize(
    ("size", "result"),
    [
        ((1, 1), (1, 1)),
        ((1, 5000), (1, LONG_SIDE)),
        ((5000, 1), (LONG_SIDE, 1)),
        ((32, 32), (32, 32)),
        ((2 * SHORT_SIDE - 1, 700), (2 * SHORT_SIDE - 1, 700)),
        ((2 * SHORT_SIDE, 700), (SHORT_SIDE, 350)),
        ((600, 600), (300, 300)),
        ((300, 3000), (205, LONG_SIDE)),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_results_are_bounded_and_never_empty(tmp_path, size, result, mode):
    picture = open_image(saved(tmp_path / "p.png", Image.new(mode, size, RED)))
    assert picture.size == result
    assert_near(picture.getpixel((result[0] // 2, result[1] // 2)), RED)


def test_shrinking_averages(tmp_path):
    pixels = np.zeros((2048, 2048), np.uint8)
    pixels[:, ::2] = 200  # lines of one pixel: taking every fourth would give all or nothing
    assert_near(np.asarray(open_image(saved(tmp_path / "p.png", Image.fromarray(pixels))))[8:-8, 8:-8], 100, 2)


def test_many_threads_at_once(tmp_path):
    paths = [
        saved(
            tmp_path / f"{kind}-{mode}", Image.fromarray(quarters(600, 900)).convert(mode), format=kind, **EXACT[kind]
        )
        for kind, mode in [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "P")]
    ]
    alone = [np.asarray(open_image(path)) for path in paths]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda path: np.asarray(open_image(path)), paths * 8))
    for index, pixels in enumerate(together):
        assert np.array_equal(pixels, alone[index % len(paths)])
