// The scripts that teach a shell to complete `seshat`: each asks `seshat __complete <words>` for what could come next, a
// candidate per line, so that all shells know the same.

const bash = `# bash completion for seshat; in ~/.bashrc: source <(seshat completion bash)
_seshat() {
    local line="\${COMP_LINE:0:COMP_POINT}" current before IFS=$' \\t\\n'
    local -a words
    read -ra words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=("")
    current="\${words[\${#words[@]}-1]}"
    IFS=$'\\n'
    COMPREPLY=($("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null))
    # Readline takes a word to begin after a colon or an equals sign.
    before="\${current%"\${current##*[:=]}"}"
    COMPREPLY=("\${COMPREPLY[@]#"$before"}")
    [[ "\${COMPREPLY[0]}" == */ ]] && type compopt &>/dev/null && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _seshat seshat
`

const zsh = `#compdef seshat
# zsh completion for seshat; in ~/.zshrc, after compinit: source <(seshat completion zsh)
_seshat() {
    local -a candidates folders
    candidates=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    folders=("\${(@M)candidates:#*/}")
    candidates=("\${(@)candidates:#*/}")
    (( \${#folders} )) && compadd -S '' -- "\${folders[@]}"
    (( \${#candidates} )) && [[ -n "\${candidates[1]}" ]] && compadd -- "\${candidates[@]}"
}
if [[ "\${funcstack[1]}" == _seshat ]]; then
    _seshat "$@"
else
    compdef _seshat seshat
fi
`

const fish = `# fish completion for seshat: seshat completion fish > ~/.config/fish/completions/seshat.fish
function __seshat_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    command $program __complete $words "$current" 2>/dev/null
end
complete -c seshat -f -a '(__seshat_complete)'
`

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }
