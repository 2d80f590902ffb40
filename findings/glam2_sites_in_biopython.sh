#!/usr/bin/env bash
# glam2 1064-9 (Debian 12), biopython==1.88, numpy==2.4.6, Python 3.11.
#
# GLAM2 takes sequences in capitals and writes the sites that it found, also as FASTA with glam2format, in small letters. Biopython's
# motifs.create counts the letters A, C, G, T and passes over all others without a word: of such sites all counts are 0, and the
# consensus of nothing is "AAAA..." (the degenerate one "VVVV..."). The same happens to the U of RNA: a column of U has no counts
# and consensus A, unless the alphabet is given. Biopython's scanning is blind to case. One would expect counts, or an error.
#
# Seen:
#   of glam2: tgactcag: 0 letters counted, consensus AAAAAAAA, degenerate VVVVVVVV
#   in capitals: TGACTCAG: 24 letters counted, consensus TGACTCAG, degenerate TGACTCAG
#   of RNA: UGACUCAG: 12 letters counted, consensus AGACACAG, degenerate VGACVCAG
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download glam2=1064-9 >"$folder/apt.txt" 2>&1 && dpkg -x glam2_*.deb "$folder/glam2")
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check biopython==1.88 numpy==2.4.6
cat > "$folder/look.py" <<'PYTHON'
import os
import subprocess

from Bio import SeqIO, motifs
from Bio.Seq import Seq

os.chdir(os.path.dirname(__file__))
with open("in.fasta", "w") as file:
    file.write(">a\nTTTTGACTCAGTTT\n>b\nCCTGACTCAGCCCC\n>c\nAATGACTCAGAAAA\n")
subprocess.run(["glam2/usr/bin/glam2", "-r", "1", "-n", "500", "-o", "out.glam2", "n", "in.fasta"], check=True, capture_output=True)
subprocess.run(["glam2/usr/bin/glam2format", "-o", "sites.fasta", "fasta", "out.glam2"], check=True, capture_output=True)
sites = [record.seq for record in SeqIO.parse("sites.fasta", "fasta")]


def say(what, sites):
    motif = motifs.create(sites)
    total = sum(sum(motif.counts[letter]) for letter in "ACGT")
    print(f"{what} {sites[0]}: {total:g} letters counted, consensus {motif.consensus}, degenerate {motif.degenerate_consensus}")


say("of glam2:", sites)
say("in capitals:", [site.upper() for site in sites])
say("of RNA:", [Seq("UGACUCAG"), Seq("UGACUCAG")])
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "of glam2: tgactcag: 0 letters counted, consensus AAAAAAAA, degenerate VVVVVVVV
in capitals: TGACTCAG: 24 letters counted, consensus TGACTCAG, degenerate TGACTCAG
of RNA: UGACUCAG: 12 letters counted, consensus AGACACAG, degenerate VGACVCAG" ]
