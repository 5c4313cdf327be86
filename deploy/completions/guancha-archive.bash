# bash completion for guancha-archive
_guancha_archive() {
  local line=$COMP_LINE before=() word space paths='' i n=0 quote=''
  line=${line:0:COMP_POINT}
  line=${line#*"${COMP_WORDS[0]}"}
  for ((i = 1; i <= COMP_CWORD; i++)); do
    space=${line%%[![:space:]]*}
    line=${line#"$space"}
    if ((i < COMP_CWORD)); then word=${COMP_WORDS[i]}; else word=$line; fi
    line=${line#"$word"}
    if [[ -z $space ]] && ((n > 0)); then before[n - 1]+=$word; else before[n++]=$word; fi
  done
  for ((i = 0; i < n; i++)); do
    word=${before[i]}
    case $word in \"* | \'*) quote=${word:0:1} word=${word:1} ;; *) quote='' ;; esac
    if ((i < n - 1)); then word=${word%[\"\']}; fi
    before[i]=${word//\\/}
  done
  word=${before[n - 1]}
  unset 'before[n - 1]'
  COMPREPLY=()
  {
    IFS= read -r paths
    while IFS= read -r word && IFS= read -r _; do
      if [[ -z $quote ]]; then printf -v word %q "$word"; fi
      COMPREPLY+=("$word")
    done
  } < <(guancha-archive complete --current="$word" -- ${before[@]+"${before[@]}"} 2> /dev/null < /dev/null)
  case $paths in
    none) compopt +o default ;;
    folders) compopt +o default -o dirnames ;;
  esac 2> /dev/null
  return 0
}
complete -o default -F _guancha_archive guancha-archive
