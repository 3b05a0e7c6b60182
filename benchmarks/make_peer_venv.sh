#!/bin/sh
# Make the virtual environment of Keras on TensorFlow that benchmarks/training.py compares with.
#
#   benchmarks/make_peer_venv.sh [FOLDER]        (default: .peer beside this script)
#
# PYTHON names the interpreter (default: python3); pinned versions stand in peer-requirements.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/.peer}
"${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --requirement "$here/peer-requirements.txt"
echo "python benchmarks/training.py --peer-python $folder/bin/python"
