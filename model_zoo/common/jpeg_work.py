"""What decoding a JPEG would cost, from its markers alone, before anything is decoded.

A file of few bytes can ask for much work: a progressive JPEG goes over the whole picture once for each of its scans, of
which it may have any number, and every segment before the first scan is looked at by the decoder's Python code. Markers
as in ITU-T T.81, section B.1.
"""

import re
from dataclasses import dataclass

MOST_SEGMENTS = 600
"""Segments before the picture's end. Cameras write 5 to 30; a colour profile of 16 MB takes 255."""

MOST_SCANS = 100
"""Programs write 1 (baseline) to 14 (progressive, by libjpeg's and mozjpeg's own scripts)."""

MOST_SCANNED = 600_000_000
"""Pixels times scans: 40 million pixels in 15 scans, as much work as about three baseline pictures of that size."""

_START_OF_SCAN, _END = 0xDA, 0xD9
_SEQUENTIAL = {0xC0, 0xC1}  # frames that are not progressive, coded by Huffman's method
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers that no length follows
_NEXT = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # within coded data 0xFF is followed by 0 or by a restart marker


@dataclass(frozen=True)
class JpegWork:
    """What there is to do for a decoder."""

    segments: int
    scans: int
    pixels: int = 0  # width x height of the largest frame, as its header says


def jpeg_work(data: bytes) -> JpegWork:
    """How many segments and scans a file has; no more than one above the limits is counted of either."""
    segments = scans = pixels = 0
    sequential = 0  # components of the frame, where a scan that holds all of them is the last
    at = 2
    while segments <= MOST_SEGMENTS and scans <= MOST_SCANS and (found := _NEXT.search(data, at)):
        marker, at = found[1][0], found.end()
        if marker == _END:
            break
        segments += 1
        if marker in _FRAMES:
            height, width = (int.from_bytes(data[place : place + 2], "big") for place in (at + 3, at + 5))
            pixels = max(pixels, width * height)
        if marker in _SEQUENTIAL:
            sequential = _byte(data, at + 7)
        elif marker == _START_OF_SCAN:
            scans += 1
            if sequential and _byte(data, at + 2) == sequential:  # a usual one, whose data need not be gone through
                break
        if marker not in _ALONE:
            at += int.from_bytes(data[at : at + 2], "big")
    return JpegWork(segments, scans, pixels)


def _byte(data: bytes, at: int) -> int:
    return data[at] if at < len(data) else 0


def is_too_much(work: JpegWork, pixels: int) -> bool:
    """Whether a decoder would be kept busy for longer than by any picture that a camera or program writes."""
    return work.segments > MOST_SEGMENTS or work.scans > MOST_SCANS or work.scans * pixels > MOST_SCANNED
