#!/usr/bin/env bash
# logomaker==0.8.7, biopython==1.88, pandas==2.3.3, numpy==2.4.6, Python 3.11.
#
# logomaker.alignment_to_matrix takes the letters that occur in the sites for the alphabet. A DNA motif without G (a TATA box) has three letters
# for it: a position that never varies has log2(3) = 1.585 bits in place of 2, and in a motif of A and T alone 1 bit. A G in one site
# makes all other positions higher. In sites of mixed case (as in masked genomes) "A" and "a" are two letters, and a position
# that has both counts as varying. Biopython, which knows the alphabet, has 2 bits. One would expect four
# letters of DNA; a column of zeros for the missing letter has to be added to the counts by hand.
#
# Seen:
#   TATA TATA TAAA TAAA: logomaker's alphabet AT, [1.0, 1.0, 0.0, 1.0] bits; Biopython [2.0, 2.0, 1.0, 2.0]
#   TATA TATA TAAA TACA: logomaker's alphabet ACT, [1.585, 1.585, 0.085, 1.585] bits; Biopython [2.0, 2.0, 0.5, 2.0]
#   TATA TATA TAAA TAGC: logomaker's alphabet ACGT, [2.0, 2.0, 0.5, 1.189] bits; Biopython [2.0, 2.0, 0.5, 1.189]
#   TATA tata TATA tata: logomaker's alphabet ATat, [1.0, 1.0, 1.0, 1.0] bits; Biopython [2.0, 2.0, 2.0, 2.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check logomaker==0.8.7 biopython==1.88 pandas==2.3.3 numpy==2.4.6
cat > "$folder/look.py" <<'PYTHON'
import logomaker
from Bio import motifs
from Bio.Seq import Seq


def bits(sites):
    matrix = logomaker.alignment_to_matrix(sites, to_type="information", pseudocount=0)
    biopython = motifs.create([Seq(site.upper()) for site in sites]).relative_entropy
    letters = "".join(matrix.columns)
    print(f"{' '.join(sites)}: logomaker's alphabet {letters}, {matrix.sum(axis=1).round(3).tolist()} bits; Biopython {biopython.round(3).tolist()}")


bits(["TATA", "TATA", "TAAA", "TAAA"])
bits(["TATA", "TATA", "TAAA", "TACA"])
bits(["TATA", "TATA", "TAAA", "TAGC"])
bits(["TATA", "tata", "TATA", "tata"])
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "TATA TATA TAAA TAAA: logomaker's alphabet AT, [1.0, 1.0, 0.0, 1.0] bits; Biopython [2.0, 2.0, 1.0, 2.0]
TATA TATA TAAA TACA: logomaker's alphabet ACT, [1.585, 1.585, 0.085, 1.585] bits; Biopython [2.0, 2.0, 0.5, 2.0]
TATA TATA TAAA TAGC: logomaker's alphabet ACGT, [2.0, 2.0, 0.5, 1.189] bits; Biopython [2.0, 2.0, 0.5, 1.189]
TATA tata TATA tata: logomaker's alphabet ATat, [1.0, 1.0, 1.0, 1.0] bits; Biopython [2.0, 2.0, 2.0, 2.0]" ]
