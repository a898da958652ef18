"""Lists of names in a sentence."""

from collections.abc import Sequence

MOST = 20


def listed(names: Sequence[str], most: int = MOST) -> str:
    """All names with commas between, or of very many the first: "tench, goldfish ... and 980 more"."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"
