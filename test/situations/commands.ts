import { bareWords, isKept } from './bare.ts';
import { placesOf } from './places.ts';
import { quote } from './quote.ts';
import { bindText, CLOSED, DELETED, type Situation } from './situation.ts';

/** One way to start the same thing. */
export interface Way {
  /** `bare`, `exec` or `wrap`. */
  readonly kind: 'bare' | 'exec' | 'wrap';
  readonly runtime: string;
}

export const BARE: Way = { kind: 'bare', runtime: 'apptainer' };
/** What every situation is held against. */
export const WAYS: readonly Way[] = [
  ...['apptainer', 'unshare', 'bubblewrap', 'charliecloud'].map(
    runtime => ({ kind: 'exec', runtime }) as const,
  ),
  ...['apptainer', 'bubblewrap'].map(runtime => ({ kind: 'wrap', runtime }) as const),
];
/** Slow ones, and the one that is Apptainer by another name: every tenth situation. */
export const SAMPLED: readonly Way[] = ['singularity', 'podman', 'docker'].map(
  runtime => ({ kind: 'exec', runtime }) as const,
);

export const labelOf = ({ kind, runtime }: Way) => (kind === 'bare' ? 'bare' : `${kind} ${runtime}`);

/** Where stage.sh shows the project: a clone below /tmp or /home would lie under what the stage covers. */
const JCDS = '/judge-project/bin/jcds';

/** What the commands need to know of the host that runs them. */
export interface Host {
  /** The directory with bin/jcds. */
  readonly project: string;
  /** Variables of the runtimes that are no part of a situation (an engine's socket). */
  readonly variables: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

/** The lines of sh that the ordinary user runs on the stage: latin1, as they hold bytes. */
export function commandLines(situation: Situation, way: Way, host: Host): string {
  const probe = ['judge-probe', String(situation.exit), ...placesOf(situation)];
  return `${entering(situation.cwd)}\n${startLines(situation, way, host, probe)}`;
}

/** The lines that start this command; the last one becomes it. */
export function startLines(situation: Situation, way: Way, host: Host, command: readonly string[]): string {
  const environment = [...callerEnvironment(situation), ...(host.variables[way.runtime] ?? [])].filter(
    ([name]) => way.kind !== 'bare' || isKept(situation, name),
  );
  const start = `exec env -i ${environment.map(([name, value]) => quote(`${name}=${value}`)).join(' ')}`;
  const words = (...lists: (readonly string[])[]) => lists.flat().map(quote).join(' ');
  const chosen = [...jcdsOptions(situation, way), imageName(situation)];
  switch (way.kind) {
    case 'bare':
      return `${start} ${words(bareWords(situation), command)}\n`;
    case 'exec':
      return `${start} ${words([JCDS, 'exec'], chosen, command)}\n`;
    case 'wrap': {
      const script = '"/judge/script-$$"';
      const write = words([JCDS, 'wrap'], chosen, command.slice(0, 1));
      return `(${start} ${write}) > ${script} || exit\nchmod 755 ${script}\n${start} ${script} ${words(command.slice(1))}\n`;
    }
    default:
      return way.kind satisfies never;
  }
}

/** The line that goes to where the caller is. */
export function entering(cwd: string): string {
  if (cwd === DELETED) return `mkdir ${cwd} && cd ${cwd} && rmdir ${cwd}`;
  if (cwd === CLOSED) return `mkdir ${cwd} && cd ${cwd} && chmod 0 ${cwd}`;
  return `cd ${quote(cwd)} || exit 99`;
}

/** The whole environment of whoever types the command. */
export function callerEnvironment(situation: Situation): [name: string, value: string][] {
  return [
    ['PATH', '/usr/local/bin:/usr/bin:/bin'],
    ...(situation.home === null ? [] : ([['HOME', situation.home]] as [string, string][])),
    ['USER', 'me'],
    ['PWD', situation.cwd],
    ['XDG_CACHE_HOME', '/judge/cache'],
    ['XDG_CONFIG_HOME', '/judge/config'],
    ...situation.environment.map(([name, value]) => [name, value] as [string, string]),
  ];
}

function imageName({ image, layout }: Situation): string {
  return layout === 'osg' ? `library/${image}:1` : `registry.hub.docker.com/library/${image}:1`;
}

function jcdsOptions(situation: Situation, { runtime }: Way): string[] {
  const { binds, set, policy, gpu } = situation;
  return [
    ...['--runtime', runtime],
    ...['--repository', situation.layout === 'osg' ? 'containers.jinr.ru' : 'unpacked.cern.ch'],
    ...binds.flatMap(bind => ['-B', bindText(bind)]),
    ...(situation.contain ? ['--contain'] : []),
    ...(situation.noHome ? ['--no-home'] : []),
    ...(situation.homeOption === null ? [] : ['--home', situation.homeOption]),
    ...(situation.workdir === null ? [] : ['--workdir', situation.workdir]),
    ...set.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...(policy === 'keep' ? [] : ['--env-policy', policy]),
    ...(gpu === 'default' ? [] : ['--gpu', gpu]),
    ...(situation.writableTmpfs ? ['--writable-tmpfs'] : []),
  ];
}
