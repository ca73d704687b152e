# SPDX-License-Identifier: GPL-3.0-or-later
# Bank and song of the demo, for ./play and its test. Source it in the project's root folder after scripts/common.sh.

built=${built:-build} # the build folder
timbrel=$built/host/timbrel
song=$built/demo/song.mid
path=$built/demo/path.csv
bank=demo.timbrel

font=/usr/share/sounds/sf2/FluidR3_GM.sf2
bank_options=(--nw "$font:0:73" --ne "$font:0:52" --sw "$font:0:12" --se "$font:0:0"
    --grid 7 --pitches 36:84:4 --velocities 50,110)

# bake_demo: bakes the demo bank, unless it exists and options, baker, model and sound font are unchanged
bake_demo() {
    local recipe
    recipe=$(cat "$built/models/timbrel-bake" models/weights/*.safetensors models/weights/recipe.json "$font" | sha256sum)${bank_options[*]}
    if [ -f "$bank" ] && [ "$recipe" = "$(cat "$built/demo/recipe" 2>/dev/null)" ]; then
        say "the demo bank is up to date: $bank"
        return
    fi
    say "baking flute, choir, marimba and piano into $bank"
    rm -f "$built/demo/recipe"
    "$timbrel" bake "${bank_options[@]}" -o "$bank"
    printf '%s\n' "$recipe" >"$built/demo/recipe"
}

# render_demo OUT.wav: renders the song and draws OUT.png
render_demo() {
    say "rendering the demo song to $1"
    "$timbrel" render "$bank" "$song" -o "$1" --xy "$path"
    "$timbrel" plot "$1" --xy "$path" -o "${1%.wav}.png"
    say "its picture: ${1%.wav}.png"
}

# Prints what the user can do next.
print_next_steps() {
    say "next: $timbrel play $bank --connect plays it from your keyboard; with PipeWire, put pw-jack before it"
    say "next: README.md describes playing and how to bake your own sounds"
}
