import { JcdsError } from '../../errors.ts';
import { quoteWord } from '../../launch/quote.ts';
import { safeText } from '../../output/safe-text.ts';
import type { CondorSetting } from './condor-tools.ts';
import { MARK, type PoolFiles } from './configuration.ts';
import { configurationFiles, type Effective, effectiveValue, readLater } from './effective.ts';

/** The site has a job wrapper of its own, of which HTCondor knows one. */
export class WrapperTakenError extends JcdsError {
  constructor({ value, file }: Effective, isLater: boolean, own: string) {
    const set = `USER_JOB_WRAPPER = ${safeText(value, 200)} is set in ${safeText(file, 200)}`;
    super({
      code: 'WRAPPER_TAKEN',
      message: isLater
        ? `${set}, which HTCondor reads after ${safeText(own, 200)}: jcds' would never be started`
        : `${set}: HTCondor starts one wrapper only`,
      hint: isLater
        ? 'take the line out of that file; or name a file that is read later: --config /etc/condor/config.d/zz-jcds.conf, and --chain to keep that wrapper'
        : 'start both, that one first: jcds condor install --chain; or take the line out of that file',
    });
  }
}

/** Somebody decided which programs may be a job's PostCmd. */
export class PostCommandsTakenError extends JcdsError {
  constructor({ value, file }: Effective) {
    super({
      code: 'WRAPPER_TAKEN',
      message: `${KNOB} = ${safeText(value, 200)} is set in ${safeText(file, 200)}, and jcds needs it for the program that says what became of a job`,
      hint: 'take the line out of that file, or let it say True',
    });
  }
}

const WRAPPER = 'USER_JOB_WRAPPER';
const KNOB = 'STARTER_ALLOW_JOB_PRE_AND_POST_CMD';

/** What HTCondor of this host has in the end, before jcds writes anything. */
export interface SiteSetting {
  /** false: there is no HTCondor here. */
  readonly isAsked: boolean;
  /** The site's own wrapper, or null. */
  readonly wrapper: string | null;
  /** Whether jcds' file starts both already. */
  readonly isChained: boolean;
  /** Whether every program may be a job's PostCmd. */
  readonly allowsAny: boolean;
}

export const NOT_ASKED: SiteSetting = {
  isAsked: false,
  wrapper: null,
  isChained: false,
  allowsAny: false,
};

/**
 * Asks HTCondor's effective configuration whose wrapper it starts. @param chains whether the site's is to be started too
 * @throws NoConfigurationError, WrapperTakenError, PostCommandsTakenError
 */
export async function askSite(
  files: PoolFiles,
  chains: boolean,
  context: CondorSetting,
): Promise<SiteSetting> {
  const read = await configurationFiles(context);
  if (read === null) return NOT_ASKED;
  const later = readLater(read, files.configuration);
  const [wrapper, knob] = await Promise.all([
    effectiveValue(WRAPPER, context),
    effectiveValue(KNOB, context),
  ]);
  const isOurs = (found: Effective | null) => found !== null && found.file === files.configuration;
  if (knob !== null && !isOurs(knob) && !/^(?:true|false)$/i.test(knob.value))
    throw new PostCommandsTakenError(knob);
  if (knob !== null && !isOurs(knob) && /^false$/i.test(knob.value) && later.includes(knob.file))
    throw new PostCommandsTakenError(knob);
  const allowsAny = knob !== null && /^true$/i.test(knob.value);
  const isChained = wrapper?.value === files.chain && isOurs(wrapper);
  if (wrapper === null || isOurs(wrapper)) return { isAsked: true, wrapper: null, isChained, allowsAny };
  const isLater = later.includes(wrapper.file);
  if (isLater || !chains) throw new WrapperTakenError(wrapper, isLater, files.configuration);
  return { isAsked: true, wrapper: wrapper.value, isChained: true, allowsAny };
}

/** The file that starts the site's wrapper with jcds' and the job as its words; null: it is there already. */
export function chainText({ wrapper }: SiteSetting, files: PoolFiles, version: string): string | null {
  if (wrapper === null) return null;
  return [
    '#!/bin/sh',
    "# USER_JOB_WRAPPER of HTCondor: the site's own wrapper, which becomes jcds' with the job.",
    `# ${MARK} ${version} (jcds condor install --chain).`,
    `exec ${quoteWord(wrapper)} ${quoteWord(files.wrapper)} "$@"`,
    '',
  ].join('\n');
}
