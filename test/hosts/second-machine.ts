import { appendFileSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HangableMount, mountHangable } from './hang.ts';
import type { Ended, Pool } from './pool.ts';

const OPT = process.env.JCDS_TEST_OPT ?? '/opt/jcds-test';
const EXECUTE = 'var/lib/condor/execute';
const STARTD = 'opt/jcds/second-startd';
const PID = 'run/condor/second.pid';
const LIMIT = '/proc/sys/user/max_user_namespaces';

/**
 * Becomes a startd whose mounts, and whose limit of user namespaces, are its own: root there is root of the host's files, too. Whoever
 * is in a new user namespace has no account until somebody outside of it says so.
 */
const PROGRAM = `#!/bin/sh
echo $$ >/${PID}
{
  until [ "$(readlink /proc/$$/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.05; done
  echo '0 0 4294967295' >/proc/$$/uid_map
  echo '0 0 4294967295' >/proc/$$/gid_map
} &
exec unshare --user --mount --propagation unchanged sh -c '
until [ -n "$(cat /proc/self/gid_map)" ]; do sleep 0.05; done
exec /usr/sbin/condor_startd "$@"' sh "$@"
`;

/** A second machine of a pool: a startd beside the pool's own, whose runtime, mounts and namespaces can be taken from it alone. */
export class SecondMachine {
  /** As HTCondor calls its slots, behind the first @. */
  static readonly host = 'second.test';
  readonly #pool: Pool;
  readonly #pid: string;
  #mount: HangableMount | null = null;

  private constructor(pool: Pool, pid: string) {
    this.#pool = pool;
    this.#pid = pid;
  }

  /** Starts it. @param own further lines of its configuration @param all of both machines' */
  static async start(pool: Pool, own: readonly string[], all: readonly string[]): Promise<SecondMachine> {
    const execute = join(pool.tree, `${EXECUTE}2`);
    const { uid, gid } = statSync(join(pool.tree, EXECUTE));
    mkdirSync(execute, { recursive: true });
    chownSync(execute, uid, gid);
    writeFileSync(join(pool.tree, STARTD), PROGRAM, { mode: 0o755 });
    appendFileSync(
      join(pool.tree, pool.configuration),
      `DAEMON_LIST = MASTER COLLECTOR NEGOTIATOR SCHEDD STARTD STARTD_SECOND
STARTD_SECOND = /${STARTD}
STARTD_SECOND_ARGS = -f -local-name second
second.STARTD_NAME = second@${SecondMachine.host}
second.STARTD_LOG = $(LOG)/StartLog.second
second.STARTD_ADDRESS_FILE = $(LOG)/.startd_second_address
second.EXECUTE = /${EXECUTE}2
${[...own.map(line => `second.${line}`), ...all].map(line => `${line}\n`).join('')}`,
    );
    await pool.asRoot(['condor_reconfig']);
    const there = ['condor_status', '-constraint', `PartitionableSlot && ${OF_SECOND}`, '-af', 'true'];
    if ((await pool.until(there, 'true', 60)) !== 'true') throw new Error(pool.standing());
    return new SecondMachine(pool, readFileSync(join(pool.tree, PID), 'utf8').trim());
  }

  /** The words by which a command runs there, as root. */
  get through(): readonly string[] {
    return [...this.#pool.through, ...this.#enter];
  }

  get #enter(): readonly string[] {
    return ['nsenter', '--user', '--mount', '--target', this.#pid, '--'];
  }

  /** Mounts a copy of a directory there alone, over what the other machine has. */
  async mount(directory: string, contents: string): Promise<void> {
    this.#mount = await mountHangable(directory, contents, this.through);
  }

  /** Its client dies: every look at the mount says ENOTCONN. */
  async killMount(): Promise<void> {
    await this.#mount?.kill();
  }

  async unmount(): Promise<void> {
    await this.#mount?.close();
    this.#mount = null;
  }

  /** Apptainer is not there any more. */
  async takeRuntime(): Promise<void> {
    await this.#run(['mount', '-t', 'tmpfs', 'tmpfs', join(OPT, 'apptainer')]);
  }

  async giveRuntime(): Promise<void> {
    await this.#run(['umount', join(OPT, 'apptainer')]);
  }

  /** Nobody there may make a user namespace any more, which Apptainer lives on. */
  async takeNamespaces(): Promise<void> {
    await this.#run(['sh', '-c', `echo 0 >${LIMIT}`]);
  }

  async giveNamespaces(): Promise<void> {
    await this.#run(['sh', '-c', `echo 10000 >${LIMIT}`]);
  }

  /** What is left of it when the pool is down. */
  async remove(): Promise<void> {
    for (const path of [`${EXECUTE}2`, STARTD])
      rmSync(join(this.#pool.tree, path), { recursive: true, force: true });
  }

  async #run(words: readonly string[]): Promise<Ended> {
    const ended = await this.#pool.asRoot([...this.#enter, ...words]);
    if (ended.code !== 0) throw new Error(`${words.join(' ')}: ${ended.stderr}`);
    return ended;
  }
}

/** A machine, by an expression about its ad. */
export const OF_SECOND = `regexp("@${SecondMachine.host}$", Name)`;
