import { quoteWord } from '../launch/quote.ts';
import { DEFAULT_PATH } from '../runtimes/environment.ts';
import { ruleFor } from '../runtimes/environment-policy.ts';
import { failLine } from './failures.ts';
import { part } from './part.ts';
import type { RecordedImage, RegistryCheck, ScriptOptions } from './script-options.ts';
import ORIGIN from './shell/origin.sh';
import READ_IMAGE from './shell/read-image.sh';

/**
 * What the script has to know of the image: where commands are searched (jcds_search), and what Apptainer gets wrong of its
 * ENV. Of the very directory that it was written for it knows that; another it reads as far as a shell can, and says so
 * where that is not enough. It uses nothing of one image for another.
 */
export function imageLines({ recorded, policy }: ScriptOptions): string[] {
  return [
    "jcds_dropped=''",
    '[ -e "$jcds_target/.singularity.d/env/99-base.sh" ] || [ ! -d "$jcds_target/.singularity.d/env" ] ||',
    "  jcds_prefix=''",
    ...whichImage(recorded, recorded === null ? [] : recordedLines(recorded, policy)),
    'jcds_search=${APPTAINERENV_PATH:-${SINGULARITYENV_PATH:-$jcds_search}}',
    'jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}',
    'jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}',
    'jcds_search=${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}',
  ];
}

/** jcds_read_image and what it calls. */
export function imageFunctions({ registryCheck }: ScriptOptions): string[] {
  return [
    part(READ_IMAGE, {
      FIRST: '',
      OTHER: ':',
      LAST: [
        `jcds_search=\${jcds_search:+$jcds_search:}${DEFAULT_PATH}`,
        '[ -z "$jcds_strange" ] || printf \'jcds: %s%s\\n\' \\',
        '    "the ENV of $jcds_name has values that a script cannot hand on exactly; " \\',
        "    'jcds exec can, and a script written for it anew' >&2",
        ...(registryCheck === null ? [] : ['jcds_check_origin']),
      ].join('\n  '),
    }),
    ...checkOrigin(registryCheck),
  ];
}

/** Lines for the image of which something is recorded, and for any other. */
export function whichImage(recorded: RecordedImage | null, known: readonly string[]): string[] {
  if (recorded === null) return ['jcds_read_image'];
  return [
    'case $jcds_target in',
    `  */${quoteWord(recorded.place)})`,
    ...known.map(line => `    ${line}`),
    '    ;;',
    '  *) jcds_read_image ;;',
    'esac',
  ];
}

function recordedLines(
  { searchPath, environmentFileDropped, variables }: RecordedImage,
  policy: ScriptOptions['policy'],
): string[] {
  const lines = variables.map(([name, value]) => {
    // A value of the caller's own that is not empty comes first where the policy lets it through.
    const own = ruleFor(name)[policy] === 'host' ? `\${${name}-}` : '';
    const others = `"${own}\${APPTAINERENV_${name}+set}\${SINGULARITYENV_${name}+set}"`;
    return `[ -n ${others} ] || jcds_give ${name} ${quoteWord(value)}`;
  });
  return [
    `jcds_search=${quoteWord(searchPath)}`,
    ...(environmentFileDropped ? ['jcds_dropped=1'] : []),
    ...lines,
  ];
}

/** Refuses an image that was made from another registry than the one that was typed. */
export function checkOrigin(check: RegistryCheck | null): string[] {
  if (check === null) return [];
  const unasked = `case $jcds_wanted:$jcds_entry in
    :* | *:"$jcds_cern" | *:"$jcds_files") return 0 ;;
  esac`;
  return part(ORIGIN, {
    UNASKED: check.registry === null ? unasked : '',
    WANTED: check.registry === null ? '"$jcds_wanted"' : quoteWord(check.registry),
    NAME_WANTED: check.registry === null ? `[ "$jcds_wanted" != docker.io ] || jcds_wanted='Docker Hub'` : '',
    ANOTHER: failLine(check.error),
  }).split('\n\n');
}
