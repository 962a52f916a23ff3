import { existsSync } from 'node:fs';
import type { CallOptions } from '../call.ts';
import type { Context } from '../context.ts';
import { readPlace } from '../files/read.ts';
import { fromBytes } from '../launch/bytes.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { onDisk } from '../rootfs/image-view.ts';
import { type Shown, shownIn } from '../runtimes/shown.ts';
import type { BindSpec } from './bind-spec.ts';
import { cvmfsBinds, gatherBinds, inOrder, kindOf } from './binds.ts';
import { credentialFiles } from './credential-files.ts';
import { NOTHING, tokenPlaces } from './hidden-files.ts';
import { chooseHome } from './home.ts';
import { isAtOrBelow, realPath } from './host-places.ts';
import { type Layout, layOut } from './lay-out.ts';
import { siteBinds } from './site-binds.ts';
import { isNotMounted } from './site-places.ts';
import { withSubmounts } from './submounts.ts';
import { callersBind, chooseWorkdir } from './workdir.ts';

const ZONE = '/etc/localtime';

function readResolver(): string | undefined {
  try {
    const text = fromBytes(readPlace('system', '/etc/resolv.conf').bytes);
    return text === '' ? undefined : text.endsWith('\n') ? text : `${text}\n`;
  } catch {
    return undefined; // a host without names is one
  }
}

/** What decides about what a job sees of the host. */
export interface ShownQuestion {
  readonly options: CallOptions;
  readonly cvmfsRoot: string;
  /** The setting `binds`. */
  readonly configured: readonly string[];
  readonly gpu: 'nvidia' | 'rocm' | null;
  /** The caller's variables, byte for byte. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly image: { readonly name: string; readonly facts: ImageFacts | null };
}

/** What a job sees of the host, and why. */
export interface ChosenShown {
  readonly shown: Shown;
  readonly notes: readonly string[];
  readonly reasons: { readonly workdir: string; readonly home: string };
}

/**
 * Decides what of the host is shown where. Looks at the host's files, never at the image.
 * @throws UsageError, InvalidBindError, BindSourceError, BindPlaceError, WorkdirUnknownError
 */
export function chooseShown(
  { options, cvmfsRoot, configured, gpu, environment, image }: ShownQuestion,
  context: Pick<Context, 'cwd' | 'home' | 'accountHome'>,
): ChosenShown {
  const { cwd } = context;
  const contain = options.contain === true;
  const home = chooseHome(options, context);
  const asked = gatherBinds({
    cwd,
    bind: [...texts(options.bind), ...texts(options.volume)],
    mount: texts(options.mount),
    configured,
    site: siteBinds(environment, cwd),
    defaults: cvmfsBinds(cvmfsRoot),
  });
  // A bind at this place is what the job sees.
  const isBound = asked.binds.some(({ destination }) => destination === ZONE);
  const files = { zone: existsSync(ZONE) && !isBound ? ZONE : undefined, resolver: readResolver() };
  const own = { home: home.value, contain, withoutTmp: isNotMounted('tmp', environment) };
  const laid = layOut(withSubmounts(asked.binds), own);
  for (const path of neededFiles(environment, contain, gpu)) showFile(path, laid);
  const isLeftOut = contain || isNotMounted('cwd', environment);
  addDefault(isLeftOut ? null : callersBind(cwd, laid.places), laid);
  const workdir = chooseWorkdir({
    ...{ options, home: home.value, contain, cwd },
    ...{ places: laid.places, image: image.name, facts: image.facts },
  });
  addDefault(workdir.bind ?? null, laid);
  const shown = () => {
    const { homePlace, binds } = laid;
    return shownIn({ ...own, homePlace, cwd: workdir.value, binds: inOrder(binds), ...files });
  };
  for (const name of OTHER_NAMES) showByName(environment[name], shown(), laid);
  for (const destination of tokenPlaces(environment, context, shown()))
    addDefault({ source: NOTHING, destination, mode: 'ro' }, laid);
  return {
    shown: shown(),
    notes: [...asked.notes, ...laid.notes],
    reasons: { workdir: workdir.reason, home: home.reason },
  };
}

function addDefault(spec: BindSpec | null, { places, binds }: Layout): void {
  const found = spec === null ? '' : kindOf(spec.source);
  if (spec === null || typeof found === 'string') return;
  const { at, ...made } = places.add(spec);
  binds.push({ ...spec, destination: at, ...made, origin: 'default', sourceKind: found.kind });
}

/** What is looked for by its name alone: credentials, the display, and the vendors of OpenCL. */
function neededFiles(
  environment: ShownQuestion['environment'],
  contain: boolean,
  gpu: ShownQuestion['gpu'],
): string[] {
  return [
    ...credentialFiles(environment),
    ...(contain && environment.DISPLAY !== undefined ? ['/tmp/.X11-unix'] : []),
    ...(gpu === null ? [] : ['/etc/OpenCL/vendors']),
  ];
}

function showFile(path: string, laid: Layout): void {
  const { at, isShown, canBeMade } = laid.places.look(path);
  if (!isShown && canBeMade && existsSync(onDisk(path)))
    addDefault({ source: realPath(path), destination: at, mode: 'ro' }, laid);
}

/** Variables by which programs find a directory that a batch system has made for the job. */
const OTHER_NAMES = ['_CONDOR_SCRATCH_DIR', 'TMPDIR'];

/** A directory that is shown by one name is shown by this one too, where a link of the host leads from one to the other. */
function showByName(path: string | undefined, { places }: Shown, laid: Layout): void {
  if (path?.startsWith('/') !== true || !isDirectory(path)) return;
  const { at, isShown, canBeMade } = laid.places.look(path);
  const source = realPath(path);
  if (isShown || !canBeMade || source === path) return;
  const other = places.find(
    ({ content }) => content.kind === 'host' && isAtOrBelow(source, realPath(content.source)),
  );
  if (other?.content.kind === 'host') addDefault({ source, destination: at, mode: other.content.mode }, laid);
}

function isDirectory(path: string): boolean {
  const found = kindOf(path);
  return typeof found !== 'string' && found.kind === 'directory';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
