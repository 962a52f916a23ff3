import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { findAnywhere, type SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { HttpOptions } from '../cvmfs/no-mount/http-options.ts';
import { tellHttp } from '../cvmfs/no-mount/tell-http.ts';
import { pathForOthers } from '../cvmfs/path-for-others.ts';
import { requirePublished } from '../cvmfs/publication.ts';
import { EXIT } from '../errors.ts';
import { checkIdentity, identityFindings, refusalOf } from '../job/findings.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { type NamedImage, readImageName, searchOf } from '../job/locate.ts';
import { notMountedHere } from '../job/not-mounted.ts';
import { speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { safeLines } from '../output/safe-text.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { isFinal, newestOf, type Standing } from '../status/newest.ts';
import { NotInRevisionError } from '../status/not-in-revision.ts';
import { publicationJson } from '../status/publication-json.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';
import { IMAGE_ARGUMENT } from './job-options.ts';

/** `jcds resolve`: the path of a published image, and nothing else on standard output. */
export const resolve: CommandDeclaration = {
  name: 'resolve',
  summary: 'Print where a published image is',
  description:
    'Prints one path and nothing else: the readable one, or the real directory where CVMFS is not at /cvmfs and the links of the repository lead there; and nothing at failure, so that img=$(jcds resolve IMAGE) is safe. Ends with 0 when the image is published, 1 when the newest revision does not have it, 75 when CVMFS cannot be seen or a newer revision than this host’s may have it (a server is asked, within 2 s). Where nothing is mounted it asks the signed repository over HTTP; a path that does not exist on this host is only printed with --no-mount, and otherwise it ends with 75.',
  arguments: [IMAGE_ARGUMENT],
  options: [
    { flags: '--pinned', description: 'print the real directory, which stays the same when the tag moves' },
    {
      flags: '--any-registry',
      description: 'accept an image that was made from another registry than the one typed',
    },
    JSON_OPTION,
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
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
    const requested = httpWishesOf(call.options, settings, context);
    const found = await findAnywhere(named.image, search, [], requested, context);
    if (found.http !== null) tellHttp(found.http, say, context);
    const standing = await standingOf(named, found, { search, requested, settings }, context);
    if (flag(call, 'json')) {
      context.stdout.write(jsonLine(resolution(named, found, standing)));
      return exit(exitCodeOf(named, found, standing, settings.anyRegistry));
    }
    if (standing !== null && !isFinal(standing)) {
      const searched = search.repositories.map(({ name }) => name);
      throw new NotInRevisionError(named.name, standing, typedRepositories(call.options, searched));
    }
    const published = requirePublished(found.publication, named.name, call.options);
    checkIdentity(named, published, found, { anyRegistry: settings.anyRegistry, say });
    if (found.notMounted !== null) {
      const job = { command: 'resolve', name: named.name, options: call.options, search, settings };
      throw await notMountedHere(published, found.notMounted, job, context);
    }
    const path = flag(call, 'pinned')
      ? published.target
      : found.overHttp
        ? published.path
        : pathForOthers(published, search.root);
    // A script gets every character; a terminal must not obey a link's text.
    context.stdout.write(`${context.stdout.isTerminal ? safeLines(path) : path}\n`);
    return exit(EXIT.ok);
  },
};

/** How an absence stands to the newest revision; null: the image is there, or could not be seen. */
async function standingOf(
  { image }: NamedImage,
  found: SeenImage,
  { search, requested, settings }: { search: Search; requested: HttpOptions; settings: Settings },
  context: Context,
): Promise<Standing | null> {
  if (found.publication.state !== 'missing') return null;
  const { askNewest } = await import('../status/ask-newest.ts');
  const table = repositoriesFrom(SERVICES, settings.services);
  return askNewest({ image, found, search, table, requested }, context);
}

/** The same as without --json, where an image that is not the one asked for is refused. */
function exitCodeOf(
  named: NamedImage,
  seen: SeenImage,
  standing: Standing | null,
  anyRegistry: boolean,
): number {
  const { publication } = seen;
  switch (publication.state) {
    case 'published': {
      const findings = identityFindings(named, publication, seen);
      const isRefused = findings.some(row => refusalOf(row, named, publication, anyRegistry) !== null);
      return isRefused ? EXIT.no : EXIT.ok;
    }
    case 'missing':
      return standing === null || isFinal(standing) ? EXIT.no : EXIT.later;
    case 'broken':
      return EXIT.no;
    case 'unreachable':
      return EXIT.later;
    default:
      return publication satisfies never;
  }
}

/** The object of `resolve --json`. */
function resolution({ image, ...named }: NamedImage, seen: SeenImage, standing: Standing | null) {
  const { publication } = seen;
  const findings =
    publication.state === 'published' ? identityFindings({ image, ...named }, publication, seen) : [];
  return publicationJson(image, seen, {
    findings,
    newest:
      standing === null || standing.isLocal
        ? { reason: 'not asked: jcds status asks a server' }
        : newestOf(standing),
    registry: { reason: 'not asked: jcds status --check-registry' },
  });
}
