"""What decoding the picture in a file would cost, told from a few of its bytes without any decoder.

Most pictures are cheap: to decode one takes as long as to ask a network about it. A few bytes can ask for much more:
for scans over scans of a JPEG (`jpeg_work`), for a WebP of 1.6 kB with 40 million pixels, which takes 0.6 GB and two
seconds, for hundreds of thousands of chunks in a PNG. `is_light` tells the ones from the others; whoever serves many
people at once decodes the others where they harm nobody.

Light is a file that asks for no more than all of these, and of which that can be told:

- `LIGHT_BYTES` in all;
- JPEG: `LIGHT_PASSES` pixels times scans, and `LIGHT_SEGMENTS` segments. (A network needs few of the pixels, so that a
  baseline JPEG of 16 million is decoded at a fraction of its size.)
- PNG, WebP: `LIGHT_PIXELS` pixels, since these can be decoded only whole; PNG: `LIGHT_CHUNKS` chunks.

AVIF and HEIC are never light: their decoders are slow, and what they will do stands deep within the file.
"""

from model_zoo.common.jpeg_work import JpegWork, jpeg_work

LIGHT_BYTES = 12_000_000
LIGHT_PASSES = 16_000_000
LIGHT_SEGMENTS = 100
LIGHT_PIXELS = 4_000_000
LIGHT_CHUNKS = 2_000

MOST_CHUNKS = 20_000
"""Of a PNG that is opened at all: one of 40 MB in pieces of 8 kB, as libpng writes them, has 5,000."""

_PNG_HEAD = 8  # bytes before the first chunk
_CHUNK_EXTRA = 12  # bytes of a chunk beside its data: length, name, checksum


def is_light(kind: str, data: bytes) -> bool:
    """Whether the picture can be decoded at little cost; see above.

    Args:
        kind: by the file's first bytes, as `model_zoo.common.picture_file.kind_of` tells it.
        data: the whole file.
    """
    if len(data) > LIGHT_BYTES:
        return False
    match kind:
        case "JPEG":
            return _is_light(jpeg_work(data))
        case "PNG":
            width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
            return width * height <= LIGHT_PIXELS and png_chunks(data, LIGHT_CHUNKS) <= LIGHT_CHUNKS
        case "WebP":
            return webp_pixels(data) <= LIGHT_PIXELS
    return False


def _is_light(work: JpegWork) -> bool:
    return work.segments <= LIGHT_SEGMENTS and work.scans * work.pixels <= LIGHT_PASSES


def png_chunks(data: bytes, most: int = MOST_CHUNKS) -> int:
    """How many chunks a PNG has up to its end; no more than one above `most` is counted."""
    at, count = _PNG_HEAD, 0
    while at + _CHUNK_EXTRA <= len(data) and count <= most:
        count += 1
        if data[at + 4 : at + 8] == b"IEND":  # nobody reads what comes behind
            break
        at += int.from_bytes(data[at : at + 4], "big") + _CHUNK_EXTRA
    return count


def webp_pixels(data: bytes) -> int:
    """Width x height that a WebP file says of itself in its first chunk (RFC 9649, section 2.5 to 2.7).

    A file without such a chunk counts as one of the most pixels that there can be.
    """
    name, body = data[12:16], data[20:30]
    if name == b"VP8X" and len(body) == 10:
        return (1 + int.from_bytes(body[4:7], "little")) * (1 + int.from_bytes(body[7:10], "little"))
    if name == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return (int.from_bytes(body[6:8], "little") & 0x3FFF) * (int.from_bytes(body[8:10], "little") & 0x3FFF)
    return 1 << 28
