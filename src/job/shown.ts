import { existsSync } from 'node:fs';
import type { Context } from '../context.ts';
import { mountPoints } from '../cvmfs/mount-points.ts';
import { checkLinks } from '../files/links.ts';
import { readPlace } from '../files/read.ts';
import { RefusedFile } from '../files/refused-file.ts';
import { fromBytes } from '../launch/bytes.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { onDisk } from '../rootfs/image-view.ts';
import { ruleFor } from '../runtimes/environment-policy.ts';
import type { ContainerEnvironment } from '../runtimes/runtime.ts';
import { type Bind, type Shown, shownIn } from '../runtimes/shown.ts';
import type { BindSpec } from './bind-spec.ts';
import { cvmfsBinds, gatherBinds, inOrder, kindOf } from './binds.ts';
import { credentialFiles } from './credential-files.ts';
import { NOTHING, tokenPlaces } from './hidden-files.ts';
import { chooseHome, type PlacedOptions } from './home.ts';
import { isAtOrBelow, realPath } from './host-places.ts';
import { type Layout, layOut, type Own } from './lay-out.ts';
import { holdingBinds, isCovered } from './own-directories.ts';
import { checkHome, heldBind, ownPlaces } from './own-places.ts';
import { siteBinds } from './site-binds.ts';
import { isNotMounted } from './site-places.ts';
import { withSubmounts } from './submounts.ts';
import { callersBind, callersName, chooseWorkdir } from './workdir.ts';

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
  readonly options: PlacedOptions;
  readonly cvmfsRoot: string;
  /** The setting `binds`. */
  readonly configured: readonly string[];
  /** Stores of local copies. */
  readonly stores: readonly string[];
  readonly gpu: 'nvidia' | 'rocm' | null;
  /** The caller's variables, byte for byte. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly policy: ContainerEnvironment['policy'];
  readonly image: { readonly name: string; readonly path: string; readonly facts: ImageFacts | null };
}

/** What a job sees of the host, and why. */
export interface ChosenShown {
  readonly shown: Shown;
  readonly notes: readonly string[];
  /** What the job would see by hand, and does not. */
  readonly warnings: readonly string[];
  readonly reasons: { readonly workdir: string; readonly home: string };
}

/**
 * Decides what of the host is shown where. Looks at the host's files, never at the image.
 * @throws UsageError, InvalidBindError, BindSourceError, BindPlaceError, WorkdirUnknownError
 */
export function chooseShown(
  { options, cvmfsRoot, configured, stores, gpu, environment, policy, image }: ShownQuestion,
  context: Pick<Context, 'cwd' | 'home' | 'accountHome' | 'uid'>,
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
  const files = { zone: existsSync(ZONE) ? ZONE : undefined, resolver: readResolver() };
  const mounts = mountPoints();
  const own = { home: home.value, contain, withoutTmp: isNotMounted('tmp', environment) };
  const isLeftOut = contain || isNotMounted('cwd', environment);
  const laid = layOutWith(isLeftOut ? null : cwd, withSubmounts(asked.binds, image.path, mounts), own);
  const needed = neededFiles(letThrough(environment, policy), contain, gpu);
  const hidden = needed.map(path => showFile(path, laid, context.uid));
  const workdir = chooseWorkdir({
    ...{ options, home: home.value, contain, cwd: callersName(cwd, laid.places), isLeftOut },
    ...{ places: laid.places, image: image.name, facts: image.facts },
  });
  addDefault(workdir.bind ?? null, laid);
  const kept = ownPlaces({ ...context, environment }, stores, mounts);
  if (home.value.kind === 'host') checkHome(home.value.source, kept);
  const shown = () => {
    const { homePlace, places } = laid;
    const start = { cwd: workdir.value, isCwdMissing: places.look(workdir.value).isMissingOnHost };
    return shownIn({ ...own, homePlace, ...start, binds: inOrder(laid.binds), ...files });
  };
  for (const name of OTHER_NAMES) showByName(environment[name], shown(), laid);
  for (const [at, bind] of laid.binds.entries()) laid.binds[at] = heldBind(bind, kept);
  const holding = holdingBinds(kept, shown(), { places: laid.places, uid: context.uid });
  for (const destination of tokenPlaces(environment, context, shown()))
    if (!isCovered(destination, holding, kept))
      addDefault({ source: NOTHING, destination, mode: 'ro' }, laid);
  for (const spec of holding) addDefault(spec, laid);
  return {
    shown: shown(),
    notes: [...asked.notes, ...laid.notes, ...hidden.flatMap(({ note }) => note ?? [])],
    warnings: hidden.flatMap(({ warning }) => warning ?? []),
    reasons: { workdir: workdir.reason, home: home.reason },
  };
}

/** The binds, and the caller's directory where nothing shows it: all laid out in the order of mounting, as one may be in another. */
function layOutWith(cwd: string | null, binds: readonly Bind[], own: Own): Layout {
  const laid = layOut(binds, own);
  const spec = callersBind(callersName(cwd, laid.places), laid.places);
  if (spec === null) return laid;
  return layOut(inOrder([...binds, { ...spec, sourceKind: 'directory', origin: 'default' }]), own);
}

function addDefault(spec: BindSpec | null, { places, binds }: Layout): void {
  const found = spec === null ? '' : kindOf(spec.source);
  if (spec === null || typeof found === 'string') return;
  const { at, ...made } = places.add(spec);
  binds.push({ ...spec, destination: at, ...made, origin: 'default', sourceKind: found.kind });
}

/** Those that may reach the job: what names a credential that the job is not told of is not shown for it either. */
function letThrough(
  environment: ShownQuestion['environment'],
  policy: ShownQuestion['policy'],
): ShownQuestion['environment'] {
  const reaches = ([name]: [string, unknown]) => ruleFor(name)[policy] !== 'image';
  return Object.fromEntries(Object.entries(environment).filter(reaches));
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

/**
 * Shows a file, but makes no place for it on the host, which nobody asked for, and follows no link of another user, who would choose what is
 * shown: what is left out is told.
 */
function showFile(
  path: string,
  laid: Layout,
  uid: number,
): { readonly note?: string; readonly warning?: string } {
  const { at, below, isShown, isMissingOnHost } = laid.places.look(path);
  if (isShown || !existsSync(onDisk(path))) return {};
  const link = foreignLink(path, uid);
  const isHidden = `${path} is not shown in the container`;
  if (link !== null) return { warning: `${isHidden}: ${link} is a link of another user` };
  if (isMissingOnHost) return { note: `${isHidden}: it would have to be made in ${below}` };
  addDefault({ source: realPath(path), destination: at, mode: 'ro' }, laid);
  return {};
}

/** The link of another user that leads to a file; null: none does. */
function foreignLink(path: string, uid: number): string | null {
  try {
    checkLinks(onDisk(path), uid);
    return null;
  } catch (thrown) {
    if (thrown instanceof RefusedFile) return thrown.path;
    throw thrown;
  }
}

/** Variables by which programs find a directory that a batch system has made for the job. */
const OTHER_NAMES = ['_CONDOR_SCRATCH_DIR', 'TMPDIR'];

/** A directory that is shown by one name is shown by this one too, where a link of the host leads from one to the other. */
function showByName(path: string | undefined, { places }: Shown, laid: Layout): void {
  if (path?.startsWith('/') !== true || !isDirectory(path)) return;
  const { at, isShown, isMissingOnHost } = laid.places.look(path);
  const source = realPath(path);
  if (isShown || isMissingOnHost || source === path) return;
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
