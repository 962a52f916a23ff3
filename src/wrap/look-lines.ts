import { resolve } from 'node:path';
import type { Configuration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { DEFAULT_CVMFS_ROOT } from '../cvmfs/root.ts';
import { quoteWord } from '../launch/quote.ts';

type Settled = Pick<Configuration, 'settings' | 'sources'>;

/**
 * The lines that set jcds_root and jcds_timeout: as an option said; else by the variables of whoever runs the script, which
 * jcds would have obeyed; else as the configuration said when the script was written.
 */
export function lookLines(configuration: Settled, context: Pick<Context, 'cwd'>): string[] {
  return [...rootLines(configuration, context), ...timeoutLines(configuration)];
}

function rootLines({ settings, sources }: Settled, { cwd }: Pick<Context, 'cwd'>): string[] {
  const configured = settings.cvmfsRoot === null ? null : resolve(cwd ?? '/', settings.cvmfsRoot);
  if (configured !== null && isFixed('cvmfsRoot', sources)) return [`jcds_root=${quoteWord(configured)}`];
  const fallback =
    configured === null
      ? `\${CVMFS_MOUNT_DIR:-\${CVMFS_BASE:-${DEFAULT_CVMFS_ROOT}}}`
      : quoteWord(configured);
  return [
    `jcds_root=\${JCDS_CVMFS_ROOT:-${fallback}}`,
    '[ "${jcds_root#/}" != "$jcds_root" ] || jcds_root=$PWD/$jcds_root',
    'jcds_root=${jcds_root%"${jcds_root##*[!/]}"}',
  ];
}

function timeoutLines({ settings: { cvmfsTimeout }, sources }: Settled): string[] {
  if (isFixed('cvmfsTimeout', sources)) return [`jcds_timeout=${cvmfsTimeout}`];
  return [
    `jcds_timeout=\${JCDS_CVMFS_TIMEOUT:-${cvmfsTimeout}}`,
    `case $jcds_timeout in *[!0-9.]* | *.*.* | .) jcds_timeout=${cvmfsTimeout} ;; esac`,
  ];
}

/** Whether variables of whoever runs the script have no say. */
function isFixed(key: keyof Settings, sources: Configuration['sources']): boolean {
  return sources[key] === 'option' || sources[key]?.endsWith(' (enforced)') === true;
}
