"""to_rgb: whatever Pillow opens or a program makes, as a viewer shows it."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from model_zoo.common.picture import to_rgb
from tests.pictures import (
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
    noise,
    quarters,
    saved,
)

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_an_upright_rgb_picture_passes_through_as_the_same_object():
    picture = noise(40, 30)
    assert to_rgb(picture) is picture
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.info = {"dpi": (72, 72), "icc_profile": srgb, "exif": marked(1).tobytes()}
    assert to_rgb(picture) is picture


@pytest.mark.parametrize("mark", STORED)
@pytest.mark.parametrize("kind", EXACT)
def test_straight_from_the_file_it_is_turned_once_and_the_given_picture_stays(tmp_path, kind, mark):
    stored = Image.fromarray(np.ascontiguousarray(STORED[mark](quarters())))
    given = Image.open(saved(tmp_path / "p", stored, format=kind, exif=marked(mark), **EXACT[kind]))
    once = to_rgb(given)
    assert once.size == (48, 32) and once.info == {} if mark > 1 else True
    assert_near(corners(once), CORNERS, 3)
    assert to_rgb(once) is once
    assert given.size == stored.size and given.getexif()[0x0112] == mark


@pytest.mark.parametrize(
    "picture",
    [
        Image.fromarray(RAMP),
        Image.fromarray(RAMP.astype(np.uint16) * 257),
        Image.fromarray(RAMP.astype(">u2") * np.uint16(257)),
        Image.fromarray(RAMP.astype(np.int32) * 257),
        Image.fromarray(RAMP.astype(np.int32)),
        Image.fromarray(RAMP.astype(np.float32)),
        Image.fromarray((RAMP / 255).astype(np.float32)),
        Image.fromarray(RAMP).convert("LA"),
        Image.fromarray(RAMP).convert("P"),
        Image.fromarray(RAMP).convert("RGB").convert("YCbCr"),
    ],
    ids=["L", "I;16", "I;16B", "I of 16 bits", "I of 8 bits", "F", "F to 1", "LA", "P", "YCbCr"],
)
def test_greys_of_every_mode_keep_their_steps(picture):
    for channel in np.asarray(to_rgb(picture)).transpose(2, 0, 1):
        assert_near(channel, RAMP, 1)


def test_values_that_no_screen_has_make_a_picture_all_the_same():
    values = np.array([[np.nan, -np.inf, -5.0, 0.0], [1e9, 5e8, 2.5e8, np.inf]], np.float32)
    assert np.asarray(to_rgb(Image.fromarray(values)))[..., 0].tolist() == [[0, 0, 0, 0], [255, 127, 63, 0]]


def test_a_palette_with_transparency_of_its_own():
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([255, 0, 100])
    picture.putalpha(51)
    assert picture.mode == "PA"
    assert_near(to_rgb(picture).getpixel((1, 1)), (255, 204, 224), 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGBa", "La"])
def test_what_is_transparent_lies_on_white(mode):
    picture = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    picture.paste((60, 60, 60, 255), (0, 0, 20, 20))
    picture = picture.convert("LA").convert(mode) if mode in ("LA", "La") else picture.convert(mode)
    seen = to_rgb(picture)
    assert [seen.getpixel((x, 10)) for x in (5, 35)] == [(60, 60, 60), (255, 255, 255)]


def test_one_transparent_value_of_a_16_bit_grey(tmp_path):
    values = np.full((8, 16), 60 * 257, np.uint16)
    values[:, 8:] = 1000
    picture = to_rgb(Image.open(saved(tmp_path / "p.png", Image.fromarray(values), transparency=1000)))
    assert [picture.getpixel((x, 4)) for x in (3, 12)] == [(60, 60, 60), (255, 255, 255)]


def test_bilevel_and_cmyk():
    assert to_rgb(Image.new("1", (4, 4), 1)).getpixel((1, 1)) == (255, 255, 255)
    assert_near(to_rgb(Image.new("CMYK", (4, 4), (0, 255, 255, 0))).getpixel((1, 1)), (255, 0, 0), 3)


# --------------------------------------------------------------------------------------------------- colour profiles


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_in_display_p3_become_those_of_srgb(mode):
    picture = Image.new("RGB", (8, 8), IN_P3)
    picture = picture.quantize(2) if mode == "P" else picture.convert(mode)
    picture.info["icc_profile"] = display_p3()
    seen = to_rgb(picture)
    assert_near(seen.getpixel((4, 4)), IN_SRGB, 1)
    assert seen.info == {} and to_rgb(seen) is seen


def test_a_profile_is_converted_before_what_is_transparent_is_mixed_with_white():
    picture = Image.new("RGBA", (8, 8), (*IN_P3, 51))  # a fifth
    picture.info["icc_profile"] = display_p3()
    assert_near(to_rgb(picture).getpixel((4, 4)), [255 - (255 - value) / 5 for value in IN_SRGB], 1)


@pytest.mark.parametrize("profile", [b"profile", b"\0" * 200, display_p3()[:150], b"x" * 5_000_000])
def test_a_profile_that_cannot_be_read_is_left_out_of_account(profile):
    picture = Image.new("RGB", (8, 8), RED)
    picture.info["icc_profile"] = profile
    assert to_rgb(picture).getpixel((4, 4)) == RED


def test_a_profile_of_other_colours_than_the_pictures_is_left_out_of_account():
    picture = Image.new("L", (8, 8), 100)
    picture.info["icc_profile"] = display_p3()
    assert to_rgb(picture).getpixel((4, 4)) == (100, 100, 100)
