import { JcdsError } from '../errors.ts';
import { complaint } from './complaint.ts';
import { findGpu } from './gpu.ts';
import { RUNTIME_NAMES, RUNTIMES } from './index.ts';
import { type Basis, identityOf, type ProbeMemory } from './probe-memory.ts';
import {
  type HostFacts,
  isRefused,
  type ProbeContext,
  type Refused,
  type RunRequest,
  type Runtime,
  type RuntimeHost,
  type Verdict,
} from './runtime.ts';

/** A runtime that works on this host, and what its row needs to know about it. */
export interface Selected {
  readonly runtime: Runtime;
  readonly host: RuntimeHost;
}

/** Why a runtime was passed over. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
  readonly cure: string;
}

/** No runtime of the configured order works here and can do what is requested. Lists each one's reason and cure. */
export class NoRuntimeError extends JcdsError {
  constructor(refusals: readonly Refusal[]) {
    super({
      code: 'NO_RUNTIME',
      message: [
        'no container runtime of this host can run this job',
        ...refusals.map(({ name, reason }) => `  ${name}: ${reason}`),
      ].join('\n'),
      hint: cures(refusals),
    });
  }
}

/** What to do about each, said once where it is the same. */
function cures(refusals: readonly Refusal[]): string {
  const namesOf = new Map<string, string[]>();
  for (const { name, cure } of refusals) namesOf.set(cure, [...(namesOf.get(cure) ?? []), name]);
  return [...namesOf].map(([cure, names]) => `${names.join(', ')}: ${cure}`).join('\n');
}

const EXCLUDED = {
  reason: 'is kept out of batch jobs by the setting batchExcludes',
  cure: 'jcds config get batchExcludes, and ask who set it',
};

/** A name that no row of the table has. */
export class UnknownRuntimeError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'UNKNOWN_RUNTIME',
      message: `jcds knows no runtime ${JSON.stringify(name)}`,
      hint: `one of ${RUNTIME_NAMES.join(', ')}`,
    });
  }
}

/** Something that was asked for and that the chosen runtime cannot do. */
export class UnsupportedByRuntimeError extends JcdsError {
  constructor(sentence: string, able: readonly string[]) {
    super({
      code: 'UNSUPPORTED_BY_RUNTIME',
      message: sentence,
      hint:
        able.length === 0
          ? 'leave that option out'
          : `jcds run --runtime ${able[0]}${able.length > 1 ? ` (or ${able.slice(1).join(', ')})` : ''}`,
    });
  }
}

/**
 * The first runtime of this order that can do what is requested, is installed and works here. What a row cannot do is
 * known without a probe. @throws UnknownRuntimeError, UnsupportedByRuntimeError, NoRuntimeError
 * @param order names as configured; by default the whole table in its own order
 * @param excluded names that the configuration keeps out of this job; one that no row has would exclude nothing
 */
export async function selectRuntime(
  request: RunRequest,
  search: ProbeContext,
  memory: ProbeMemory,
  order: readonly string[] = RUNTIME_NAMES,
  table: Readonly<Record<string, Runtime>> = RUNTIMES,
  excluded: readonly string[] = [],
): Promise<Selected> {
  const refusals: (Refusal & { readonly isRemembered?: boolean })[] = [];
  const unable: string[] = [];
  const unknown = excluded.find(name => !Object.hasOwn(table, name));
  if (unknown !== undefined) throw new UnknownRuntimeError(unknown);
  for (const name of order) {
    const runtime = Object.hasOwn(table, name) ? table[name] : undefined;
    if (runtime === undefined) throw new UnknownRuntimeError(name);
    if (excluded.includes(name)) {
      refusals.push({ name, ...EXCLUDED });
      continue;
    }
    const sentence = complaint(runtime, request);
    if (sentence !== null) {
      unable.push(sentence);
      refusals.push({ name, reason: sentence, cure: 'leave that option out' });
      continue;
    }
    const opinion = await opinionOn(runtime, request, search, memory);
    if (opinion.works) return { runtime, host: await withGpu(opinion.host, runtime, request, search) };
    refusals.push({ name, ...opinion });
  }
  if (unable[0] !== undefined && unable.length === refusals.length)
    throw new UnsupportedByRuntimeError(unable[0], ableTo(request));
  return lastLook(refusals, request, search, memory, table);
}

/** Nothing works: whatever was only remembered is tried once more, so that nobody is told what has been mended. */
async function lastLook(
  refusals: readonly (Refusal & { readonly isRemembered?: boolean })[],
  request: RunRequest,
  search: ProbeContext,
  memory: ProbeMemory,
  table: Readonly<Record<string, Runtime>>,
): Promise<Selected> {
  const now: Refusal[] = [];
  for (const refusal of refusals) {
    const runtime = table[refusal.name]!;
    const verdict = refusal.isRemembered ? await findOut(runtime, request, search, memory) : null;
    if (verdict?.works === true)
      return { runtime, host: await withGpu(verdict.host, runtime, request, search) };
    now.push(verdict === null ? refusal : { ...verdict, name: refusal.name });
  }
  throw new NoRuntimeError(now);
}

/** What is known of a runtime, or found out. */
type Opinion = Extract<Verdict, { works: true }> | (Refused & { readonly isRemembered?: boolean });

const REMEMBERED = { works: false, reason: '', cure: '', isRemembered: true } as const;

async function opinionOn(
  runtime: Runtime,
  request: RunRequest,
  search: ProbeContext,
  memory: ProbeMemory,
): Promise<Opinion> {
  const program = programOf(runtime, search);
  const known =
    program === null
      ? null
      : memory.recall(trialName(runtime, request), basisOf(runtime, program, request, search));
  if (program === null || known === null) return findOut(runtime, request, search, memory);
  if (!known.works) return REMEMBERED;
  const found = runtime.find?.(search) ?? {};
  if (isRefused(found)) return found;
  const { learns = {} } = runtime;
  if (!Object.entries(learns).every(([name, isValid]) => isValid(known.facts[name])))
    return findOut(runtime, request, search, memory);
  const learned = factsNamed(known.facts, Object.keys(learns));
  const { version } = known;
  return {
    works: true,
    host: { program, version, facts: { ...found, ...learned }, memories: [memory.file] },
  };
}

async function findOut(
  runtime: Runtime,
  request: RunRequest,
  search: ProbeContext,
  memory: ProbeMemory,
): Promise<Verdict> {
  const verdict = await runtime.probe(search, request);
  const program = programOf(runtime, search);
  // "Not installed" is as quick to find out as to remember.
  if (program === null || (!verdict.works && verdict.passing === true)) return verdict;
  const facts = verdict.works ? factsNamed(verdict.host.facts, Object.keys(runtime.learns ?? {})) : {};
  memory.remember(
    trialName(runtime, request),
    basisOf(runtime, program, request, search),
    verdict.works ? { works: true, version: verdict.host.version, facts } : { works: false },
  );
  return verdict.works ? { works: true, host: { ...verdict.host, memories: [memory.file] } } : verdict;
}

function programOf(runtime: Runtime, search: ProbeContext): string | null {
  return runtime.programs.map(name => search.which(name)).find(path => path !== null) ?? null;
}

/** What was tried: a contained job takes another way where jcds makes the root. */
function trialName({ name, root }: Runtime, { image, contain }: RunRequest): string {
  return `${name} ${image.kind}${root !== undefined && contain ? ' contained' : ''}`;
}

/** Where the very image was tried, the image may be what fails. */
function basisOf(runtime: Runtime, program: string, request: RunRequest, search: ProbeContext): Basis {
  const works = `${identityOf(program)} ${runtime.dependsOn?.(search, request) ?? ''}`;
  return { works, fails: runtime.root === undefined ? `${works} ${request.image.path}` : works };
}

function factsNamed(facts: HostFacts, names: readonly string[]): HostFacts {
  return Object.fromEntries(names.map(name => [name, facts[name]]));
}

/** A GPU's libraries are places to be shown: they are looked for by every start that wants them, where jcds shows them. */
async function withGpu(
  host: RuntimeHost,
  { root }: Runtime,
  { gpu }: RunRequest,
  search: ProbeContext,
): Promise<RuntimeHost> {
  if (gpu === null || root === undefined) return host;
  return { ...host, facts: { ...host.facts, gpu: await findGpu(search) } };
}

function ableTo(request: RunRequest): readonly string[] {
  return RUNTIME_NAMES.filter(name => complaint(RUNTIMES[name], request) === null);
}
