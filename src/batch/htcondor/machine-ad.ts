import { quoteWord } from '../../launch/quote.ts';
import { shellText } from '../../shell-text.ts';
import { part } from '../../wrap/part.ts';
import BOUNDED from '../../wrap/shell/bounded.sh';
import { MACHINE_AD, suffixesOf } from './machine-attributes.ts';
import ATTRIBUTES from './shell/machine-attributes.sh';
import LOOK_AT from './shell/machine-look.sh';
import REPOSITORY from './shell/machine-repository.sh';
import RUNTIMES from './shell/machine-runtimes.sh';

/** Looks at one place that are left behind before no further one is started. */
const MOST_LEFT = 3;
/** Names in a repository's root among which a file is looked for. */
const MOST_NAMES = 50;
/** Seconds without an input/output error after which a client counts as delivering again. */
const QUIET = 300;

/** What a machine tells of itself. */
export interface MachineAdOptions {
  /** Checked names. */
  readonly repositories: readonly string[];
  /** The lines that set jcds_root and jcds_timeout: lookLines of the room wrap. */
  readonly look: readonly string[];
  /** For the first lines: which jcds wrote it. */
  readonly version: string;
  /** Seconds for which the answer is to be believed. */
  readonly lifetime: number;
}

/**
 * The STARTD_CRON job, in POSIX sh: looks at every repository and tries the runtimes at the same time, and prints what
 * it found as an ad that ends in a line with `-`. Its arguments are scripts of the pool's: those that cannot be started stand there
 * too. What has not answered within jcds_timeout hangs, and is left behind: the reader leaves its pipe at the word `end`, which comes
 * from a subshell that touches nothing. That kills the worker, which would else end the timer by a number that may be another
 * process' by then.
 * @throws SameAttributeError
 */
export function machineAdScript({ repositories, look, version, lifetime }: MachineAdOptions): string {
  const rows = [...suffixesOf(repositories)].map(words => words.map(quoteWord).join(' '));
  return [
    '#!/bin/sh',
    '# What this machine can run, for HTCondor: a job of STARTD_CRON, without Node.js.',
    `# Written by jcds ${version} (jcds condor machine-ad --script); docs/htcondor.md of jcds explains it.`,
    '# shellcheck disable=SC2016,SC2034 # texts for another shell',
    'set +aefunvxC',
    ...look,
    'cd /',
    "jcds_missing=''",
    'for jcds_file; do [ -x "$jcds_file" ] || jcds_missing=${jcds_missing:+$jcds_missing,}$jcds_file; done',
    'PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C',
    'export PATH LC_ALL',
    `jcds_look=${quoteWord(`${part(REPOSITORY)}\n`)}`,
    '',
    part(BOUNDED),
    shellText(LOOK_AT, { MOST_LEFT, MOST_NAMES, QUIET }),
    shellText(RUNTIMES, { RUNTIMES: MACHINE_AD.runtimes }),
    shellText(ATTRIBUTES, {
      HAS: MACHINE_AD.has,
      HEALTHY: MACHINE_AD.healthy,
      MOUNTED: MACHINE_AD.mounted,
      REASON: MACHINE_AD.reason,
    }),
    `jcds_print() { # prints the ad from the answers on standard input`,
    `  jcds_answers=" " jcds_usable='' jcds_unusable=''`,
    '  while read -r jcds_kind jcds_answer; do',
    '    case $jcds_kind in',
    '      end) break ;;',
    '      *) jcds_answers="$jcds_answers$jcds_kind=$jcds_answer " ;;',
    '    esac',
    '  done',
    ...rows.map(row => `  jcds_attributes ${row}`),
    `  printf '${MACHINE_AD.usable} = "%s"\\n${MACHINE_AD.unusable} = "%s"\\n' "$jcds_usable" "$jcds_unusable"`,
    '  jcds_print_runtimes',
    `  printf '${MACHINE_AD.missing} = "%s"\\n' "$jcds_missing"`,
    `  printf '${MACHINE_AD.time} = %s\\n${MACHINE_AD.lifetime} = ${lifetime}\\n-\\n' "$(date +%s)"`,
    '}',
    '',
    '{',
    '  sleep "$jcds_timeout" >/dev/null &',
    '  jcds_timer=$!',
    '  {',
    ...[...suffixesOf(repositories).keys()].map(name => `    jcds_look_at ${quoteWord(name)} &`),
    '    jcds_try_apptainer &',
    '    jcds_try_bubblewrap &',
    '    wait',
    '    kill -KILL "$jcds_timer"',
    '  } &',
    '  jcds_worker=$!',
    '  wait "$jcds_timer"',
    '  kill -KILL "$jcds_worker"',
    '  echo end',
    '} 2>/dev/null </dev/null | jcds_print',
    '',
  ].join('\n');
}
