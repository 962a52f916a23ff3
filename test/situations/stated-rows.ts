import { DELETED, isLasting } from './situation.ts';
import {
  anyOf,
  goesByLinkOfHome,
  hasVariable,
  hidesCwd,
  hidesHome,
  isAboveShown,
  isBesideHome,
  isBoundAtLinkOf,
  isBoundWhileContained,
  isElsewhereWhileContained,
  isLedIntoBind,
  isMissingInReadOnly,
  ofImage,
  siteSays,
  type When,
} from './when.ts';

/** A row of the table, for some runtimes at once: as after --runtime, and for scripts of `jcds wrap`. */
interface StatedRow {
  readonly exec: readonly string[];
  readonly wrap: readonly string[];
  readonly fields: readonly string[];
  readonly when: When;
  readonly text: string;
  readonly reason: string;
}

const OTHERS = ['unshare', 'bubblewrap', 'charliecloud'];
const ALL = { exec: ['apptainer', ...OTHERS], wrap: ['apptainer', 'bubblewrap'] };
const EXEC = { exec: ALL.exec, wrap: [] };
const BUILT = { exec: OTHERS, wrap: ['bubblewrap'] };
const WHERE = ['place *', 'cwd*', 'variable PWD'];

/** What only jcds does, and a script refuses. */
const ofSites = anyOf(
  ...['CLEANENV', 'CONTAIN', 'CONTAINALL', 'HOME', 'NO_HOME', 'NO_MOUNT', 'PWD'].map(key => siteSays(key)),
);

/** What differs from Apptainer typed by hand, and is meant. */
export const STATED_ROWS: readonly StatedRow[] = [
  {
    exec: [],
    wrap: ALL.wrap,
    fields: ['start'],
    when: ofSites,
    text: 'a site’s `APPTAINER_CLEANENV`, `_CONTAIN`, `_CONTAINALL`, `_HOME`, `_NO_HOME`, `_NO_MOUNT` and `_PWD` are refused',
    reason: 'a person is to read a script; `jcds exec` does what they say',
  },
  {
    exec: [],
    wrap: ['bubblewrap'],
    fields: ['start'],
    when: anyOf(
      ofImage('home-link', 'tmp-link', 'tmp-dangling'),
      isBoundAtLinkOf('run-link', '/run'),
      isBoundAtLinkOf(null, '/var/run'),
      isBoundAtLinkOf(null, '/lib'),
    ),
    text: 'a place behind a link of the image (`/home`, `/tmp`, or one of `--bind`) is refused',
    reason: 'a person is to read a script; `jcds exec` follows such links',
  },
  {
    ...ALL,
    fields: WHERE,
    when: ofImage('tmp-dangling'),
    text: 'an image whose `/tmp` is a link that leads to nothing has the host’s `/tmp` where the link leads',
    reason: 'Apptainer leaves such a job without any `/tmp`',
  },
  {
    ...ALL,
    fields: [...WHERE, 'left on the host'],
    when: anyOf(({ noHome }) => noHome, siteSays('NO_HOME', '1'), hasVariable('APPTAINER_NO_MOUNT', 'home')),
    text: '`--no-home`, and a site’s `APPTAINER_NO_HOME` or `APPTAINER_NO_MOUNT=home`, give an empty home directory that can be written',
    reason: 'with Apptainer HOME names a directory that is not there',
  },
  {
    exec: ['apptainer'],
    wrap: ['apptainer'],
    fields: ['start', ...WHERE],
    when: situation => situation.image === 'home-link' && isBesideHome(situation),
    text: 'in an image whose `/home` is a link, a job does not start where something has to be shown below `/home` beside the home, or below an empty one',
    reason:
      'Apptainer makes no such places there; by hand it fails too, or is silently in another directory. Other runtimes can',
  },
  {
    ...BUILT,
    fields: WHERE,
    when: situation => situation.image === 'home-link' && isBesideHome(situation),
    text: 'in an image whose `/home` is a link, the caller’s directory is shown below `/home` beside the home',
    reason: 'Apptainer shows it nowhere there, and the job is silently in its home',
  },
  {
    ...BUILT,
    fields: ['passwd', 'group', 'place /etc*', 'cwd-names'],
    when: ofImage('no-passwd'),
    text: 'an image without `/etc/passwd` or `/etc/group` gets one with your name',
    reason: 'Apptainer leaves it without; programs that ask who they are fail',
  },
  {
    ...BUILT,
    fields: ['variable PWD', 'cwd', 'place /home'],
    when: ofImage('home-link', 'tmp-link', 'vartmp-link'),
    text: 'where the image’s `/home` or `/tmp` is a link, a directory in it is shown by the name that was typed, which PWD keeps',
    reason: 'Apptainer gives the name that the link leads to; both are the same directory',
  },
  {
    ...ALL,
    fields: WHERE,
    when: goesByLinkOfHome,
    text: 'a bind or a `--workdir` by the name of a link in the home is found by the link',
    reason: 'Apptainer drops it and says nothing; the link leads nowhere then',
  },
  {
    ...ALL,
    fields: ['place *', 'cwd-names'],
    when: hasVariable('X509_USER_PROXY', '/home/me/proxy-link'),
    text: 'a proxy by the name of a link in the home is found by the link',
    reason:
      'Apptainer that is told to bind it drops it where something else is bound in the root, and says nothing',
  },
  {
    exec: ['bubblewrap'],
    wrap: ['bubblewrap'],
    fields: ['start'],
    when: situation =>
      ofImage('many-homes')(situation) ||
      (ofImage('many')(situation) &&
        situation.binds.some(({ place }) => place?.startsWith('/usr/lib/big/') === true)),
    text: 'an image with thousands of entries in `/home`, or in a directory of its own in which something is bound, is refused',
    reason: 'bwrap takes 9,000 words, and its layers (overlay) only from 0.11 on',
  },
  {
    ...BUILT,
    fields: ['start'],
    when: ({ writableTmpfs }) => writableTmpfs,
    text: '`--writable-tmpfs` is refused',
    reason: 'the root is put together of the image’s entries, which stay read-only',
  },
  {
    ...BUILT,
    fields: ['place *', 'cwd-names'],
    when: hasVariable('APPTAINER_WRITABLE_TMPFS'),
    text: 'a site’s `APPTAINER_WRITABLE_TMPFS` counts for Apptainer alone',
    reason:
      'the root is put together of the image’s entries, which stay read-only; without the option nobody asked for more',
  },
  {
    ...BUILT,
    fields: ['place *', 'cwd-names'],
    when: hasVariable('APPTAINER_WORKDIR'),
    text: 'a site’s `APPTAINER_WORKDIR` counts for Apptainer alone',
    reason: 'it makes directories on the host; a contained job’s `/tmp` is in memory elsewhere',
  },
  {
    exec: OTHERS,
    wrap: [],
    fields: ['place /etc*', 'zone', 'cwd-names', 'place *'],
    when: hasVariable('APPTAINER_NO_MOUNT', 'bind-paths'),
    text: 'a site’s `APPTAINER_NO_MOUNT=bind-paths` counts for Apptainer alone',
    reason:
      'it leaves out what Apptainer’s own configuration binds: `/etc/hosts` and `/etc/localtime`, which every job needs',
  },
  {
    ...ALL,
    fields: ['variable PWD', 'cwd*'],
    when: situation => situation.cwd === '/usr/share' && hasVariable('APPTAINER_NO_MOUNT', 'cwd')(situation),
    text: 'with a site’s `APPTAINER_NO_MOUNT=cwd` a job is in its home where the caller is deep in a system directory (`/usr/share`)',
    reason:
      'Apptainer takes the image’s directory of that name, which is another one; jcds does so for those in the root',
  },
  {
    ...ALL,
    fields: ['passwd', 'place /etc/passwd', 'variable HOME'],
    when: ({ home }) => home === '/home/me/' || home === '/tmp/home/',
    text: 'of a HOME with a slash at the end, `/etc/passwd` (and HOME, without a home) may have the name with or without it',
    reason:
      'Apptainer keeps the slash of an account’s home and drops that of `--home`; it is the same directory',
  },
  {
    ...EXEC,
    fields: ['variable LANG', 'variable USER'],
    when: anyOf(siteSays('CLEANENV', '1'), siteSays('CONTAINALL', '1')),
    text: 'a site’s `APPTAINER_CLEANENV` or `APPTAINER_CONTAINALL` does what `--env-policy clean` does: USER stays, LANG is not set to C',
    reason: 'what a terminal needs is kept on every runtime alike; `--env` sets more',
  },
  {
    ...ALL,
    fields: [...WHERE, 'left on the host'],
    when: hidesHome,
    text: 'a bind onto what the home is in (`/home`) hides the home, but not the caller’s directory; a contained job is in `/` then',
    reason: 'Apptainer makes an empty directory in the bind’s source on the host, and the job is there',
  },
  {
    exec: ['apptainer'],
    wrap: ['apptainer'],
    fields: ['start'],
    when: hidesCwd,
    text: 'with a bind onto what the caller’s directory is in (`-B x:/home` from `/home/me/sub`) the job does not start',
    reason:
      'Apptainer makes no place in what is bound; by hand the job is silently in another directory. Other runtimes make it',
  },
  {
    ...ALL,
    fields: ['place *', 'cwd-names', 'left on the host'],
    when: isAboveShown,
    text: 'what is shown at or below the caller’s directory is there',
    reason: 'Apptainer mounts the caller’s directory last, over it',
  },
  {
    ...ALL,
    fields: ['start', 'place *', 'cwd-names'],
    when: anyOf(isMissingInReadOnly, isLedIntoBind),
    text: 'nothing is made in a directory that is bound read-only, nor where a link of the image leads into one that is bound: `-B` ends there, and a site’s bind is left out with a note',
    reason:
      'Apptainer makes it on the host: whoever writes the image’s links or the site’s binds could have files made',
  },
  {
    ...ALL,
    fields: WHERE,
    when: isBoundWhileContained,
    text: 'a contained job is in the caller’s directory where that is bound',
    reason: 'Apptainer starts every contained job in its home; `--workdir` chooses',
  },
  {
    ...ALL,
    // FOO may be drawn as what Apptainer makes of `$HOME`.
    fields: [...WHERE, 'variable HOME', 'variable FOO', 'passwd'],
    when: isElsewhereWhileContained,
    text: 'the empty home of a contained job has the name that `$HOME` says, where the account has another',
    reason:
      'jcds’ home is `$HOME` in every job; Apptainer’s is the account’s, and what is set by `--home` is shown',
  },
  {
    ...BUILT,
    fields: ['variable IFS'],
    when: hasVariable('IFS', ':'),
    text: 'a variable `IFS` of the caller reaches the job',
    reason: 'Apptainer’s own shell keeps it for itself',
  },
  {
    ...BUILT,
    fields: ['variable FOO'],
    when: hasVariable('APPTAINERENV_FOO', '$HOME'),
    text: 'values of `APPTAINERENV_NAME` reach the job as they are',
    reason: 'Apptainer has a shell in the container evaluate `$` and backticks in them',
  },
  {
    ...ALL,
    fields: ['standard error'],
    when: ({ cwd }) => cwd === DELETED,
    text: 'in a directory that was removed, `sh: 0: getcwd() failed` stands on standard error',
    reason: '/bin/sh (dash) says so before it reads the first line of bin/jcds or of a script',
  },
  {
    ...ALL,
    fields: ['start', 'cwd*', 'variable PWD', 'pwd-is-cwd', 'standard error'],
    when: ({ cwd, workdir, environment }) =>
      !isLasting(cwd) && (workdir !== null || environment.some(([name]) => name === 'APPTAINER_PWD')),
    text: 'in a directory that was removed or closed, `--workdir` and a site’s `APPTAINER_PWD` count, too',
    reason: 'Apptainer forgets them there, and the job is in its home',
  },
  {
    exec: ['bubblewrap'],
    wrap: ['bubblewrap'],
    fields: ['start'],
    when: ({ set }) => set.some(([name]) => name === 'PWD'),
    text: '`--env PWD=…` is refused',
    reason: 'bubblewrap sets PWD itself',
  },
  {
    ...ALL,
    fields: ['*'],
    when: hasVariable('APPTAINER_FAKEROOT'),
    text: '`APPTAINER_FAKEROOT` makes nobody root, and under Apptainer the home stays the caller’s',
    reason: 'only Apptainer has such a root; `--runtime-arg --fakeroot` asks for it',
  },
];
