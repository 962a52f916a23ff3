import { isShellName } from '../launch/shell-names.ts';
import { shellQuote } from '../shell-quote.ts';
import { type ContainerVariable, jobEnvironment, launcherChange } from './environment.ts';
import { gpuOf, withGpuLibraries } from './gpu.ts';
import { heldPlaces } from './held-places.ts';
import { buildLines, closeLines } from './root-script.ts';
import {
  type Invocation,
  isRefused,
  type ProbeContext,
  type Refused,
  type RootNeeds,
  type RunRequest,
  type Runtime,
  type RuntimeHost,
  type Verdict,
} from './runtime.ts';
import { type Skeleton, skeleton } from './skeleton.ts';
import { trial, tryRequest } from './trial.ts';
import { BASH_ADDS, choosePlace, type UnshareFacts } from './unshare.ts';
import { findTools, findToolsAndLibraries, LEARNS_LIBRARIES, tooOld } from './unshare-probe.ts';
import { usernsFailure } from './userns.ts';
import { CHANGED_BY_SHELLS, withheldName, withheldVariables, withhold } from './withheld-variables.ts';

/** The host's tools, and unshare(1) itself: `program` is ch-run. */
export type CharliecloudFacts = UnshareFacts & { readonly unshare: string };

const PROBE_TIMEOUT = 5_000;
/** What ch-run shows of the host by itself, over everything: shown once more over it, as it was (facts: 0.31). */
const SHOWN_BY_CH_RUN = ['/dev', '/proc', '/sys', '/tmp', '/etc/hosts', '/etc/resolv.conf'];

const NOT_TWICE = "'the new root cannot be shown twice'";

/** ch-run follows absolute links of the image on the host, and then refuses what lies outside of the new root. */
const NEEDS: RootNeeds = {
  files: [],
  links: ['/etc', ...SHOWN_BY_CH_RUN],
  directories: ['/dev', '/proc', '/sys', '/tmp'],
  layers: true,
};

/**
 * Charliecloud makes no places in a read-only image and no bind read-only, so the whole root is built before, in
 * namespaces made by unshare(1), and ch-run is given that. Each step execs the next: nothing stays beside the job.
 */
export const charliecloud: Runtime = {
  name: 'charliecloud',
  programs: ['ch-run'],
  images: ['directory'],
  diesWithParent: true,
  passesSignals: true,
  root: NEEDS,
  cannot: {
    writableTmpfs: 'charliecloud cannot lay a writable layer over an image',
  },
  find,
  learns: LEARNS_LIBRARIES,
  probe,
  invocation,
};

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as CharliecloudFacts;
  // ch-run itself wants to show what TMPDIR names, and adds /bin to a PATH that lacks it: it gets one of its own.
  const { harmless, held } = withhold(withGpuLibraries(jobEnvironment(request), request), [
    ...CHANGED_BY_SHELLS,
    'TMPDIR',
    'PATH',
  ]);
  const isLost = (name: string) => !isShellName(name) && !(facts.plainShell && BASH_ADDS.includes(name));
  const carried = new Map([...harmless].filter(([name]) => !isLost(name)));
  // ch-run starts nothing without USER.
  const hasUser = carried.has('USER');
  if (!hasUser) carried.set('USER', { name: 'USER', value: request.user.name, from: 'jcds' });
  carried.set('PATH', { name: 'PATH', value: '/bin', from: 'jcds' });
  const change = launcherChange(carried, request.environment.host);
  const { script, texts } = chRunScript(request, host, {
    held,
    lost: [...harmless.values()].filter(({ name }) => isLost(name)),
    surplus: facts.plainShell ? [] : BASH_ADDS.filter(name => !harmless.has(name)),
    hasUser,
  });
  return {
    file: facts.unshare,
    args: [
      ...['--user', '--map-current-user', '--keep-caps', '--mount', '--propagation', 'slave', '--'],
      ...[facts.sh, '-c', script, 'jcds', ...texts],
      ...['-c', request.shown.cwd, ...request.runtimeArguments],
      ...[`${choosePlace(facts.places, request)}/root`, '--', ...request.words],
    ],
    environment: { set: [...change.set, ...withheldVariables(held)], unset: change.unset },
  };
}

/** What happens to variables between the launcher and the job. */
interface Variables {
  readonly held: readonly ContainerVariable[];
  readonly lost: readonly ContainerVariable[];
  readonly surplus: readonly string[];
  readonly hasUser: boolean;
}

function chRunScript(request: RunRequest, host: RuntimeHost, variables: Variables) {
  const facts = host.facts as unknown as CharliecloudFacts;
  const base = choosePlace(facts.places, request);
  const place = { mount: base, root: `${base}/root` };
  const root = { ...skeleton(request, gpuOf(request, host), NEEDS), held: heldPlaces(request.user.uid) };
  const { lines, texts } = buildLines(root, place, { ...facts, memories: host.memories }, 'charliecloud');
  const own = `${base}/own`;
  const script = [
    'unset -f printf read',
    ...lines,
    `jcds_try ${NOT_TWICE} ${shellQuote(facts.mkdir)} ${shellQuote(own)}`,
    `jcds_try ${NOT_TWICE} ${shellQuote(facts.mount)} -n --rbind "$jcds_n" ${shellQuote(own)}`,
    ...(SHOWN_BY_CH_RUN.some(path => isOfRoot(path, root)) ? [readOnlyLine(own, facts.mount)] : []),
    ...SHOWN_BY_CH_RUN.flatMap(path => showAgain(path, root, own)),
    ...heldLines(variables.held, `${base}/variables`),
    ...closeLines(place, facts, request.umask),
    `exec ${envPrefix(variables, facts)}${shellQuote(host.program)} --no-passwd --env-no-expand --set-env=${shellQuote(`${base}/variables`)} \\`,
    ...(variables.hasUser ? [] : ['  --unset-env=USER \\']),
    '  "$@"',
  ];
  return { script: script.join('\n'), texts };
}

/** Whether it is a part of the new root itself (a site shows no /tmp), which is closed where it lies, but not where it is shown again. */
function isOfRoot(path: string, { find, mounts }: Skeleton): boolean {
  const at = find(path);
  return at !== null && !mounts.some(mount => mount.at === at);
}

function readOnlyLine(place: string, mount: string): string {
  return `jcds_try ${NOT_TWICE} ${shellQuote(mount)} -n -o remount,bind,ro,nosuid,nodev ${shellQuote(place)}`;
}

/** Lines that give ch-run one more thing to show, where something was mounted. */
function showAgain(path: string, { find, mounts, held = [] }: Skeleton, own: string): string[] {
  const at = find(path);
  const isHosts =
    (path === '/proc' || path === '/sys') &&
    held.length === 0 &&
    mounts.every(mount => mount.at !== at || mount.kind !== 'bind');
  if (at === null || isHosts) return [];
  const source = `${own}${at}`;
  return [`[ ! -e ${shellQuote(source)} ] || set -- -b ${shellQuote(`${source}:${path}`)} "$@"`];
}

/** ch-run takes lines of NAME=VALUE from a file, and one pair of quotes off a value: what would steer ch-run itself. */
function heldLines(held: readonly ContainerVariable[], file: string): string[] {
  const isLine = ({ value }: ContainerVariable) => !value.includes('\n');
  return [
    `: >${shellQuote(file)}`,
    ...held
      .filter(isLine)
      .map(({ name }) => `printf "%s='%s'\\n" ${name} "$${withheldName(name)}" >>${shellQuote(file)}`),
    // No such line can hold a newline; with one in it nothing that steers a program makes sense.
    ...held
      .filter(variable => !isLine(variable))
      .map(({ name }) => `export ${name}="$${withheldName(name)}"`),
    ...(held.length === 0 ? [] : [`unset ${held.map(({ name }) => withheldName(name)).join(' ')}`]),
  ];
}

function envPrefix({ lost, surplus }: Variables, { env }: UnshareFacts): string {
  if (lost.length + surplus.length === 0) return '';
  const words = [
    ...surplus.flatMap(name => ['-u', name]),
    '--', // a name may begin with a dash
    ...lost.map(({ name, value }) => shellQuote(`${name}=${value}`)),
  ];
  return `${shellQuote(env)} ${words.join(' ')} `;
}

function find(search: ProbeContext): object | Refused {
  const unshare = search.which('unshare');
  if (unshare === null)
    return { works: false, reason: 'the program unshare is missing', cure: 'install util-linux' };
  const tools = findTools(search);
  return isRefused(tools) ? tools : { ...tools, unshare };
}

async function probe(search: ProbeContext, request: RunRequest): Promise<Verdict> {
  const program = search.which('ch-run');
  if (program === null) return { works: false, reason: 'is not installed', cure: 'install charliecloud' };
  const found = find(search);
  if (isRefused(found)) return found;
  const tools = await findToolsAndLibraries(search);
  if (isRefused(tools)) return tools;
  // It says so on stderr in some versions, and nothing at all without USER.
  const told = await search.run(tools.env, ['USER=jcds', program, '--version'], PROBE_TIMEOUT);
  const version = `${told.stdout}${told.stderr}`.trim().split(' ').at(-1) ?? '';
  const host: RuntimeHost = { program, version, facts: { ...found, ...tools } };
  const tried = await tryRequest(trial(tools.sh, request), host, invocation, search, PROBE_TIMEOUT);
  return tried.code === 0 ? { works: true, host } : (tooOld(tried, '') ?? usernsFailure(tried));
}
