import { describe, expect, test } from 'vitest';
import { type Submission, submitWords } from '../../src/batch/htcondor/submission.ts';

const last = (name: string) => `split(${name} ?: "", "@")[size(split(${name} ?: "", "@")) - 1]`;
const elsewhere = (isFirst: string) =>
  `(${isFirst} || ${last('MY.LastRemoteHost')} =!= ${last('TARGET.Name')} || time() - MY.EnteredCurrentStatus > 600)`;
const AFTER_ANY_TRY = elsewhere('MY.LastRemoteHost =?= undefined');
const AFTER_75 = elsewhere('(MY.LastHoldReasonSubCode =!= 75 && MY.LastHoldReasonCode =!= 44)');
const FRESH = '(time() < TARGET.JCDSTime + TARGET.JCDSLifetime) =!= false';
const FAILED =
  '(ChirpJCDS.Start =?= NumShadowStarts || (JCDSTells =!= true && ExitBySignal =!= true && ExitCode =?= 75))';
const TELLING = [
  'My.JCDSTells = true',
  'My.PostCmd = "$$(JCDSAfter:/bin/true)"',
  'My.PostArguments = ""',
  'My.SuccessPostExitCode = 0',
];
const POLICY = [
  `on_exit_hold = ($(on_exit_hold:false)) || ${FAILED}`,
  `on_exit_hold_reason = ifThenElse(${FAILED}, ChirpJCDS.Reason ?: "the job could not have its image on this machine", $(on_exit_hold_reason:undefined))`,
  `on_exit_hold_subcode = ifThenElse(${FAILED}, ChirpJCDS.Code ?: 75, $(on_exit_hold_subcode:0))`,
  'periodic_release = ($(periodic_release:false)) || (((HoldReasonCode =?= 3 && HoldReasonSubCode =?= 75) || (HoldReasonCode =?= 44 && PostExitCode =?= 75)) && NumHolds <= 10 && time() - EnteredCurrentStatus > ifThenElse(NumHolds > 12 || 60 * pow(2, NumHolds - 1) > 3600, 3600, 60 * pow(2, NumHolds - 1)))',
];
const BASE: Submission = {
  work: { kind: 'file', file: 'job.sub' },
  way: 'container',
  image: {
    name: 'library/debian:12',
    repository: 'containers.jinr.ru',
    path: '/cvmfs/containers.jinr.ru/library/debian:12',
    pin: '/cvmfs/containers.jinr.ru/.images/12/34',
    revision: null,
  },
  machines: 'told',
  hold: false,
  hasPostCommand: false,
  retries: 10,
  retryAfter: 60,
  lines: [],
};
const CONTAINER = [
  'universe = container',
  'container_image = /cvmfs/containers.jinr.ru/library/debian:12',
  'transfer_container = false',
];
const RECORD = [
  'My.JCDSName = "library/debian:12"',
  'My.JCDSPin = "/cvmfs/containers.jinr.ru/.images/12/34"',
];
const FILES = [
  'output = jcds.$(ClusterId).out',
  'error = jcds.$(ClusterId).err',
  'log = jcds.$(ClusterId).log',
];

/** The appended lines, and what follows them. */
function read(words: readonly string[]): { lines: string[]; end: string[] } {
  const first = words.findIndex((word, at) => at % 2 === 0 && word !== '-append');
  const end = words.slice(first);
  return { lines: words.slice(0, first).filter((_, at) => at % 2 === 1), end };
}

const ROWS: [string, Partial<Submission>, string[], string[]][] = [
  [
    'machines that are behind the revision that shows the image are left out',
    { image: { ...BASE.image, revision: 812 } },
    [
      ...CONTAINER,
      ...RECORD,
      'My.JCDSRevision = 812',
      `requirements = ($(requirements:true)) && TARGET.HAS_CVMFS_containers_jinr_ru =?= true && (TARGET.CVMFS_containers_jinr_ru_REVISION >= MY.JCDSRevision) =!= false && ${FRESH} && ${AFTER_ANY_TRY}`,
    ],
    ['job.sub'],
  ],
  [
    'a description, in the container universe',
    {},
    [
      ...CONTAINER,
      ...RECORD,
      `requirements = ($(requirements:true)) && TARGET.HAS_CVMFS_containers_jinr_ru =?= true && ${FRESH} && ${AFTER_ANY_TRY}`,
    ],
    ['job.sub'],
  ],
  [
    'by the wrapper, where no machine tells of CVMFS',
    { way: 'wrapper', machines: 'silent' },
    [
      'My.JCDSImage = "/cvmfs/containers.jinr.ru/library/debian:12"',
      ...RECORD,
      `requirements = ($(requirements:true)) && TARGET.HAS_CVMFS_containers_jinr_ru =!= false && ${FRESH} && TARGET.JCDSWrapper =?= true && stringListsIntersect("apptainer,singularity", TARGET.JCDSRuntimes) =!= false && ${AFTER_75}`,
      ...TELLING,
      ...POLICY,
    ],
    ['job.sub'],
  ],
  [
    'any machine, on hold, not there yet, lines of the user’s own, a name like an option',
    {
      machines: 'any',
      hold: true,
      image: { ...BASE.image, pin: null },
      lines: ['request_memory = 4G'],
      work: { kind: 'file', file: '-x=y' },
    },
    [
      'request_memory = 4G',
      ...CONTAINER,
      RECORD[0]!,
      `requirements = ($(requirements:true)) && ${AFTER_ANY_TRY}`,
      'hold = true',
    ],
    ['-file', '-x=y'],
  ],
  [
    'a command of the image',
    { machines: 'any', work: { kind: 'command', words: ['cat', '$(x)'] } },
    [
      'executable = /bin/sh',
      'transfer_executable = false',
      `arguments = "'-c' 'exec ""$(DOLLAR)@""' 'sh' 'cat' '$(DOLLAR)(x)'"`,
      ...FILES,
      ...CONTAINER,
      ...RECORD,
      `requirements = ($(requirements:true)) && ${AFTER_ANY_TRY}`,
    ],
    ['-queue', '1'],
  ],
  [
    'a program of the user’s, sent along',
    { machines: 'any', work: { kind: 'command', words: ['./a $(b)', 'c'] } },
    [
      'executable = ./a $(DOLLAR)(b)',
      `arguments = "'c'"`,
      ...FILES,
      ...CONTAINER,
      ...RECORD,
      `requirements = ($(requirements:true)) && ${AFTER_ANY_TRY}`,
    ],
    ['-queue', '1'],
  ],
];

test.each(ROWS)('%s', (_, changes, lines, end) => {
  expect(read(submitWords({ ...BASE, ...changes }))).toEqual({ lines, end });
});

test('a description on standard input', () => {
  const words = submitWords({ ...BASE, work: { kind: 'file', file: '-' } });
  expect(read(words).end).toEqual(['-']);
});

test.each(['./a ', './a\\', './a\nb'])('a program that no line can name: %j', program => {
  expect(() => submitWords({ ...BASE, work: { kind: 'command', words: [program] } })).toThrow(
    'cannot be handed to HTCondor',
  );
});

describe('a path that HTCondor would read anything into is refused', () => {
  test.each(['$(HOME)', 'a b', 'a"b', "a'b", 'a\nqueue', 'a\\', 'a,b', 'a;b', '#a', 'ж'])('%j', name => {
    const path = `/cvmfs/containers.jinr.ru/${name}`;
    for (const way of ['container', 'wrapper'] as const)
      expect(() => submitWords({ ...BASE, way, image: { ...BASE.image, path } })).toThrow(
        'it has other characters than letters, digits and ._/:@+-',
      );
  });
});
