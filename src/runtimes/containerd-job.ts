import type { RunRequest } from './runtime.ts';

/**
 * A script in the place of runc. ctr cannot be told of umask, groups, limits, capabilities and shared namespaces, so they are put into the
 * container's description right before runc reads it: JSON in one line, in which a quote followed by a colon ends a key
 * and nothing else (within texts it is escaped). An end of input that comes is never passed on: there is none.
 * @param replaced files of the host that ctr shows over everything and the job is to see otherwise
 */
export function runcScript(runc: string, request: RunRequest, replaced: readonly string[]): string {
  const process = processOf(request);
  const shared = request.contain ? 'uts' : '\\(uts\\|ipc\\)';
  const shownByCtr = (path: string) =>
    `,{"destination":"${path}","type":"bind","source":"${path}","options":\\["rbind","ro"\\]}`;
  const removals = replaced.map(path => ` -e 's%${shownByCtr(path)}%%'`).join('');
  return `#!/bin/sh
export PATH="\${PATH-}:/usr/bin:/bin"
jcds_bundle='' jcds_last=''
for jcds_w do
  case $jcds_last in --bundle | -b) jcds_bundle=$jcds_w ;; esac
  jcds_last=$jcds_w
done
[ -n "$jcds_bundle" ] || exec ${runc} "$@"
jcds_old=$jcds_bundle/config.json jcds_new=$jcds_bundle/config.jcds
LC_ALL=C sed -e 's/,"rlimits":\\[[^]]*\\]//; s/,"capabilities":{[^}]*}//' \\
  -e 's/{"type":"${shared}"},//g'${removals} -e 's/"user":{[^}]*}/${process}/' "$jcds_old" >"$jcds_new" &&
  LC_ALL=C grep -qF '${process}' "$jcds_new" && mv -- "$jcds_new" "$jcds_old" ||
  { echo 'jcds: the description of the container is not as expected' >&2; exit 1; }
exec ${runc} "$@"${request.interactive ? '' : ' </dev/null'}
`;
}

/** Keys of the runtime specification's `process`: https://github.com/opencontainers/runtime-spec/blob/main/config.md#process */
function processOf({ user, umask, limits }: RunRequest): string {
  const description = {
    user: {
      uid: user.uid,
      gid: user.gid,
      umask,
      additionalGids: user.groups.filter(group => group !== user.gid),
    },
    capabilities: {},
    rlimits: limits.map(({ name, soft, hard }) => ({ type: `RLIMIT_${name.toUpperCase()}`, soft, hard })),
  };
  return JSON.stringify(description).slice(1, -1).replaceAll('null', UNLIMITED);
}

/** RLIM_INFINITY, which no number of JavaScript holds. */
const UNLIMITED = '18446744073709551615';
