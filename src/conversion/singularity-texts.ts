import type { ImageConfiguration } from '../registry/image-configuration.ts';

const SH = '#!/bin/sh';

const READ_ENVIRONMENT = `for file in /.singularity.d/env/*.sh; do
  [ ! -f "$file" ] || . "$file"
done`;

/** The scripts below .singularity.d that are the same for every image. Apptainer sources those in env/ and runs the others. */
export const FIXED_SCRIPTS: Readonly<Record<string, string>> = {
  'actions/exec': `${SH}\n${READ_ENVIRONMENT}\nexec "$@"\n`,
  'actions/run': `${SH}
${READ_ENVIRONMENT}
[ ! -x /.singularity.d/runscript ] || exec /.singularity.d/runscript "$@"
exec /bin/sh "$@"
`,
  'actions/shell': `${SH}
${READ_ENVIRONMENT}
[ -z "\${SINGULARITY_SHELL:-}" ] || [ ! -x "$SINGULARITY_SHELL" ] || exec "$SINGULARITY_SHELL" "$@"
if [ -x /bin/bash ]; then
  export SHELL=/bin/bash PS1="Apptainer \${APPTAINER_NAME:-}:\\\\w> "
  exec /bin/bash --norc "$@"
fi
export SHELL=/bin/sh
exec /bin/sh "$@"
`,
  // Process 1 of an instance waits for the signal.
  'actions/start': `${SH}
kill -CONT 1
${READ_ENVIRONMENT}
[ ! -x /.singularity.d/startscript ] || exec /.singularity.d/startscript
`,
  'actions/test': `${SH}
${READ_ENVIRONMENT}
[ ! -x /.singularity.d/test ] || exec /.singularity.d/test "$@"
exec /bin/sh -c true
`,
  'env/01-base.sh': `${SH}\n`,
  'env/90-environment.sh': `${SH}\n# The place for variables of one's own.\n`,
  'env/94-appsbase.sh': '',
  'env/95-apps.sh': `${SH}\n`,
  // Where Apptainer puts libraries of the host: those of a GPU.
  'env/99-base.sh': `${SH}
export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/.singularity.d/libs"
export PS1="\${PS1:-Apptainer> }"
`,
  // What --env PREPEND_PATH and the like stand for.
  'env/99-runtimevars.sh': `${SH}
PATH="\${SING_USER_DEFINED_PREPEND_PATH:+$SING_USER_DEFINED_PREPEND_PATH:}$PATH\${SING_USER_DEFINED_APPEND_PATH:+:$SING_USER_DEFINED_APPEND_PATH}"
export PATH="\${SING_USER_DEFINED_PATH:-$PATH}"
unset SING_USER_DEFINED_PREPEND_PATH SING_USER_DEFINED_APPEND_PATH SING_USER_DEFINED_PATH
`,
  startscript: `${SH}\n`,
};

/** Within double quotes. */
function doubleQuoted(word: string): string {
  return `"${word.replace(/[\\"`$]/g, '\\$&')}"`;
}

/** As rootfs/singularity-config.ts and Apptainer's own readers find it: within single quotes. */
function assigned(words: readonly string[] | null): string {
  return `'${(words ?? []).map(doubleQuoted).join(' ').replaceAll("'", `'"'"'`)}'`;
}

/**
 * What `apptainer run` starts: ENTRYPOINT, then the arguments or else CMD. Unless SINGULARITY_NO_EVAL is set the arguments go through the shell once
 * more, as in every image that Apptainer made.
 */
export function runscript({ entrypoint, cmd }: Pick<ImageConfiguration, 'entrypoint' | 'cmd'>): string {
  return `${SH}
OCI_ENTRYPOINT=${assigned(entrypoint)}
OCI_CMD=${assigned(cmd)}
words=$OCI_CMD
if [ $# -gt 0 ]; then
  words=
  number=1
  for word in "$@"; do
    # Literally: the arguments as they are. Otherwise what stands in them is read by the shell.
    if [ -n "\${SINGULARITY_NO_EVAL:-}" ]; then words="$words \\"\\\${$number}\\""; else words="$words \\"$word\\""; fi
    number=$((number + 1))
  done
fi
eval "set -- $OCI_ENTRYPOINT $words"
exec "$@"
`;
}
