#!/bin/sh
# The description, checked against the LV2 specification.
# usage: validate.sh FILE.ttl...
command -v lv2_validate >/dev/null && command -v sord_validate >/dev/null || exit 77
said=$(lv2_validate "$@" 2>&1)
echo "$said"
echo "$said" | grep -q 'Found 0 errors' && ! echo "$said" | grep -q 'warning'
