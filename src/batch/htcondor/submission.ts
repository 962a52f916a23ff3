import { REVISION } from './ad-script.ts';
import { attributeSuffix, MACHINE_AD } from './machine-attributes.ts';
import { ABLE_RUNTIME, AFTER, elsewhere, holdRules, NOT_FAILED, TELLS } from './rules.ts';
import { argumentsValue, checkText, classAdString, literal, NotSubmittableError } from './submit-text.ts';

/** How a job comes into its image: HTCondor's own container universe, or the job wrapper of the pool. */
export const WAYS = ['container', 'wrapper'] as const;
export type Way = (typeof WAYS)[number];

/** What is submitted: a submit description, or a command. */
export type Work =
  /** `content`: what was read from standard input, where the file is `-`. */
  | { readonly kind: 'file'; readonly file: string; readonly content?: Buffer }
  | { readonly kind: 'command'; readonly words: readonly string[] };

/** A submission, decided. Plain data. */
export interface Submission {
  readonly work: Work;
  readonly way: Way;
  readonly image: {
    /** As a person reads it. */
    readonly name: string;
    readonly repository: string;
    /** What the job gets: the path of the tag, or the real directory. */
    readonly path: string;
    /** The real directory at the time; null: not known yet. */
    readonly pin: string | null;
    /** The revision of the repository that shows it; null: not known. */
    readonly revision: number | null;
  };
  /** Which machines will do. `told`: that have said that they can; `silent`: that have not said no; `any`: all. */
  readonly machines: 'told' | 'silent' | 'any';
  readonly hold: boolean;
  /** Whether the author's own description has a PostCmd, which is kept: then 75 alone tells that a machine failed. */
  readonly hasPostCommand: boolean;
  /** How often a job that ended with 75 is tried again, and after how many seconds for the first time. */
  readonly retries: number;
  readonly retryAfter: number;
  /** The user's own lines. */
  readonly lines: readonly string[];
}

/** For so many pauses the machine of the last try is left alone; in a pool of one machine it is taken again then. */
const PAUSES_ELSEWHERE = 10;

/** The words for condor_submit. @throws NotSubmittableError */
export function submitWords(submission: Submission, more: readonly string[] = []): string[] {
  const { work } = submission;
  const lines = [...commandLines(work), ...submission.lines, ...linesOf(submission)];
  const appended = lines.flatMap(line => ['-append', line]);
  return [...more, ...appended, ...(work.kind === 'file' ? fileWords(work.file) : ['-queue', '1'])];
}

/** A name that condor_submit would take for an option or a definition needs an option in front of it. */
export function fileWords(file: string): string[] {
  return file !== '-' && /^-|=/.test(file) ? ['-file', file] : [file];
}

/**
 * The defaults of a job that has no description. A program of the user's (a name with a slash that is not absolute) is
 * sent along; everything else is in the image, and found there by its shell.
 */
function commandLines(work: Work): string[] {
  if (work.kind === 'file') return [];
  const [program = '', ...rest] = work.words;
  const isOwn = program.includes('/') && !program.startsWith('/');
  checkText('the program', program);
  if (isOwn && /[\s\\]$/.test(program))
    throw new NotSubmittableError('the program', program, 'its name ends in a blank or a backslash');
  const executable = isOwn
    ? [`executable = ${literal(program)}`, `arguments = ${argumentsValue(rest)}`]
    : [
        'executable = /bin/sh',
        'transfer_executable = false',
        `arguments = ${argumentsValue(['-c', 'exec "$@"', 'sh', ...work.words])}`,
      ];
  return [
    ...executable,
    'output = jcds.$(ClusterId).out',
    'error = jcds.$(ClusterId).err',
    'log = jcds.$(ClusterId).log',
  ];
}

/** What makes it a job in this image. They stand behind the description, so `$(name:default)` is what that said. */
function linesOf(submission: Submission): string[] {
  const { image, way, hold, retries, retryAfter } = submission;
  checkPath(image.path);
  checkText('the image', image.name);
  const rules = holdRules(
    {
      onExitHold: '$(on_exit_hold:false)',
      onExitHoldReason: '$(on_exit_hold_reason:undefined)',
      onExitHoldSubCode: '$(on_exit_hold_subcode:0)',
      periodicRelease: '$(periodic_release:false)',
    },
    retries,
    retryAfter,
  );
  return [
    ...(way === 'container'
      ? ['universe = container', `container_image = ${image.path}`, 'transfer_container = false']
      : [`My.JCDSImage = ${classAdString(image.path)}`]),
    `My.JCDSName = ${literal(classAdString(image.name))}`,
    ...(image.pin === null ? [] : [`My.${PIN} = ${literal(classAdString(image.pin))}`]),
    ...(image.revision === null ? [] : [`My.${REVISION} = ${image.revision}`]),
    `requirements = ($(requirements:true)) && ${requirement(submission)}`,
    ...(way === 'container'
      ? []
      : [
          ...(submission.hasPostCommand
            ? []
            : [
                `My.${TELLS} = true`,
                `My.PostCmd = ${classAdString(AFTER)}`,
                'My.PostArguments = ""',
                'My.SuccessPostExitCode = 0',
              ]),
          `on_exit_hold = ${rules.onExitHold}`,
          `on_exit_hold_reason = ${rules.onExitHoldReason}`,
          `on_exit_hold_subcode = ${rules.onExitHoldSubCode}`,
          `periodic_release = ${rules.periodicRelease}`,
        ]),
    ...(hold ? ['hold = true'] : []),
  ];
}

/** The attribute of a job that says which directory its image was when it was submitted. */
export const PIN = 'JCDSPin';

/** The attribute of a job that says which image it gets. */
export function imageAttribute(way: Way): string {
  return way === 'container' ? 'ContainerImage' : 'JCDSImage';
}

/** No name of an image has other characters; the job wrapper takes no others either. @throws NotSubmittableError */
export function checkPath(path: string): void {
  if (!/^\/[A-Za-z0-9._/:@+-]+$/.test(path))
    throw new NotSubmittableError(
      'the path of the image',
      path,
      'it has other characters than letters, digits and ._/:@+-',
    );
}

function requirement({ image, way, machines, retryAfter, hold }: Submission): string {
  const has = `TARGET.${MACHINE_AD.has}${attributeSuffix(image.repository)}`;
  const revision = `CVMFS_${attributeSuffix(image.repository)}_REVISION`;
  const { time, lifetime, wrapper } = MACHINE_AD;
  const able =
    machines === 'any'
      ? []
      : [
          `${has} ${machines === 'told' ? '=?= true' : '=!= false'}`,
          // A machine whose client is behind lacks the image for some minutes. What waits learns the revision at its release.
          ...(image.revision === null && !hold ? [] : [`(TARGET.${revision} >= MY.${REVISION}) =!= false`]),
          `(time() < TARGET.${time} + TARGET.${lifetime}) =!= false`,
          ...(way === 'wrapper' ? [`TARGET.${wrapper} =?= true`, ABLE_RUNTIME] : []),
        ];
  // Where HTCondor itself cannot start a container, the job is idle again at once, without a hold, and would be back at once.
  const isFirst = way === 'container' ? 'MY.LastRemoteHost =?= undefined' : NOT_FAILED;
  return [...able, elsewhere(isFirst, retryAfter * PAUSES_ELSEWHERE)].join(' && ');
}
