import { SCHEMA_VERSION } from '../../schema-version.ts';
import { shellText } from '../../shell-text.ts';
import { FAULT, LATER } from './rules.ts';
import AFTER from './shell/after.sh';

/** Seconds for a look at a mount, and for a word to HTCondor. */
const PATIENCE = 5;

/**
 * The script that says whose end a job's was, once it has ended: a POSIX sh script which HTCondor starts as the job's PostCmd. Nothing
 * on an execute node but it can tell that the runtime failed: the job wrapper has become the runtime by then.
 * @param version which jcds wrote it
 */
export function afterScript(version: string): string {
  return [
    '#!/bin/sh',
    '# PostCmd of jobs in images: tells HTCondor when a job ended because of this machine, or could not start at all.',
    `# Written by jcds ${version} (jcds condor install); docs/htcondor.md of jcds explains it.`,
    shellText(AFTER, { SCHEMA: SCHEMA_VERSION, PATIENCE, LATER, FAULT }),
    '',
  ].join('\n');
}
