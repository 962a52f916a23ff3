import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { isEnvironmentFileDropped } from '../../src/rootfs/environment-dropped.ts';
import { inspectImage } from '../../src/rootfs/inspect.ts';
import { environmentFile, runscript } from './apptainer-writes.ts';
import { temporaryDirectory } from './tree-on-disk.ts';

/** The real Apptainer: what it writes is read back, and what it drops is known. */
const HARD: readonly (readonly [string, string])[] = [
  ['PATH', '/opt/a"b:/bin:$HOME/x'],
  ['FOO', 'bar baz'],
  ['EMPTY', ''],
  ['DOLLAR', 'a$HOME "q" \\ z'],
  ['LINES', 'a\nb\tc\r'],
  ['UNI', 'héé…\u00a0x\u0001\u200b\u{e0001}\u{1f600}\x7f'],
  ['SQ', "it's"],
  ['BT', '`echo hi`'],
];
const ENTRYPOINT = ['/entry.sh', 'a b', 'q"\'$x`\\', ''];
const CMD = ['sh', '-c', "echo 'hi'\necho two", '$HOME'];

let image: string;

beforeAll(() => {
  const work = temporaryDirectory();
  const root = join(work, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  execFileSync('cp', ['/bin/busybox', join(root, 'bin')]);
  for (const name of ['sh', 'env']) execFileSync('ln', ['-s', 'busybox', join(root, 'bin', name)]);
  const layout = ociLayout(work, root, {
    Env: HARD.map(([name, value]) => `${name}=${value}`),
    Entrypoint: ENTRYPOINT,
    Cmd: CMD,
  });
  image = join(work, 'image');
  execFileSync('apptainer', ['-q', 'build', '--sandbox', image, `oci:${layout}`], { stdio: 'pipe' });
}, 120_000);

/** The smallest OCI image layout: one layer, one configuration, one manifest. */
function ociLayout(work: string, root: string, config: object): string {
  const layout = join(work, 'oci');
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const blob = (mediaType: string, content: Buffer | object) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hex), bytes);
    return {
      mediaType: `application/vnd.oci.image.${mediaType}`,
      digest: `sha256:${hex}`,
      size: bytes.length,
    };
  };
  const layer = blob(
    'layer.v1.tar',
    execFileSync('tar', ['-C', root, '-cf', '-', '.'], { maxBuffer: 64 * 1024 * 1024 }),
  );
  const described = blob('config.v1+json', {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = blob('manifest.v1+json', { schemaVersion: 2, config: described, layers: [layer] });
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return layout;
}

test('the real build is read back whole', () => {
  const facts = inspectImage(image, []);
  expect(facts.config.env).toEqual(HARD);
  expect(facts.config.entrypoint).toEqual(ENTRYPOINT);
  expect(facts.config.cmd).toEqual(CMD);
  expect(facts.singularityMissing).toEqual([]);
  expect(facts.hasShell).toBe(true);
  expect(facts.origin).toMatchObject({ bootstrap: 'oci' });
  expect(facts.environmentFileDropped).toBe(true);
});

test('the tests write what the real one writes', () => {
  const read = (name: string): string => readFileSync(join(image, '.singularity.d', name), 'utf8');
  expect(read('env/10-docker2singularity.sh')).toBe(environmentFile(HARD));
  const head = runscript(ENTRYPOINT, CMD).split('\n\n')[0]!;
  expect(read('runscript').startsWith(head)).toBe(true);
});

const VALUES = [
  'plain',
  'a b',
  "it's",
  "it''s",
  '"',
  'a"b',
  '\\',
  '\\\\',
  'a\\',
  '\n',
  '\t',
  '#',
  '!',
  '*',
  '~',
  '}',
  '{}',
  'a"}b',
  '(',
  ')',
  '&',
  '|',
  ';',
  '<(a)',
  '$',
  '$$',
  '$HOME',
  '${HOME}',
  '$}',
  '$ x',
  '$1',
  '${1}',
  '$@',
  '$?',
  "$'x'",
  '$"x"',
  '$[1]',
  '\\$x',
  '$()',
  '$(true)',
  'é',
  '\u00a0',
  '\u0001',
  '\x7f',
  '`',
  '``',
  '`a`',
  "it's `x",
  "`it's`",
  '\\`',
  'a`b`c',
  '`"`',
  '${',
  '${HOME',
  '${a b}',
  '${!x}',
  '$(',
  "$(it's)",
  '$((',
  '$(a;;b)',
  '$(|)',
  '$(if)',
  '$(let)',
  '${#}',
  '${HOME:-x}',
  '$(done)',
  '$(function a)',
  '$(echo }',
  '$(#)',
  '$(echo `a`)',
];
/** Those that Apptainer can parse and that count as dropped all the same: passing the values is right for them too. */
const DOUBTFUL = ['$(echo "x")', '$((1+2))', '${HOME/a/b}', '${x[1]}', '$(a|b)', '$(a;b)'];

test('a file that Apptainer drops is known, and no other but those in doubt', () => {
  const file = join(image, '.singularity.d/env/10-docker2singularity.sh');
  const found = [...VALUES, ...DOUBTFUL].map(value => {
    const text = environmentFile([
      ['JCDS_FIRST', '1'],
      ['JCDS_VALUE', value],
    ]);
    writeFileSync(file, text);
    const { stdout } = spawnSync('apptainer', ['-s', 'exec', '--userns', '--cleanenv', image, '/bin/env'], {
      encoding: 'utf8',
    });
    return { value, real: !/^JCDS_FIRST=1$/m.test(stdout), said: isEnvironmentFileDropped(text) };
  });
  expect(found.filter(({ real, said }) => real && !said)).toEqual([]);
  expect(found.filter(({ real, said }) => said && !real).map(({ value }) => value)).toEqual(DOUBTFUL);
}, 120_000);
