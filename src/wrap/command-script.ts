import { CommandNotExecutableError, CommandNotFoundError } from '../job/check-command.ts';
import { failLine, type ImageWords, TEXT, unreadableError } from './failures.ts';

/**
 * Tells 126 and 127 before anything is started, where they are certain: a command that is not in the image, is a directory,
 * or may not be executed. Links are followed by the host's kernel here, so what an absolute link leads to is left to the
 * container (unless the script follows links inside the image anyway: `followsLinks`); and "not there" is believed only of what ls(1) says it of. Interpreters and loaders are not looked at.
 */
export function commandScript(image: ImageWords, followsLinks = false): string {
  const notFound = (hasShell: boolean) => failLine(new CommandNotFoundError(TEXT, image.name, hasShell));
  const cannot = (why: 'directory' | 'permission') =>
    failLine(new CommandNotExecutableError(TEXT, image.name, { why }));
  const onHost = followsLinks ? 'jcds_on_host_followed' : 'jcds_on_host';
  return `${followsLinks ? `${ON_HOST_FOLLOWED}\n` : ''}jcds_check() { # COMMAND
  jcds_places=''
  case $1 in
    '') ;;
    *"$jcds_newline"*) return ;;
    /*) jcds_places=$1 ;;
    */*) jcds_places=$jcds_cwd/$1 ;;
    *)
      IFS=:
      set -f
      for jcds_item in $jcds_search; do
        case $jcds_item in
          /*) jcds_places=$jcds_places$jcds_newline$jcds_item/$1 ;;
          *) jcds_places=$jcds_places$jcds_newline$jcds_cwd/$jcds_item/$1 ;;
        esac
      done
      ;;
  esac
  IFS=$jcds_newline
  set -f
  jcds_refused=''
  for jcds_item in $jcds_places; do
    ${onHost} "$jcds_item"
    if [ -d "$jcds_at" ]; then
      case $1 in
        */*) jcds_refused=directory jcds_where=$jcds_item ;;
      esac
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ]${followsLinks ? ' && [ "$jcds_found" != loop ]' : ''}; }; then
      jcds_refused=none
      break
    elif [ -e "$jcds_at" ]; then
      jcds_where=\${jcds_refused:+$jcds_where}
      jcds_where=\${jcds_where:-$jcds_item} jcds_refused=permission
    fi
  done
  unset IFS
  set +f
  case $jcds_refused in
    none) return ;;
    '') jcds_refuse "$1" ;;
    *) jcds_refuse "$jcds_where" ;;
  esac
}
jcds_refuse() { # WORD
  jcds_text=$(jcds_shown_text "$1")
  case $jcds_refused in
    directory) ${cannot('directory')} ;;
    permission) ${cannot('permission')} ;;
  esac
  jcds_verdict=$(jcds_look_for_absence)
  case $jcds_verdict in
    absent)
      if [ -e "$jcds_target/bin/sh" ] || [ -h "$jcds_target/bin/sh" ]; then
        ${notFound(true)}
      fi
      ${notFound(false)}
      ;;
    /*)
      jcds_text=$jcds_verdict
      ${failLine(unreadableError(image.repository))}
      ;;
  esac
}
jcds_look_for_absence() { # says absent, or the place that cannot be seen; nothing where only the container knows
  PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C IFS=$jcds_newline
  export PATH LC_ALL
  set -f
  for jcds_item in $jcds_places; do
    ${onHost} "$jcds_item"
${followsLinks ? FOLLOWED : UNFOLLOWED}
    jcds_said=$(ls -d "$jcds_at" 2>&1)
    case $jcds_said in
      *'No such file'* | *'Not a directory'* | *'name too long'*) ;;
      *'nput/output error'* | *'I/O error'* | *'not connected'* | *' timed out'*)
        jcds_shown_text "$jcds_at"
        return
        ;;
      *) return ;;
    esac
  done
  echo absent
}`;
}

/** What the host's kernel finds outside the image says nothing. */
const UNFOLLOWED = `    jcds_real=$(cd -P "\${jcds_at%/*}/" 2>/dev/null && pwd -P)
    case $jcds_at:$jcds_real/ in
      *:/) jcds_at=\${jcds_at%/*} ;;
      "$jcds_target"/*:"$jcds_target"/*) ;;
      "$jcds_target"/*) return ;;
    esac`;

/** A directory is no command, and is passed over where one is searched; so is a link that leads round in a circle. */
const FOLLOWED = `    [ ! -d "$jcds_at" ] || continue
    case $jcds_found in
      loop) continue ;;
    esac`;

/** jcds_at, by the links of the image where the host's kernel finds nothing. */
const ON_HOST_FOLLOWED = `jcds_on_host_followed() { # PLACE
  jcds_found=''
  jcds_on_host "$1"
  case $jcds_at in
    "$jcds_target"/*) ! [ -e "$jcds_at" ] || return 0 ;;
    *) return ;;
  esac
  jcds_candidate=$jcds_item
  jcds_locate "$1"
  jcds_item=$jcds_candidate
  case $jcds_left in
    '') jcds_at=$jcds_target$jcds_real ;;
    *) jcds_on_host "$jcds_real/\${jcds_left%/}" ;;
  esac
}`;
