#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Bakes four sounds into a small bank twice, compares the bytes, renders the demo song and measures it.
# usage: main_job.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "$1/models/timbrel-bake" ] || { echo 'timbrel-bake was not built'; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
timbrel=$1/host/timbrel
font=/usr/share/sounds/sf2/FluidR3_GM.sf2

mkdir "$out"/{one,two}
for copy in one two; do
    "$timbrel" bake --nw "$font:0:71" --ne "$font:0:48" --sw "$font:0:11" --se "$font:0:24" \
        --grid 3 --pitches 48:72:12 --velocities 90 --seconds 1.5 -o "$out/$copy/small.timbrel"
done
bank=$out/one/small.timbrel
cmp "$bank" "$out/two/small.timbrel"
"$timbrel" info "$bank" --verify
python3 scripts/bank_schema.py "$bank"
"$timbrel" render "$bank" "$1/demo/song.mid" --xy "$1/demo/path.csv" -o "$out/song.wav"
"$1/demo/measure" "$out/song.wav" "$1/demo/song.mid" -40 -6
