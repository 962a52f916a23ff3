/**
 * Whether Apptainer would make U+FFFD of bytes of TEXT, which then is no UTF-8 (Unicode, table 3-7). In the C locale. The
 * ranges come from printf, so that the script itself is ASCII.
 */
const IS_SPOILT = `jcds_ranges() {
  case \${jcds_c-} in
    '') eval "$(printf "jcds_r='\\\\r' jcds_c='\\\\200-\\\\277' jcds_x='\\\\300\\\\301\\\\365-\\\\377' jcds_two='\\\\302-\\\\337' \\
      jcds_three='\\\\340-\\\\357' jcds_four='\\\\360-\\\\364' jcds_e0='\\\\340[\\\\200-\\\\237]' jcds_ed='\\\\355[\\\\240-\\\\277]' \\
      jcds_f0='\\\\360[\\\\200-\\\\217]' jcds_f4='\\\\364[\\\\220-\\\\277]'")" ;;
  esac
}
jcds_is_spoilt() { # TEXT
  jcds_ranges
  case $1 in
    *[$jcds_x]* | *$jcds_e0* | *$jcds_ed* | *$jcds_f0* | *$jcds_f4*) return 0 ;;
    # begun and not continued
    *[$jcds_two$jcds_three$jcds_four] | *[$jcds_two$jcds_three$jcds_four][!$jcds_c]*) return 0 ;;
    *[$jcds_three$jcds_four]? | *[$jcds_three$jcds_four]?[!$jcds_c]* | *[$jcds_four]?? | *[$jcds_four]??[!$jcds_c]*) return 0 ;;
    # continued and not begun
    [$jcds_c]* | *[!$jcds_c$jcds_two$jcds_three$jcds_four][$jcds_c]* | *[$jcds_two]?[$jcds_c]*) return 0 ;;
    *[$jcds_three]??[$jcds_c]* | *[$jcds_four]???[$jcds_c]*) return 0 ;;
  esac
  return 1
}`;

/**
 * jcds_pieces: TEXT in octal, 2,500 bytes a line (busybox folds no longer ones); jcds_printed makes of a piece what
 * Apptainer's own shell evaluates to its bytes. A `$(…)` loses line ends at its end, so those stand behind it.
 */
const OCTAL = `jcds_octal() { # TEXT
  jcds_pieces=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH
    printf %s "$1" | od -An -v -to1 | tr -s ' \\n' '\\134' | sed 's/\\\\$//' | fold -w 10000
  )
}
jcds_printed() { # PIECE
  jcds_piece=$1 jcds_end=''
  while :; do
    case $jcds_piece in
      *'\\012') jcds_piece=\${jcds_piece%'\\012'} jcds_end=$jcds_end$jcds_newline ;;
      *) break ;;
    esac
  done
  jcds_text="\\$(printf '$jcds_piece')$jcds_end"
}`;

/**
 * jcds_text: TEXT as Apptainer has to be given a value (see `escapeForApptainer`). What it would spoil it gets in octal, four
 * characters a byte, as long as one variable has room for that (128 KiB).
 */
const ESCAPE = `jcds_escape() { # TEXT
  case $1 in
    *[!$jcds_ascii]*)
      jcds_ranges
      case $1 in
        *"$jcds_r$jcds_newline"*) jcds_spell "$1" && return ;;
        *) jcds_is_spoilt "$1" && jcds_spell "$1" && return ;;
      esac
      ;;
  esac
  jcds_text='' jcds_rest=$1
  while :; do
    case $jcds_rest in
      *[\\\\\\$\\\`]*) ;;
      *) break ;;
    esac
    jcds_text=$jcds_text\${jcds_rest%%[\\\\\\$\\\`]*}\\\\
    jcds_rest=\${jcds_rest#"\${jcds_rest%%[\\\\\\$\\\`]*}"}
    jcds_text=$jcds_text\${jcds_rest%"\${jcds_rest#?}"}
    jcds_rest=\${jcds_rest#?}
  done
  jcds_text=$jcds_text$jcds_rest
}`;

const SPELL = `jcds_spell() { # TEXT: sets jcds_text
  jcds_octal "$1"
  jcds_rest=''
  IFS=$jcds_newline
  for jcds_piece in $jcds_pieces; do
    jcds_printed "$jcds_piece"
    jcds_rest=$jcds_rest$jcds_text
  done
  unset IFS
  jcds_text=$jcds_rest
  [ "\${#jcds_text}" -lt 130000 ]
}`;

/** Functions for values and arguments whose bytes Apptainer does not hand on as they are. */
export const BYTES = [IS_SPOILT, OCTAL, SPELL, ESCAPE].join('\n');
