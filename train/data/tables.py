"""Tables of labels as people and spreadsheets save them, checked row by row."""

import csv
import math
from collections.abc import Sequence

from train.data.cifar10 import DataError

SEPARATORS = (",", ";", "\t")
Row = tuple[int, dict[str, str]]
"""A line's number in the file, from 1, and its values by lower-case column name."""


def read_table(data: bytes, name: str, needed: Sequence[str]) -> list[Row]:
    """The rows of a table whose first line names its columns, which are separated by commas, semicolons or tabs.

    Raises:
        DataError: no UTF-8 text, a needed column missing or named twice, a row with another number of values, no row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is no UTF-8 text. Save it as CSV in UTF-8.") from error
    lines = text.splitlines()
    headers = {separator: _header(lines, separator) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda one: (set(needed) <= set(headers[one]), len(headers[one])))
    columns = headers[separator]
    missing = [column for column in needed if column not in columns]
    if missing:
        there = ", ".join(column for column in columns if column) or "none"
        # One name only: the separator may be another one.
        hint = " Columns are separated by commas, semicolons or tabs." if len(columns) < 2 else ""
        raise DataError(f"{name} has no column {' and no column '.join(missing)}; its first line names {there}.{hint}")
    if len(set(columns)) < len(columns):
        raise DataError(f"{name} names a column twice: {', '.join(columns)}.")
    reader = csv.reader(lines[1:], delimiter=separator)
    rows = []
    try:
        for values in reader:
            line = reader.line_num + 1
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(columns):
                raise DataError(f"{name}, line {line}: {len(values)} values for {len(columns)} columns.")
            rows.append((line, {column: value.strip() for column, value in zip(columns, values, strict=True)}))
    except csv.Error as error:
        raise DataError(f"{name}, line {reader.line_num + 1}: {error}.") from error
    if not rows:
        raise DataError(f"{name} has no rows.")
    return rows


def _header(lines: list[str], separator: str) -> list[str]:
    try:
        return [column.strip().lower() for column in next(csv.reader(lines[:1], delimiter=separator), [])]
    except csv.Error:
        return []


def one_of(row: Row, column: str, choices: Sequence[str], name: str) -> str:
    """The row's value of a column that allows only some. Raises DataError."""
    line, values = row
    if values[column] not in choices:
        allowed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise DataError(f"{name}, line {line}: {column} is {values[column]!r}; it must be {allowed}.")
    return values[column]


def share(row: Row, column: str, name: str) -> float:
    """The row's value of a column of shares, 0..1; a decimal comma is understood. Raises DataError."""
    line, values = row
    try:
        value = float(values[column].replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise DataError(f"{name}, line {line}: {column} is {values[column]!r}; it must be a number from 0 to 1.")
    return value


def once(rows: Sequence[Row], column: str, name: str) -> list[Row]:
    """The rows without exact repetitions. Raises DataError when two rows say different things of one `column`."""
    first: dict[str, Row] = {}
    for line, values in rows:
        known = first.setdefault(values[column], (line, values))
        if known[1] != values:
            raise DataError(f"{name}, lines {known[0]} and {line}: {values[column]} stands there twice, differently.")
    return list(first.values())
