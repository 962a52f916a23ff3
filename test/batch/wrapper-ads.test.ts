import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { SHELLS } from '../wrap/stage.ts';
import { ad, JobStage, starting } from './job-stage.ts';

// Which jobs the wrapper takes by what stands in their ads, and which it leaves as they are.

const stage = new JobStage(['--attribute', 'SingularityImage', '--attribute', 'ContainerImage']);
afterAll(() => stage.remove());
const directory = join(stage.cvmfs, 'containers.jinr.ru');
const targets = stage.publish({
  'library/small:1': { files: { ...smallImage(), ...singularityRecord({ from: 'small:1' }) } },
  'library/other:1': { files: { ...smallImage(), ...singularityRecord({ from: 'other:1' }) } },
});
/** More than one variable can hold. */
const HUGE = 1 << 17;
const program = join(stage.folder, 'a program');
writeFileSync(
  program,
  '#!/bin/sh\nfor word in "$@"; do printf "[%s]" "$word"; done\nprintf "\\0"\ncat /proc/$$/environ\nexit 9\n',
  {
    mode: 0o755,
  },
);
const WORDS = [program, 'a b', "it's", '', '$x "q"\n'];
beforeEach(() => stage.prepare(ad()));

const INSIDE: Record<string, [lines: string[], name: string]> = {
  'a name': [['JCDSImage = "library/small:1"'], 'library/small:1'],
  'a name without library': [['JCDSImage = "small:1"'], 'library/small:1'],
  'a path': [
    ['JCDSImage = "/cvmfs/containers.jinr.ru/library/small:1"'],
    '/cvmfs/containers.jinr.ru/library/small:1',
  ],
  'a name written by hand, without blanks, in another case': [
    ['jcdsimage="library/small:1"'],
    'library/small:1',
  ],
  'more blanks': [['JCDSImage  =   "library/small:1"'], 'library/small:1'],
  'HTCondor’s own attribute': [['SingularityImage = "library/small:1"'], 'library/small:1'],
  'and the other': [['ContainerImage = "library/small:1"'], 'library/small:1'],
  'jcds’ own goes first': [
    ['ContainerImage = "library/other:1"', 'SingularityImage = "x:1"', 'JCDSImage = "library/small:1"'],
    'library/small:1',
  ],
  'an empty one counts for none': [
    ['JCDSImage = ""', 'SingularityImage = "library/small:1"'],
    'library/small:1',
  ],
  'an undefined one too': [
    ['JCDSImage = undefined', 'ContainerImage = "library/small:1"'],
    'library/small:1',
  ],
  'no container wanted': [
    ['WantContainer = false', 'WantDocker = false', 'JCDSImage = "small:1"'],
    'library/small:1',
  ],
  'lines of a megabyte, and bytes that are no text': [
    [`Environment = "A=${'x'.repeat(HUGE)}"`, 'Notes = "\xff\xfe\x80"', 'JCDSImage = "small:1"'],
    'library/small:1',
  ],
};

const UNTOUCHED: Record<string, string[]> = {
  'nothing of an image': [],
  'an attribute whose name only begins so': ['JCDSImageX = "small:1"', 'MyJCDSImage = "small:1"'],
  'an undefined image': ['JCDSImage = undefined'],
  'an empty image': ['JCDSImage = ""'],
  'a text that looks like an attribute': [
    'Args = "\\nJCDSImage = \\"small:1\\""',
    'Env = "A=\'JCDSImage = 1\'"',
  ],
  'a container of HTCondor’s own': ['JCDSImage = "small:1"', 'WantContainer = true'],
  'a docker job': ['WantDocker = TRUE', 'JCDSImage = "small:1"'],
  'that, and a wrong type': ['JCDSImage = 5', 'wantcontainer=true'],
  'a line of a megabyte': [`Environment = "A=${'x'.repeat(HUGE)}"`],
};

const FAULTS: Record<string, [lines: string[], said: string]> = {
  'a number': [['JCDSImage = 5'], 'JCDSImage is no text'],
  'a list': [['JCDSImage = { "small:1" }'], 'JCDSImage is no text'],
  'an expression': [['JCDSImage = strcat("small", ":1")'], 'JCDSImage is no text'],
  'an error': [['JCDSImage = error'], 'JCDSImage is no text'],
  'a text cut short': [['JCDSImage = "small:1'], 'JCDSImage is no text'],
  'nothing at all': [['JCDSImage ='], 'JCDSImage is no text'],
  'two values': [['JCDSImage = "small:1"', 'JCDSImage = "other:1"'], 'JCDSImage stands there twice'],
  'two values in two cases': [
    ['JCDSImage = "small:1"', 'JCDSIMAGE = "other:1"'],
    'JCDSImage stands there twice',
  ],
  'a wrong one of HTCondor’s': [['SingularityImage = 1'], 'SingularityImage is no text'],
  'bytes that are no text': [['JCDSImage = "sm\xffll:1"'], 'sm?ll:1'],
  'a name of a megabyte': [[`JCDSImage = "${'x'.repeat(HUGE)}"`], 'x'.repeat(200)],
};

const failed = (text: string) => ({
  schemaVersion: 2,
  outcome: 'failed',
  ...{ image: text, repository: null, path: null, target: null, runtime: null, exitCode: 125 },
  error: {
    code: 'INVALID_REFERENCE',
    message: expect.any(String) as string,
    hint: 'My.JCDSImage = "registry/repository:tag" in the submit description, or a path below /cvmfs',
  },
  waitingFor: null,
});

describe.each(SHELLS)('%s', shell => {
  test.each(Object.entries(INSIDE))('in the image: %s', (_, [lines, name]) => {
    stage.prepare(ad(...lines));
    const { started, told, ...ended } = stage.start(shell, ['/bin/sh', ...WORDS.slice(1)]);
    expect(ended).toEqual({ status: 7, stdout: 'ran\n', stderr: '' });
    const target = targets['library/small:1']!;
    expect(started!.args.slice(-6)).toEqual([target, '/bin/sh', ...WORDS.slice(1)]);
    const path = join(directory, 'library/small:1');
    expect(told).toEqual(starting(name, 'containers.jinr.ru', path, target));
    // Apptainer's own shell evaluates the rest in the container.
    const [image, mark] = started!.environment.get('APPTAINERENV_JCDS_IMAGE')!.split('$', 2);
    expect([image, mark]).toEqual([name, expect.stringContaining('\\042outcome\\042:\\042started\\042')]);
    expect(started!.environment.get('APPTAINERENV_JCDS_IMAGE_PATH')).toBe(target);
  });

  test.each(Object.entries(UNTOUCHED))('as it is: %s', (_, lines) => {
    stage.prepare(ad(...lines));
    expect(untouched(shell)).toEqual(byItself());
  });

  test.each(Object.entries(FAULTS))('refused: %s', (_, [lines, said]) => {
    stage.prepare(ad(...lines));
    const text = `jcds: the image that this job asks for is none: ${said}\n`;
    const name = said.startsWith('JCDSImage') || said.startsWith('Singularity') ? null : said;
    const { stderr, ...ended } = stage.start(shell, WORDS);
    expect(stderr).toBe(
      `${text}hint: My.JCDSImage = "registry/repository:tag" in the submit description, or a path below /cvmfs\n`,
    );
    const told = {
      ...failed(''),
      image: expect.toSatisfy((image: unknown) => name === null || image === name),
    };
    expect(ended).toEqual({ status: 125, stdout: '', started: null, told });
  });

  test('an ad that cannot be read is a reason to try elsewhere, not to run outside', () => {
    const environment = stage.jobEnvironment({ _CONDOR_JOB_AD: '/no/such\u001b[31m/ad' });
    const { status, stderr, started, told } = stage.start(shell, WORDS, { environment });
    const text = 'jcds: /no/such?[31m/ad cannot be read, which says whether this job wants an image\n';
    expect([status, stderr, started]).toEqual([
      75,
      `${text}hint: ask the administrator of this host\n`,
      null,
    ]);
    expect(told?.exitCode).toBe(75);
  });

  test.each([
    ['the starter’s singularity', '/usr/bin/singularity'],
    ['apptainer', '/opt/x/apptainer'],
  ])('whatever the ad says, %s is left as it is', (_, path) => {
    const [folder, name] = [join(stage.folder, `own ${path.split('/').at(-2)}`), path.split('/').at(-1)!];
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), readFileSync(program), { mode: 0o755 });
    stage.prepare(ad('JCDSImage = "small:1"'));
    const { status, stdout, started } = stage.start(shell, [join(folder, name), 'x']);
    expect([status, stdout.startsWith('[x]'), started]).toEqual([9, true, null]);
  });

  test('the sshd of condor_ssh_to_job is left as it is, and another one is a job', () => {
    stage.prepare(ad('JCDSImage = "small:1"'));
    const sshd = join(stage.folder, 'sshd');
    writeFileSync(sshd, readFileSync(program), { mode: 0o755 });
    const options = (folder: string) => ['-i', '-e', '-f', join(folder, '.condor_ssh_to_job_1/sshd_config')];
    const { status, stdout, told } = stage.start(shell, [sshd, ...options(stage.scratch)]);
    expect([status, stdout.startsWith('[-i][-e][-f]'), told]).toEqual([9, true, null]);
    expect(stage.start(shell, [sshd, ...options('/elsewhere')]).told).not.toBe(null);
    expect(stage.start(shell, [sshd]).told).not.toBe(null);
  });

  test('but a job’s own file of that name is a job', () => {
    stage.prepare(ad('JCDSImage = "small:1"'));
    const own = join(stage.scratch, 'singularity');
    writeFileSync(own, '#!/bin/sh\n', { mode: 0o755 });
    expect(stage.start(shell, [own]).started?.args.at(-1)).toBe(own);
  });

  test('outside HTCondor it does nothing', () => {
    const environment = { A: 'b' };
    const { status, stdout } = stage.start(shell, WORDS, { environment });
    expect([status, stdout.includes('A=b\0')]).toEqual([9, true]);
  });

  test('variables that no shell holds reach a job without an image too', () => {
    stage.prepare(ad(`Environment = "BASH_FUNC_ml%%='() { eval x; }' odd.name=1 A='x y'"`));
    const odd = { 'BASH_FUNC_ml%%': '() {  eval x\n}', 'odd.name': '\u00e9 x\ny', A: 'x y' };
    const environment = stage.jobEnvironment(odd);
    const { stdout, status } = stage.start(shell, WORDS, { environment });
    const seen = new Set(stdout.split('\0'));
    const wanted = ['BASH_FUNC_ml%%=() {  eval x\n}', 'odd.name=Ã© x\ny', 'A=x y'];
    expect(status).toBe(9);
    expect(wanted.filter(entry => !seen.has(entry))).toEqual([]);
  });
});

/** What the job says by the wrapper. bash adds what every bash adds. */
function untouched(shell: string): unknown {
  const { status, stdout, stderr, started, told } = stage.start(shell, WORDS);
  return { status, said: lines(stdout, shell), stderr, started, told };
}

function byItself(): unknown {
  const { status, stdout, stderr } = stage.run(WORDS, stage.jobEnvironment(), stage.scratch);
  return { status, said: lines(stdout, ''), stderr, started: null, told: null };
}

/** What a shell adds to an environment that lacks it. */
const OF_SHELLS: Readonly<Record<string, RegExp>> = {
  dash: /^PWD=/,
  bash: /^(?:PWD|OLDPWD|SHLVL|_)=/,
  busybox: /^(?:PWD|OLDPWD|SHLVL|PATH)=/,
};
function lines(stdout: string, shell: string): string[] {
  return stdout
    .split('\0')
    .filter(line => !OF_SHELLS[shell]?.test(line))
    .sort();
}
