#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks that the manual page describes every command and option and that groff formats it without warnings.
# usage: manual_test.sh TIMBREL timbrel.1
set -eu
status=0
page=$(sed 's/\\-/-/g' "$2")
for command in play render info pack unpack merge export doctor; do
    grep -q "^.B timbrel $command" "$2" || { echo "no synopsis of $command"; status=1; }
    for option in $("$1" "$command" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u); do
        [ "$option" = --help ] || grep -qF -- "$option" <<<"$page" || { echo "$command $option is not in the manual"; status=1; }
    done
done
if command -v groff >/dev/null; then
    warnings=$(groff -man -Tutf8 -ww -z "$2" 2>&1)
    [ -z "$warnings" ] || { echo "$warnings"; status=1; }
fi
exit $status
