#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual's list of parameters is the one in the code. To update it: BUILD/docs/timbrel-parameter-page >docs/manual/parameters.md
# usage: parameter_page_test.sh BUILD
cd "$(dirname "$0")/.." || exit 1
[ -x "$1/docs/timbrel-parameter-page" ] || { echo 'built without docs'; exit 77; }
"$1/docs/timbrel-parameter-page" | diff - docs/manual/parameters.md
