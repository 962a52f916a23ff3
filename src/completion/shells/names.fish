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
