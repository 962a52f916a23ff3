# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# jcds_read_name NAME: what `parseReference` and the layouts make of a name, and `imagePath` of a path. It sets jcds_name,
# jcds_repositories for a path (else they are those that are searched), the entry in each layout (jcds_entry for OSG's and
# JINR's, jcds_cern, jcds_files), and jcds_wanted, the registry that was typed. Beside a digest jcds_flat is CERN's directory of
# that name, and jcds_tagged what the tag says. jcds_spelled is the path that is spelled as the name is, where a registry was
# typed. It fails for what is no name; nothing but letters, digits and `._/:@+-` gets past its first lines. To be called in
# the C locale.

jcds_read_name() { # NAME
  jcds_wanted='' jcds_entry='' jcds_cern='' jcds_files='' jcds_digest='' jcds_tag=''
  jcds_flat='' jcds_tagged='' jcds_spelled='' jcds_origin=''
  [ "${#1}" -le 1000 ] || return 1
  case $1 in
    '' | -* | *[!A-Za-z0-9._/:@+-]*) return 1 ;;
    /*)
      jcds_read_path "$1"
      return
      ;;
  esac
  case $1 in
    docker-daemon:* | docker-archive:* | oci-archive:* | oci:* | containers-storage:* | dir:* | ostree:* | sif:* | tarball:*)
      # transports of other tools, unless it is a host with its port
      jcds_text=${1#*:}
      case $jcds_text in
        */*) ;;
        *) return 1 ;;
      esac
      case ${jcds_text%%/*} in
        '' | *[!0-9]*) return 1 ;;
      esac
      ;;
  esac
  jcds_rest=${1#docker://}
  jcds_rest=${jcds_rest#https://}
  jcds_text=${jcds_rest#sha???:}
  case $jcds_text in
    *[!0-9a-f]*) ;;
    *) # a digest alone
      case ${jcds_rest%"$jcds_text"}${#jcds_text} in
        sha256:64 | sha384:96 | sha512:128 | 64) return 1 ;;
      esac
      ;;
  esac
  case $jcds_rest in
    *@sha256:*)
      jcds_digest=${jcds_rest#*@sha256:}
      jcds_rest=${jcds_rest%%@*}
      case $jcds_digest in
        *[!0-9a-f]*) return 1 ;;
      esac
      [ "${#jcds_digest}" = 64 ] || return 1
      ;;
    *@*) return 1 ;;
  esac
  case ${jcds_rest##*/} in
    *:*)
      jcds_tag=${jcds_rest##*:}
      jcds_rest=${jcds_rest%:*}
      case $jcds_tag in
        '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.-]*) return 1 ;;
      esac
      [ "${#jcds_tag}" -le 128 ] || return 1
      ;;
  esac
  case $jcds_rest in
    localhost/* | *[.:A-Z]*/*)
      case ${jcds_rest%%/*} in
        localhost | *[.:A-Z]*)
          jcds_wanted=${jcds_rest%%/*}
          jcds_rest=${jcds_rest#*/}
          ;;
      esac
      ;;
  esac
  case $1:$jcds_wanted in
    https://*:) return 1 ;;
  esac
  case $jcds_wanted in
    *[.:]*[A-Z]* | *[A-Z]*[.:]*) jcds_wanted=$(printf %s "$jcds_wanted" | PATH=/usr/bin:/bin tr '[:upper:]' '[:lower:]') ;;
  esac
  jcds_typed=$jcds_wanted
  case $jcds_wanted in
    docker.io | index.docker.io | registry.hub.docker.com | registry-1.docker.io) jcds_wanted=docker.io ;;
    [.:-]* | *[/@+_]* | *[.-] | *[.-]: | *[.-]:* | *..* | *-.* | *.-* | *: | *:*[!0-9]*) return 1 ;;
  esac
  case $jcds_rest in
    '' | *[!a-z0-9._/-]* | [._/-]* | *[._/-] | *//* | */[._-]* | *[._-]/*) return 1 ;;
    *.[._-]* | *_[.-]* | *-[._]* | *___*) return 1 ;;
  esac
  case $jcds_wanted:$jcds_rest in
    :*/* | docker.io:*/*) ;;
    :* | docker.io:*) jcds_rest=library/$jcds_rest ;;
  esac
  [ "${#jcds_rest}" -le 255 ] || return 1
  jcds_name=${jcds_typed:+$jcds_typed/}$jcds_rest${jcds_tag:+:$jcds_tag}${jcds_digest:+@sha256:$jcds_digest}
  jcds_pattern=${jcds_rest##*/} jcds_origin=$jcds_rest
  jcds_host=${jcds_wanted:-docker.io}
  case $jcds_host in
    docker.io) jcds_host=registry.hub.docker.com ;;
  esac
  case $jcds_digest in
    '') jcds_tag=${jcds_tag:-latest} ;;
    *)
      jcds_flat=.flat/${jcds_digest%"${jcds_digest#??}"}/$jcds_digest
      jcds_tagged=${jcds_tag:+$jcds_rest:$jcds_tag}
      ;;
  esac
  jcds_spelled=${jcds_tag:+${jcds_typed:+$jcds_typed/$jcds_rest:$jcds_tag}}
  case $jcds_digest in
    '') jcds_read_tag ;;
    *)
      jcds_entry=.images/sha256:${jcds_digest%"${jcds_digest#??}"}/${jcds_digest#??}
      jcds_cern=$jcds_host/$jcds_rest:sha256:$jcds_digest
      ;;
  esac
}
jcds_read_tag() { # the entries of a name with a tag
  jcds_entry=$jcds_origin:$jcds_tag
  jcds_cern=$jcds_host/$jcds_origin:$jcds_tag
  case $jcds_wanted:$jcds_origin in
    *:*/*/*) ;;
    :library/* | :biocontainers/* | :all/* | quay.io:biocontainers/*) jcds_files=all/${jcds_origin#*/}:$jcds_tag ;;
  esac
}
jcds_read_path() { # PATH
  jcds_below "$1" "$jcds_root" || jcds_below "$1" /cvmfs || return
  case $jcds_rest in
    ?*/?*) ;;
    *) return 1 ;;
  esac
  jcds_repositories=${jcds_rest%%/*}
  jcds_entry=${jcds_rest#*/}
  case $jcds_repositories in
    [!A-Za-z0-9]* | *[!A-Za-z0-9._-]* | *. | *..*) return 1 ;;
    *.*) ;;
    *) return 1 ;;
  esac
  jcds_name=$1 jcds_pattern=${jcds_entry##*/} jcds_pattern=${jcds_pattern%%:*}
}
jcds_below() { # PATH ROOT: jcds_rest is what stands below the root, without `//`, `.` and `..`; none leads out of its repository
  jcds_text=$1/ jcds_rest=''
  while :; do
    case $jcds_text in
      '') break ;;
    esac
    jcds_item=${jcds_text%%/*} jcds_text=${jcds_text#*/}
    case $jcds_item in
      '' | .) ;;
      ..)
        case $jcds_rest in
          "$2"/*/*) ;;
          "$2"/*) return 1 ;;
        esac
        jcds_rest=${jcds_rest%/*}
        ;;
      *) jcds_rest=$jcds_rest/$jcds_item ;;
    esac
  done
  case $jcds_rest in
    "$2"/*) jcds_rest=${jcds_rest#"$2"/} ;;
    *) return 1 ;;
  esac
}
