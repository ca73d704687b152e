#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the results of ./play --render: the bank, the song and its picture.
# usage: demo_test.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "$1/models/timbrel-bake" ] || { echo 'timbrel-bake was not built'; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
built=$1
. scripts/common.sh
. scripts/demo.sh

bake_demo
[ "$(stat -c %s "$bank")" -le 800000000 ] || { echo "$bank is larger than 800 MB"; exit 1; }
"$timbrel" info "$bank" --verify
render_demo "$out/demo.wav"
"$built/demo/measure" "$out/demo.wav"
"$timbrel" render "$bank" "$song" -o "$out/tuned.wav" --xy "$path" --set natural_pitch=0 --set natural_vibrato=0
"$built/demo/measure" "$out/tuned.wav" "$song"
[ "$(head -c 4 "$out/demo.png" | tail -c 3)" = PNG ]
