"""open_image on files that would cost too much: refused before a pixel is decoded."""

import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from demo.pictures.decode import MAX_PIXELS, PictureError, open_image
from tests.conftest import ROOT
from tests.pictures import BLUE, GREEN, RED, black_png, quarters, saved

pillow_heif.register_heif_opener()  # to save HEIC files


def refusal(path: Path) -> str:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$") as caught:
        open_image(path)
    return str(caught.value)


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


def huge_inside(kind: str) -> Callable[[Path], Path]:
    """A small file whose container claims 64 x 64 pixels of a picture that is coded with 49 million."""

    def write(path: Path) -> Path:
        data = bytearray(saved(path, Image.new("RGB", (7000, 7000), GREEN), format=kind, quality=30).read_bytes())
        size = data.index(b"ispe") + 8
        data[size : size + 8] = struct.pack(">II", 64, 64)
        path.write_bytes(data)
        return path

    return write


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("make", "numbers"),
    [
        (lambda path: black_png(path, 13_000, 13_000), "13,000 x 13,000 = 169 million pixels"),
        (huge_jpeg, "65,000 x 65,000 = 4,225 million pixels"),
        (huge_webp, "16,383 x 16,383 = 268 million pixels"),
        (huge_inside("AVIF"), "too large: 49 million pixels"),
        pytest.param(huge_inside("HEIF"), "This HEIC picture is damaged", marks=pytest.mark.full),
    ],
    ids=["PNG", "JPEG", "WebP", "AVIF", "HEIC"],
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
    assert "At most 40 million" in sentence or "damaged" in sentence
    assert float(growth) < 100  # MiB


@pytest.mark.parametrize("seed", range(4))
def test_damaged_avif_headers_cost_nothing(tmp_path, seed):
    """Whatever bytes of the container are changed: a picture or a sentence, from a file that claims what it likes."""
    random = np.random.default_rng(seed)
    whole = saved(tmp_path / "whole", Image.fromarray(quarters()), format="AVIF").read_bytes()
    path = tmp_path / "damaged"
    for _ in range(100):
        damaged = bytearray(whole)
        for place in random.integers(0, whole.index(b"mdat"), 3):
            damaged[place] = random.integers(0, 256)
        path.write_bytes(damaged)
        with suppress(PictureError):
            assert open_image(path).mode == "RGB"


def test_a_huge_file_is_not_read(tmp_path):
    path = saved(tmp_path / "p.png", Image.fromarray(quarters()))
    with path.open("ab") as file:
        file.truncate(150_000_000)  # sparse: takes no space on disk
    assert "150 MB" in refusal(path)
