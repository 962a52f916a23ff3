import { quoteWord } from '../launch/quote.ts';
import { DeafImageError, escapeForApptainer } from '../runtimes/apptainer-environment.ts';
import { DEFAULT_PATH } from '../runtimes/environment.ts';
import { failLine } from './failures.ts';
import { inside, part } from './part.ts';
import type { RecordedImage, ScriptOptions } from './script-options.ts';
import READ_IMAGE from './shell/read-image.sh';

/**
 * What a script for Apptainer has to know of the image: where commands are searched (jcds_search), and what Apptainer gets
 * wrong of its ENV. Of the very directory that it was written for it knows that; another it reads as far as a shell can, and
 * says so where that is not enough. It uses nothing of one image for another.
 */
export function imageLines({ registryCheck, ...requested }: ScriptOptions): string[] {
  const isWhole = [...requested.passed, ...requested.set.map(([name]) => name)].includes('PATH');
  return [
    `jcds_search=\${jcds_search:+$jcds_search:}${DEFAULT_PATH}`,
    '[ -z "$jcds_strange" ] ||',
    '  jcds_warned="${jcds_warned}jcds: the ENV of $jcds_name has values that a script cannot hand on exactly; "\\',
    "'jcds exec can, and a script written for it anew'",
    'jcds_search=${APPTAINERENV_PATH:-${SINGULARITYENV_PATH:-$jcds_search}}',
    ...(isWhole
      ? []
      : [
          'jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}',
          'jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}',
          'jcds_search=${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}',
        ]),
    ...(registryCheck === null ? [] : ['jcds_check_origin']),
  ];
}

/** Lines for the image of which something is recorded, and for any other, whose variables the look has read. @param read what stands in read-image.sh */
export function whichImage(
  recorded: RecordedImage | null,
  known: readonly string[],
  read: Readonly<Record<'MARK' | 'OTHER' | 'LAST', string>>,
): string[] {
  if (recorded === null) return part(READ_IMAGE, read).split('\n');
  return [
    'case $jcds_target in',
    `  */${quoteWord(recorded.place)})`,
    ...known.map(line => `    ${line}`),
    '    ;;',
    '  *)',
    `    ${inside(READ_IMAGE, '    ', read)}`,
    '    ;;',
    'esac',
  ];
}

/** Lines of the look about the image of which something is recorded. */
export function recordedLines({
  searchPath,
  environmentFileDropped,
  variables,
  isDeaf,
}: RecordedImage): string[] {
  return [
    ...(searchPath === DEFAULT_PATH ? [] : [`jcds_search=${quoteWord(searchPath)}`]),
    ...(environmentFileDropped ? ['jcds_dropped=1'] : []),
    ...(isDeaf && variables.length > 0 ? [failLine(new DeafImageError(variables[0]![0]))] : []),
  ];
}

/** Lines that give the job what Apptainer would get wrong, unless somebody addresses another value to the container. */
export function recordedVariables({ recorded, program: { prefix } }: ScriptOptions): string[] {
  if (recorded === null || recorded.variables.length === 0) return [];
  return [
    'case $jcds_target in',
    `  */${quoteWord(recorded.place)})`,
    ...recorded.variables.map(
      ([name, value]) =>
        `    [ -n "\${APPTAINERENV_${name}+set}\${SINGULARITYENV_${name}+set}" ] ||\n      export ${prefix}${name}=${quoteWord(escapeForApptainer(value))}`,
    ),
    '    ;;',
    'esac',
  ];
}
