import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { HostSetting, imageInCvmfs, inImage } from './host-setting.ts';

// The thread from a name to a process, on real images of every layout and the real Apptainer, for root and for a user.
const host = new HostSetting();
afterAll(() => host.remove());
const CERN = ['--repository', 'unpacked.cern.ch'];
const GALAXY = ['--repository', 'singularity.galaxyproject.org'];
const BMN = 'git.jinr.ru:5005/nica/docker-images/bmn';

const images: [title: string, words: string[], image: string][] = [
  ['JINR', [`${BMN}:latest`], 'containers.jinr.ru/nica/docker-images/bmn:latest'],
  ['a real directory with a colon', [`${BMN}:index`], 'containers.jinr.ru/nica/docker-images/bmn:index'],
  ['CERN', [...CERN, `${BMN}:latest`], `unpacked.cern.ch/${BMN}:latest`],
  ['no record of an image', ['-q', 'library/plain:12'], 'containers.jinr.ru/library/plain:12'],
];

describe.each(host.people)('$name', person => {
  const status = join(host.home(person), 'status.json');
  const decided = () => JSON.parse(readFileSync(status, 'utf8'));

  test.each(images)('%s: prints the image’s own file through the real Apptainer', (_title, words, image) => {
    const ended = host.jcds(person, ['exec', '--status-file', status, ...words, 'cat', '/etc/os-release']);
    expect(ended).toEqual({ code: 0, stdout: inImage(image, 'etc/os-release'), stderr: '' });
    expect(decided()).toMatchObject({
      outcome: 'starting',
      runtime: 'apptainer',
      target: imageInCvmfs(image),
    });
  });

  test.each([
    ['SIF', 'small:1.0--h1a2b3c4_0'],
    ['squashfs', 'quay.io/biocontainers/squash:1.0--0'],
  ])('an image file: %s', (_kind, name) => {
    const script = 'id -u; ls -d /.singularity.d; exit 7';
    const ended = host.jcds(person, ['exec', '--status-file', status, ...GALAXY, name, 'sh', '-c', script]);
    expect(ended).toEqual({ code: 7, stdout: `${person.uid}\n/.singularity.d\n`, stderr: '' });
    expect(decided()).toMatchObject({
      runtime: 'apptainer',
      target: expect.stringMatching(/^\/cvmfs\/.*\/all\//),
    });
  });

  test('run: the image’s entrypoint gets the words, or its CMD', () => {
    const runscript = inImage('containers.jinr.ru/nica/docker-images/bmn:latest', '.singularity.d/runscript');
    expect(runscript).toContain(`OCI_ENTRYPOINT='"/opt/app/entry.sh"'`);
    const own = host.jcds(person, ['run', `${BMN}:latest`]);
    const given = host.jcds(person, ['run', `${BMN}:latest`, 'echo', '$HOME', "it's"]);
    expect([own.code, own.stderr, given.code, given.stderr]).toEqual([0, '', 0, '']);
    expect(given.stdout).toContain("$HOME it's\n");
    expect(own.stdout).toContain('hello world\n');
  });

  test('shell: bash where the image has it, else sh', () => {
    const input = 'echo "${BASH_VERSION:+bash} $0 $(pwd)"; exit 3\n';
    const shell = (name: string) => host.jcds(person, ['shell', name], { input });
    expect(shell(`${BMN}:latest`)).toEqual({
      code: 3,
      stdout: `bash /bin/bash ${host.work(person)}\n`,
      stderr: '',
    });
    expect(shell('library/small:1')).toEqual({
      code: 3,
      stdout: ` /bin/sh ${host.work(person)}\n`,
      stderr: '',
    });
  });

  test('the job knows its image, by name and by directory', () => {
    const { stdout } = host.jcds(person, ['exec', BMN, 'sh', '-c', 'echo "$JCDS_IMAGE $JCDS_IMAGE_PATH"']);
    const directory = imageInCvmfs('containers.jinr.ru/nica/docker-images/bmn:latest');
    expect(stdout).toBe(`${BMN} ${directory}\n`);
  });

  test('CVMFS at another place: links are sent there, and the job finds it at both', () => {
    const root = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`;
    const empty = join(host.home(person), 'empty');
    mkdirSync(empty, { recursive: true });
    const list = 'ls -d /cvmfs/containers.jinr.ru "$1/containers.jinr.ru"; cat /etc/debian_version';
    const words = ['exec', '--cvmfs-root', root, `${BMN}:latest`, 'sh', '-c', list, 'sh', root];
    expect(host.jcds(person, words, { cvmfs: empty })).toEqual({
      code: 0,
      stdout: `/cvmfs/containers.jinr.ru\n${root}/containers.jinr.ru\n${inImage('containers.jinr.ru/library/debian:12', 'etc/debian_version')}`,
      stderr: '',
    });
  });

  test('the second start of an image needs neither a probe nor a look into it', () => {
    const words = ['exec', 'library/small:1', 'true'];
    host.jcds(person, words);
    const trace = join(host.setting.folder, `trace-${person.name}`);
    const through = ['strace', '-f', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-o', trace];
    expect(host.jcds(person, words, { through }).code).toBe(0);
    const started = readFileSync(trace, 'latin1').match(/execve\(.*\) = 0$/gm) ?? [];
    expect(started.filter(line => /jcds-plan|apptainer/.test(line)).length).toBeGreaterThan(1);
    expect(started.filter(line => /jcds-probe|--jcds-look/.test(line))).toEqual([]);
  });
});
