import { CommandNotExecutableError, CommandNotFoundError } from '../job/check-command.ts';
import { failLine, type ImageWords, TEXT, unreadableError } from './failures.ts';
import { part } from './part.ts';
import CHECK from './shell/check.sh';

/** @param followsLinks whether the script has jcds_on_host_followed, which follows the links of the image in the image */
export function commandScript(image: ImageWords, followsLinks: boolean): string {
  const cannot = new CommandNotExecutableError(TEXT, image.name, { why: 'directory' });
  const notFound = (hasShell: boolean) => failLine(new CommandNotFoundError(TEXT, image.name, hasShell));
  return part(CHECK, {
    ON_HOST: followsLinks ? 'jcds_on_host_followed' : 'jcds_on_host',
    UNKNOWN: `{ [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ]${followsLinks ? ' && [ "$jcds_found" != loop ]' : ''}; }`,
    REFUSED: failLine(cannot).replace(/it is a directory'/, `'"$jcds_refused"`),
    OUTSIDE: followsLinks ? FOLLOWED : UNFOLLOWED,
    UNREADABLE: failLine(unreadableError(image.repository)),
    NO_SHELL: notFound(false),
    NOT_FOUND: notFound(true),
  });
}

/** What the host's kernel finds outside the image says nothing. */
const UNFOLLOWED = `jcds_rest=$(cd -P "\${jcds_at%/*}/" 2>/dev/null && pwd)/
    case $jcds_at:$jcds_rest in
      *:/) jcds_at=\${jcds_at%/*} ;;
      "$jcds_target"/*:"$jcds_target"/*) ;;
      "$jcds_target"/*) return ;;
    esac`;

/** A directory is no command, and is passed over where one is searched; so is a link that leads round in a circle. */
const FOLLOWED = `if [ -d "$jcds_at" ] || [ "$jcds_found" = loop ]; then continue; fi`;
