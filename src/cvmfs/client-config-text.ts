/**
 * Sources the client's files in its order (cvmfs/options.cc) and prints all variables, NUL-terminated. Arguments: the
 * repository, the client's directory, and `everything` or `local`, which leaves the configuration repository
 * out. A file with a syntax error is passed over; one that exits ends the reading with what is known by then.
 */
export const CLIENT_FILES_SCRIPT = `
exec 3>&1 >/dev/null 2>&1
trap 'env -0 >&3' EXIT
set -a
repository=$1 directory=$2 scope=$3
domain=\${repository#*.}
CVMFS_FQRN=$repository
load() {
  [ -f "$1" ] && sh -n "$1" && cd "\${1%/*}" && . "$1"
  [ -z "\${fixed+x}" ] || CVMFS_CONFIG_REPOSITORY=$fixed
}
shared() {
  [ "$scope" = everything ] || return 0
  case $fixed in '' | "$repository" | */* | .*) return 0 ;; esac
  load "\${CVMFS_MOUNT_DIR:-/cvmfs}/$fixed/etc/cvmfs/$1"
}
load "$directory/default.conf"
for file in "$directory"/default.d/*.conf; do load "$file"; done
fixed=\${CVMFS_CONFIG_REPOSITORY-}
shared default.conf
load "$directory/default.local"
shared "domain.d/$domain.conf"
load "$directory/domain.d/$domain.conf"
load "$directory/domain.d/$domain.local"
shared "config.d/$repository.conf"
load "$directory/config.d/$repository.conf"
load "$directory/config.d/$repository.local"
exit 0
`;

/** The client's variables among NUL-terminated `NAME=value`. */
export function parseEnvironment(text: string): Record<string, string> {
  return clientVariables(text.split('\0').map(line => /^([A-Z_][A-Z0-9_]*)=(.*)$/s.exec(line)));
}

/** `NAME=value    # from FILE`, where a value with unusual characters stands in single quotes. */
export function parseShowconfig(text: string): Record<string, string> {
  const lines = text.split('\n').map(line => /^([A-Z_][A-Z0-9_]*)=(.*?)(?:\s+# from .*)?$/.exec(line.trim()));
  const variables = clientVariables(lines);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, unquoted(value)]));
}

function clientVariables(matches: readonly (RegExpExecArray | null)[]): Record<string, string> {
  const found = matches.filter(match => match !== null).filter(([, name]) => name!.startsWith('CVMFS_'));
  return Object.fromEntries(found.map(([, name, value]) => [name!, value!]));
}

/** cvmfs2 writes a quote within quotes as `\'`. */
function unquoted(value: string): string {
  return /^'.*'$/.test(value) ? value.slice(1, -1).replaceAll("\\'", "'") : value;
}
