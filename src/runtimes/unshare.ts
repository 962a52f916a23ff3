import { relative } from 'node:path';
import { JcdsError } from '../errors.ts';
import { isShellName } from '../launch/shell-names.ts';
import { jobEnvironment, launcherChange } from './environment.ts';
import { gpuOf, withGpuLibraries } from './gpu.ts';
import { heldPlaces } from './held-places.ts';
import type { Invocation, RootNeeds, RunRequest, Runtime, RuntimeHost } from './runtime.ts';
import { sourcesIn } from './shown.ts';
import { skeleton } from './skeleton.ts';
import { findTools, LEARNS_LIBRARIES, probeUnshare } from './unshare-probe.ts';
import { lastScript, setUpScript } from './unshare-script.ts';
import { CHANGED_BY_SHELLS, LOCALES, withheldVariables, withhold } from './withheld-variables.ts';

/** The host's tools, found by the probe. Every path is real: links would lead elsewhere once the root has changed. */
export interface UnshareFacts {
  readonly sh: string;
  readonly mount: string;
  readonly umount: string;
  readonly mkdir: string;
  readonly ln: string;
  readonly rm: string;
  readonly setpriv: string;
  readonly pivotRoot: string;
  readonly env: string;
  /** The dynamic loader, and the directories of the libraries of those that run after the change of root. */
  readonly loader: string;
  readonly libraries: readonly string[];
  /** Directories of the host to build the new root on. */
  readonly places: readonly string[];
  /** Whether sh hands on every variable whose name it can hold, unchanged (dash does; bash has its own). */
  readonly plainShell: boolean;
}

/** Variables that bash sets for what it starts, and dash hands on as they are. */
export const BASH_ADDS = ['_', 'SHLVL'];

/** All directories to build a new root on are in use. */
export class NoPlaceError extends JcdsError {
  constructor(places: readonly string[]) {
    super({
      code: 'NO_PLACE',
      message: `the new root needs one of ${places.join(', ')} on this host, and something is bound from each`,
      hint: 'bind from one directory less, or use another runtime: jcds run --runtime …',
    });
  }
}

const NEEDS: RootNeeds = { files: [], links: 'kept', layers: true };

/**
 * A container by util-linux alone: unshare(1) makes user and mount namespaces and starts the host's sh, which builds
 * the root, changes to it, detaches the old one, and gives up every capability by the host's setpriv. Each step execs
 * the next, so nothing stays beside the job. No program of the image runs before the job itself.
 */
export const unshare: Runtime = {
  name: 'unshare',
  programs: ['unshare'],
  images: ['directory'],
  diesWithParent: true,
  passesSignals: true,
  showsHostsProc: true,
  root: NEEDS,
  cannot: {
    writableTmpfs: 'unshare cannot lay a writable layer over an image',
    // The tools that leave the host's root and give up capabilities need the real one.
    proc: 'unshare cannot show anything else at /proc',
  },
  find: findTools,
  learns: LEARNS_LIBRARIES,
  probe: (search, request) => probeUnshare(search, request, invocation),
  invocation,
};

function invocation(request: RunRequest, host: RuntimeHost): Invocation {
  const facts = host.facts as unknown as UnshareFacts;
  const environment = withGpuLibraries(jobEnvironment(request), request);
  const { harmless, held } = withhold(environment, [
    ...CHANGED_BY_SHELLS,
    ...[...environment.variables.keys()].filter(name => LOCALES.test(name)),
    ...(facts.plainShell ? [] : ['SHELL']),
  ]);
  // Variables that the shells on the way would lose are given to the job by env(1), in its last moment. They are the
  // caller's own: --env has no such names.
  const isLost = (name: string) => !isShellName(name) && !(facts.plainShell && BASH_ADDS.includes(name));
  const carried = new Map([...harmless].filter(([name]) => !isLost(name)));
  const lost = [...harmless.values()].filter(({ name }) => isLost(name));
  const change = launcherChange(carried, request.environment.host);
  const root = { ...skeleton(request, gpuOf(request, host), NEEDS), held: heldPlaces(request.user.uid) };
  const place = choosePlace(facts.places, request);
  const tools = toolsAfterChange(facts);
  const set = setUpScript(root, place, { ...facts, memories: host.memories }, tools, request.umask);
  return {
    file: host.program,
    args: [
      '--user',
      '--map-current-user',
      '--keep-caps',
      '--mount',
      '--propagation',
      'slave',
      ...request.runtimeArguments,
      '--',
      facts.sh,
      '-c',
      set.script,
      'jcds',
      lastScript(tools, {
        held,
        lost,
        surplus: facts.plainShell
          ? []
          : ['SHELL', ...BASH_ADDS].filter(name => !environment.variables.has(name)),
        plainShell: facts.plainShell,
      }),
      request.shown.cwd,
      ...set.texts,
      ...request.words,
    ],
    environment: { set: [...change.set, ...withheldVariables(held)], unset: change.unset },
  };
}

/** How the tools are called once the root has changed: from the directory of setpriv in the detached old root. */
export interface ToolsAfterChange {
  readonly directory: string;
  /** The loader with its options, as words. */
  readonly loader: readonly string[];
  readonly umount: string;
  readonly setpriv: string;
  readonly sh: string;
  readonly env: string;
}

function toolsAfterChange(facts: UnshareFacts): ToolsAfterChange {
  const directory = parentOf(facts.setpriv);
  const fromThere = (path: string) => {
    const way = relative(directory, path);
    return way.startsWith('.') ? way : `./${way}`;
  };
  return {
    directory,
    loader: [
      fromThere(facts.loader),
      '--inhibit-cache',
      '--library-path',
      facts.libraries.map(fromThere).join(':'),
    ],
    umount: fromThere(facts.umount),
    setpriv: fromThere(facts.setpriv),
    sh: fromThere(facts.sh),
    env: fromThere(facts.env),
  };
}

/** A directory of the host that hides nothing of what is shown in the container. */
export function choosePlace(places: readonly string[], request: RunRequest): string {
  const sources = [request.image.path, ...sourcesIn(request.shown)];
  const isFree = (place: string) =>
    !sources.some(source => source === place || source.startsWith(`${place}/`));
  const place = places.find(isFree);
  if (place === undefined) throw new NoPlaceError(places);
  return place;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
