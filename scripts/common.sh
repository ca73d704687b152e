# SPDX-License-Identifier: GPL-3.0-or-later
# Functions for ./play and ./check, which source this file in the project's root folder, and for tests that build.

# Without these, ccache neither keeps what is compiled with a precompiled header nor keeps its hash.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}
export CCACHE_INODECACHE=${CCACHE_INODECACHE:-1}

say() { printf '== %s\n' "$*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    say "packages are missing: run this as root, or install sudo" >&2; return 1; fi; }

# packages_of KIND…: prints the packages that scripts/packages lists for these kinds
packages_of() { for kind in "$@"; do awk -v kind="$kind" '$1 == kind { print $2 }' scripts/packages; done; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install NAME…: installs missing packages; needs neither network nor root if there are none
install() {
    local missing=()
    for name in "$@"; do installed "$name" || missing+=("$name"); done
    [ ${#missing[@]} = 0 ] && return
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    # Completes an interrupted installation, which would block the next one.
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >/dev/null 2>&1 </dev/null
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >build-packages.log 2>&1 ||
        { tail -n 20 build-packages.log >&2; return 1; }
    rm -f build-packages.log
}

# build OPTION… [-- TARGET…]: configures the folder `build` with Meson options and builds it
build() {
    local options=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    [ $# -gt 0 ] && shift
    if [ -f build/build.ninja ]; then meson configure build "${options[@]}" >/dev/null
    else say "configuring"; meson setup build "${options[@]}" >build-setup.log 2>&1 || { tail -n 30 build-setup.log >&2; return 1; }; rm -f build-setup.log
    fi
    say "building"
    ninja -C build -j "$(nproc)" "$@"
}
