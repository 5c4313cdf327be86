# fish completion for guancha-archive
function __guancha_archive_complete
    set -l before (commandline -opc)
    set -e before[1]
    set -l current (commandline -ct)
    set -l flag (string match -r -- '^--[^=]*=' $current)
    set -l lines (guancha-archive complete --current="$current" -- $before 2> /dev/null < /dev/null)
    set -l paths $lines[1]
    set -e lines[1]
    while test (count $lines) -ge 2
        printf '%s%s\t%s\n' "$flag" $lines[1] $lines[2]
        set -e lines[1..2]
    end
    set -l part (string replace -r -- '^--[^=]*=' '' $current)
    switch "$paths"
        case files
            __fish_complete_path "$part" | string replace -r -- '^' "$flag"
        case folders
            __fish_complete_directories "$part" | string replace -r -- '^' "$flag"
    end
end
complete -c guancha-archive -e
complete -c guancha-archive -f -a '(__guancha_archive_complete)'
