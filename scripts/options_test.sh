#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds with options disabled: the plugin alone, then the player without its optional parts. Each links none of the
# libraries that it leaves out. Not optimised, so that it takes little time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

fail() { echo "$*"; exit 1; }

# build_with NAME TARGETS OPTION...: configures a folder of that name and builds it; `all` for all targets
build_with() {
    local name=$1 targets=$2; shift 2
    meson setup "$build/$name" --buildtype=plain "$@" >"$build/setup.log" || { cat "$build/setup.log"; exit 1; }
    ninja -C "$build/$name" $targets >"$build/build.log" || { tail -n 30 "$build/build.log"; exit 1; }
}

# links_none PATTERN FILE...
links_none() {
    local pattern=$1 file; shift
    for file; do ! ldd "$file" | grep -E "$pattern" || fail "$file links it"; done
}

optional=(-Dosc=disabled -Drtmidi=disabled -Dui=disabled -Ddocs=disabled)

build_with plugin all -Dplayer=disabled -Dmodels=disabled "${optional[@]}" -Dtests=false
bundle=$build/plugin/plugin/lv2/bundle/timbrel.lv2
links_none 'torch|libjack|librtmidi|liblo\.|libX11|libcairo' "$bundle/timbrel.so" "$build/plugin/host/timbrel"
[ ! -e "$bundle/timbrel-window.so" ] || fail 'the window was built'
! grep -r 'ui:X11UI\|ui:ui' "$bundle" || fail 'the description names a window'
"$build/plugin/host/timbrel" --help | grep -q render
DESTDIR=$build/installed meson install -C "$build/plugin" --no-rebuild --quiet
! find "$build/installed" -path '*/man/*' -o -path '*/doc/*' | grep . || fail 'pages were installed'
meson configure "$build/plugin" -Dtests=true
ninja -C "$build/plugin" tests/plugin/engine/test-engine-{gesture,midi,playing} >"$build/build.log" ||
    { tail -n 30 "$build/build.log"; exit 1; }
for test in gesture midi playing; do "$build/plugin/tests/plugin/engine/test-engine-$test"; done

pkg-config --exists jack || exit 0
build_with player host/timbrel -Dplayer=enabled -Dmodels=disabled "${optional[@]}" -Dtests=false
timbrel=$build/player/host/timbrel
links_none 'librtmidi|liblo\.|libX11|libcairo' "$timbrel"
export LV2_PATH=$build/plugin/plugin/lv2/bundle
message=$("$timbrel" play --plugin urn:timbrel:morph --osc 9000 2>&1) && fail '--osc was accepted'
[ "$message" = 'timbrel: --osc: this build has no Open Sound Control; configure it with -Dosc=enabled' ] || fail "$message"
message=$(NSM_URL=osc.udp://localhost:9 "$timbrel" play --plugin urn:timbrel:morph 2>&1) && fail 'NSM_URL was accepted'
[[ $message = 'timbrel: NSM_URL is set, but this build has no sessions; '* ]] || fail "$message"
"$timbrel" doctor >"$build/doctor.log" || true # 1: it found something to fix
grep -q 'through JACK only, as this build has no RtMidi' "$build/doctor.log" || fail "$(cat "$build/doctor.log")"
timeout -s INT 3 "$timbrel" play --plugin urn:timbrel:morph --driver dummy --midi keys 2>"$build/play.log" || [ $? = 124 ]
grep -q 'no MIDI source of that name yet; .*, through JACK only, as this build has no RtMidi$' "$build/play.log" ||
    fail "$(cat "$build/play.log")"
