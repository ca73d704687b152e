#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Validates the description against the LV2 specification.
# usage: validate.sh FILE.ttl...
command -v lv2_validate >/dev/null && command -v sord_validate >/dev/null || exit 77
output=$(lv2_validate "$@" 2>&1)
echo "$output"
echo "$output" | grep -q 'Found 0 errors' && ! echo "$output" | grep -q 'warning'
