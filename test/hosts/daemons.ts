import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const PRIVATE = resolve(import.meta.dirname, 'private.sh');

/** A container daemon with files of its own, for the length of a test. */
export interface Daemon {
  readonly socket: string;
  close(): Promise<void>;
}

/**
 * docker's daemon, without networks.
 * @param group who may talk to it besides root
 * @param change what sh does before, in a mount namespace of its own, where $HOME is the daemon's folder
 */
export function startDocker(group: string, change?: string): Promise<Daemon> {
  return start('dockerd', change, /API listen on/, folder => [
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
    ...['--pidfile', join(folder, 'pid'), '--host', `unix://${join(folder, 'socket')}`, '--group', group],
    ...['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'],
    ...['--storage-driver', 'vfs'],
  ]);
}

/** containerd, which only root may talk to. @param change as for docker's */
export async function startContainerd(change?: string): Promise<Daemon> {
  const { socket, close } = await start('containerd', change, /successfully booted/, folder => {
    const file = join(folder, 'config.toml');
    writeFileSync(
      file,
      `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${folder}/socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
`,
    );
    return ['-c', file];
  });
  return {
    socket,
    close: async () => {
      endJobs(socket);
      await close();
    },
  };
}

/** Jobs and what watches them live on without the daemon. */
function endJobs(socket: string): void {
  const lines = `ctr() { timeout 20 /usr/bin/ctr -a "$0" -n jcds "$@" 2>/dev/null; }
for id in $(ctr containers list -q); do ctr tasks delete --force "$id"; ctr containers rm "$id"; done`;
  spawnSync('sh', ['-c', lines, socket], { stdio: 'ignore' });
}

/**
 * Starts the rest of its words, and shows what they say on descriptor 3 until they are ready. What comes later is read and
 * forgotten: a test that waits for its jobs without a break reads nothing, and a daemon whose pipe is full stands still.
 */
const UNTIL_READY = `exec bash "$@" 2> >(
  while IFS= read -r line; do
    [ -n "$ready" ] || printf '%s\\n' "$line" >&3
    if [[ $line =~ $0 ]]; then ready=yes; fi
  done
) 3>&-`;

async function start(
  program: string,
  change: string | undefined,
  isReady: RegExp,
  argumentsFor: (folder: string) => string[],
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), `jcds-${program}-`));
  spawnSync('chmod', ['711', folder]);
  // It sees the test images at /cvmfs, and the kernel stops it when the test's process is killed.
  const changing =
    change === undefined
      ? []
      : ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `${change}\nexec "$@"`, 'sh'];
  const command = [
    ...[PRIVATE, '--', 'setpriv', '--pdeathsig', 'TERM', ...changing, program],
    ...argumentsFor(folder),
  ];
  const child = spawn('bash', ['-c', UNTIL_READY, isReady.source, ...command], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { PATH: `/usr/bin:/usr/sbin:/bin:/sbin:${process.env.PATH ?? ''}`, HOME: folder },
  });
  const close = () => stop(child, folder);
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    if (isReady.test(line)) return { socket: join(folder, 'socket'), close };
    said.push(line);
  }
  await close();
  throw new Error(`${program} ended:\n${said.join('\n')}`);
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill();
    await once(child, 'exit');
  }
  const mounts = `grep -F ' ${folder}/' /proc/self/mountinfo | cut -d' ' -f5 | sort -r | xargs -r umount -l`;
  spawnSync('sh', ['-c', `${mounts}; rm -rf "$1"`, 'sh', folder]);
}
