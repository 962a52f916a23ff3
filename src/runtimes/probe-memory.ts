import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { makeDirectories } from '../make-directories.ts';
import type { Verdict } from './runtime.ts';

/** The shape of the remembered file: another version is forgotten. */
const SCHEMA = 1;
/** Situations of one host that are remembered at once (root and not, inside a container and not). */
const MOST_SITUATIONS = 8;

/** Remembered verdicts of one situation, by runtime. `program` tells whether they are still about the same program. */
interface Remembered {
  readonly situation: string;
  readonly verdicts: Readonly<Record<string, { readonly program: string; readonly verdict: Verdict }>>;
}

/**
 * What probes found out, kept per host, boot and situation in the user's cache directory (0700, written aside and
 * renamed). Anything doubtful is forgotten: a probe costs some tens of milliseconds, a wrong memory a job.
 */
export interface ProbeMemory {
  recall(runtime: string, program: string | null): Verdict | null;
  remember(runtime: string, program: string | null, verdict: Verdict): void;
}

/**
 * The memory in this directory (made when there is something to remember). A directory or file that another user could
 * have written is not believed.
 */
export function probeMemory(
  directory: string,
  hostName: string,
  now: Situation = currentSituation(),
): ProbeMemory {
  const file = `${directory}/runtimes-${hostName.replace(/[^\w.-]/g, '_')}.json`;
  const all = read(directory, file);
  const known = all.find(({ situation }) => situation === now);
  const verdicts = { ...known?.verdicts };
  return {
    recall: (runtime, program) => {
      const found = verdicts[runtime];
      return found !== undefined && found.program === identityOf(program) ? found.verdict : null;
    },
    remember: (runtime, program, verdict) => {
      verdicts[runtime] = { program: identityOf(program), verdict };
      const others = all.filter(({ situation }) => situation !== now).slice(0, MOST_SITUATIONS - 1);
      write(directory, file, [{ situation: now, verdicts }, ...others]);
    },
  };
}

/** Everything besides the programs that decides what works: the boot, the user, the namespaces, and what is allowed. */
export type Situation = string;

/** This process' situation, or an unrepeatable one where /proc does not tell. */
export function currentSituation(): Situation {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const allowed = status.match(/^(?:Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):.*$/gm) ?? [];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return [boot, readlinkSync('/proc/self/ns/user'), ...allowed].join(' ').replace(/\s+/g, ' ');
  } catch {
    return `${process.pid} ${process.hrtime.bigint()}`;
  }
}

/** Tells one program from another under the same path: after an upgrade, everything is found out anew. */
function identityOf(program: string | null): string {
  if (program === null) return '';
  try {
    const { mtimeMs, size, ino } = statSync(program);
    return `${program} ${mtimeMs} ${size} ${ino}`;
  } catch {
    return `${program} gone`;
  }
}

function read(directory: string, file: string): readonly Remembered[] {
  try {
    if (!isOwn(lstatSync(directory))) return [];
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!isOwn(fstatSync(descriptor))) return [];
      return parse(readFileSync(descriptor, 'utf8'));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return []; // absent, unreadable or half written by something else: probe again
  }
}

function isOwn(stats: { readonly uid: number; readonly mode: number; isSymbolicLink(): boolean }): boolean {
  return stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0 && !stats.isSymbolicLink();
}

function parse(text: string): readonly Remembered[] {
  const found: unknown = JSON.parse(text);
  if (!isRecord(found) || found.schema !== SCHEMA || !Array.isArray(found.situations)) return [];
  return found.situations.filter(isRemembered);
}

function isRemembered(value: unknown): value is Remembered {
  return (
    isRecord(value) &&
    typeof value.situation === 'string' &&
    isRecord(value.verdicts) &&
    Object.values(value.verdicts).every(
      entry => isRecord(entry) && typeof entry.program === 'string' && isVerdict(entry.verdict),
    )
  );
}

function isVerdict(value: unknown): value is Verdict {
  if (!isRecord(value)) return false;
  if (value.works === false) return typeof value.reason === 'string' && typeof value.cure === 'string';
  const host = value.host;
  return value.works === true && isRecord(host) && typeof host.program === 'string' && isRecord(host.facts);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Remembering is a favour: a home that is full or read-only costs the next start a probe, and this one nothing. */
function write(directory: string, file: string, situations: readonly Remembered[]): void {
  const aside = `${file}.${process.pid}`;
  try {
    makeDirectories(directory, 2);
    writeFileSync(aside, JSON.stringify({ schema: SCHEMA, situations }), { mode: 0o600, flag: 'wx' });
    renameSync(aside, file);
  } catch {
    try {
      unlinkSync(aside);
    } catch {
      // it was never made
    }
  }
}
