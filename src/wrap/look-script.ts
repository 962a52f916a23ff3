import { USUAL_SCRIPTS } from '../rootfs/inspect.ts';
import { part } from './part.ts';
import LOOK from './shell/look.sh';
import CHOOSE from './shell/look-layouts.sh';
import NAME_SCRIPTS from './shell/look-scripts.sh';

/** What BASHOPTS of the caller may have changed about patterns. */
export const PLAIN_PATTERNS =
  '[ -z "${BASH_VERSION-}" ] || eval \'shopt -u dotglob failglob nocaseglob nocasematch nullglob\'';

/** What a look is for. */
export interface LookOptions {
  /** Whether its third argument is the one entry that counts. */
  readonly layoutIsKnown: boolean;
  /** Whether it names scripts of the image's own, which only a shell in the image can run. */
  readonly namesScripts: boolean;
}

/**
 * The look at CVMFS of a script that runs without Node.js: what src/cvmfs/ does by a child of jcds' own, in sh. What it is
 * given and prints stands in shell/look.sh.
 */
export function lookScript({ layoutIsKnown, namesScripts }: LookOptions): string {
  const SCRIPTS = namesScripts ? part(NAME_SCRIPTS, { USUAL: [...USUAL_SCRIPTS].join(' | ') }) : '';
  return layoutIsKnown
    ? part(LOOK, { CHOOSE: '', SCRIPTS })
    : part(LOOK, { CHOOSE: 'choose "$@"', SCRIPTS }).replace('look() {', `${part(CHOOSE)}\nlook() {`);
}
