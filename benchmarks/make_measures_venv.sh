#!/bin/sh
# Make the virtual environment of torchmetrics that benchmarks/measures.py compares with.
#
#   benchmarks/make_measures_venv.sh [FOLDER]        (default: .measures-peer beside this script)
#
# PYTHON names the interpreter (default: python3). Versions are pinned in measures-requirements.txt; what those need in
# turn, and on Linux the CPU build of torch, in constraints.txt of the project; where pip does not find that build, set
# PIP_EXTRA_INDEX_URL to PyTorch's own index of CPU wheels.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/.measures-peer}
"${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet \
    --requirement "$here/measures-requirements.txt" --constraint "$here/../constraints.txt"
echo "python benchmarks/measures.py --peer-python $folder/bin/python"
