"""Cells for files that a spreadsheet program opens."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for the beginning of a formula


def plain(text: str) -> str:
    """Text that no spreadsheet calculates with: it would run formulas that a stranger's file name holds."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
