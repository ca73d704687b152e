# Bash completion for timbrel.
_timbrel() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    if [ "$COMP_CWORD" = 1 ]; then
        COMPREPLY=($(compgen -W 'play render info pack unpack merge export doctor bake bench map blend plot train evaluate --help --version' -- "$word"))
        return
    fi
    case $before in
    --to)
        COMPREPLY=($(compgen -W 'sfz dspreset multisample sf2 wav nsynth-super serum surge vital' -- "$word"))
        return ;;
    --midi)
        local IFS=$'\n'
        COMPREPLY=($(compgen -W "$(timbrel play --list-midi 2>/dev/null)" -- "$word"))
        return ;;
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(timbrel "$command" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)" -- "$word"))
    else
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -F _timbrel timbrel
