"""open_image on real files: every kind that people have, and every kind that goes wrong."""

import logging
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from demo.pictures.decode import LONG_SIDE, MAX_PIXELS, SHORT_SIDE, open_image
from tests.conftest import ROOT
from tests.pictures import black_png, png

RED, GREEN, BLUE, GREY = (200, 30, 40), (30, 160, 60), (40, 60, 190), (120, 120, 120)
EXACT = {"JPEG": {"quality": 95, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": True}}


def quarters(height: int = 32, width: int = 48) -> np.ndarray:
    """uint8 (height, width, 3) with a colour of its own in each corner, so that no turn goes unseen."""
    pixels = np.empty((height, width, 3), np.uint8)
    top, left = slice(0, height // 2), slice(0, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    pixels[top, left], pixels[top, right] = RED, GREEN
    pixels[bottom, left], pixels[bottom, right] = BLUE, GREY
    return pixels


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middles of the four quarters, from the top left in reading order."""
    w, h = picture.size
    return [picture.getpixel((x, y)) for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def assert_near(found, expected, tolerance: int = 0) -> None:
    assert np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= tolerance, (found, expected)


def saved(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$") as caught:
        open_image(path)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------- what people have


@pytest.mark.parametrize("kind", EXACT)
def test_a_picture_comes_back_as_it_was(tmp_path, kind):
    pixels = quarters()
    picture = open_image(saved(tmp_path / "wrong-name.txt", Image.fromarray(pixels), format=kind, **EXACT[kind]))
    assert (picture.mode, picture.size) == ("RGB", (48, 32))
    assert_near(np.asarray(picture), pixels, 3 if kind == "JPEG" else 0)


# How a camera stores an upright picture under each mark, from the table in the EXIF standard (not from Pillow's).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("mark", STORED)
def test_orientation_marks_are_obeyed(tmp_path, kind, mark):
    exif = Image.Exif()
    exif[0x0112] = mark
    stored = Image.fromarray(np.ascontiguousarray(STORED[mark](quarters())))
    picture = open_image(saved(tmp_path / "p", stored, format=kind, exif=exif, **EXACT[kind]))
    assert picture.size == (48, 32)
    assert_near(corners(picture), [RED, GREEN, BLUE, GREY], 3)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_an_unreadable_orientation_mark_is_no_reason_to_refuse(tmp_path):
    path = saved(
        tmp_path / "p.jpg",
        Image.fromarray(quarters()),
        exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01",
        **EXACT["JPEG"],
    )
    assert_near(corners(open_image(path)), [RED, GREEN, BLUE, GREY], 3)


def test_position_and_profile_are_not_handed_on(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)  # latitude
    path = saved(tmp_path / "p.jpg", Image.fromarray(quarters()), exif=exif, icc_profile=b"profile", comment="me")
    assert Image.open(path).info.keys() >= {"exif", "icc_profile", "comment"}
    assert open_image(path).info == {}


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
    assert_near(corners(open_image(saved(tmp_path / "p.png", image))), [RED, GREEN, BLUE, GREY], 2)


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
    assert_near(corners(picture), [RED, GREEN, BLUE, GREY], 4)


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


# ------------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        ("Grüße, dies ist kein Bild.\n".encode() * 300, "a text, not a picture"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<!-- " + b"x" * 2000 + b" --><svg/>", "an SVG drawing"),
        (b"<!DOCTYPE html><html><svg></svg></html>", "a web page"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "a GIF picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "an AVIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video"),
        (b"II*\0\x08\0\0\0", "a TIFF"),
        (b"BM\x3a\0\0\0", "a BMP"),
        (b"%PDF-1.7\n", "a PDF"),
        (bytes(range(256)), "not a picture of a known kind"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "not a picture of a known kind"),
    ],
)
def test_other_files_are_named(tmp_path, content, words, caplog):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    sentence = refusal(path)
    assert words in sentence
    assert "JPEG, PNG or WebP" in sentence
    assert not caplog.records


def test_a_real_gif_is_refused(tmp_path):
    assert "a GIF picture" in refusal(saved(tmp_path / "p.png", Image.fromarray(quarters()), format="GIF"))


@pytest.mark.parametrize("name", ["missing.png", ".", "zero\0byte.png"])
def test_what_cannot_be_opened(tmp_path, name):
    assert "could not be opened" in refusal(tmp_path / name)


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_picture_is_called_incomplete(tmp_path, kind, share, caplog):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = saved(tmp_path / "p", Image.fromarray(noise), format=kind, **EXACT[kind])
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    name = "WebP" if kind == "WEBP" else kind
    assert refusal(path).startswith(f"This {name} picture is damaged or incomplete.")
    assert [record.levelno for record in caplog.records] == [logging.WARNING]  # one line ...
    assert "\n" not in caplog.text.rstrip("\n")
    assert caplog.records[0].exc_info is None  # ... and no traceback


@pytest.mark.parametrize("head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x04\0\0\0WEBP"])
def test_a_bare_signature_is_called_damaged(tmp_path, head):
    path = tmp_path / "p"
    path.write_bytes(head)
    assert "damaged or incomplete" in refusal(path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", EXACT)
def test_damaged_files_give_a_picture_or_a_sentence_and_nothing_else(tmp_path, kind):
    random, exif = np.random.default_rng(1), Image.Exif()
    exif[0x0112] = 6
    whole = saved(tmp_path / "whole", Image.fromarray(quarters()), format=kind, exif=exif, **EXACT[kind]).read_bytes()
    path, refused = tmp_path / "damaged", 0
    for _ in range(300):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 4):
            damaged[place] = random.integers(0, 256)
        path.write_bytes(damaged)
        try:
            assert open_image(path).mode == "RGB"
        except ValueError:
            refused += 1
    assert refused > 0


@pytest.mark.parametrize("error", [struct.error("x"), EOFError(), zlib.error("x"), OverflowError(), MemoryError()])
def test_whatever_a_decoder_raises_becomes_the_sentence(tmp_path, monkeypatch, error, caplog):
    def fail(self):
        raise error

    path = saved(tmp_path / "p.jpg", Image.fromarray(quarters()))
    monkeypatch.setattr(JpegImageFile, "load", fail)
    assert "damaged or incomplete" in refusal(path)
    assert type(error).__name__.split(".")[-1] in caplog.text
    assert len(caplog.records) == 1


# ------------------------------------------------------------------------------------------------- what costs too much


def test_the_largest_picture_and_one_row_more(tmp_path):
    assert open_image(black_png(tmp_path / "p.png", 8000, MAX_PIXELS // 8000)).size == (422, 264)
    assert "8,000 x 5,001 = 40 million pixels" in refusal(black_png(tmp_path / "q.png", 8000, MAX_PIXELS // 8000 + 1))


def huge_jpeg(path: Path) -> Path:
    """A small JPEG whose header claims 65,000 x 65,000 pixels."""
    data = bytearray(saved(path, Image.fromarray(quarters()), format="JPEG").read_bytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 65000, 65000)
    path.write_bytes(data)
    return path


def huge_webp(path: Path) -> Path:
    """A small animation whose header claims a canvas of 16,383 x 16,383 pixels."""
    frames = [Image.new("RGB", (24, 16), colour) for colour in (RED, BLUE)]
    data = bytearray(saved(path, frames[0], format="WEBP", save_all=True, append_images=frames[1:]).read_bytes())
    canvas = data.index(b"VP8X") + 12
    data[canvas : canvas + 6] = 2 * (16382).to_bytes(3, "little")
    path.write_bytes(data)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("make", "numbers"),
    [
        (lambda path: black_png(path, 13_000, 13_000), "13,000 x 13,000 = 169 million pixels"),
        (huge_jpeg, "65,000 x 65,000 = 4,225 million pixels"),
        (huge_webp, "16,383 x 16,383 = 268 million pixels"),
    ],
    ids=["PNG", "JPEG", "WebP"],
)
def test_a_decompression_bomb_is_refused_without_being_decoded(tmp_path, make, numbers):
    """In a process of its own, since the highest memory use of this one is long past; warnings are errors there."""
    script = """
import sys
from demo.pictures.decode import open_image

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024

before = peak()
try:
    open_image(sys.argv[1])
except ValueError as error:
    print(error)
print(peak() - before)
"""
    bomb = make(tmp_path / "bomb")
    assert bomb.stat().st_size < 50_000
    command = [sys.executable, "-W", "error", "-c", script, str(bomb)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    sentence, growth = output.splitlines()
    assert numbers in sentence
    assert "At most 40 million" in sentence
    assert float(growth) < 100  # MiB


def test_a_huge_file_is_not_read(tmp_path):
    path = saved(tmp_path / "p.png", Image.fromarray(quarters()))
    with path.open("ab") as file:
        file.truncate(150_000_000)  # sparse: takes no space on disk
    assert "150 MB" in refusal(path)


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
