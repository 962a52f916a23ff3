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
  return [
    'jcds_root=${JCDS_CVMFS_ROOT-}',
    'case $jcds_root in',
    ...(configured === null
      ? [
          "  '')",
          `    jcds_root=${DEFAULT_CVMFS_ROOT}`,
          '    for jcds_item in "${CVMFS_BASE-}" "${CVMFS_MOUNT_DIR-}"; do',
          '      case $jcds_item in',
          '        /*) jcds_root=$jcds_item ;;',
          '      esac',
          '    done',
          '    ;;',
        ]
      : [`  '') jcds_root=${quoteWord(configured)} ;;`]),
    '  /*) ;;',
    '  *) jcds_root=$PWD/$jcds_root ;;',
    'esac',
    'while :; do',
    '  case $jcds_root in',
    '    ?*/) jcds_root=${jcds_root%/} ;;',
    '    *) break ;;',
    '  esac',
    'done',
  ];
}

function timeoutLines({ settings: { cvmfsTimeout }, sources }: Settled): string[] {
  if (isFixed('cvmfsTimeout', sources)) return [`jcds_timeout=${cvmfsTimeout}`];
  return [
    `jcds_timeout=\${JCDS_CVMFS_TIMEOUT:-${cvmfsTimeout}}`,
    'case $jcds_timeout in',
    `  *[!0-9.]* | *.*.* | .) jcds_timeout=${cvmfsTimeout} ;;`,
    'esac',
  ];
}

/** Whether variables of whoever runs the script have no say. */
function isFixed(key: keyof Settings, sources: Configuration['sources']): boolean {
  return sources[key] === 'option' || sources[key]?.endsWith(' (enforced)') === true;
}
