import { JcdsError } from '../errors.ts';
import { failLine, TEXT } from './failures.ts';
import { part } from './part.ts';
import BINDS from './shell/site-binds.sh';

/** Keys of a site's variables for Apptainer that jcds obeys by other means (src/runtimes/apptainer-site.ts), and a script does not. */
const REFUSED_OF_SITES = [
  ...[
    'CLEANENV',
    'COMPAT',
    'CONTAIN',
    'CONTAINALL',
    'CWD',
    'HOME',
    'MOUNT',
    'NO_EVAL',
    'NO_HOME',
    'NO_MOUNT',
  ],
  'PWD',
];

/** A site's variable says what only jcds does. */
class SiteVariableInScriptError extends JcdsError {
  constructor(variable: string) {
    super({
      code: 'SITE_VARIABLE',
      message: `a script cannot do what the site's variable says: ${variable}`,
      hint: 'jcds exec can, or unset it',
    });
  }
}

/**
 * Lines before anything is unset: they keep what siteBinds needs (the first of two twins counts, even if it is empty), and
 * refuse what only jcds does.
 */
export function siteVariables(): string[] {
  return [
    'jcds_site=${APPTAINER_BIND-${SINGULARITY_BIND-}},${APPTAINER_BINDPATH-${SINGULARITY_BINDPATH-}}',
    `for jcds_item in ${REFUSED_OF_SITES.join(' ')}; do`,
    '  eval "jcds_text=\\${APPTAINER_$jcds_item-\\${SINGULARITY_$jcds_item-}}"',
    '  [ -z "$jcds_text" ] ||',
    `    ${failLine(new SiteVariableInScriptError(TEXT), '    ', 'APPTAINER_$jcds_item=$jcds_text')}`,
    'done',
  ];
}

/** Lines that show what they name, by jcds_own. */
export function siteBinds(): string[] {
  const odd = failLine(new SiteVariableInScriptError(TEXT), '      ', 'APPTAINER_BIND=$jcds_word');
  return part(BINDS, { ODD: odd }).split('\n');
}
