import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Published } from '../cvmfs/publication.ts';
import { upstreamReference } from '../cvmfs/upstream-reference.ts';
import { parsePlatform } from '../image/platform.ts';
import type { Speaker } from '../output/console.ts';
import { publishedIdentity } from '../registry/compare.ts';
import { registryOptions } from '../registry/from-settings.ts';
import type { ImageConfiguration } from '../registry/image-configuration.ts';
import { publishedConfiguration } from '../registry/published-configuration.ts';
import { isImageVariable } from '../rootfs/environment-file.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import { hasFailed, noteFailure } from '../rootfs/failed-attempts.ts';
import { hostArchitectures } from '../rootfs/host-architectures.ts';
import { recallImage, rememberImage } from '../rootfs/memory.ts';
import { defects } from '../rootfs/usability.ts';
import type { NamedImage } from './locate.ts';

/** An image whose metadata is not whole. */
export interface LostMetadata {
  readonly named: NamedImage;
  readonly published: Published;
  readonly facts: ImageFacts;
}

/** Milliseconds that a job waits for a registry on behalf of an image that lost its metadata. */
const TIMEOUT = 4000;

/**
 * What the image's own record should say, from its registry if jcds may ask it; remembered with the rest. Says once,
 * with the cure, where ENV and ENTRYPOINT stay unknown.
 */
export async function mendMetadata(
  lost: LostMetadata,
  { settings, say }: { readonly settings: Settings; readonly say: Speaker },
  context: Context,
): Promise<ImageFacts> {
  const { facts } = lost;
  const { name } = lost.named;
  const answer = await askRegistry(lost, settings, context);
  if (typeof answer === 'string') {
    const defect = defects(facts, []).find(({ part }) => part === 'metadata');
    if (defect) say.warn(`${name}: ${defect.message} (${answer}); ${defect.hint}`);
    return facts;
  }
  const { env, entrypoint, cmd, user, workingDir } = answer;
  const named = env.filter(([one]) => isImageVariable(one));
  const config = { env: named, entrypoint, cmd, user, workdir: workingDir, source: 'registry' } as const;
  const mended: ImageFacts = { ...facts, config };
  rememberImage({ facts: mended, commands: recallImage(facts.directory, context)?.commands ?? {} }, context);
  say.detail(`${name} lost its metadata: ENV and ENTRYPOINT are those in its registry`);
  for (const [odd] of env.filter(([one]) => !isImageVariable(one)))
    say.detail(`${name}: its variable ${JSON.stringify(odd)} is left out, as apptainer build does`);
  return mended;
}

/** The configuration, or why it is not known. */
async function askRegistry(
  { named, published, facts }: LostMetadata,
  settings: Settings,
  context: Context,
): Promise<ImageConfiguration | string> {
  if (!settings.network) return 'and the setting `network` forbids to ask its registry';
  const { image, platform: wanted } = named;
  const question = { image, publication: published, origin: facts.origin };
  const upstream = upstreamReference(question, settings.insecureRegistries);
  if ('reason' in upstream) return upstream.reason;
  const identity = publishedIdentity(published.target);
  if (identity === null) return 'the name of its directory does not tell which image it was made from';
  if (hasFailed(published.target, context))
    return 'its registry did not help when it was asked within the last hour';
  const platform = wanted ?? parsePlatform(`linux/${facts.architecture ?? hostArchitectures()[0]!}`);
  const options = { ...registryOptions(settings, context), timeout: TIMEOUT };
  const answer = await publishedConfiguration(upstream.reference, identity, platform, options);
  if (answer.state === 'known') return answer.config;
  noteFailure(published.target, context);
  return answer.reason;
}
