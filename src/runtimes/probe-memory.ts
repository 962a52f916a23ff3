import { readlinkSync, statSync } from 'node:fs';
import { readPlace, readText, readTextIfThere } from '../files/read.ts';
import { seal, unseal } from '../files/sealed.ts';
import { writeOwn } from '../files/write.ts';
import type { HostFacts } from './runtime.ts';

/** The shape of the remembered file: another version is forgotten. */
const SCHEMA = 2;
/** Situations of one host that are remembered at once (root and not, inside a container and not). */
const MOST_SITUATIONS = 8;
/** Milliseconds. What does not work may be mended by somebody, and nothing that jcds could look at tells. */
const LIFETIME = { works: 24 * 3_600_000, fails: 600_000 } as const;

/** What a probe found out. Why something does not work is not kept: whoever is told that is told what is so now. */
export type Learned =
  | { readonly works: true; readonly version: string; readonly facts: HostFacts }
  | { readonly works: false };

/**
 * What probes found out, kept per host, boot and situation in the user's cache directory. Anything doubtful is
 * forgotten: a probe costs some tens of milliseconds, a wrong memory a job.
 */
export interface ProbeMemory {
  /** The file, which may not exist. */
  readonly file: string;
  /** @param tried a name for it */
  recall(tried: string, basis: Basis): Learned | null;
  remember(tried: string, basis: Basis, learned: Learned): void;
}

/** What an answer depends on, be it yes or no: with another basis it is forgotten. */
export interface Basis {
  readonly works: string;
  readonly fails: string;
}

/** Remembered answers of one situation, by what was tried. */
interface Remembered {
  readonly situation: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly basis: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly learned: Learned;
}

/** The memory in this directory of the user's, which is made when there is something to remember. */
export function probeMemory(
  { base, uid }: { readonly base: string; readonly uid: number },
  hostName: string,
  clock: () => number,
  now: Situation = currentSituation(),
): ProbeMemory {
  const name = `runtimes-${hostName.replace(/[^\w.-]/g, '_')}.json`;
  const file = `${base}/${name}`;
  const all = read(file, uid);
  const answers = { ...all.find(({ situation }) => situation === now)?.answers };
  return {
    file,
    recall: (tried, basis) => {
      const found = Object.hasOwn(answers, tried) ? answers[tried] : undefined;
      if (found === undefined) return null;
      const kind = found.learned.works ? 'works' : 'fails';
      const age = clock() - found.since;
      return found.basis === basis[kind] && age >= 0 && age < LIFETIME[kind] ? found.learned : null;
    },
    remember: (tried, basis, learned) => {
      const known = learned.works && !isVersion(learned.version) ? { ...learned, version: '' } : learned;
      answers[tried] = { basis: basis[known.works ? 'works' : 'fails'], since: clock(), learned: known };
      const others = all.filter(({ situation }) => situation !== now).slice(0, MOST_SITUATIONS - 1);
      write({ base, name, uid }, [{ situation: now, answers }, ...others]);
    },
  };
}

/**
 * Everything besides the programs that decides what works: the boot, the user, the namespaces, what is allowed, and
 * whether the kernel lets this user make namespaces (Debian's and Ubuntu's switches too).
 */
export type Situation = string;

const SWITCHES = [
  'user/max_user_namespaces',
  'kernel/unprivileged_userns_clone',
  'kernel/apparmor_restrict_unprivileged_userns',
];

/** This process' situation, or an unrepeatable one where /proc does not tell. */
export function currentSituation(): Situation {
  try {
    const status = readText('system', '/proc/self/status');
    const allowed = status.match(/^(?:Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):.*$/gm) ?? [];
    const boot = readText('system', '/proc/sys/kernel/random/boot_id').trim();
    const switches = SWITCHES.map(
      // Most kernels have not all of them.
      name => `${name}=${readTextIfThere('system', `/proc/sys/${name}`)?.trim() ?? ''}`,
    );
    return [boot, readlinkSync('/proc/self/ns/user'), ...allowed, ...switches].join(' ').replace(/\s+/g, ' ');
  } catch {
    return `${process.pid} ${process.hrtime.bigint()}`;
  }
}

/** Tells one program from another under the same path: after an upgrade, everything is found out anew. */
export function identityOf(program: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(program);
    return `${program} ${mtimeMs} ${size} ${ino}`;
  } catch {
    return `${program} gone`;
  }
}

function read(file: string, uid: number): readonly Remembered[] {
  try {
    const found: unknown = JSON.parse(unseal(readPlace('runtime-memory', file, uid).bytes) ?? 'null');
    if (!isRecord(found) || found.schema !== SCHEMA || !Array.isArray(found.situations)) return [];
    return found.situations.filter(isRemembered);
  } catch {
    return []; // absent, not to be believed, or half written by something else: probe again
  }
}

function isRemembered(value: unknown): value is Remembered {
  return (
    isRecord(value) &&
    typeof value.situation === 'string' &&
    isRecord(value.answers) &&
    Object.values(value.answers).every(isAnswer)
  );
}

function isAnswer(value: unknown): value is Answer {
  return (
    isRecord(value) &&
    typeof value.basis === 'string' &&
    Number.isSafeInteger(value.since) &&
    isLearned(value.learned)
  );
}

function isLearned(value: unknown): value is Learned {
  if (!isRecord(value)) return false;
  if (value.works === false) return true;
  return value.works === true && isVersion(value.version) && isRecord(value.facts);
}

/** A version is shown to people, and decides nothing. */
function isVersion(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.+~:-]{0,60}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Remembering is a favour: a home that is full or read-only costs the next start a probe, and this one nothing. */
function write(file: Parameters<typeof writeOwn>[0], situations: readonly Remembered[]): void {
  try {
    writeOwn(file, seal(JSON.stringify({ schema: SCHEMA, situations })));
  } catch {
    // nobody is waiting for it
  }
}
