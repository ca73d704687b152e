#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No type is defined in two ways: links every library with link-time optimisation, which compares the definitions.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
meson setup "$build" --buildtype=plain -Dodr=true -Dtests=false >"$build/setup.log" || { cat "$build/setup.log"; exit 1; }
grep -q 'timbrel-bake *: *YES' "$build/setup.log" || { echo 'libTorch is not installed'; exit 77; }
ninja -C "$build" tests/odr/one-definition.o >"$build/build.log" || { tail -n 30 "$build/build.log"; exit 1; }
