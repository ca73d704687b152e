#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Instructions per note and frame, counted by callgrind: the difference between a longer and a shorter run, which removes
# the cost of the start. Other threads are not counted. Usage: count_instructions.sh COUNTED_NOTES SOUNDFONT
set -euo pipefail
program=$1 font=$2 notes=16 short=6400 long=19200
out=$(mktemp)
trap 'rm -f "$out"' EXIT

instructions() { # PLAYER FRAMES
    valgrind --tool=callgrind --toggle-collect=count_instructions --callgrind-out-file="$out" "$program" "$1" $notes "$2" "$font" 2>/dev/null >&2
    sed -n 's/^summary: //p; s/^totals: //p' "$out" | head -1
}

for player in timbrel filter modulation space 4 7; do
    more=$(instructions $player $long)
    less=$(instructions $player $short)
    case $player in
    timbrel) name='a note' ;;
    filter) name='a note, filtered' ;;
    modulation) name='a note, filtered and modulated by two LFOs and an envelope' ;;
    space) name="the same with 1/$notes of delay and reverb" ;;
    *) name="a voice of libfluidsynth, order $player" ;;
    esac
    echo "$name: $(((more - less) / (long - short) / notes)) instructions per frame"
done
