"""Numbers as people type them: with a point or a comma, in groups of three digits, with a real minus sign or "%"."""

import re

MOST_CHARACTERS = 40
MINUS = str.maketrans("\N{MINUS SIGN}\N{EN DASH}\N{NON-BREAKING HYPHEN}", "---")
GAP = r"[\s'\u2019\u00a0\u2009\u202f]"  # between groups of three digits
PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.I)


def readings(texts: list[str]) -> list[tuple[float, ...]]:
    """What numbers that one person typed can mean, the likelier way first; none where one of them is no number.

    "2,303" is 2303 where a comma parts groups of digits, and 2.303 where it is the decimal sign.
    """
    ways = [[_read(text, point) for text in texts] for point in (".", ",")]
    # What is no number in one way of writing is read in the other.
    both = [
        [one if one is not None else other for one, other in zip(*pair, strict=True)] for pair in (ways, ways[::-1])
    ]
    found = [tuple(each for each in way if each is not None) for way in both]
    return [way for way in dict.fromkeys(found) if len(way) == len(texts)]


def _read(text: str, point: str) -> float | None:
    """A number, with that decimal sign."""
    plain = re.sub(r"\s*%$", "", text[:MOST_CHARACTERS].translate(MINUS).strip())
    plain = re.sub(rf"(?<=\d){GAP}(?=\d{{3}}(?!\d))", "", plain)
    plain = re.sub(r"^([-+])\s+", r"\1", plain)
    comma = "," if point == "." else "."
    if comma in plain:
        if not re.fullmatch(rf"[-+]?\d{{1,3}}({re.escape(comma)}\d{{3}})+({re.escape(point)}\d*)?", plain):
            return None
        plain = plain.replace(comma, "")
    plain = plain.replace(point, ".")
    return float(plain) if PLAIN.fullmatch(plain) else None
