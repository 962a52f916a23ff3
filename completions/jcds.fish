# jcds completion for fish. Made by `node .ci/generate.mjs`; `jcds completion uninstall` removes it.

# Published names come from the index in ~/.cache/jcds/completion (src/completion/index-format.ts says how it is made).
# They are texts from outside: compared as plain text, looked at character by character, never expanded. Nothing here
# starts a process, and nothing looks into CVMFS, where a look may block.

function __jcds_images
    # A quote that is still open is no part of the name.
    set -l word (string replace -r -- '^(?:--[a-z-]+=)?["\']?' '' (commandline -ct))
    string match -qr '^(?:[A-Za-z0-9][A-Za-z0-9._/:@-]*)?$' -- "$word"; or return
    set -l scheme (string match -r '^docker://' -- "$word")
    set word (string replace -r '^docker://' '' -- "$word")
    set -l searched (__jcds_searched)
    set -l found
    for repository in $searched
        set -a found (__jcds_names $repository.names "$word")
    end
    set -l published $found
    set -a found (__jcds_names copies "$word")
    # OSG's layout, and JINR's, drops the registry: what one types before the name stays as it is.
    set -l first (string match -r '^[^/]*[.:][^/]*/' -- "$word")
    if test -z "$published" -a -n "$first"
        set word (string sub -s (math (string length -- $first) + 1) -- $word)
        for repository in $searched
            set -a found $first(__jcds_names $repository.names "$word" bare)
        end
    end
    set -q found[1]; and string join -- \n "$scheme"$found
end

# Prints the segments that follow the word in the names of one repository: `nica/`, `git.jinr.ru:5005/`, `bmn:`, `latest`.
# `bare`: of names without a registry, and of all where the layout drops it.
function __jcds_names --argument-names file word bare
    set -l lines
    __jcds_read $file; or return
    set -l count (string match -r '(?<=^jcds-completion 1 )[1-9][0-9]{0,3}(?= )' -- $lines[1]); or return
    set -l regex '^'(string escape --style=regex -- "$word")
    # Blocks to look through, as pairs of first line and lines.
    set -l blocks 1 $count
    while set -q blocks[1]
        set -l start $blocks[1]
        set -l block $lines[(math $start + 1)..(math $start + $blocks[2])]
        set -l after (math $start + $blocks[2])
        set -e blocks[1..2]
        set -l segments
        for line in (string match -r '^[A-Za-z0-9._/:@-]+\t[1-9][0-9]{0,6}\t[1-9][0-9]{0,3}$' -- $block)
            set -l child (string split \t -- $line)
            test $child[2] -ge $after -a $child[3] -le 1000; or continue
            if test (string sub -l (string length -- $child[1]) -- "$word") = $child[1]
                set -a blocks $child[2..3]
            else if string match -qr -- $regex $child[1]
                # A part of a segment has no end of its own: fish shows the whole ones.
                string match -qr '[/:@]$' -- $child[1]
                and set -a segments $child[1]
                or set -a blocks $child[2..3]
            end
        end
        string match -r '^[A-Za-z0-9._/:@-]+$' -- $block \
            | string match -r -- $regex'(?:[^/]*/|[^/:@]*[:@]|[^/:@]+$)' | __jcds_once
        if test -n "$bare"; and not string match -q '* osg' -- $lines[1]
            set segments (string match -rv '^[^/]*[.:][^/]*/' -- $segments)
        end
        set -q segments[1]; and string join -- \n $segments
    end
end

# Drops lines that repeat the one before them.
function __jcds_once
    set -l last
    while read -l line
        test "$line" = "$last"; and continue
        set last $line
        echo $line
    end
end

# Reads a file of the index into $lines of its caller, if it is this user's own and of the version that is known here.
function __jcds_read --no-scope-shadowing
    set -l file (__jcds_directory)/$argv[1]
    test -f "$file" -a -O "$file" -a -r "$file"; or return 1
    read -z -d \n -a lines <$file
    string match -qr '^jcds-completion 1(?: |$)' -- "$lines[1]"
end

# Prints the repositories whose names are offered: those of the command line, of the environment, of the configuration,
# or else all that there are.
function __jcds_searched
    __jcds_look
    set -l names $__jcds_chosen
    set -q names[1]; or set names (string split -n , -- "$JCDS_REPOSITORIES")
    set -l lines
    if not set -q names[1]; and __jcds_read searched
        set names $lines[2..101]
    end
    set -q names[1]; or set names (__jcds_indexed)
    string match -r '^[A-Za-z0-9][A-Za-z0-9_-]*\.[A-Za-z0-9._-]+$' -- $names
end

function __jcds_repositories
    string match -r '^[A-Za-z0-9][A-Za-z0-9_-]*\.[A-Za-z0-9._-]+$' -- $__jcds_known (__jcds_indexed)
end

# Prints the repositories that have an index.
function __jcds_indexed
    set -l files (__jcds_directory)/*.names
    string replace -r '^.*/(.*)\.names$' '$1' -- $files
end

function __jcds_directory
    set -l directory "$XDG_CACHE_HOME"
    string match -q '/*' -- $directory; or set directory $HOME/.cache
    echo $directory/jcds/completion
end

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

set -g __jcds_known 'containers.jinr.ru' 'unpacked.cern.ch' 'singularity.opensciencegrid.org' 'singularity.galaxyproject.org'

# What may follow the words of a command: words, and options that take a value.
function __jcds_table
    set -g __jcds_subs
    set -g __jcds_valued
    set -g __jcds_wraps ''
    switch "$argv[1]"
        case ''
            set __jcds_subs run exec shell resolve list wrap status wait doctor cache request requests pull convert sync help auth store condor config completion
        case 'cache'
            set __jcds_subs prune
            set __jcds_valued --repository --cvmfs-root --cvmfs-timeout --platform --server --keys --cache-dir --color
        case 'auth'
            set __jcds_subs status
        case 'store'
            set __jcds_subs list remove prune verify
        case 'condor'
            set __jcds_subs submit wrapper machine-ad install
        case 'config'
            set __jcds_subs list get set unset trust untrust
        case 'completion'
            set __jcds_subs bash zsh fish install uninstall refresh
        case 'run' 'exec' 'shell'
            set __jcds_valued -B --bind --mount --env --env-file --env-policy --workdir --home --gpu --runtime --runtime-arg --if-missing --status-file --repository --cvmfs-root --cvmfs-timeout --platform --volume --pwd --cwd --color
            set __jcds_wraps 1
        case 'resolve' 'list' 'status' 'completion refresh'
            set __jcds_valued --repository --cvmfs-root --cvmfs-timeout --platform --server --keys --cache-dir --color
        case 'wrap'
            set __jcds_valued -o --output -B --bind --mount --env --env-file --env-policy --workdir --home --gpu --runtime --runtime-arg --repository --cvmfs-root --cvmfs-timeout --platform --volume --pwd --cwd --color
            set __jcds_wraps 1
        case 'wait'
            set __jcds_valued --timeout --repository --cvmfs-root --cvmfs-timeout --platform --server --keys --cache-dir --color
        case 'doctor'
            set __jcds_valued --runtime --repository --cvmfs-root --cvmfs-timeout --platform --server --keys --cache-dir --color
        case 'cache prune' 'auth status' 'store list' 'store remove' 'store verify' 'config list' 'config get' 'config set' 'config unset' 'config trust' 'config untrust' 'completion bash' 'completion zsh' 'completion fish' 'completion install' 'completion uninstall' 'help'
            set __jcds_valued --color
        case 'request'
            set __jcds_valued -m --message --timeout --list-path --repository --cvmfs-root --cvmfs-timeout --color
        case 'requests'
            set __jcds_valued --repository --cvmfs-root --cvmfs-timeout --color
        case 'pull'
            set __jcds_valued --as --platform --store --limit --color
        case 'store prune'
            set __jcds_valued --keep-bytes --color
        case 'convert'
            set __jcds_valued --to --platform --limit --color
        case 'sync'
            set __jcds_valued --wishlist --target --format --platform --base --junit --jobs --limit --period --color
        case 'condor submit'
            set __jcds_valued --timeout --via -a --append --retries --retry-after --if-missing --repository --cvmfs-root --cvmfs-timeout --platform --server --keys --cache-dir --color
        case 'condor wrapper'
            set __jcds_valued -o --output --attribute -B --bind --mount --env-policy --gpu --runtime --runtime-arg --repository --cvmfs-root --cvmfs-timeout --volume --color
        case 'condor machine-ad'
            set __jcds_valued -o --output --repository --cvmfs-root --cvmfs-timeout --color
        case 'condor install'
            set __jcds_valued --prefix --config --root --period --repository --cvmfs-root --cvmfs-timeout --color
    end
end

complete -c jcds -f
complete -c jcds -n '__jcds_sub ""' -a run -d 'Run a published image: its entrypoint, or the command given'
complete -c jcds -n '__jcds_sub ""' -a exec -d 'Run a command in a published image, without its entrypoint'
complete -c jcds -n '__jcds_sub ""' -a shell -d 'Open a shell in a published image'
complete -c jcds -n '__jcds_sub ""' -a resolve -d 'Print where a published image is'
complete -c jcds -n '__jcds_sub ""' -a list -d 'List the published images'
complete -c jcds -n '__jcds_sub ""' -a wrap -d 'Write a shell script that runs a command in a published image without Node.js'
complete -c jcds -n '__jcds_sub ""' -a status -d 'Say whether images are published, whether this host is up to date, and what is wrong with them'
complete -c jcds -n '__jcds_sub ""' -a wait -d 'Wait until an image is visible on this host, and print where it is'
complete -c jcds -n '__jcds_sub ""' -a doctor -d 'Say what keeps jcds from running images on this host, and what to do about it'
complete -c jcds -n '__jcds_sub ""' -a cache -d 'Say what is cached on this host: by CVMFS, by the runtimes, by jcds; or of one image'
complete -c jcds -n '__jcds_sub ""' -a request -d 'Ask for images to be published'
complete -c jcds -n '__jcds_sub ""' -a requests -d 'Show what you have asked for, and where it stands'
complete -c jcds -n '__jcds_sub ""' -a pull -d 'Make a local copy of an image, for `jcds run --local`'
complete -c jcds -n '__jcds_sub ""' -a convert -d 'Unpack an image into a directory or one flat tar, without root and without a container engine'
complete -c jcds -n '__jcds_sub ""' -a sync -d 'Publish the images of a list into a repository: the service itself'
complete -c jcds -n '__jcds_sub ""' -a help -d 'Show help about a command or a topic'
complete -c jcds -n '__jcds_sub ""' -a auth -d 'status'
complete -c jcds -n '__jcds_sub ""' -a store -d 'list, remove, prune, verify'
complete -c jcds -n '__jcds_sub ""' -a condor -d 'submit, wrapper, machine-ad, install'
complete -c jcds -n '__jcds_sub ""' -a config -d 'list, get, set, unset, trust, untrust'
complete -c jcds -n '__jcds_sub ""' -a completion -d 'bash, zsh, fish, install, uninstall, refresh'
complete -c jcds -n '__jcds_sub "cache"' -a prune -d 'Empty jcds\' own cache, and say how the others are emptied'
complete -c jcds -n '__jcds_sub "auth"' -a status -d 'Say which token is used for a forge, and what it may do'
complete -c jcds -n '__jcds_sub "store"' -a list -d 'List the local copies of images (docs/local.md)'
complete -c jcds -n '__jcds_sub "store"' -a remove -d 'Remove local copies of images'
complete -c jcds -n '__jcds_sub "store"' -a prune -d 'Remove the local copies that were used least recently, and what killed pulls have left'
complete -c jcds -n '__jcds_sub "store"' -a verify -d 'Compare the files of local copies with what was recorded when they were made'
complete -c jcds -n '__jcds_sub "condor"' -a submit -d 'Submit jobs that run in a published image to HTCondor'
complete -c jcds -n '__jcds_sub "condor"' -a wrapper -d 'Write the job wrapper of an HTCondor pool, which runs jobs in the image that they name'
complete -c jcds -n '__jcds_sub "condor"' -a machine-ad -d 'Print what this machine can run, as STARTD_CRON of HTCondor wants it'
complete -c jcds -n '__jcds_sub "condor"' -a install -d 'Set up this host for jobs in published images: job wrapper, STARTD_CRON job, rules for jobs'
complete -c jcds -n '__jcds_sub "config"' -a list -d 'Print every setting in force and where it comes from'
complete -c jcds -n '__jcds_sub "config"' -a get -d 'Print one setting as JSON'
complete -c jcds -n '__jcds_sub "config"' -a set -d 'Write one setting into your own file'
complete -c jcds -n '__jcds_sub "config"' -a unset -d 'Remove one setting from your own file'
complete -c jcds -n '__jcds_sub "config"' -a trust -d 'Show a project\'s .jcds.json whole, and let jcds use it as it is now'
complete -c jcds -n '__jcds_sub "config"' -a untrust -d 'Let jcds no longer use a project\'s .jcds.json'
complete -c jcds -n '__jcds_sub "completion"' -a bash -d 'Print the completion script for bash'
complete -c jcds -n '__jcds_sub "completion"' -a zsh -d 'Print the completion script for zsh'
complete -c jcds -n '__jcds_sub "completion"' -a fish -d 'Print the completion script for fish'
complete -c jcds -n '__jcds_sub "completion"' -a install -d 'Let bash, zsh and fish complete commands, options and published names'
complete -c jcds -n '__jcds_sub "completion"' -a uninstall -d 'Remove what `completion install` has written, and the index of names'
complete -c jcds -n '__jcds_sub "completion"' -a refresh -d 'List the published names anew for completion'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -s B -l bind -x -a '(__jcds_files)' -d 'show SRC[:DST[:ro|rw]] of this host inside (repeatable)'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -l mount -x -d 'the same as type=bind,src=...,dst=...[,ro], for names with colons (repeatable)'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l env -x -d 'set a variable inside (repeatable); NAME alone passes the caller\'s value'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l env-file -x -a '(__jcds_files)' -d 'set the variables of a file of NAME=value lines (repeatable)'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -l env-policy -x -a 'keep clean hep' -d 'which of the caller\'s variables the job sees'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l workdir -x -d 'working directory inside; `image` is the image\'s own (default: the caller\'s)'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l home -x -a '(__jcds_directories)' -d 'show this directory of the host as the home directory'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l no-home -d 'do not show the home directory'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -l contain -d 'show nothing of the host but what is bound: own /tmp and home, minimal /dev'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -l gpu -x -a 'auto nvidia rocm none' -d 'which GPU is shown inside'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -l writable-tmpfs -d 'a small writable layer over the image, lost at the end'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "doctor" "condor wrapper"' -l runtime -x -a 'apptainer singularity unshare bubblewrap charliecloud podman docker containerd' -d 'use this runtime'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap" "condor wrapper"' -l runtime-arg -x -d 'pass an argument on to the runtime (repeatable)'
complete -c jcds -n '__jcds_at "run" "exec" "shell"' -l if-missing -x -a 'ask request wait local fail' -d 'what to do when the image is not published'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l local -d 'run the copy in the local store, and do not look at CVMFS (docs/local.md)'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "wrap" "condor submit" "condor wrapper"' -l any-registry -d 'accept an image that was made from another registry than the one typed'
complete -c jcds -n '__jcds_at "run" "exec" "shell"' -l status-file -x -a '(__jcds_files)' -d 'write what was decided to this file, as JSON'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "wrap"' -l stats -d 'stay beside the job, and say at its end what it took and what this host downloaded meanwhile'
complete -c jcds -n '__jcds_at "run" "exec" "shell"' -s n -l dry-run -d 'print the command instead of running it'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "status" "wait" "doctor" "cache" "cache prune" "pull" "store list" "store remove" "store prune" "store verify" "convert" "sync" "condor submit" "config list"' -l json -d 'print JSON; errors are one JSON object on standard error'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "request" "requests" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "completion refresh"' -l repository -x -a '(__jcds_repositories)' -d 'search this CVMFS repository (repeatable)'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "request" "requests" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "completion refresh"' -l cvmfs-root -x -a '(__jcds_directories)' -d 'where CVMFS is mounted'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "request" "requests" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "completion refresh"' -l cvmfs-timeout -x -d 'how long a look at CVMFS may take'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l platform -x -d 'choose the image of this platform where several are published'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "cache prune" "request" "requests" "auth status" "pull" "store list" "store remove" "store prune" "store verify" "convert" "sync" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "config list" "config get" "config set" "config unset" "config trust" "config untrust" "completion bash" "completion zsh" "completion fish" "completion install" "completion uninstall" "completion refresh" "help"' -s v -l verbose -d 'say more about what is done, on standard error'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "cache prune" "request" "requests" "auth status" "pull" "store list" "store remove" "store prune" "store verify" "convert" "sync" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "config list" "config get" "config set" "config unset" "config trust" "config untrust" "completion bash" "completion zsh" "completion fish" "completion install" "completion uninstall" "completion refresh" "help"' -s q -l quiet -d 'say only errors'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "cache prune" "request" "requests" "auth status" "pull" "store list" "store remove" "store prune" "store verify" "convert" "sync" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "config list" "config get" "config set" "config unset" "config trust" "config untrust" "completion bash" "completion zsh" "completion fish" "completion install" "completion uninstall" "completion refresh" "help"' -l no-input -d 'never ask anything'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "cache prune" "request" "requests" "auth status" "pull" "store list" "store remove" "store prune" "store verify" "convert" "sync" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "config list" "config get" "config set" "config unset" "config trust" "config untrust" "completion bash" "completion zsh" "completion fish" "completion install" "completion uninstall" "completion refresh" "help"' -l color -x -a 'auto always never' -d 'colour the output'
complete -c jcds -n '__jcds_at "run" "exec" "shell" "resolve" "list" "wrap" "status" "wait" "doctor" "cache" "cache prune" "request" "requests" "auth status" "pull" "store list" "store remove" "store prune" "store verify" "convert" "sync" "condor submit" "condor wrapper" "condor machine-ad" "condor install" "config list" "config get" "config set" "config unset" "config trust" "config untrust" "completion bash" "completion zsh" "completion fish" "completion install" "completion uninstall" "completion refresh" "help" "" "auth" "store" "condor" "config" "completion"' -s h -l help -d 'show help'
complete -c jcds -n '__jcds_at "resolve"' -l pinned -d 'print the real directory, which stays the same when the tag moves'
complete -c jcds -n '__jcds_at "resolve" "list" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l no-mount -d 'look at the signed repository over HTTP, whatever is mounted here'
complete -c jcds -n '__jcds_at "resolve" "list" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l server -x -d 'over HTTP, ask this server: http://HOST/cvmfs/@fqrn@ (repeatable)'
complete -c jcds -n '__jcds_at "resolve" "list" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l keys -x -a '(__jcds_files)' -d 'over HTTP, believe these master public keys: a PEM file, or a directory of *.pub (repeatable)'
complete -c jcds -n '__jcds_at "resolve" "list" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l insecure -d 'over HTTP, look without verifying; marked so in every output'
complete -c jcds -n '__jcds_at "resolve" "list" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l forget-revision -d 'over HTTP, take an older revision than was seen before, once: the repository was made anew'
complete -c jcds -n '__jcds_at "resolve" "list" "status" "wait" "doctor" "cache" "condor submit" "completion refresh"' -l cache-dir -x -a '(__jcds_directories)' -d 'keep what is fetched over HTTP here'
complete -c jcds -n '__jcds_at "list"' -l local -d 'list the local copies instead, by name (docs/local.md)'
complete -c jcds -n '__jcds_at "list"' -l json -d 'print one JSON object a line: repository, name, path, mounted, verified'
complete -c jcds -n '__jcds_at "wrap" "condor wrapper"' -s o -l output -x -a '(__jcds_files)' -d 'write the script to this file (default: standard output)'
complete -c jcds -n '__jcds_at "wrap"' -l pin -d 'run the image that the tag leads to now, also when the tag moves'
complete -c jcds -n '__jcds_at "wrap" "condor wrapper" "condor machine-ad"' -l force -d 'replace the file'
complete -c jcds -n '__jcds_at "status"' -l check-registry -d 'ask the registry whether it still has the image, and whether it has a newer one'
complete -c jcds -n '__jcds_at "status" "cache"' -l watch -d 'look again and again, until interrupted'
complete -c jcds -n '__jcds_at "wait"' -l timeout -x -d 'how long to wait: 90s, 30m, 2h, 1h30m (default: 30m)'
complete -c jcds -n '__jcds_at "cache prune" "store prune"' -s n -l dry-run -d 'say what would be removed'
complete -c jcds -n '__jcds_at "request"' -s m -l message -x -d 'a sentence for those who decide'
complete -c jcds -n '__jcds_at "request"' -s n -l dry-run -d 'show the change and write nothing'
complete -c jcds -n '__jcds_at "request"' -s w -l wait -d 'wait until the images are visible here'
complete -c jcds -n '__jcds_at "request" "condor submit"' -l timeout -x -d 'how long to wait: 90s, 30m, 2h, 1h30m'
complete -c jcds -n '__jcds_at "request"' -s y -l yes -d 'do not ask; accept an entry at the place of another registry\'s'
complete -c jcds -n '__jcds_at "request"' -l again -d 'ask once more for what was refused'
complete -c jcds -n '__jcds_at "request"' -l list-path -x -d 'which file of the project is the list; remembered'
complete -c jcds -n '__jcds_at "request"' -l json -d 'print one JSON object a line for each image'
complete -c jcds -n '__jcds_at "requests"' -s a -l all -d 'also those that are finished'
complete -c jcds -n '__jcds_at "requests"' -l json -d 'print one JSON object a line for each request'
complete -c jcds -n '__jcds_at "auth status"' -l json -d 'print one JSON object a line for each forge'
complete -c jcds -n '__jcds_at "pull"' -l as -x -d 'what the copy is called: a name as in a registry'
complete -c jcds -n '__jcds_at "pull" "convert"' -l platform -x -d 'which image of several; by default this host\'s'
complete -c jcds -n '__jcds_at "pull"' -l store -x -a '(__jcds_directories)' -d 'the store to put it into'
complete -c jcds -n '__jcds_at "pull" "convert" "sync"' -l limit -x -d 'allow more or less: entries, bytes, names, layers, ratio (repeatable)'
complete -c jcds -n '__jcds_at "pull"' -l again -d 'make the copy anew, also where it is there'
complete -c jcds -n '__jcds_at "store prune"' -l keep-bytes -x -d 'what the others may take, in bytes'
complete -c jcds -n '__jcds_at "convert"' -l to -x -a '(__jcds_files)' -d 'the directory to make, or FILE.tar, or - for a tar on standard output'
complete -c jcds -n '__jcds_at "sync"' -l wishlist -x -a '(__jcds_files)' -d 'the list of images'
complete -c jcds -n '__jcds_at "sync"' -l target -x -d 'where to publish: directory:DIRECTORY'
complete -c jcds -n '__jcds_at "sync"' -l format -x -a 'osg cern' -d 'the format of the list; by default cern for *.yaml and *.yml, else osg'
complete -c jcds -n '__jcds_at "sync"' -l platform -x -d 'which images of several; by default linux/amd64'
complete -c jcds -n '__jcds_at "sync"' -s n -l dry-run -d 'print what would be done, and do nothing'
complete -c jcds -n '__jcds_at "sync"' -l remove-gone -d 'take away what its registry has lost for more than a day'
complete -c jcds -n '__jcds_at "sync"' -l allow-mass-removal -d 'follow also a list that takes many names away, is empty or much shorter than the last'
complete -c jcds -n '__jcds_at "sync"' -l again -d 'try also what failed within the last day'
complete -c jcds -n '__jcds_at "sync"' -l check -d 'check the new lines of the list, and publish nothing: a report in Markdown for a merge request'
complete -c jcds -n '__jcds_at "sync"' -l base -x -a '(__jcds_files)' -d 'with --check: the list without the change, whose lines are not checked'
complete -c jcds -n '__jcds_at "sync"' -l junit -x -a '(__jcds_files)' -d 'with --check: write the report for CI systems too'
complete -c jcds -n '__jcds_at "sync"' -l wait -d 'wait while another sync works on the repository'
complete -c jcds -n '__jcds_at "sync"' -l jobs -x -d 'images that are made at the same time (2)'
complete -c jcds -n '__jcds_at "sync"' -l period -x -d 'how often this is run, for who waits for an image'
complete -c jcds -n '__jcds_at "condor submit"' -l pinned -d 'run the directory that the tag leads to now, also when the tag moves'
complete -c jcds -n '__jcds_at "condor submit"' -s w -l wait -d 'ask for a missing image, hold the jobs, and release them when it is there'
complete -c jcds -n '__jcds_at "condor submit"' -l via -x -a 'container wrapper' -d 'by HTCondor\'s container universe or by jcds\' job wrapper (default: what the machines have)'
complete -c jcds -n '__jcds_at "condor submit"' -s a -l append -x -d 'a further line of the submit description (repeatable)'
complete -c jcds -n '__jcds_at "condor submit"' -l any-machine -d 'do not ask for machines that can see the repository'
complete -c jcds -n '__jcds_at "condor submit"' -l retries -x -d 'how often to try again after exit code 75 (default: 10)'
complete -c jcds -n '__jcds_at "condor submit"' -l retry-after -x -d 'how soon; each pause is twice the one before, up to an hour (default: 1m)'
complete -c jcds -n '__jcds_at "condor submit"' -l if-missing -x -a 'ask request wait fail' -d 'what to do when the image is not published'
complete -c jcds -n '__jcds_at "condor submit"' -s n -l dry-run -d 'print the command line instead of running it'
complete -c jcds -n '__jcds_at "condor wrapper"' -l attribute -x -a 'SingularityImage ContainerImage' -d 'let this attribute of a job name an image too, where JCDSImage does not (repeatable)'
complete -c jcds -n '__jcds_at "condor machine-ad"' -l script -d 'print the script instead of running it'
complete -c jcds -n '__jcds_at "condor machine-ad"' -s o -l output -x -a '(__jcds_files)' -d 'write the script to this file'
complete -c jcds -n '__jcds_at "condor install"' -l prefix -x -a '(__jcds_directories)' -d 'where the scripts are (default: /usr/local/libexec/jcds)'
complete -c jcds -n '__jcds_at "condor install"' -l config -x -a '(__jcds_files)' -d 'the configuration (default: /etc/condor/config.d/50-jcds.conf)'
complete -c jcds -n '__jcds_at "condor install"' -l root -x -a '(__jcds_directories)' -d 'write below this directory, such as the image of a node'
complete -c jcds -n '__jcds_at "condor install"' -l period -x -d 'how often a machine looks what it can run (default: 5m)'
complete -c jcds -n '__jcds_at "condor install"' -l chain -d 'start the site\'s own job wrapper first, where there is one'
complete -c jcds -n '__jcds_at "condor install"' -l check -d 'tell what the pool will do with an example job, and write nothing'
complete -c jcds -n '__jcds_at "condor install"' -l uninstall -d 'take away what it wrote'
complete -c jcds -n '__jcds_at "condor install"' -s n -l dry-run -d 'print the configuration, and write nothing'
complete -c jcds -n '__jcds_at "config trust"' -s y -l yes -d 'do not ask'
complete -c jcds -n '__jcds_at "completion install"' -l no-startup-files -d 'print the lines for ~/.bashrc or ~/.zshrc instead of adding them'
complete -c jcds -n '__jcds_at ""' -s V -l version -d 'print the version'
complete -c jcds -n '__jcds_place 1 "run"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "exec"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "shell"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "resolve"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "wrap"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1+ "status"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "wait"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "doctor"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "cache"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1+ "store remove"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1+ "store verify"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 1 "condor submit"' -a '(__jcds_images)'
complete -c jcds -n '__jcds_place 2+ "condor submit"' -a '(__jcds_files)'
complete -c jcds -n '__jcds_place 1 "config get"' -a 'image repositories services cvmfsRoot store sharedStores storeBytes storeFree storeKeep imageLimits cvmfsTimeout runtimes batchExcludes envPolicy binds gpu ifMissing anyRegistry waitTimeout waitInterval insecureRegistries registryTokenServers network projectTrust'
complete -c jcds -n '__jcds_place 1 "config set"' -a 'image repositories services cvmfsRoot store sharedStores storeBytes storeFree storeKeep imageLimits cvmfsTimeout runtimes batchExcludes envPolicy binds gpu ifMissing anyRegistry waitTimeout waitInterval insecureRegistries registryTokenServers network projectTrust'
complete -c jcds -n '__jcds_place 1 "config unset"' -a 'image repositories services cvmfsRoot store sharedStores storeBytes storeFree storeKeep imageLimits cvmfsTimeout runtimes batchExcludes envPolicy binds gpu ifMissing anyRegistry waitTimeout waitInterval insecureRegistries registryTokenServers network projectTrust'
complete -c jcds -n '__jcds_place 1 "config trust"' -a '(__jcds_directories)'
complete -c jcds -n '__jcds_place 1 "config untrust"' -a '(__jcds_directories)'
complete -c jcds -n '__jcds_place 1+ "completion install"' -a 'bash zsh fish'
complete -c jcds -n '__jcds_place 1+ "completion uninstall"' -a 'bash zsh fish'
complete -c jcds -n '__jcds_place 1+ "help"' -a 'exit-codes configuration environment run exec shell resolve list wrap status wait doctor cache request requests pull convert sync help auth store condor config completion'
complete -c jcds -n '__jcds_contained' -a '(__jcds_files)'
