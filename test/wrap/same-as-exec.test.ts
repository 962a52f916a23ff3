import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { elfHeader, singularityRecord, smallImage } from '../hosts/image-files.ts';
import { SHELLS, Stage } from './stage.ts';
import { seen, shown, unsaid } from './views.ts';

// What `jcds exec` starts a runtime with, and what the script that `jcds wrap` wrote starts it with, are the same.

const stage = new Stage();
afterAll(() => stage.remove());

/** The machine of ELF files that this host can run. */
const MACHINE = process.arch === 'arm64' ? 183 : 62;

const ENV = { PATH: '/opt/app/bin:/usr/bin:/bin', PLAIN: 'yes', GREETING: 'привет' };
stage.publish({
  'library/plain:1': { files: { ...smallImage(), ...singularityRecord({ from: 'plain:1', env: ENV }) } },
  'library/hard:1': {
    files: {
      ...smallImage(),
      ...singularityRecord({ from: 'hard:1', env: { ...ENV, DOLLAR: '$HOME "q" \\ \'s' } }),
    },
  },
  'library/dropped:1': {
    files: { ...smallImage(), ...singularityRecord({ from: 'dropped:1', env: { ...ENV, TICK: "`it's" } }) },
  },
  'library/bare:1': { files: { 'bin/sh': { program: elfHeader(MACHINE) }, 'etc/x': '' } },
  'library/lost:1': { files: smallImage() },
  'library/strange:1': {
    files: {
      'bin/sh': { program: elfHeader(MACHINE) },
      'etc/hosts/x': '',
      sys: 'a file',
      'etc/passwd': { link: '/no/such' },
    },
  },
});
const made = (...names: string[]) => names.map(name => join(stage.folder, name));
const [data = '', odd = '', file = '', link = '', colon = '', tab = ''] = made(
  'data',
  'odd: , \\ " \' $x',
  'a-file',
  'link',
  'a:b',
  'a\tb',
);
/** Not below /tmp, which is shown besides. */
const outside = realpathSync(mkdtempSync(join(import.meta.dirname, '.wrap-')));
afterAll(() => rmSync(outside, { recursive: true }));
for (const directory of [
  join(outside, 'sub'),
  data,
  join(data, 'sub'),
  odd,
  colon,
  tab,
  join(stage.work, 'sub'),
])
  mkdirSync(directory);
writeFileSync(file, '');
symlinkSync(stage.work, link);

interface Case {
  readonly options?: readonly string[];
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly cwd?: string;
  /** The one runtime that this is about. */
  readonly only?: string;
  /** Runtimes whose scripts refuse it with these words, where `jcds exec` starts the job. */
  readonly refused?: Readonly<Record<string, RegExp>>;
}

const CASES: Record<string, Case> = {
  'nothing said': {},
  'an image whose ENV Apptainer gets wrong': { image: 'library/hard:1' },
  'an image whose ENV file Apptainer drops': { image: 'library/dropped:1' },
  'an image without mount points': { image: 'library/bare:1' },
  'an image that lost its metadata': { image: 'library/lost:1' },
  'a path': { image: '/cvmfs/containers.jinr.ru/library/plain:1' },
  'values of the caller that the image has too': { environment: { PLAIN: 'mine', GREETING: '' } },
  'hard values of the caller that the image has too': {
    image: 'library/hard:1',
    environment: { DOLLAR: 'mine $x', APPTAINERENV_PLAIN: 'addressed' },
  },
  'a hard value of the image where the caller addresses one': {
    image: 'library/hard:1',
    environment: { APPTAINERENV_DOLLAR: 'addressed' },
  },
  'what is never passed on': {
    environment: {
      JCDS_TOKEN_GIT_JINR_RU: 'secret',
      APPTAINERENV_JCDS_TOKEN_GIT_JINR_RU: 'secret',
      GITLAB_TOKEN: 'secret',
      SINGULARITYENV_GITHUB_TOKEN: 'secret',
      PYTHONPATH: '/x',
      LD_PRELOAD: '',
      LD_LIBRARY_PATH: '/x',
      PERL5LIB: '/x',
    },
  },
  clean: {
    options: ['--env-policy', 'clean'],
    environment: { TERM: 'xterm', LANG: 'C', USER: 'me', FOO: 'bar', X509_USER_PROXY: '/tmp/x', 'a.b': '1' },
  },
  hep: {
    options: ['--env-policy', 'hep'],
    environment: {
      ...{
        X509_CERT_DIR: '/x',
        http_proxy: 'p',
        HTTPS_PROXY: 'q',
        SLURM_JOBID: '1',
        _CONDOR_SLOT: 's',
        FOO: 'x',
      },
      ...{ LC_TIME: 'C', Xrdx: '1', XRDx: '1', OMP_NUM_THREADS: '2', 'X509_a.b': 'odd', 'odd.name': '1' },
    },
  },
  '--cleanenv is --env-policy clean': { options: ['--cleanenv'], environment: { FOO: 'bar' } },
  'names that no shell holds, and names that shells keep': {
    environment: {
      ...{ 'BASH_FUNC_module%%': '() {  eval `x`;\n echo "$@"\n}', 'with-dash.and.dot': 'x y', '1st': '1' },
      ...{
        IFS: ':',
        PPID: '5',
        OPTIND: '5',
        SHLVL: '7',
        OLDPWD: '/no/such',
        PS1: '$ ',
        PS4: '>',
        RANDOM: '1',
        UID: '5',
      },
      ...{
        LINENO: '3',
        _: '/usr/bin/me',
        BASHOPTS: 'x',
        SHELLOPTS: 'vi',
        EPOCHSECONDS: '1',
        BASH_ENV: '/no/such',
      },
    },
  },
  '--env and --env-file': {
    options: [
      ...[
        '--env',
        'A=1',
        '--env',
        'B=$HOME `id` "\\',
        '--env',
        'THEIRS',
        '--env',
        'ABSENT',
        '--env',
        'PLAIN=given',
      ],
      ...['--env', 'LINES=a\n\nb\n', '--env', 'EMPTY=', '--env', 'PATH=/only'],
    ],
    environment: { THEIRS: 'their $value', APPTAINERENV_PREPEND_PATH: '/first', A: 'host' },
  },
  'PATH as the caller addresses it': {
    environment: { APPTAINERENV_PREPEND_PATH: '/first', SINGULARITYENV_APPEND_PATH: '/last' },
  },
  'binds: files, directories, read-only, odd names, below each other': {
    options: [
      ...[
        '-B',
        `${data}:/data:ro`,
        '--bind',
        `${file}:/place with blanks/file`,
        '--volume',
        data,
        '--bind',
        `${data}/sub:/a/b`,
      ],
      ...['--mount', `type=bind,"src=${odd.replaceAll('"', '""')}",dst=/place with blanks`],
      ...['--mount', `type=bind,src=${data},dst=/a,b",ro`.replace('dst=/a,b"', '"dst=/a,b"""')],
    ],
  },
  'a place that is missing in what is bound read-only': {
    options: ['-B', `${data}:/data:ro`, '-B', `${file}:/data/sub/file`],
  },
  'a bind above and below what jcds binds itself': {
    options: ['-B', `${data}:${join(stage.home, 'x')}`, '-B', `${data}:/cvmfs/below`, '--workdir', '/x'],
  },
  'a bind in the place of one of jcds’ own': { options: ['-B', `${data}:/cvmfs`] },
  'configured binds, one of them missing': {
    environment: { JCDS_BINDS: `${data}:/configured,/no/such/directory,${data}:/data` },
    options: ['-B', `${file}:/data`],
  },
  'a working directory': { options: ['--workdir', '/etc'] },
  '--pwd and --cwd': { options: ['--pwd', '/bin', '--cwd', '/etc'] },
  'a directory reached by a link': { cwd: link, environment: { PWD: link } },
  'no PWD': { without: ['PWD'] },
  'a PWD that is wrong': { environment: { PWD: '/etc' } },
  'a directory that is the image’s': { cwd: '/etc', environment: { PWD: '/etc' } },
  'a directory that the image has not': { cwd: '/mnt', environment: { PWD: '/mnt' } },
  'one of the image, contained': { cwd: '/usr', environment: { PWD: '/usr' }, options: ['--contain'] },
  'below one of the image': {
    cwd: '/usr/bin',
    environment: { PWD: '/usr/bin' },
    options: ['--workdir', '/x'],
  },
  'the root as working directory': { cwd: '/', environment: { PWD: '/' } },
  'a home of one’s own': { options: ['--home', data] },
  'a home elsewhere': { options: ['--home', `${data}:/home/me`] },
  'the root as home': { environment: { HOME: '/', XDG_CONFIG_HOME: outside } },
  'a home in the place of the caller’s directory': {
    options: ['--home', `${data}:${stage.home}`],
    cwd: stage.home,
    environment: { PWD: stage.home },
  },
  'a home with a colon in its name': { options: ['--home', colon] },
  'no home': { options: ['--no-home'] },
  'a home that is not there': { environment: { HOME: '/no/such' } },
  'no HOME': { without: ['HOME'] },
  contained: { options: ['--contain'] },
  'contained, in a directory that is bound': { options: ['--contain', '-B', stage.home] },
  'contained, in a directory that is bound elsewhere': {
    options: ['--contain', '-B', `${data}:${stage.home}`],
  },
  'contained, with credentials and a display': {
    options: ['--contain'],
    environment: { DISPLAY: ':0', X509_USER_PROXY: file, XAUTHORITY: '/no/such' },
  },
  'contained, without a /dev': { options: ['--contain'], image: 'library/bare:1' },
  credentials: {
    environment: {
      KRB5CCNAME: `FILE:${file}`,
      X509_USER_PROXY: data,
      BEARER_TOKEN_FILE: '/etc/hostname',
      XAUTHORITY: join(stage.home, 'x'),
    },
  },
  'a credential below a bind, which the job may write to': {
    environment: { KRB5CCNAME: `DIR:${outside}/sub` },
    options: ['-B', outside],
  },
  'a credential below a bind, contained': {
    environment: { KRB5CCNAME: `DIR::${outside}/sub/tkt` },
    options: ['--contain', '-B', outside],
  },
  'a GPU': { options: ['--gpu', 'nvidia'] },
  'variables that would steer the runtime': {
    options: ['--env', 'LD_LIBRARY_PATH=/given', '--env', 'THEIRS', '--env', 'LC_ALL=C'],
    environment: {
      ...{ GLIBC_TUNABLES: 'glibc.malloc.check=3', LD_BIND_NOW: '1', LOCPATH: '/x' },
      ...{
        APPTAINERENV_LD_LIBRARY_PATH: '/addressed',
        SINGULARITYENV_ADDRESSED: 'a  b',
        APPTAINERENV_ADDRESSED: 'wins',
        GLOBIGNORE: '*',
      },
      ...{ BASHOPTS: 'dotglob:failglob', CDPATH: '/', ENV: '/no/such', POSIXLY_CORRECT: '1' },
    },
  },
  'a value that is passed on whatever the policy': {
    options: ['--env-policy', 'clean', '--env', 'THEIRS', '--env', 'PYTHONPATH', '--env', 'ABSENT'],
    environment: { THEIRS: 'their $value', PYTHONPATH: '/x' },
  },
  '--rocm': { options: ['--rocm'] },
  'no GPU': { options: ['--gpu', 'none'] },
  'a writable layer and arguments for the runtime': {
    only: 'apptainer',
    options: [
      '--writable-tmpfs',
      '--runtime-arg',
      '--no-mount',
      '--runtime-arg=tmp',
      '--runtime-arg',
      "it's $x",
    ],
  },
  Singularity: {
    only: 'apptainer',
    options: ['--runtime', 'singularity'],
    environment: { APPTAINERENV_X: '$x', SINGULARITYENV_Y: 'y', APPTAINERENV_Y: 'z' },
  },
  'a carriage return before a line end': {
    options: ['--env', 'CR=a\r\nb'],
  },
  'a carriage return before a line end, of the caller': {
    environment: { CR: 'a\r\nb' },
    refused: { apptainer: /^jcds: apptainer would change an argument or a variable: .*\nhint: jcds exec / },
  },
  'a name with a tab': {
    environment: { X509_USER_PROXY: tab },
    options: ['--contain', '-B', data],
    refused: {
      apptainer: /^jcds: a script cannot show a directory of such a name: .*\nhint: jcds exec /,
      bubblewrap: /^jcds: a script cannot show a directory of such a name: .*\nhint: jcds exec /,
    },
  },
  'a credential whose name has a colon': {
    environment: { X509_USER_PROXY: colon },
    options: ['--contain'],
    refused: { apptainer: /^jcds: a script cannot show a directory of such a name: .*\nhint: jcds exec / },
  },
  'a variable with a name of the script’s own': {
    environment: { jcds_options: '; touch /x' },
    refused: {
      apptainer: /^jcds: the variable jcds_options cannot be handed to the job: .*\nhint: .*jcds exec/,
      bubblewrap: /^jcds: the variable jcds_options cannot be handed to the job: .*\nhint: .*jcds exec/,
    },
  },
  'a directory where a file is wanted, and a file where a directory is': {
    image: 'library/strange:1',
    only: 'bubblewrap',
    refused: { bubblewrap: /^jcds: nothing can be shown at "\/sys" in this image: it is no directory / },
  },
  'non-ASCII values': { environment: { NAME: 'Дубна', 'odd.one': 'é\n', OTHER: 'x' } },
};

const RUNTIMES = { apptainer: seen, bubblewrap: shown };

describe.each(Object.entries(RUNTIMES))('by %s', (runtime, view) => {
  test.each(Object.entries(CASES).filter(([, { only = runtime }]) => only === runtime))(
    '%s',
    (_, { options = [], image = 'library/plain:1', environment, without = [], cwd, refused }) => {
      const words = ['--runtime', runtime, ...options, image, 'sh', '-c', 'a  "b"', "it's"];
      const caller = stage.environment(environment);
      const script = stage.wrap(words, caller);
      for (const name of without) delete caller[name];
      const byHand = stage.run([stage.jcds, 'exec', ...words, 'x y', ''], caller, cwd);
      const expected = { ...view(byHand, stage.home), stderr: unsaid(byHand.stderr) };
      const refusal = refused?.[runtime];
      if (refusal !== undefined) {
        expect(byHand.started).not.toBe(null);
        for (const [shell] of SHELLS)
          expect(stage.run([...stage.by(shell, script), 'x y', ''], caller, cwd), shell).toEqual({
            ...{ status: 125, stdout: '', started: null },
            stderr: expect.stringMatching(refusal),
          });
        return;
      }
      for (const [shell] of SHELLS)
        expect(
          view(stage.run([...stage.by(shell, script), 'x y', ''], caller, cwd), stage.home),
          shell,
        ).toEqual(expected);
    },
  );
});
