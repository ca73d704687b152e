#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin builds without libTorch and JACK, and links neither.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
meson setup "$build" --buildtype=plain -Dplayer=disabled -Dmodels=disabled -Dtests=false >"$build/setup.log" ||
    { cat "$build/setup.log"; exit 1; }
ninja -C "$build" >"$build/build.log" || { tail -n 30 "$build/build.log"; exit 1; }
for file in "$build"/plugin/lv2/bundle/timbrel.lv2/timbrel.so "$build"/host/timbrel; do
    if ldd "$file" | grep -E 'torch|libjack|librtmidi|liblo\.'; then echo "$file links it"; exit 1; fi
done
"$build/host/timbrel" --help | grep -q render
