#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzzers of tests/fuzz and runs each for some seconds, from its corpus. An input that breaks a reader is kept in
# BUILD/fuzz. usage: fuzz_test.sh BUILD [SECONDS [NAME...]]
set -euo pipefail
found=$(realpath "$1")/fuzz seconds=${2:-20}
cd "$(dirname "$0")/.."
. scripts/common.sh
clang=$(ls /usr/bin/clang++-2[0-9] 2>/dev/null | tail -n 1)
[ -n "$clang" ] || { echo 'clang 20 or newer is not installed'; exit 77; }
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
mkdir -p "$found"
CXX="$(command -v ccache || true) $clang" meson setup "$build" -Dtests=true -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
    >"$build/setup.log" || { cat "$build/setup.log"; exit 1; }
names=("${@:3}")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(ninja -C "$build" -t targets all | sed -n 's|^tests/fuzz/fuzz-\([a-z_0-9]*\): .*|\1|p')
ninja -C "$build" "${names[@]/#/tests/fuzz/fuzz-}" >"$build/build.log" || { tail -n 30 "$build/build.log"; exit 1; }

# fuzz NAME: new inputs go to a folder that is removed
fuzz() {
    local corpora=(tests/fuzz/corpus/"$1")
    [ "$1" != midi_file ] || corpora+=(tests/host/data/midi)
    mkdir "$build/new-$1"
    "$build/tests/fuzz/fuzz-$1" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=4000 -print_final_stats=1 \
        -artifact_prefix="$found/$1-" "$build/new-$1" "${corpora[@]}" >"$build/$1.log" 2>&1 ||
        { echo "$1 FAILED"; tail -n 40 "$build/$1.log"; return 1; }
    echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$1.log") executions without a finding"
}
export -f fuzz
export build found seconds
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I NAME bash -c 'fuzz NAME'
