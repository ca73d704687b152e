#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual's list of parameters is the one in the code. To update it: BUILD/plugin/lv2/timbrel-parameter-page >docs/manual/parameters.md
# usage: parameter_page_test.sh BUILD
cd "$(dirname "$0")/.." || exit 1
"$1/plugin/lv2/timbrel-parameter-page" | diff - docs/manual/parameters.md
