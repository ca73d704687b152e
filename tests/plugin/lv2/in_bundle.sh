#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a test with another build of the plugin and the same description.
# usage: in_bundle.sh TEST PLUGIN FILE.ttl...
set -e
test=$1 plugin=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/timbrel.lv2"
cp "$@" "$folder/timbrel.lv2"
cp "$plugin" "$folder/timbrel.lv2/timbrel.so"
LV2_PATH=$folder "$test"
