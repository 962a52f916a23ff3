import { JcdsError } from '../../errors.ts';
import { DOCKER_HUB } from '../../image/registry.ts';
import { DigestUnprovenError } from '../../job/findings.ts';
import { quoteWord } from '../../launch/quote.ts';
import { shellText } from '../../shell-text.ts';
import { environmentScript } from '../../wrap/environment-script.ts';
import { DIGEST, failLine, PATH, TEXT, UNDIGESTED, UNKNOWN_IMAGE } from '../../wrap/failures.ts';
import { part } from '../../wrap/part.ts';
import { renderScript } from '../../wrap/script.ts';
import type { ScriptOptions } from '../../wrap/script-options.ts';
import { HAND_ON } from '../../wrap/start-script.ts';
import { adScript } from './ad-script.ts';
import { outcomeScript } from './outcome-script.ts';
import MARK from './shell/mark.sh';
import NAME from './shell/name.sh';

/** What stands in a job's ad is no name of an image. */
class JobImageError extends JcdsError {
  constructor() {
    super({
      code: 'INVALID_REFERENCE',
      message: `the image that this job asks for is none: ${TEXT}`,
      hint: 'My.JCDSImage = "registry/repository:tag" in the submit description, or a path below /cvmfs',
    });
  }
}

/** Whether the job wants an image cannot be found out. */
class JobAdError extends JcdsError {
  constructor() {
    super({
      code: 'JOB_AD',
      message: `${TEXT} cannot be read, which says whether this job wants an image`,
      hint: 'ask the administrator of this host',
    });
  }
}

/** HTCondor lets nobody into the image by condor_submit -interactive: its shell is one of the machine. */
class InteractiveError extends JcdsError {
  constructor() {
    super({
      code: 'INTERACTIVE',
      message: 'an interactive job would be a shell outside of the image that it asks for',
      hint: 'condor_submit -interactive without My.JCDSImage, and there: jcds shell IMAGE',
    });
  }
}

/** A repository that is searched, and where its links may lead beside itself. */
export interface SearchedRepository {
  readonly name: string;
  readonly allowedLinkTargets: readonly string[];
}

/** What the owner of a pool decides, beside the requested of every job. */
export interface WrapperParts {
  readonly title: readonly string[];
  /** Attributes of the job's ad that name an image, the first that is there decides. */
  readonly attributes: readonly string[];
  readonly repositories: readonly SearchedRepository[];
  readonly cvmfsRoot: string;
  /** Seconds. */
  readonly cvmfsTimeout: number;
  readonly requested: Omit<ScriptOptions, 'image' | 'recorded'>;
}

/** A USER_JOB_WRAPPER for HTCondor: one character a byte, POSIX sh for dash, bash as sh and busybox. */
export function renderWrapper(parts: WrapperParts): Buffer {
  return renderScript({
    title: parts.title,
    early: adScript(parts.attributes),
    layoutIsKnown: false,
    leadsOn: true,
    fail: outcomeScript(parts.requested.program.name),
    before: before(parts),
    search: searchScript(),
    starting: [
      'jcds_tell starting null',
      parts.requested.program.prefix === null ? 'jcds_compose started null' : 'jcds_mark',
      '[ -z "$jcds_proxy" ] || jcds_chirp "jcds: $jcds_name is $jcds_target"',
    ],
    requested: {
      ...parts.requested,
      image: { ...UNKNOWN_IMAGE, searched: parts.repositories.map(({ name }) => name) },
      recorded: null,
    },
  });
}

function before({ repositories, cvmfsRoot, cvmfsTimeout }: WrapperParts): string {
  return `jcds_name='' jcds_repository='' jcds_path='' jcds_target='' jcds_program='' jcds_authored=''
${PASS_EXACTLY}

${shellText(NAME)}

${part(MARK)}

${allowedLinks(repositories)}

case $jcds_passing in
  1) jcds_pass_exactly "$@" ;;
esac
jcds_root=${quoteWord(cvmfsRoot)} jcds_timeout=${cvmfsTimeout}
jcds_repositories=${quoteWord(repositories.map(({ name }) => name).join(' '))}
case $jcds_status in
  0) ;;
  *)
    jcds_text=$_CONDOR_JOB_AD
    ${failLine(new JobAdError())}
    ;;
esac
[ -z "$jcds_interactive" ] ||
  ${failLine(new InteractiveError(), '  ')}
if [ -n "$jcds_fault" ] || ! jcds_read_name "$jcds_image"; then
  jcds_name=''
  jcds_image=$(jcds_clean "$(printf %.200s "$jcds_image")")
  jcds_text=\${jcds_fault:-$jcds_image}
  ${failLine(new JobImageError())}
fi`;
}

/**
 * "Missing" in one repository sends on to the next; one that cannot be seen ends the search, since it could be there. In each it
 * looks where `Layout.candidates` says, and beside what a registry's image is called where the repository has a directory
 * that is called like the registry (seen only after the repository was): an entry there is spelled as the name is.
 */
function searchScript(): string {
  const unproven = new DigestUnprovenError(
    {
      ...{ registry: DOCKER_HUB, registryTyped: false, repository: UNDIGESTED },
      ...{ tag: 'latest', tagTyped: false, digest: DIGEST },
    },
    { path: PATH },
  );
  return `jcds_search() {
  case $jcds_digest in
    '')
      jcds_look_for_tag
      return
      ;;
  esac
  jcds_by_digest=$jcds_entry jcds_cern_digest=$jcds_cern
  jcds_cern=$jcds_flat jcds_files=''
  ! jcds_look_at || return 0
  case $jcds_result:$jcds_typed:$jcds_tagged in
    missing@cern:*docker.io:) # as an old list may have spelled Docker Hub
      jcds_cern=$jcds_typed/$jcds_origin:sha256:$jcds_digest
      ! jcds_look_at || return 0
      ;;
  esac
  jcds_cern=$jcds_cern_digest
  case $jcds_result in
    missing@cern:*) ! jcds_look_at || return 0 ;;
  esac
  case $jcds_tagged in
    '') return 1 ;;
  esac
  jcds_read_tag
  if jcds_look_for_tag; then
    jcds_unproven
    return 0
  fi
  jcds_entry=$jcds_by_digest jcds_cern=$jcds_cern_digest
  return 1
}
jcds_look_for_tag() {
  jcds_status=0
  jcds_look_at || jcds_status=1
  case $jcds_spelled:$jcds_result in
    :* | *:unseen* | "$jcds_cern":*@cern:*) return "$jcds_status" ;;
  esac
  [ -d "$jcds_root/$jcds_repository/\${jcds_spelled%%/*}" ] || return "$jcds_status"
  jcds_first=$jcds_result jcds_by_tag=$jcds_entry jcds_cern_tag=$jcds_cern jcds_file_tag=$jcds_files
  jcds_seen=$jcds_lines jcds_seen_search=$jcds_search jcds_seen_strange=$jcds_strange jcds_seen_record=$jcds_record
  jcds_entry=$jcds_spelled jcds_cern=$jcds_spelled jcds_files=''
  ! jcds_look_at || return 0
  jcds_result=$jcds_first jcds_entry=$jcds_by_tag jcds_cern=$jcds_cern_tag jcds_files=$jcds_file_tag
  jcds_lines=$jcds_seen jcds_search=$jcds_seen_search jcds_strange=$jcds_seen_strange jcds_record=$jcds_seen_record
  return "$jcds_status"
}
jcds_unproven() { # a tag beside a digest: its image is the one that was asked for only where a directory says so
  case $jcds_result in
    directory*:*/.flat/??/"$jcds_digest") return ;;
    directory*:/* | file*:/*) ;;
    *) return ;;
  esac
  case $jcds_result in
    *@cern:*) jcds_entry=$jcds_cern ;;
    *@files:*) jcds_entry=$jcds_files ;;
  esac
  jcds_path=$jcds_root/$jcds_repository/$jcds_entry
  jcds_undigested=\${jcds_name%@*}
  ${failLine(unproven)}
}
IFS=' '
for jcds_repository in $jcds_repositories; do
  IFS=$jcds_newline
  jcds_allow
  ! jcds_search || break
done
IFS=$jcds_newline`;
}

function allowedLinks(repositories: readonly SearchedRepository[]): string {
  const branches = repositories
    .filter(({ allowedLinkTargets }) => allowedLinkTargets.length > 0)
    .map(
      ({ name, allowedLinkTargets }) =>
        `    ${quoteWord(name)}) jcds_allowed=${quoteWord(allowedLinkTargets.join(' '))} ;;`,
    );
  return [
    'jcds_allow() {',
    '  case $jcds_repository in',
    ...branches,
    "    *) jcds_allowed='' ;;",
    '  esac',
    '}',
  ].join('\n');
}

/**
 * A job without an image that has variables which no shell holds, such as exported functions of bash: dash would lose them.
 */
const PASS_EXACTLY = `jcds_pass_exactly() {
  jcds_said=$(
    printf '\\1\\n'
    jcds_run tr '\\0\\n' '\\n\\1' <"/proc/$$/environ"
  )
  jcds_one=\${jcds_said%%"$jcds_newline"*}
${environmentScript('everything', { kept: [], first: [], onKept: [] })}
  case $1:$jcds_lost$jcds_surplus in
    *=*:* | *:) # env(1) would take it for a variable; or need do nothing
      { LC_ALL=$jcds_locale; } 2>/dev/null
      jcds_pass "$@"
      ;;
  esac
${HAND_ON}
  exec "$@"
}`;
