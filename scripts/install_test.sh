#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# An installation into an empty folder is complete: its own baker, player and plugin work from there.
# usage: install_test.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "$1/models/timbrel-bake" ] || { echo 'timbrel-bake was not built'; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
DESTDIR=$root/installed meson install -C "$1" --no-rebuild --quiet
bin=$(dirname "$(find "$root/installed" -path '*/bin/timbrel')")
bundle=$(find "$root/installed" -name timbrel.lv2 -type d)
weights=$(find "$root/installed" -name timbrel.safetensors)
docs=()
[ ! -x "$1/docs/timbrel-parameter-page" ] ||
    docs=(share/man/man1/timbrel.1 share/doc/timbrel/manual/README.md share/doc/timbrel/manual/parameters.md)
for file in "${docs[@]}" share/applications/timbrel.desktop share/bash-completion/completions/timbrel \
    libexec/timbrel/timbrel-sampler share/timbrel/weights/recipe.json; do
    [ -f "$bin/../$file" ] || { echo "not installed: $file"; exit 1; }
done
export PATH=$bin:$PATH LV2_PATH=${bundle%/*}
[ "$(command -v timbrel)" = "$bin/timbrel" ]
font=/usr/share/sounds/sf2/FluidR3_GM.sf2
timbrel bake --line "$font:0:71" "$font:0:48" --grid 2 --pitches 60 --velocities 90 --seconds 1 --model "$weights" \
    -o "$root/small.timbrel"
timbrel info "$root/small.timbrel" --verify
timbrel render "$root/small.timbrel" "$1/demo/song.mid" -o "$root/song.wav"
[ "$(stat -c %s "$root/song.wav")" -gt 1000000 ]
