import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Ran } from './stage.ts';

// What a runtime was started with, in a shape in which equal things are equal.

/** What an image lost is said when a script is written. */
export function unsaid(stderr: string): string {
  return stderr.replace(/^jcds: .* it has no \.singularity\.d: .*\n/, '');
}

/** Every shell counts itself, and says what it starts: no job can expect a value. docs/wrap.md states it. */
const OF_SHELLS = ['SHLVL', '_'];

/**
 * jcds holds each directory above its settings that could be renamed, a script the nearest: docs/wrap.md states it.
 * @param bind `SOURCE:PLACE` or `SOURCE,PLACE`
 */
function isPin(bind: string, home: string): boolean {
  const [source = '', place, mode] = bind.split(/[:,]/);
  // What a link in the home leads to is shown at its own place, also where that is in the home.
  if (source === place && mode === undefined && source.startsWith(`${home}/`)) return true;
  const own = [`${home}/.config/jcds`, `${dirname(home)}/cache/jcds`];
  return source === place && own.some(directory => directory.startsWith(`${source}/`));
}

/** Apptainer takes binds in order; which of two that have nothing to do with each other comes first means nothing. */
export function seen({ started, ...ran }: Ran, home: string) {
  if (started === null) return { ...ran, started };
  const args: string[] = [];
  const binds: string[] = [];
  for (let at = 0; at < started.args.length; at++) {
    const word = started.args[at]!;
    if (word === '--bind' || word === '--mount')
      // A field of --mount may stand in quotes without need.
      binds.push(`${word} ${started.args[++at]!.replace(/"([^",]*)"(?=,|$)/g, '$1')}`);
    else if (word === '--home') {
      const [source, place = source] = started.args[++at]!.split(':'); // a home at its own place may be named twice
      args.push(word, source === place ? source! : `${source}:${place}`);
    } else if (word !== '--userns') args.push(word); // root, and what it may do: tested with a real Apptainer
  }
  // Apptainer sets PWD; and where the image has another value, an empty one is the same to it as none.
  const isTheSame = ([name, value]: [string, string]) =>
    // Of what comes first whatever the image says, a script says so although the image says nothing.
    (name.startsWith('APPTAINERENV_') && started.environment.get(name.replace(/^[A-Z]*_/, '')) === value) ||
    name === 'PWD' ||
    OF_SHELLS.includes(name) ||
    (name === 'GREETING' && value === '');
  // jcds' own a script says in both ways, for an image that lost what listens to the one.
  const plain = (name: string) => name.replace(/^[A-Z]*ENV_(?=JCDS_IMAGE)/, '');
  const environment = Object.fromEntries(
    [...started.environment]
      .map(([name, value]): [string, string] => [plain(name), value])
      .filter(entry => !isTheSame(entry))
      .sort(),
  );
  return {
    ...ran,
    args,
    binds: [...new Set(binds)].filter(bind => !isPin(bind.replace('--bind ', ''), home)).toSorted(),
    environment,
    descriptors: started.descriptors.length,
  };
}

/** How many words follow an option of bubblewrap. */
const FOLLOWING: Readonly<Record<string, number>> = {
  ...{
    '--die-with-parent': 0,
    '--cap-drop': 1,
    '--remount-ro': 1,
    '--chdir': 1,
    '--perms': 1,
    '--args': 1,
    '--seccomp': 1,
  },
  ...{ '--tmpfs': 1, '--dir': 1, '--proc': 1, '--dev': 1, '--unsetenv': 1, '--setenv': 2, '--symlink': 2 },
};

/** What bubblewrap would do: the entries of the new root in any order, and the variables that the job has in the end. */
export function shown({ started, ...ran }: Ran, home: string) {
  if (started === null) return { ...ran, started };
  const environment = new Map(started.environment);
  const steps: string[][] = [];
  let filters = 0; // what no shell can hold: docs/wrap.md states it
  const take = (words: readonly string[]): void => {
    for (let at = 0; at < words.length; ) {
      if (words[at] === '--') return void steps.push(words.slice(at));
      const step = words.slice(at, at + 1 + (FOLLOWING[words[at]!] ?? 2));
      at += step.length;
      const [option, first = '', second = ''] = step;
      const read = () => started.inputs.get(first)!.slice(0, -1);
      if (option === '--setenv') environment.set(first, second);
      else if (option === '--unsetenv') environment.delete(first);
      else if (option === '--seccomp') filters += 1;
      else if (option === '--args') take(read().split('\u0001').slice(0, -1));
      else steps.push(option === '--bind-data' ? [option, read(), second] : step);
    }
  };
  take(started.args);
  const root = steps.findIndex(([option]) => option?.startsWith('--dev') === true);
  const mounts = steps.slice(root);
  const isBind = ([option]: string[]) => /^--(?:ro-)?bind(?:-try)?$/.test(option!);
  const bound = mounts.filter(step => isBind(step) && (!step[0]!.endsWith('-try') || existsSync(step[1]!)));
  const places = steps.map(step => step.at(-1)!);
  // bubblewrap makes what a place lies in; and what something is mounted on, it makes or covers.
  const isNeeded = ([option, place = '']: string[]) =>
    option !== '--dir' || !places.some(other => other.startsWith(`${place}/`));
  const isCovered = (step: string[]) =>
    mounts.some(mount => mount.length > 1 && mount.at(-1) === step.at(-1));
  return {
    ...ran,
    root: steps
      .slice(0, root)
      .filter(step => isNeeded(step) && !isCovered(step))
      .map(String)
      .sort(),
    mounts: mounts
      .filter(step => !isBind(step) && isNeeded(step))
      .map(String)
      .sort(),
    binds: [...new Set(bound.map(step => String(step).replace('-try,', ',')))]
      .filter(bind => !isPin(bind.replace('--bind,', ''), home))
      .sort(),
    environment: Object.fromEntries([...environment].filter(([name]) => !OF_SHELLS.includes(name)).sort()),
    descriptors: started.descriptors.length - started.inputs.size - filters,
  };
}
