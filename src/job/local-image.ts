import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { limitsFrom } from '../conversion/limits.ts';
import { formatPlatform, parsePlatform } from '../image/platform.ts';
import type { Speaker } from '../output/console.ts';
import { progress } from '../output/progress.ts';
import { NoLocalCopyError } from '../store/errors.ts';
import { type FoundCopy, findCopy } from '../store/find.ts';
import { identityOf } from '../store/places.ts';
import { readRecord } from '../store/record.ts';
import { noteUse } from '../store/used.ts';
import { allStores, storePlaces } from '../store-directory.ts';
import { identityFindings } from './findings.ts';
import type { JobImage } from './job-image.ts';
import { LocalPathError } from './local-path.ts';
import type { NamedImage } from './locate.ts';

/** What decides about a local copy. */
export interface LocalSetting {
  readonly settings: Settings;
  readonly listings: readonly string[];
  /** The CVMFS root in use. */
  readonly root: string;
  readonly say: Speaker;
  /** Whether nothing is to be made. */
  readonly isDryRun: boolean;
  readonly isQuiet: boolean;
}

/** The copy of an image in a local store, for a job. Throws NoLocalCopyError, StoreUnusableError, LocalCopyBrokenError, LocalPathError. */
export async function findLocalImage(
  named: NamedImage,
  setting: LocalSetting,
  context: Context,
): Promise<JobImage> {
  let copy = await localCopy(named, setting, context);
  if (copy === null && !setting.isDryRun) {
    await pullFor(named, setting, context);
    copy = await localCopy(named, setting, context);
  }
  if (copy === null) {
    const { name, platform } = named;
    const stores = allStores(storePlaces(setting.settings, context));
    throw new NoLocalCopyError(name, stores, platform && formatPlatform(platform));
  }
  setting.say.detail(`running a local copy, ${describeCopy(copy, context)}`);
  return useCopy(named, copy, setting, context);
}

/** The copy that is meant: of the digest and platform that were asked for. null: there is none. Throws as above. */
export function localCopy(
  named: NamedImage,
  { settings, listings }: Pick<LocalSetting, 'settings' | 'listings'>,
  context: Context,
): Promise<FoundCopy | null> {
  const { name, image } = named;
  if (image.kind === 'place') throw new LocalPathError(name);
  const stores = storePlaces(settings, context);
  const isMeant = ({ publication, facts }: Pick<FoundCopy, 'publication' | 'facts'>) =>
    identityFindings(named, publication, facts).length === 0;
  const question = { name, image, stores, listings, timeout: settings.cvmfsTimeout, isMeant };
  return findCopy(question, context);
}

/** Makes the copy, in the user's own store. */
export async function pullFor(
  { name, image, platform }: NamedImage,
  { settings, isQuiet, say }: Pick<LocalSetting, 'settings' | 'isQuiet' | 'say'>,
  context: Context,
): Promise<void> {
  if (image.kind === 'place') return;
  const { reference } = image;
  const { pullImage } = await import('../store/pull.ts');
  const { roomRules } = await import('../store/make-room.ts');
  const { registryOptions } = await import('../registry/from-settings.ts');
  if (!settings.network) {
    const { NetworkForbiddenError } = await import('../publication-requests/service.ts');
    throw new NetworkForbiddenError();
  }
  const shown = progress(context.stderr, { quiet: isQuiet, dumb: context.environment.TERM === 'dumb' });
  try {
    shown.update(`making a local copy of ${name}`);
    await pullImage(
      {
        ...{ text: name, source: { kind: 'registry', reference }, reference, again: false, progress: shown },
        ...{
          platform: platform ?? parsePlatform(process.arch),
          limits: limitsFrom(settings.imageLimits, []),
        },
        ...{ room: roomRules(settings), warn: say.warn },
        ...{ stores: storePlaces(settings, context), registries: () => registryOptions(settings, context) },
      },
      context,
    );
  } finally {
    shown.end();
  }
}

/** Takes a copy for the job, and notes that it is used. */
export function useCopy(
  { name }: NamedImage,
  { publication, facts, store, isOwn }: FoundCopy,
  { root }: Pick<LocalSetting, 'root'>,
  { uid }: Pick<Context, 'uid'>,
): JobImage {
  const hex = identityOf(publication.targetPlace.relativePath);
  if (isOwn && hex !== null) noteUse(store, hex, uid);
  return { name, published: publication, facts, root };
}

/** `sha256:… made 2026-11-30 05:20 UTC`. */
export function describeCopy(
  { publication, store, isOwn }: FoundCopy,
  { uid }: Pick<Context, 'uid'>,
): string {
  const hex = identityOf(publication.targetPlace.relativePath);
  const record = hex === null ? null : readRecord(store, hex, isOwn ? uid : null);
  const made = record === null ? '' : ` made ${utc(record.madeAt)}`;
  return `${hex === null ? publication.target : `sha256:${hex}`}${made}`;
}

function utc(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'once' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
