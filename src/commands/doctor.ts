import type { Call } from '../call.ts';
import { commandText } from '../command-text.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { requirePublished } from '../cvmfs/publication.ts';
import { examine, type Placed } from '../doctor/examine.ts';
import { doctorText } from '../doctor/report.ts';
import { EXIT, isJcdsError } from '../errors.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { searchOf } from '../job/locate.ts';
import { jsonLine } from '../output/json.ts';
import { colorWish, styleFor } from '../output/style.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { gatherStatus } from '../status/gather.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';
import { JOB_OPTIONS } from './job-options.ts';
import { statusQuestion } from './status-question.ts';

/** `jcds doctor`: what of this host helps or hinders `jcds run`. */
export const doctor: CommandDeclaration = {
  name: 'doctor',
  summary: 'Say what keeps jcds from running images on this host, and what to do about it',
  description:
    'Looks at the settings, each repository, each container runtime, what the kernel allows, tokens and logins, completion and batch systems; with IMAGE also whether that image is published. Each line is ok, a note, or WRONG: something without which `jcds run` cannot work; below it stands what to type. Ends with 0, or with 1 when something is WRONG. Each look is bounded by --cvmfs-timeout; nothing is written, and no secret is shown or sent.',
  arguments: [
    {
      name: 'image',
      description: 'also look for this image',
      optional: true,
      completes: 'image',
    },
  ],
  options: [
    JSON_OPTION,
    ...JOB_OPTIONS.filter(({ flags }) => flags.startsWith('--runtime ')),
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [
    ['jcds doctor', 'why does nothing run here?'],
    ['jcds doctor library/debian:12', 'and is this image there?'],
  ],
  async action(call, context) {
    const { settings, sources, notes } = loadConfiguration(context, settingsOf(call.options), {
      isQuestion: true,
    });
    const search = searchOf(settings, context);
    const requested = httpWishesOf(call.options, settings, context);
    const [image] = call.arguments;
    const job = commandText('jcds', 'run', image ?? 'IMAGE');
    const patient = { settings, sources, notes, search, requested, job, limit: search.timeout * 1000 };
    const [general, own] = await Promise.all([
      examine(patient, context),
      image === undefined ? [] : examineImage(call, context),
    ]);
    const findings = [...general, ...own];
    const isWell = findings.every(({ state }) => state !== 'wrong');
    const style = await styleFor(context.stdout, colorWish(call.options), context.environment);
    const width = context.stdout.isTerminal ? context.stdout.columns : null;
    context.stdout.write(
      flag(call, 'json')
        ? jsonLine({ schemaVersion: SCHEMA_VERSION, well: isWell, findings: findings.map(asJson) })
        : doctorText(findings, width, style),
    );
    return exit(isWell ? EXIT.ok : EXIT.no);
  },
};

/** Whether `jcds run` would find it, in the words of `jcds run`. */
async function examineImage(call: Call, context: Context): Promise<Placed[]> {
  const statuses = await gatherStatus(statusQuestion(call, context), context);
  return statuses.map(({ name, publication }): Placed => {
    const finding = { area: 'image', subject: name } as const;
    try {
      const { path } = requirePublished(publication, name, call.options);
      return { ...finding, state: 'well', finding: `is published: ${path}` };
    } catch (thrown) {
      if (!isJcdsError(thrown)) throw thrown;
      const { message, hint } = thrown;
      return { ...finding, state: 'wrong', finding: message, ...(hint !== undefined && { cure: hint }) };
    }
  });
}

function asJson({ area, subject, state, finding, cure }: Placed) {
  return { area, subject, state, finding, cure: cure ?? null };
}
