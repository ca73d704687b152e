# Shared by ./play and ./check; sourced from the project's root.

say() { printf '== %s\n' "$*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    say "packages are missing: run this as root, or install sudo" >&2; return 1; fi; }

# packages_of KIND…: names listed in scripts/packages for these kinds
packages_of() { for kind in "$@"; do awk -v kind="$kind" '$1 == kind { print $2 }' scripts/packages; done; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install NAME…: only what is missing, so that a second run needs neither network nor root
install() {
    local missing=()
    for name in "$@"; do installed "$name" || missing+=("$name"); done
    [ ${#missing[@]} = 0 ] && return
    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    # An installation that was broken off stands in the way of the next one.
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >/dev/null 2>&1 </dev/null
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >build-packages.log 2>&1 ||
        { tail -n 20 build-packages.log >&2; return 1; }
    rm -f build-packages.log
}

# build OPTION… [-- TARGET…]: configures the folder `build` and builds it
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
