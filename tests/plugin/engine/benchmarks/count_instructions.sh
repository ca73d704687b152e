#!/bin/bash
# Instructions for one note and frame, as callgrind counts them: the difference between a longer and a shorter run,
# so that what comes before drops out; what other threads do is not counted. Usage: count_instructions.sh COUNTED_NOTES SOUNDFONT
set -euo pipefail
program=$1 font=$2 notes=16 short=6400 long=19200
out=$(mktemp)
trap 'rm -f "$out"' EXIT

instructions() { # PLAYER FRAMES
    valgrind --tool=callgrind --toggle-collect='timbrel::test::*::render*' --callgrind-out-file="$out" "$program" "$1" $notes "$2" "$font" 2>/dev/null >&2
    sed -n 's/^summary: //p; s/^totals: //p' "$out" | head -1
}

for player in timbrel 4 7; do
    more=$(instructions $player $long)
    less=$(instructions $player $short)
    case $player in timbrel) name='a note' ;; *) name="a voice of libfluidsynth, order $player" ;; esac
    echo "$name: $(((more - less) / (long - short) / notes)) instructions a frame"
done
