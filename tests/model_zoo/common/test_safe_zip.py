"""Zips from anybody: honest ones are listed and read, all others refused with a sentence."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from model_zoo.common.safe_zip import ArchiveError, Limits, Member, Reader, is_hidden, is_zip, members

LIMITS = Limits(files=20, unpacked=50_000_000, ratio=200, harmless=100_000)


def made(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def read(path: Path, member: Member) -> bytes:
    with Reader() as reader:
        return reader.read(path, member)


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(ArchiveError) as error:
        members(path, "mine.zip", limits)
    return str(error.value)


def test_the_files_of_an_honest_zip_are_listed_and_read(tmp_path: Path) -> None:
    files = {"a.jpg": b"first", "folder/": b"", "folder\\b.jpg": b"second", "folder/.hidden": b"x", "empty": b""}
    path = made(tmp_path / "a.zip", files)
    found = members(path, "a.zip", LIMITS)
    assert [member.name for member in found] == ["a.jpg", "folder/b.jpg", "folder/.hidden", "empty"]
    assert [read(path, member) for member in found] == [b"first", b"second", b"x", b""]
    assert [is_hidden(member.name) for member in found] == [False, False, True, False]
    assert is_hidden("__MACOSX/a.jpg") and not is_hidden("a.b/c.jpg")


def test_one_reader_reads_several_archives_in_turn(tmp_path: Path) -> None:
    paths = [made(tmp_path / f"{name}.zip", {"a": name.encode(), "b": name.encode() * 2}) for name in "xy"]
    (tmp_path / "z.zip").write_bytes(b"no zip")
    inside = {path: members(path, path.name, LIMITS) for path in paths}
    first, second = inside[paths[0]]
    with Reader() as reader:
        assert [reader.read(path, member) for path in paths for member in inside[path]] == [b"x", b"xx", b"y", b"yy"]
        with pytest.raises(ArchiveError):
            reader.read(tmp_path / "z.zip", first)
        assert reader.read(paths[0], second) == b"xx" and reader.read(paths[0], first) == b"x"


def test_zips_are_known_by_how_they_begin(tmp_path: Path) -> None:
    assert is_zip(made(tmp_path / "photo.jpg", {"a": b"1"})) and is_zip(made(tmp_path / "empty", {}))
    (tmp_path / "b.zip").write_bytes(b"\xff\xd8\xff")
    assert not is_zip(tmp_path / "b.zip")


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.jpg", "a/../../x", "C:/x.jpg", "c:x", "..\\x.jpg", "\\\\h\\x"])
def test_names_outside_of_the_archive(name: str, tmp_path: Path) -> None:
    assert refusal(made(tmp_path / "a.zip", {"good.jpg": b"1", name: b"2"})).startswith(
        "mine.zip names a file outside of itself"
    )


def test_encrypted_archives_and_links(tmp_path: Path) -> None:
    for field, value, words in (
        ("flag_bits", 1, "mine.zip is encrypted. Unpack it with its password first"),
        ("external_attr", (stat.S_IFLNK | 0o777) << 16, "mine.zip holds a link"),
    ):
        with zipfile.ZipFile(tmp_path / f"{field}.zip", "w") as archive:
            archive.writestr("a.jpg", b"1")
            setattr(archive.filelist[0], field, value)
        assert words in refusal(tmp_path / f"{field}.zip")


def test_bombs_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = made(tmp_path / "bomb.zip", {"a.jpg": bytes(3_000_000)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 5_000
    assert "would unpack to 0.0 GB from 0.0 MB, as no archive of photos does" in refusal(path)
    assert members(path, "a.zip", Limits(20, 50e6, 200, harmless=10e6))  # so little does no harm
    many = made(tmp_path / "many.zip", {f"{n}.jpg": bytes(6_000_000) for n in range(9)}, zipfile.ZIP_DEFLATED)
    assert "would unpack to 0.1 GB" in refusal(many, Limits(20, 50e6, ratio=1e9, harmless=1e9))


def test_a_member_that_unpacks_to_more_than_it_says_gives_no_more(tmp_path: Path) -> None:
    path = made(tmp_path / "a.zip", {"a.jpg": bytes(1_000_000)}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\1\2")
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)  # the size, in the table of contents
    path.write_bytes(data)
    (member,) = members(path, "a.zip", LIMITS)
    assert member.size == 10
    with pytest.raises(ArchiveError, match=r"a\.jpg cannot be read from its archive"):
        read(path, member)  # and what it holds is not what it says


def test_too_many_files_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    path = made(tmp_path / "a.zip", {f"{number}.jpg": b"" for number in range(21)})
    assert refusal(path) == "mine.zip names 21 files; at most 20 are read."
    path = made(tmp_path / "b.zip", {f"{number:05}.jpg": b"" for number in range(4000)})
    assert refusal(path) == "mine.zip names far too many files; at most 20 are read."


def test_what_is_no_zip_or_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("PK\3\4 no zip at all")
    assert "mine.zip cannot be opened as a zip" in refusal(tmp_path / "text.zip")
    whole = made(tmp_path / "a.zip", {"a.jpg": b"some bytes" * 99})
    (tmp_path / "half.zip").write_bytes(whole.read_bytes()[:500])
    assert "mine.zip cannot be opened as a zip" in refusal(tmp_path / "half.zip")
    data = bytearray(whole.read_bytes())
    data[100:120] = bytes(20)
    whole.write_bytes(data)
    (member,) = members(whole, "a.zip", LIMITS)
    with pytest.raises(ArchiveError, match=r"a\.jpg cannot be read from its archive: Bad CRC"):
        read(whole, member)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_there_twice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/b.jpg", b"1")
        archive.writestr("a//b.jpg", b"2")
    assert "mine.zip holds a/b.jpg twice" in refusal(tmp_path / "a.zip")
