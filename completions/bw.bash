# bash completion for bw. The candidates come from the program itself: `bw __complete -- WORDS…`.

_bw() {
  local cur words cword line value
  # bash cuts words at ":" and "=", which did:key:… and --option=value hold; bash-completion joins them.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n =: cur words cword
  else
    cur=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  # What bash will not replace, because it takes the word to begin after it.
  local kept=
  [[ $cur == *[:=]* && $COMP_WORDBREAKS == *[:=]* ]] && kept=${cur%"${cur##*[:=]}"}

  COMPREPLY=()
  local typed=${cur#[\'\"]}
  while IFS= read -r line; do
    case $line in
      :files | :folders)
        local action=-f
        [[ $line == :folders ]] && action=-d
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen $action -- "${cur##*=}")
        ;;
      *)
        value=${line%%$'\t'*}
        COMPREPLY+=("$(printf '%q' "${value#"$kept"}")")
        ;;
    esac
  done < <(command "${words[0]/#\~/$HOME}" __complete -- "${words[@]:1:cword-1}" "$typed" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -F _bw bw
