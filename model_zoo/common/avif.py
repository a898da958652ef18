"""How many pixels decoding an AVIF file will take, read from its AV1 data.

What the container says of a picture's size binds nobody: the decoder makes whatever frame the AV1 data ask for, and
cuts or scales it afterwards. So the sequence headers of all coded pictures in the file are read, before one is decoded.
Of the container only what encoders write is understood (ISO/IEC 14496-12 and 23000-22, AV1 specification 5.3 to 5.5).
"""

from collections.abc import Iterator

SEQUENCE_HEADER = 1  # an OBU's type
MOST_PARTS = 10_000  # of all items together, and parts (OBUs) of AV1 data; beyond that reading would take long


def coded_pixels(data: bytes) -> int:
    """The pixels of the largest coded picture in an AVIF file: a bound on what frames can have, or a quarter of it.

    A frame may name a size of its own of as many bits as the sequence header reserves, which an honest encoder makes as
    few as the size needs: less than four times the pixels. Where it reserved more, a quarter of what they allow counts.

    Raises:
        ValueError: it is an animation, or none of this can be found.
    """
    boxes = list(_boxes(data))
    if data[8:12] != b"avif" and any(kind == b"moov" for kind, _ in boxes):
        raise ValueError("an animated AVIF file")  # whose frames stand elsewhere
    (meta,) = (body for kind, body in boxes if kind == b"meta")
    inner = dict(_boxes(meta[4:]))
    coded, found, left = _av1_items(inner[b"iinf"]), 0, len(data)
    for item, parts in _places(inner[b"iloc"], inner.get(b"idat", b""), data).items():
        if item not in coded:
            continue
        left -= sum(map(len, parts))
        if left < 0:
            raise ValueError("items that overlap")
        sizes = [_pixels(header) for header in _sequence_headers(b"".join(parts))]
        if not sizes:
            raise ValueError("an item without a sequence header")
        found = max(found, *sizes)
    if not found:
        raise ValueError("no AV1 data")
    return found


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or len(data) - at
        if size < head or at + size > len(data):
            raise ValueError("a box that is cut off")
        yield kind, data[at + head : at + size]
        at += size


def _av1_items(iinf: bytes) -> set[int]:
    found = set()
    for kind, body in _boxes(iinf[6 if iinf[0] == 0 else 8 :]):
        if kind == b"infe":
            length = 2 if body[0] == 2 else 4
            if body[4 + length + 2 : 4 + length + 6] == b"av01":
                found.add(int.from_bytes(body[4 : 4 + length], "big"))
    return found


def _places(iloc: bytes, idat: bytes, data: bytes) -> dict[int, list[memoryview]]:
    """Each item's parts, in order."""
    version, at = iloc[0], 4

    def number(length: int) -> int:
        nonlocal at
        at += length
        if at > len(iloc):
            raise ValueError("a table of items that is cut off")
        return int.from_bytes(iloc[at - length : at], "big")

    sizes = number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    short = 2 if version < 2 else 4
    places: dict[int, list[memoryview]] = {}
    count = 0
    for _ in range(number(short)):
        item = number(short)
        method = number(2) & 15 if version > 0 else 0
        if number(2) != 0 or method > 1 or item in places:
            raise ValueError("an item in another file or in another item")
        base, source = number(base_size), memoryview(idat if method else data)
        parts = places.setdefault(item, [])
        for _ in range(number(2)):
            count += 1
            if count > MOST_PARTS:
                raise ValueError("too many parts")
            number(index_size if version > 0 else 0)
            start, length = base + number(offset_size), number(length_size)
            parts.append(source[start : start + length] if length else source[start:])
    return places


def _sequence_headers(obus: bytes) -> Iterator[bytes]:
    at = count = 0
    while at < len(obus):
        count += 1
        if count > MOST_PARTS:
            raise ValueError("too many parts")
        head = obus[at]
        kind, at = head >> 3 & 15, at + (2 if head & 4 else 1)
        size, shift = 0, 0
        if head & 2:
            while True:
                byte, at = obus[at], at + 1
                size |= (byte & 127) << shift
                shift += 7
                if not byte & 128:
                    break
        else:
            size = len(obus) - at
        if kind == SEQUENCE_HEADER:
            yield obus[at : at + size]
        at += size


def _pixels(header: bytes) -> int:
    """What a sequence header says (AV1 specification, 5.5.1)."""
    bits, at = int.from_bytes(header, "big"), 8 * len(header)

    def read(count: int) -> int:
        nonlocal at
        at -= count
        if at < 0:
            raise ValueError("a sequence header that is cut off")
        return bits >> at & (1 << count) - 1

    read(4)  # profile, still picture
    reduced = read(1)
    if reduced:
        read(5)  # level
    else:
        delays = model = 0
        if read(1):  # timing
            read(64)
            if read(1):  # equal intervals: a number in a code of variable length
                zeros = 0
                while not read(1):
                    zeros += 1
                read(zeros if zeros < 32 else 0)
            model = read(1)
            if model:
                delays = read(5) + 1
                read(42)
        display = read(1)
        for _ in range(read(5) + 1):
            read(12)
            if read(5) > 7:
                read(1)
            if model and read(1):
                read(2 * delays + 1)
            if display and read(1):
                read(4)
    across, down = read(4) + 1, read(4) + 1
    pixels = (read(across) + 1) * (read(down) + 1)
    return pixels if reduced else max(pixels, (1 << across + down) // 4)
