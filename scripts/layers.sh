#!/bin/bash
# libTorch stays in the offline program: a host's process crashes as soon as two plugins bring their own.
# usage: layers.sh BUILD
cd "$(dirname "$0")/.." || exit 1
status=0
refuse() { echo "$1"; status=1; }

named=$(grep -rIil torch host plugin) && refuse "libTorch is named in: $named"
programs=$(find "$1/host" "$1/plugin" -type f \( -name '*.so' -o -name timbrel \))
[ -n "$programs" ] || refuse "neither plugin nor player was built in $1"
for program in $programs; do
    ldd "$program" | grep -qE 'libtorch|libc10' && refuse "$program links libTorch"
done
exit $status
