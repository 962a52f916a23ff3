import type { Difference } from './compare.ts';
import { DELETED, type Situation } from './situation.ts';

/** A difference from the bare runtime that is meant: one runtime, one field, when, and a reason that a user accepts. */
export interface StatedDifference {
  /** As after --runtime; with `script` that of `jcds wrap`. */
  readonly runtime: string;
  readonly script?: true;
  /** The name of a field, or the beginning of some, ending in `*`. */
  readonly field: string;
  /** Every key must hold one of these values; of a list, one of its elements must. */
  readonly when: { readonly [Key in keyof Situation]?: readonly unknown[] };
  /** What differs and when, for users: a clause that stands alone. */
  readonly text: string;
  readonly reason: string;
}

type Words = Pick<StatedDifference, 'text' | 'reason'>;

const OTHERS = ['unshare', 'bubblewrap', 'charliecloud'];
const ALL = ['apptainer', ...OTHERS];
/** Runtimes for which there are scripts. */
const SCRIPTS = ['apptainer', 'bubblewrap'];

/** One row for each runtime and field, and for each script. */
function rows(
  ways: { readonly exec: readonly string[]; readonly wrap: readonly string[] },
  fields: readonly string[],
  when: StatedDifference['when'],
  words: Words,
): StatedDifference[] {
  return fields.flatMap(field => [
    ...ways.exec.map(runtime => ({ runtime, field, when, ...words })),
    ...ways.wrap.map(runtime => ({ runtime, script: true as const, field, when, ...words })),
  ]);
}

const WHERE = ['place *', 'cwd*', 'variable PWD'];

/** All of them. docs/runtimes.md is made from it. */
export const STATED: readonly StatedDifference[] = [
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    WHERE,
    { image: ['tmp-dangling'] },
    {
      text: 'an image whose `/tmp` is a link that leads to nothing has the host’s `/tmp` where the link leads',
      reason: 'Apptainer leaves such a job without any `/tmp`',
    },
  ),
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    WHERE,
    { noHome: [true] },
    {
      text: '`--no-home` gives an empty home directory that can be written',
      reason: 'with Apptainer HOME names a directory that is not there',
    },
  ),
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    WHERE,
    {
      environment: [
        ['APPTAINER_NO_MOUNT', 'home'],
        ['APPTAINER_NO_HOME', '1'],
        ['SINGULARITY_NO_HOME', '1'],
      ],
    },
    {
      text: 'a site’s `APPTAINER_NO_HOME` or `APPTAINER_NO_MOUNT=home` does what `--no-home` does',
      reason: 'with Apptainer HOME names a directory that is not there',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['passwd', 'group', 'place /etc*'],
    { image: ['no-passwd'] },
    {
      text: 'an image without `/etc/passwd` or `/etc/group` gets one with your name',
      reason: 'Apptainer leaves it without; programs that ask who they are fail',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['variable PWD'],
    { image: ['home-link'] },
    {
      text: 'where the image’s `/home` is a link, PWD keeps the name that was typed',
      reason: 'Apptainer gives the name that the link leads to; both are the same directory',
    },
  ),
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    ['place *'],
    { binds: [{ source: '/home/me/work' }] },
    {
      text: 'a bind of what a link in the home leads to is found by the link',
      reason: 'Apptainer drops it and says nothing; the link leads nowhere then',
    },
  ),
  ...rows(
    { exec: ['bubblewrap'], wrap: ['bubblewrap'] },
    ['start'],
    { image: ['many-homes'] },
    {
      text: 'an image with thousands of entries in `/home` is refused',
      reason: 'bwrap takes 9,000 words, and its layers (overlay) only from 0.11 on',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: [] },
    ['start'],
    { writableTmpfs: [true] },
    {
      text: '`--writable-tmpfs` is refused',
      reason: 'the root is put together of the image’s entries, which stay read-only',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['place *', 'left on the host'],
    { environment: [['APPTAINER_WORKDIR', '/scratch']] },
    {
      text: 'a site’s `APPTAINER_WORKDIR` counts for Apptainer alone',
      reason: 'it makes directories on the host; a contained job’s `/tmp` is in memory elsewhere',
    },
  ),
  ...['/home/me/', '/tmp/home/'].flatMap(home =>
    rows(
      { exec: ALL, wrap: SCRIPTS },
      ['passwd', 'place /etc/passwd'],
      { home: [home] },
      {
        text: 'of a HOME with a slash at the end, `/etc/passwd` may have the name with or without it',
        reason:
          'Apptainer keeps the slash of an account’s home and drops that of `--home`; it is the same directory',
      },
    ),
  ),
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    ['variable LANG', 'variable USER'],
    {
      environment: ['CLEANENV', 'CONTAINALL'].flatMap(name =>
        ['APPTAINER', 'SINGULARITY'].map(prefix => [`${prefix}_${name}`, '1']),
      ),
    },
    {
      text: 'a site’s `APPTAINER_CLEANENV` or `APPTAINER_CONTAINALL` does what `--env-policy clean` does: USER stays, LANG is not set to C',
      reason: 'what a terminal needs is kept on every runtime alike; `--env` sets more',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['variable PWD'],
    { image: ['tmp-link', 'vartmp-link'] },
    {
      text: 'where the image’s `/tmp` is a link, PWD keeps the name that was typed',
      reason: 'Apptainer gives the name that the link leads to; both are the same directory',
    },
  ),
  ...rows(
    { exec: ['charliecloud'], wrap: [] },
    ['cwd'],
    { image: ['tmp-link', 'vartmp-link'] },
    {
      text: 'where the image’s `/tmp` is a link, the host’s is mounted at either name',
      reason: 'ch-run mounts `/tmp` itself; both are the same directory',
    },
  ),
  ...rows(
    { exec: ['bubblewrap'], wrap: [] },
    ['place *', 'cwd-names'],
    { binds: [{ source: '/data/a', place: '/home' }] },
    {
      text: 'a bind onto `/home` leaves the caller’s directory below it shown',
      reason: 'Apptainer hides it, and the job is in an empty directory of the same name',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['variable IFS'],
    { environment: [['IFS', ':']] },
    {
      text: 'a variable `IFS` of the caller reaches the job',
      reason: 'Apptainer’s own shell keeps it for itself',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['variable FOO'],
    { environment: [['APPTAINERENV_FOO', '$HOME']] },
    {
      text: 'values of `APPTAINERENV_NAME` reach the job as they are',
      reason: 'Apptainer has a shell in the container evaluate `$` and backticks in them',
    },
  ),
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    ['standard error'],
    { cwd: [DELETED] },
    {
      text: 'in a directory that was removed, `sh: 0: getcwd() failed` stands on standard error',
      reason: '/bin/sh (dash) says so before it reads the first line of bin/jcds or of a script',
    },
  ),
  ...rows(
    { exec: ['bubblewrap'], wrap: ['bubblewrap'] },
    ['start'],
    { set: [['PWD', '/typed']] },
    {
      text: '`--env PWD=…` is refused',
      reason: 'bubblewrap sets PWD itself',
    },
  ),
  ...rows(
    { exec: ALL, wrap: SCRIPTS },
    ['*'],
    { environment: [['APPTAINER_FAKEROOT', '1']] },
    {
      text: '`APPTAINER_FAKEROOT` makes nobody root, and under Apptainer the home stays the caller’s',
      reason: 'only Apptainer has such a root; `--runtime-arg --fakeroot` asks for it',
    },
  ),
  ...rows(
    { exec: OTHERS, wrap: ['bubblewrap'] },
    ['place *', 'cwd-names'],
    { cwd: ['/home'] },
    {
      text: 'from the directory `/home`, what is bound below it is there',
      reason: 'Apptainer mounts the working directory last, over it',
    },
  ),
];

/** The section of docs/runtimes.md: one line for all runtimes that share a difference and its reason. */
export function statedSection(): string {
  const keyOf = ({ text, reason }: StatedDifference) => `${text} | ${reason}`;
  const lines = [...new Set(STATED.map(keyOf))].map(key => {
    const names = STATED.filter(row => keyOf(row) === key).map(({ runtime, script }) =>
      script === true ? `scripts for ${runtime}` : runtime,
    );
    return `| ${[...new Set(names)].join(', ')} | ${key} |`;
  });
  return ['| runtime | what differs | why |', '|---|---|---|', ...lines].join('\n');
}

/** The row that states this difference. */
export function statedFor(situation: Situation, { way, field }: Difference): StatedDifference | undefined {
  return STATED.find(
    row =>
      row.runtime === way.runtime &&
      (row.script === true) === (way.kind === 'wrap') &&
      (row.field.endsWith('*') ? field.startsWith(row.field.slice(0, -1)) : field === row.field) &&
      holds(row.when, situation),
  );
}

function holds(when: StatedDifference['when'], situation: Situation): boolean {
  return Object.entries(when).every(([key, allowed]) => {
    const value = situation[key as keyof Situation];
    const isAllowed = (one: unknown) => allowed.some(other => JSON.stringify(other) === JSON.stringify(one));
    return Array.isArray(value) ? value.some(isAllowed) : isAllowed(value);
  });
}
