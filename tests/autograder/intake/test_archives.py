"""Archives that nobody vouches for: what is read, and what is refused, in which words."""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib

import lms
import pytest

from autograder.intake import archives, packing
from autograder.intake.entries import PATH_BYTES, STUDENT_ENTRIES, ArchiveRefusedError, Budget, shown

NOTEBOOK = b'{"cells": [], "nbformat": 4}'


def listed(tmp_path, data, name="work.zip", most=STUDENT_ENTRIES):
    """Return the paths of an archive, each with why it is refused."""
    path = tmp_path / name
    path.write_bytes(data)
    with archives.opened(path, most=most) as archive:
        return {entry.path: entry.problem for entry in archive.entries}


def read(tmp_path, data, name="work.zip"):
    """Read every file of an archive: its bytes, or the sentence that refuses it."""
    path = tmp_path / name
    path.write_bytes(data)
    found = {}
    with archives.opened(path, most=STUDENT_ENTRIES) as archive:
        for entry in archive.entries:
            target = io.BytesIO()
            try:
                archive.copy(entry, target, Budget())
                found[entry.path] = target.getvalue()
            except ArchiveRefusedError as error:
                found[entry.path] = str(error)
    return found


def test_a_zip_and_a_tar_and_a_packed_tar_give_the_same_bytes(tmp_path):
    files = {"a/lab1_rnn.ipynb": NOTEBOOK, "Übung é.py": b"x = 1\n", "empty.md": b""}
    members = [(lms.member(name), data) for name, data in files.items()]
    assert read(tmp_path, lms.zip_of(files)) == files
    assert read(tmp_path, lms.zip_of(files, zipfile.ZIP_STORED)) == files
    assert read(tmp_path, lms.tar_of(members), "work.tar") == files
    assert read(tmp_path, lms.tar_of(members, "w:gz"), "work.tar.gz") == files


def test_a_name_in_utf8_that_is_not_marked_so_is_read_as_utf8(tmp_path):
    assert list(listed(tmp_path, lms.raw_zip([("Zoë.ipynb".encode(), NOTEBOOK)]))) == ["Zoë.ipynb"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (b"../../evil.ipynb", "leads out of the archive"),
        (b"a/../../evil.ipynb", "leads out of the archive"),
        (b"/etc/evil.ipynb", "names a place on a disk"),
        (b"C:/evil.ipynb", "names a place on a disk"),
        (b"c:evil.ipynb", "names a place on a disk"),
        (b"..\\..\\evil.ipynb", "has a backslash in its name"),
        (b"a\\evil.ipynb", "has a backslash in its name"),
        (b"evil.ipynb\0.txt", "has a name with control characters"),
        (b"evil\n\x1b[2J.ipynb", "has a name with control characters"),
        ("evil\u2028.ipynb".encode(), "has a name with control characters"),
        (b"e" * 256, "has a name that is too long"),
        (b"a/" * (PATH_BYTES // 2) + b"e", "has a name that is too long"),
    ],
)
def test_a_name_that_is_no_plain_one_is_refused_and_the_others_are_read(tmp_path, name, why):
    found = read(tmp_path, lms.raw_zip([(name, NOTEBOOK), (b"good.ipynb", NOTEBOOK)]))
    assert found.pop("good.ipynb") == NOTEBOOK
    (sentence,) = found.values()
    assert why in sentence
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (stat.S_IFLNK, "is a link to another place"),
        (stat.S_IFIFO, "is no ordinary file"),
        (stat.S_IFCHR, "is no ordinary file"),
        (stat.S_IFBLK, "is no ordinary file"),
        (stat.S_IFSOCK, "is no ordinary file"),
    ],
)
def test_a_link_or_a_device_in_a_zip_is_refused(tmp_path, mode, why):
    found = listed(tmp_path, lms.raw_zip([(b"lab1_rnn.ipynb", b"/etc/passwd")], mode=mode | 0o644))
    assert why in found["lab1_rnn.ipynb"]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (tarfile.SYMTYPE, "is a link"),
        (tarfile.LNKTYPE, "is a link"),
        (tarfile.FIFOTYPE, "is no ordinary file"),
        (tarfile.CHRTYPE, "is no ordinary file"),
        (tarfile.BLKTYPE, "is no ordinary file"),
    ],
)
def test_a_link_or_a_device_in_a_tar_is_refused(tmp_path, kind, why):
    data = lms.tar_of([(lms.member("lab1_rnn.ipynb", kind, "/etc/passwd"), b""), (lms.member("good.py"), b"1")])
    found = read(tmp_path, data, "work.tar")
    assert why in found["lab1_rnn.ipynb"]
    assert found["good.py"] == b"1"


def test_a_tar_with_names_that_lead_out_is_refused(tmp_path):
    data = lms.tar_of([(lms.member(name), b"x") for name in ("../evil", "/etc/evil", "a\\evil", "good")])
    found = read(tmp_path, data, "work.tar")
    assert [name for name, what in found.items() if what == b"x"] == ["good"]


def test_an_encrypted_file_is_refused(tmp_path):
    found = listed(tmp_path, lms.raw_zip([(b"lab1_rnn.ipynb", b"?" * 40)], flags=1))
    assert "is encrypted" in found["lab1_rnn.ipynb"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_to_pack_that_unpacks_without_a_bound_on_memory_is_refused(tmp_path, method):
    found = listed(tmp_path, lms.zip_of({"lab1_rnn.ipynb": NOTEBOOK}, method))
    assert "is packed in a way that is not unpacked here" in found["lab1_rnn.ipynb"]


def test_a_way_to_pack_that_nobody_knows_is_refused(tmp_path):
    assert "(method 99)" in listed(tmp_path, lms.raw_zip([(b"a.ipynb", b"x")], method=99))["a.ipynb"]


def test_a_wrong_checksum_refuses_that_file_alone(tmp_path):
    data = bytearray(lms.zip_of([("bad.ipynb", NOTEBOOK), ("good.ipynb", NOTEBOOK)], zipfile.ZIP_STORED))
    data[data.index(NOTEBOOK)] ^= 1
    found = read(tmp_path, bytes(data))
    assert found["bad.ipynb"] == "bad.ipynb is damaged: it can't be unpacked."
    assert found["good.ipynb"] == NOTEBOOK


def test_two_headers_that_name_different_files_are_refused(tmp_path):
    data = lms.zip_of({"harmless1.ipynb": NOTEBOOK}).replace(b"harmless1", b"dangerous", 1)
    assert "is damaged" in read(tmp_path, data)["harmless1.ipynb"]


@pytest.mark.parametrize("kept", [0, 1, 30, 60])
def test_a_zip_that_is_cut_off_is_refused(tmp_path, kept):
    path = tmp_path / "work.zip"
    path.write_bytes(lms.zip_of({"lab1_rnn.ipynb": NOTEBOOK})[:kept])
    with pytest.raises(ArchiveRefusedError, match=r"work\.zip is no archive that can be read"), archives.opened(path):
        pass


def test_random_bytes_are_refused(tmp_path):
    for head in (b"PK\3\4", b"PK\5\6", b"\x1f\x8b", b"\0\0", b"{}"):
        path = tmp_path / "work.zip"
        path.write_bytes(head + bytes(range(256)) * 8)
        with pytest.raises(ArchiveRefusedError, match=r"work\.zip"), archives.opened(path):
            pass


def test_a_tar_that_is_cut_off_gives_what_came_before(tmp_path):
    files = {name: os.urandom(4000) for name in ("first.py", "second.py", "third.py")}
    data = lms.tar_of([(lms.member(name), content) for name, content in files.items()], "w:gz")[:9500]
    found = read(tmp_path, data, "work.tar.gz")
    assert found.pop("third.py") == "third.py is damaged: it can't be unpacked."
    assert found == {name: files[name] for name in ("first.py", "second.py")}
    with archives.opened(tmp_path / "work.tar.gz") as archive:
        assert archive.trouble == "work.tar.gz is cut off or damaged after 3 files."


@pytest.fixture
def little_is_free(monkeypatch):
    """Count how far a file shrinks from 10 KB on, so that a small one shows what happens to a large one."""
    monkeypatch.setattr(archives, "RATIO_FREE", 10_000)


@pytest.mark.usefixtures("little_is_free")
def test_a_file_that_unpacks_to_far_more_than_it_takes_is_refused(tmp_path):
    found = read(tmp_path, lms.zip_of({"blank.ipynb": bytes(50_000), "short.ipynb": bytes(9_000)}))
    assert "blank.ipynb unpacks to more than 200 times its size" in found["blank.ipynb"]
    assert found["short.ipynb"] == bytes(9_000)


def test_fifty_megabytes_of_the_same_output_are_no_bomb(tmp_path):
    path = tmp_path / "work.zip"
    path.write_bytes(lms.zip_of({"endless.ipynb": b"W0000 retracing " * 3_000_000}))
    with archives.opened(path) as archive, (tmp_path / "out").open("wb") as target:
        archive.copy(archive.entries[0], target, Budget())
        assert target.tell() == 48_000_000


@pytest.mark.usefixtures("little_is_free")
def test_a_packed_tar_that_unpacks_to_far_more_is_refused_before_it_fills_the_disk(tmp_path):
    path = tmp_path / "work.tar.gz"
    path.write_bytes(gzip.compress(bytes(50_000), 9))
    with pytest.raises(ArchiveRefusedError, match="unpacks to more than 200 times its size"), archives.opened(path):
        pass


def test_what_one_person_may_unpack_is_counted_over_all_files(tmp_path):
    path = tmp_path / "work.zip"
    path.write_bytes(lms.zip_of({f"{number}.py": b"x" * 1000 for number in range(5)}))
    budget = Budget(most_bytes=2500, most_files=4)
    refused = []
    with archives.opened(path) as archive:
        for entry in archive.entries:
            try:
                archive.copy(entry, io.BytesIO(), budget)
            except ArchiveRefusedError as error:
                refused.append(str(error))
    assert "2.py takes what is unpacked here beyond 0 MB." in refused
    assert "4.py is one file more than the 4 that are unpacked here." in refused
    assert len(refused) == 3


def test_sizes_are_counted_while_reading_whatever_the_headers_say(tmp_path):
    data = bytearray(lms.zip_of({"liar.ipynb": bytes(3_000_000)}))
    for place in (22, data.index(b"PK\1\2") + 24):  # the unpacked size, in both headers
        data[place : place + 4] = struct.pack("<I", 10)
    assert "is damaged" in read(tmp_path, bytes(data))["liar.ipynb"]
    path = tmp_path / "honest.zip"
    path.write_bytes(lms.zip_of({"long.ipynb": bytes(3_000_000)}))
    with archives.opened(path) as archive, pytest.raises(ArchiveRefusedError, match="larger than 2 MB"):
        archive.read(archive.entries[0], 2_000_000)


def test_files_that_share_their_bytes_are_refused(tmp_path):
    found = listed(tmp_path, lms.raw_zip([(name, NOTEBOOK) for name in (b"a.py", b"b.py", b"c.py")], apart=False))
    assert len(found) == 3
    assert all("shares its bytes with another file" in problem for problem in found.values())


def test_more_entries_than_allowed_are_refused(tmp_path):
    data = lms.raw_zip([(b"%d" % number, b"") for number in range(STUDENT_ENTRIES + 1)])
    with pytest.raises(ArchiveRefusedError, match="lists more than is allowed"):
        listed(tmp_path, data)


def test_a_list_of_contents_that_claims_a_gigabyte_is_not_read(tmp_path):
    data = bytearray(lms.zip_of({"a.py": b"1"}))
    end = data.index(b"PK\5\6")
    data[:0] = b"PK" + bytes(11_999_998)  # a list that long could stand there
    struct.pack_into("<I", data, 12_000_000 + end + 12, 11_999_999)
    with pytest.raises(ArchiveRefusedError, match="lists more than is allowed"):
        listed(tmp_path, bytes(data))


def test_a_tar_whose_headers_alone_are_megabytes_is_refused(tmp_path):
    info = lms.member("a.py")
    info.pax_headers = {"comment": "x" * 2_000_000}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(b""))
    with pytest.raises(ArchiveRefusedError, match="lists more than is allowed"):
        listed(tmp_path, target.getvalue(), "work.tar")


def test_a_tar_with_too_many_members_is_refused(tmp_path):
    data = lms.tar_of([(lms.member(str(number)), b"") for number in range(30)])
    with pytest.raises(ArchiveRefusedError, match="lists more than is allowed"):
        listed(tmp_path, data, "work.tar", most=29)


def test_a_sparse_tar_is_refused(tmp_path):
    info = lms.member("lab1_rnn.ipynb")
    info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": "5"}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    assert "is no ordinary file" in listed(tmp_path, target.getvalue(), "work.tar")["lab1_rnn.ipynb"]


def test_a_folder_is_packed_without_following_anything_out_of_it(tmp_path):
    folder = tmp_path / "class"
    (folder / "jane").mkdir(parents=True)
    (folder / "jane" / "lab1_rnn.ipynb").write_bytes(NOTEBOOK)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_bytes(b"secret")
    (folder / "jane" / "key").symlink_to(tmp_path / "secret" / "key")
    (folder / "bob").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "jane" / "pipe")
    target = io.BytesIO()
    refused = packing.pack(folder, target)
    assert {entry.path: entry.problem for entry in refused} == {
        "bob": "bob is a link to another place, not a file.",
        "jane/key": "jane/key is a link to another place, not a file.",
        "jane/pipe": "jane/pipe is no ordinary file.",
    }
    assert read(tmp_path, target.getvalue(), "class.tar") == {"jane/lab1_rnn.ipynb": NOTEBOOK}


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    (tmp_path / "b").write_bytes(b"1")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c").write_bytes(b"2")
    first, second = io.BytesIO(), io.BytesIO()
    packing.pack(tmp_path, first)
    packing.pack(tmp_path, second)
    assert zlib.crc32(first.getvalue()) == zlib.crc32(second.getvalue())
    assert len(first.getvalue()) > 1000


def test_a_name_is_shown_short_and_without_control_characters():
    assert shown("a\x1b[31m\u202eb") == "a?[31m?b"
    assert len(shown("x" * 5000)) < 100
