import { isShellName } from '../launch/shell-names.ts';
import { boundEntries } from './bound-entries.ts';
import { isInput, largestOf, MOST_WORDS, shortened, TooManyEntriesError } from './bubblewrap-limits.ts';
import { type ContainerVariable, jobEnvironment, launcherChange } from './environment.ts';
import { gpuOf, withGpuLibraries } from './gpu.ts';
import { HELD_IN_PROC } from './held-places.ts';
import type { RootOperation } from './root-operations.ts';
import type { Invocation, ProbeContext, RunRequest, Runtime, RuntimeHost, Verdict } from './runtime.ts';
import { type MountOperation, skeleton } from './skeleton.ts';
import { terminalFilter } from './terminal-filter.ts';
import { trial, tryRequest } from './trial.ts';
import { usernsFailure } from './userns.ts';
import { PROMPTS, withheldName, withheldVariables, withhold } from './withheld-variables.ts';

type Argument = Invocation['args'][number];

const PROBE_TIMEOUT = 5_000;
const ADDED_BY_SHELLS = ['_', 'SHLVL', 'OLDPWD'];

/** How bubblewrap is started. */
interface BubblewrapFacts {
  readonly shell: string;
  /** flock(1), by which bubblewrap has a parent of its own; null where there is none. */
  readonly flock: string | null;
  /** Whether it does: that of busybox lacks an option. */
  readonly isHeld: boolean;
}

/**
 * bubblewrap stays beside the job as its parent (0.4 MiB). A signal to it ends it, and the job with it by SIGKILL:
 * that is what --die-with-parent is for; without it the job would go on alone (measured with 0.8.0). But the same option
 * ends the job when bubblewrap's own parent ends, nohup or not, and a shell that has put jcds into the background may well
 * do. So it gets a parent that stays: flock(1) starts a command, waits, and leaves every signal as it is.
 */
export const bubblewrap: Runtime = {
  name: 'bubblewrap',
  programs: ['bwrap'],
  images: ['directory'],
  diesWithParent: true,
  passesSignals: false,
  root: { files: [], links: 'kept' },
  cannot: {
    entries: 'bubblewrap cannot make a place in directories of the image with more than some 2,900 entries',
    writableTmpfs: 'bubblewrap cannot lay a writable layer over an image',
    pwd: 'bubblewrap gives every job the PWD that it starts in, and no other by --env PWD=…',
  },
  find,
  learns: { isHeld: value => typeof value === 'boolean' },
  probe,
  invocation,
};

/** A lock that nobody else wants: on a file of flock's own process. `-o`: the job has no descriptor of it. */
const HOLD = ['-s', '-o', '/proc/self/environ'];

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const environment = withGpuLibraries(jobEnvironment(request), request);
  const { harmless, held } = withhold(environment, PROMPTS);
  const tree = skeleton(request, gpuOf(request, host));
  const { image, root, mounts } = tree;
  const unlinked = boundEntries(tree, host);
  const isOpen = (parent: MountOperation) =>
    parent.kind === 'bind' &&
    parent.mode === 'ro' &&
    mounts.some(({ at, make }) => make !== undefined && at.startsWith(`${parent.at}/`));
  const inputs: (string | Buffer)[] = [];
  const input = (text: string | Buffer): Argument => ({ input: inputs.push(text) - 1 });
  const args: Argument[] = [
    '--die-with-parent',
    '--cap-drop',
    'ALL', // as root it would keep them
    '--tmpfs',
    '/',
    ...root.flatMap(operation => rootArguments(operation, image)),
    ...mounts.flatMap(operation => mountArguments(operation, input, isOpen, request.user.uid)),
    ...mounts.filter(isOpen).flatMap(({ at }) => ['--remount-ro', at]),
    '--remount-ro',
    '/',
    '--chdir',
    request.shown.cwd,
    '--seccomp',
    input(terminalFilter()),
    ...request.runtimeArguments,
  ];
  if (args.length > MOST_WORDS) throw new TooManyEntriesError(largestOf(root));
  const change = launcherChange(harmless, request.environment.host);
  const secrets = held.filter(isSecret);
  const shown = held.filter(variable => !isSecret(variable)).flatMap(setenv);
  const { shell, flock, isHeld } = host.facts as unknown as BubblewrapFacts;
  const [file = '', ...first] = isHeld && flock !== null ? [flock, ...HOLD, host.program] : [host.program];
  if (secrets.length === 0)
    return {
      file,
      args: [...first, ...args, ...shown, '--', ...request.words],
      environment: change,
      inputs,
      unlinked,
    };
  // The shell on the way changes some variables, and drops others: bubblewrap is told those.
  const lost = [...harmless.values()].filter(({ name }) => !isShellName(name)).flatMap(setenv);
  return {
    file: shell,
    args: [
      '-c',
      handOver(secrets),
      'jcds',
      input('\n'),
      file,
      ...first,
      ...args,
      ...ADDED_BY_SHELLS.filter(name => !harmless.has(name)).flatMap(name => ['--unsetenv', name]),
      ...lost,
      ...shown,
      '--args',
      { input: inputs.length - 1 },
      '--',
      ...request.words,
    ],
    environment: { set: [...change.set, ...withheldVariables(secrets)], unset: change.unset },
    inputs,
    unlinked,
  };
}

/** Values that stand in no argument list: what the person gave, in whatever way. */
function isSecret({ from }: ContainerVariable): boolean {
  return from === 'set' || from === 'addressed';
}

function setenv({ name, value }: ContainerVariable): string[] {
  return ['--setenv', name, value];
}

/**
 * bubblewrap reads further arguments, each ended by a zero byte, from a descriptor. No here-document can hold a zero
 * byte, but a shell's printf can write one: into the here-document that jcds gave, which is a pipe (or, with an older
 * bash, a file; hence `>>`). Its one newline is read first. Variables of the loader so act on the job alone.
 */
function handOver(secrets: readonly ContainerVariable[]): string {
  const words = secrets.map(({ name }) => `--setenv ${name} "$${withheldName(name)}"`).join(' ');
  return [
    'read -r jcds_line <&"$1"',
    `printf '%s\\0' ${words} >>"/proc/self/fd/$1"`,
    `unset jcds_line ${secrets.map(({ name }) => withheldName(name)).join(' ')}`,
    'shift',
    'exec "$@"',
  ].join('\n');
}

function rootArguments(operation: RootOperation, image: string): string[] {
  const { at } = operation;
  switch (operation.kind) {
    case 'directory':
      return ['--dir', at];
    case 'file':
      return []; // what is mounted there makes it
    case 'link':
      return ['--symlink', operation.target, at];
    case 'entry':
      return ['--ro-bind', `${image}${operation.from ?? at}`, at];
    case 'layer':
      return []; // bubblewrap before 0.11 knows none
    default:
      return operation satisfies never;
  }
}

function heldArguments(name: string, proc: string): string[] {
  return ['--ro-bind-try', `/proc/${name}`, `${proc}/${name}`];
}

/** @param isOpen whether something has to be made in it before it becomes read-only */
function mountArguments(
  operation: MountOperation,
  input: (text: string) => Argument,
  isOpen: (operation: MountOperation) => boolean,
  uid: number,
): Argument[] {
  const { at } = operation;
  switch (operation.kind) {
    case 'bind':
      return [operation.mode === 'ro' && !isOpen(operation) ? '--ro-bind' : '--bind', operation.source, at];
    case 'copy':
      return isInput(operation)
        ? ['--perms', '0644', '--bind-data', input(operation.text), at]
        : ['--ro-bind-try', operation.source, at];
    case 'text':
      return ['--perms', '0644', '--bind-data', input(shortened(operation)), at];
    case 'tmpfs':
      return ['--perms', operation.mode.padStart(4, '0'), '--tmpfs', at];
    case 'proc':
      return ['--proc', at, ...(uid === 0 ? HELD_IN_PROC.flatMap(name => heldArguments(name, at)) : [])];
    case 'sys':
      return ['--ro-bind', '/sys', at];
    case 'devices':
      if (operation.all) return ['--dev-bind', '/dev', at];
      return ['--dev', at, ...operation.besides.flatMap(device => ['--dev-bind-try', device, device])];
    default:
      return operation satisfies never;
  }
}

/** Starts a container of the host's own programs. */
async function probe(search: ProbeContext, request: RunRequest): Promise<Verdict> {
  const program = search.which('bwrap');
  if (program === null)
    return { works: false, reason: 'is not installed', cure: 'install the package bubblewrap' };
  const told = await search.run(program, ['--version'], PROBE_TIMEOUT);
  const version = told.stdout.trim().split(' ').at(-1) ?? '';
  const attempt = async (isHeld: boolean) => {
    const facts: BubblewrapFacts = { ...find(search), isHeld };
    const host = { program, version, facts: { ...facts } };
    const tried = await tryRequest(trial(facts.shell, request), host, invocation, search, PROBE_TIMEOUT);
    return { host, tried };
  };
  const held = await attempt(true);
  const isRefused = held.tried.code !== 0 && /flock/.test(held.tried.stderr);
  const { host, tried } = isRefused ? await attempt(false) : held;
  return tried.code === 0 ? { works: true, host } : usernsFailure(tried);
}

function find(search: ProbeContext): Omit<BubblewrapFacts, 'isHeld'> {
  return { shell: search.which('sh') ?? '/bin/sh', flock: search.which('flock') };
}
