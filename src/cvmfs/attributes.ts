import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  ATTRIBUTE_TOOLS,
  type AttributeReading,
  type AttributeTool,
  attributeToolRow,
  TOOL_ABSENT,
} from './attribute-tools.ts';
import { runChild } from './bounded-child.ts';

/** Which attributes of what are asked. */
export interface AttributeQuestion {
  /** A mounted repository, or a directory in one. A link has no attributes of its own. */
  readonly path: string;
  /** Without `user.`; the first must be one that every client has. */
  readonly names: readonly string[];
  /** For PATH. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds for everything. */
  readonly timeout: number;
  /** Where the optional native package is; null: not installed. For tests. */
  readonly nativeModule?: string | null;
}

/** Why no attribute could be read. */
export type AttributesUnknownCode =
  | 'NO_TOOL'
  | 'NOT_CVMFS'
  | 'REFUSED'
  | 'DISCONNECTED'
  | 'HUNG'
  | 'UNREADABLE';

/** What the client of this host says of itself, or why that cannot be known. */
export type Attributes =
  | {
      readonly state: 'read';
      readonly tool: AttributeTool;
      /** As text, by name without `user.`; may be empty, or `n/a`. */
      readonly values: Readonly<Record<string, string>>;
      /** Names that this site keeps from users. */
      readonly refused: readonly string[];
    }
  | {
      readonly state: 'unknown';
      readonly code: AttributesUnknownCode;
      /** The end of "…, since": a clause for people. */
      readonly reason: string;
    };

const LIMIT = 1024 * 1024;
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * Reads extended attributes of a CVMFS mount in a child that can be left behind, with whatever tool this host has. A tool
 * that hangs is the mount's fault: no other is tried then.
 */
export async function readAttributes(question: AttributeQuestion): Promise<Attributes> {
  const until = performance.now() + question.timeout;
  const module = question.nativeModule === undefined ? nativeModule() : question.nativeModule;
  const environment = { PATH: question.environment.PATH || USUAL_PATH, LC_ALL: 'C' };
  for (const tool of ATTRIBUTE_TOOLS) {
    const row = attributeToolRow(tool, module);
    if (row === null) continue;
    const timeout = Math.max(1, until - performance.now());
    const command = row.command(question.path, question.names);
    const run = await runChild({ ...command, environment, timeout, limit: LIMIT });
    if (run.state === 'timeout') return unknown('HUNG', question);
    if (run.state === 'not-started' || run.code === TOOL_ABSENT) continue;
    const answer = answerOf(tool, row.parse(run.output), question);
    // A tool that is there and broken (a wrong libc, a shim without its program) says nothing at all.
    if (answer !== null) return answer;
  }
  return unknown('NO_TOOL', question);
}

/** null: the tool said nothing of use. */
function answerOf(
  tool: AttributeTool,
  { values, errors }: AttributeReading,
  question: AttributeQuestion,
): Attributes | null {
  const { names } = question;
  const found = Object.fromEntries(
    names.flatMap(name => (name in values ? [[name, values[name]!] as const] : [])),
  );
  const refused = names.filter(name => !(name in values) && isRefusal(errors[name]));
  if (Object.keys(found).length > 0) return { state: 'read', tool, values: found, refused };
  const met = new Set(Object.values(errors));
  if (met.size === 0) return null;
  if (met.has('ENOTCONN')) return unknown('DISCONNECTED', question);
  if (refused.length > 0) return unknown('REFUSED', question);
  const other = [...met].find(errno => errno !== 'ENODATA' && errno !== 'ENOTSUP');
  return other === undefined ? unknown('NOT_CVMFS', question) : unknown('UNREADABLE', question, other);
}

function isRefusal(errno: string | undefined): boolean {
  return errno === 'EPERM' || errno === 'EACCES';
}

function unknown(code: AttributesUnknownCode, { path, timeout }: AttributeQuestion, errno = ''): Attributes {
  return { state: 'unknown', code, reason: reasonOf(code, path, timeout, errno) };
}

function reasonOf(code: AttributesUnknownCode, path: string, timeout: number, errno: string): string {
  switch (code) {
    case 'NO_TOOL':
      return 'no program here can read extended attributes (install getfattr: package attr)';
    case 'NOT_CVMFS':
      return `${path} is not a mount of a CVMFS client of this host`;
    case 'REFUSED':
      return `this site keeps the attributes of ${path} from users`;
    case 'DISCONNECTED':
      return `the CVMFS client that served ${path} has died`;
    case 'HUNG':
      return `${path} gave no answer within ${Number((timeout / 1000).toFixed(1))} s`;
    case 'UNREADABLE':
      return `the attributes of ${path} cannot be read (${errno})`;
    default:
      return code satisfies never;
  }
}

/**
 * The binary of the optional package, which the child alone loads: where npm puts it beside jcds, and nowhere else. Node's own search would
 * go on to `~/.node_modules` and to all directories above, where a job, or another user, can put code.
 */
function nativeModule(): string | null {
  // A standalone has no place, and no packages.
  const file = import.meta.url === undefined ? '' : fileURLToPath(import.meta.url);
  const [, root] = /^(.*)\/(?:dist|src)\//.exec(file) ?? [];
  if (root === undefined) return null;
  const [, above] = /^(.*\/node_modules)\/[^/]+$/.exec(root) ?? [];
  const places = [`${root}/node_modules`, ...(above === undefined ? [] : [above])];
  return places.map(place => binaryIn(`${place}/@napi-rs`)).find(file => file !== null) ?? null;
}

function binaryIn(scope: string): string | null {
  const named = `xattr-${process.platform}-${process.arch}`;
  const files = namesIn(scope)
    .filter(name => name === named || name.startsWith(`${named}-`))
    .flatMap(name => namesIn(`${scope}/${name}`).map(file => `${scope}/${name}/${file}`));
  return files.find(file => file.endsWith('.node')) ?? null;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return []; // it is optional
  }
}
