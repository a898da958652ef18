"""open_image on what it cannot use: damaged files and files of other kinds, each named in a sentence."""

import logging
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from demo.pictures.decode import open_image
from tests.conftest import ROOT
from tests.pictures import EXACT, marked, quarters, saved

pillow_heif.register_heif_opener()  # to save HEIC files


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$") as caught:
        open_image(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        ("Grüße, dies ist kein Bild.\n".encode() * 300, "a text, not a picture"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<!-- " + b"x" * 2000 + b" --><svg/>", "an SVG drawing"),
        (b"<!DOCTYPE html><html><svg></svg></html>", "a web page"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "a GIF picture"),
        (b"\xff\x0a\0", "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1", "a raw camera picture"),
        (b"PK\3\4", "an archive"),
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
    assert any(advice in sentence for advice in ("Please choose a JPEG, PNG, ", "Please save it as JPEG or PNG first."))
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


@pytest.mark.parametrize(
    "head",
    [
        *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x04\0\0\0WEBP"),
        *(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x18ftypavif\0\0\0\0"),
    ],
)
def test_a_bare_signature_is_called_damaged(tmp_path, head):
    path = tmp_path / "p"
    path.write_bytes(head)
    assert "damaged or incomplete" in refusal(path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", EXACT)
def test_damaged_files_give_a_picture_or_a_sentence_and_nothing_else(tmp_path, kind):
    random = np.random.default_rng(1)
    whole = saved(
        tmp_path / "whole", Image.fromarray(quarters()), format=kind, exif=marked(6), **EXACT[kind]
    ).read_bytes()
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


def test_where_heic_cannot_be_read_the_sentence_says_how_to_convert_it(tmp_path):
    path = saved(tmp_path / "IMG_0001", Image.fromarray(quarters()), format="HEIF")
    code = """
import sys
sys.modules["pillow_heif"] = None  # as where it is not installed
from demo.pictures.decode import open_image
from train.data.archive_files import File
from train.data.picture_files import is_picture, refusal
try:
    open_image(sys.argv[1])
except ValueError as error:
    print(error)
file = File("IMG_0001", 1, 1, (sys.argv[1], ""))
print(is_picture(file), refusal(file))
"""
    output = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    page, command = output.stdout.splitlines()
    assert page.startswith("This file is a HEIC picture, the format of many phones. It can be read where ")
    assert command.startswith("False is a HEIC picture, the format of many phones; it can be read where ")
    for sentence in (page, command):
        assert "save it as JPEG first (on an iPhone: Settings, Camera, Formats, Most Compatible)" in sentence
