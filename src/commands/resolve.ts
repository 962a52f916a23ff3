import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { FoundImage } from '../cvmfs/find-publication.ts';
import { findImage } from '../cvmfs/look-at-image.ts';
import { requirePublished } from '../cvmfs/publication.ts';
import { EXIT } from '../errors.ts';
import { checkIdentity, identityFindings } from '../job/findings.ts';
import { type NamedImage, readImageName, searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS, JSON_OPTION } from './common-options.ts';
import { IMAGE_ARGUMENT } from './job-options.ts';

/** `jcds resolve`: the path of a published image, and nothing else on standard output. */
export const resolve: CommandDeclaration = {
  name: 'resolve',
  summary: 'Print where a published image is',
  description:
    'Prints one path and nothing else, and nothing at failure, so that img=$(jcds resolve IMAGE) is safe. Ends with 0 when the image is published, 1 when it is not, 75 when CVMFS cannot be seen.',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--pinned', description: 'print the real directory, which stays the same when the tag moves' },
    {
      flags: '--any-registry',
      description: 'accept an image that was made from another registry than the one typed',
    },
    JSON_OPTION,
    ...CVMFS_OPTIONS,
  ],
  examples: [
    ['img=$(jcds resolve library/debian:12) && apptainer exec "$img" ls /', 'use the path in a script'],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const search = searchOf(settings, context);
    const named = readImageName(call.arguments[0], { settings }, search.root, stringOption(call, 'platform'));
    const found = await findImage(named.image, search, [], context);
    if (flag(call, 'json')) {
      context.stdout.write(`${JSON.stringify(resolution(named, found))}\n`);
      return exit({ published: EXIT.ok, missing: EXIT.no, unreachable: EXIT.later }[found.publication.state]);
    }
    const published = requirePublished(found.publication, named.name);
    checkIdentity(named, published, found.facts, { anyRegistry: settings.anyRegistry, say });
    context.stdout.write(`${flag(call, 'pinned') ? published.target : published.path}\n`);
    return exit(EXIT.ok);
  },
};

/** The object of `resolve --json`; absent values are null. @throws DigestUnprovenError */
function resolution({ image }: NamedImage, { publication, facts }: FoundImage) {
  const reference = image.kind === 'reference' ? image.reference : null;
  const published = publication.state === 'published' ? publication : null;
  const findings = published === null ? [] : identityFindings(image, published, facts);
  return {
    schemaVersion: 1,
    reference: reference && {
      registry: reference.registry,
      repository: reference.repository,
      tag: reference.tag,
      digest: reference.digest,
    },
    state: publication.state,
    repository:
      published?.repository ?? (publication.state === 'unreachable' ? publication.repository : null),
    path: published?.path ?? null,
    target: published?.target ?? null,
    reason:
      publication.state === 'unreachable'
        ? publication.reason
        : publication.state === 'missing'
          ? publication.broken
          : null,
    findings,
  };
}
