"""Zip archives from anybody: what they hold, each file of which may then be read without harm.

Nothing is ever unpacked under a member's name. Still, an archive that names a file outside of itself, holds a link, or
unpacks to absurdly more than its own size was not made by an honest program, and is refused as a whole.
"""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

DIRECTORY_BYTES = 1000  # of the table of contents, per file that it may name: 46, the name and the extra fields
SYSTEM = {
    *("__macosx", "icon\r"),  # Macs; what else they add begins with a dot
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),  # Windows
    *("@eadir", "@tmp", "@recycle", "#recycle", "#snapshot", "@recently-snapshot"),  # Synology, QNAP
    *("lost+found", "__pycache__"),
}
"""Names, in lower case, of folders and files that nobody who gives a folder means."""
_LINK = 0o120000  # the kind of a Unix file that stands in a zip's attributes


class ArchiveError(ValueError):
    """Why an archive is not read: a sentence or two that begin with its name."""


@dataclass(frozen=True)
class Limits:
    """What an archive may hold."""

    files: int
    unpacked: float  # bytes, of all files together
    ratio: float  # an archive of photos unpacks to little more than its own size; one to more times its size is a bomb
    harmless: float  # bytes that any archive may unpack to, whatever the ratio


@dataclass(frozen=True)
class Member:
    """A file in an archive."""

    name: str  # its path, with "/"
    size: int  # bytes, unpacked; reading it never gives more
    checksum: int  # CRC-32
    key: str  # what `ZipFile.open` takes


def is_zip(path: Path) -> bool:
    """Whether a file begins, or an empty archive as a whole is, as zips do; its name does not matter."""
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\3\4", b"PK\5\6")


def is_hidden(name: str) -> bool:
    """Whether a path, with "/", leads to a hidden file, or one that a system or a disk adds by itself (`SYSTEM`)."""
    return any(part.startswith(".") or part.casefold() in SYSTEM for part in name.split("/"))


def members(path: Path, called: str, limits: Limits) -> list[Member]:
    """The files of a zip, hidden ones too; folders are left out.

    Args:
        called: how sentences name the archive.

    Raises:
        ArchiveError: it is damaged, encrypted, beyond the limits, or not to be trusted.
    """
    try:
        # The table of contents is read at once and takes ten times its size in memory.
        with _Cautious(path, limits.files * DIRECTORY_BYTES + 2**17) as file, ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except _TooLong as error:
        raise ArchiveError(f"{called} names far too many files; at most {limits.files:,} are read.") from error
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"{called} cannot be opened as a zip: {error}.") from error
    if len(infos) > limits.files:
        raise ArchiveError(f"{called} names {len(infos):,} files; at most {limits.files:,} are read.")
    unpacked, packed = sum(info.file_size for info in infos), path.stat().st_size
    if unpacked > limits.unpacked or (unpacked > limits.harmless and unpacked > limits.ratio * packed):
        raise ArchiveError(
            f"{called} would unpack to {unpacked / 1e9:,.1f} GB from {packed / 1e6:,.1f} MB, "
            "as no archive of photos does. It is not read."
        )
    found = {}
    for info in infos:
        name = _safe_name(info, called)
        if name in found:
            raise ArchiveError(f"{called} holds {name} twice. It is not read.")
        found[name] = Member(name, info.file_size, info.CRC, info.filename)
    return list(found.values())


class Reader:
    """Reads members one after the other; of archives in turn, each table of contents is read once. Not for threads."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._archive: ZipFile | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, path: Path, member: Member) -> bytes:
        """A member's bytes, at most `member.size` of them.

        Raises:
            ArchiveError: it is damaged.
        """
        try:
            if self._archive is None or path != self._path:
                self._close()
                self._path, self._archive = path, ZipFile(path)
            with self._archive.open(member.key) as file:
                return file.read(member.size)
        except Exception as error:  # damaged archives raise BadZipFile, zlib.error, EOFError, NotImplementedError, ...
            raise ArchiveError(f"{member.name} cannot be read from its archive: {error}.") from error

    def _close(self) -> None:
        if self._archive is not None:
            self._archive.close()
        self._path = self._archive = None


def _safe_name(info: ZipInfo, called: str) -> str:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        raise ArchiveError(f"{called} names a file outside of itself, {info.filename!r}. It is not read.")
    if (info.external_attr >> 16) & 0o170000 == _LINK:
        raise ArchiveError(f"{called} holds a link, {info.filename!r}. It is not read.")
    if info.flag_bits & 1:
        raise ArchiveError(f"{called} is encrypted. Unpack it with its password first, and give what it holds.")
    return PurePosixPath(name).as_posix()


class _TooLong(Exception):
    """More is asked for at once than a table of contents may take."""


class _Cautious(io.FileIO):
    """A file of which nothing longer than `most` bytes is read at once."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path)
        self.most = most

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:  # what is left
            size = os.fstat(self.fileno()).st_size - self.tell()
        if size > self.most:
            raise _TooLong
        return super().read(size)
