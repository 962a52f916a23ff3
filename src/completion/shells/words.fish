# Follows the words before the cursor to a command; remembers the answer for as long as they stay.
function __jcds_look
    set -l tokens (commandline -opc)
    set -l typed (string join -- \x1e $tokens | string collect)
    test "$typed" = "$__jcds_typed"; and return
    set -g __jcds_typed $typed
    set -g __jcds_path ''
    set -g __jcds_at_place 1
    set -g __jcds_pending ''
    set -g __jcds_inside ''
    set -g __jcds_chosen
    set -l rest ''
    set -e tokens[1]
    __jcds_table ''
    for token in $tokens
        if test -n "$__jcds_pending"
            test "$__jcds_pending" = --repository; and set -a __jcds_chosen $token
            set __jcds_pending ''
        else if test -z "$rest" -a "$token" = --
            set rest 1
        else if test -z "$rest"; and string match -qr '^--.*=' -- $token
            set -a __jcds_chosen (string replace -rf '^--repository=' '' -- $token)
        else if test -z "$rest"; and string match -q -- '-?*' $token
            string match -qr '^-[^-]' -- $token; and set token -(string sub -s -1 -- $token)
            contains -- $token $__jcds_valued; and set __jcds_pending $token
        else if contains -- $token $__jcds_subs
            set __jcds_path (string trim -- "$__jcds_path $token")
            __jcds_table $__jcds_path
        else if test -n "$__jcds_wraps"
            set __jcds_inside 1
            break
        else
            set __jcds_subs
            set __jcds_at_place (math $__jcds_at_place + 1)
        end
    end
end

# Whether the cursor is among the options and arguments of one of the commands.
function __jcds_at
    __jcds_look
    test -z "$__jcds_inside"; and contains -- "$__jcds_path" $argv
end

# Whether it is at the argument of that number, or (`2+`) at that or a later one.
function __jcds_place --argument-names number
    __jcds_at $argv[2..]; and test -z "$__jcds_pending"; or return
    switch $number
        case '*+'
            test $__jcds_at_place -ge (string replace + '' $number)
        case '*'
            test $__jcds_at_place -eq $number
    end
end

# Whether a word after `jcds`, or after a group of commands, is to come.
function __jcds_sub
    __jcds_place 1 $argv; and set -q __jcds_subs[1]
end

# Whether what is typed belongs to the contained command.
function __jcds_contained
    __jcds_look
    test -n "$__jcds_inside"
end

# Files are what fish completes for a command that it does not know. (Its function for this starts ls.)
function __jcds_files
    __jcds_is_on_cvmfs; or complete -C "'' "(string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
end

function __jcds_directories
    __jcds_files | string match -r '^[^\t]*/(?=\t|$)'
end

# A look there may block for as long as the network takes.
function __jcds_is_on_cvmfs
    set -l place (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    string match -qr '^[/~$]' -- "$place"; or set place $PWD/$place
    set -l roots /cvmfs $JCDS_CVMFS_ROOT
    for root in $roots
        test (string sub -l (string length -- $root) -- $place) = $root; and return 0
    end
    return 1
end
