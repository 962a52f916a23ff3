import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnvironmentFileDropped } from '../../src/rootfs/environment-dropped.ts';
import { parseEnvironmentFile } from '../../src/rootfs/environment-file.ts';
import {
  parseDefinition,
  parseLabels,
  parseRunscript,
  singularityConfig,
} from '../../src/rootfs/singularity-config.ts';
import { environmentFile, escaped, runscript } from './apptainer-writes.ts';

// As Apptainer 1.4.5 left it of an image with hard values.
const REAL = String.raw`#!/bin/sh
export PATH="/opt/a\\\"b:/bin:\\$HOME/x"
export FOO="${'$'}{FOO:-"bar baz"}"
export EMPTY="${'$'}{EMPTY:-""}"
export DOLLAR="${'$'}{DOLLAR:-"a\\$HOME \\\"q\\\" \\\\ z"}"
export NL="${'$'}{NL:-"a\nb"}"
export TAB="${'$'}{TAB:-"a\tb"}"
export UNI="${'$'}{UNI:-"héé…\u00a0x\x01"}"
export SQ="${'$'}{SQ:-"it's"}"
export BT="${'$'}{BT:-"\\${'`'}echo hi\\${'`'}"}"
export NOEQ="${'$'}{NOEQ:-}"
`;

test('the ENV of an image is read back from what Apptainer wrote, doubled quoting and all', () => {
  expect(parseEnvironmentFile(REAL)).toEqual([
    ['PATH', '/opt/a"b:/bin:$HOME/x'],
    ['FOO', 'bar baz'],
    ['EMPTY', ''],
    ['DOLLAR', 'a$HOME "q" \\ z'],
    ['NL', 'a\nb'],
    ['TAB', 'a\tb'],
    ['UNI', 'héé…\u00a0x\u0001'],
    ['SQ', "it's"],
    ['BT', '`echo hi`'],
  ]);
});

test.each([
  [
    'cvmfs_swissknife',
    'export K="${K:-"a\\$HOME \\"q\\" \\`b\\` it\'s"}"\n',
    [['K', 'a$HOME "q" `b` it\'s']],
  ],
  [
    'cvmfs_swissknife, two lines',
    'export K="${K:-"a\nb"}"\nexport L="${L:-"c"}"\n',
    [
      ['K', 'a\nb'],
      ['L', 'c'],
    ],
  ],
  [
    'Singularity 3',
    'export K="a \\$b \\"c\\" \\\\"\nexport PATH="/a:/b"\n',
    [
      ['K', 'a $b "c" \\'],
      ['PATH', '/a:/b'],
    ],
  ],
  [
    'Singularity 2',
    'export K=a b=c "d\nexport L=\n',
    [
      ['K', 'a b=c "d'],
      ['L', ''],
    ],
  ],
  ['single quotes', "export K='a b'\n", [['K', 'a b']]],
  [
    'a later value',
    'export K="1"\nexport K="2"',
    [
      ['K', '1'],
      ['K', '2'],
    ],
  ],
  ['other lines', '# export K="1"\nif true; then\n  export K="1"\nfi\nexport 1K="x"\nK=2\n', []],
  ['nothing', '', []],
])('the ENV file of %s', (_writer, text, expected) => {
  expect(parseEnvironmentFile(text)).toEqual(expected);
});

const value = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('\\', '"', '`', '$', "'", '{', '}', '(', ')', '\n', ' ', 'a', '\x7f', 'é'),
    }),
  )
  .map(text => Buffer.from(text).toString().replaceAll('\0', ''));

test('whatever ENV holds, it is read back from the file as Apptainer writes it', () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), entries => {
      expect(parseEnvironmentFile(environmentFile(entries))).toEqual(entries);
    }),
  );
});

test('whatever ENTRYPOINT and CMD hold, they are read back from the runscript as Apptainer writes it', () => {
  const words = fc.array(value, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.option(words), fc.option(words), (entrypoint, cmd) => {
      expect(parseRunscript(runscript(entrypoint, cmd))).toEqual({ entrypoint, cmd });
    }),
  );
});

const CUSTOM = { entrypoint: ['/.singularity.d/runscript'], cmd: null };
test.each([
  [
    'Singularity 3.0',
    '#!/bin/sh\nOCI_ENTRYPOINT=""\nOCI_CMD="bash -l"\n',
    { entrypoint: null, cmd: ['bash', '-l'] },
  ],
  [
    'Singularity 3.5',
    `#!/bin/sh\nOCI_ENTRYPOINT='"/e" "a b"'\nOCI_CMD=''\n`,
    { entrypoint: ['/e', 'a b'], cmd: null },
  ],
  ['a definition file', '#!/bin/sh\n\n    fortune | cowsay "$@"\n', CUSTOM],
  ['no image at all', '', CUSTOM],
  ['half a script', `#!/bin/sh\nOCI_ENTRYPOINT='"/e"\n`, CUSTOM],
])('the runscript of %s', (_writer, text, expected) => {
  expect(parseRunscript(text)).toEqual(expected);
});

test('an image that lost both files has no configuration', () => {
  expect(singularityConfig({ environment: null, runscript: null })).toBeNull();
  expect(singularityConfig({ environment: 'export A="b"\n', runscript: null })).toEqual({
    env: [['A', 'b']],
    entrypoint: null,
    cmd: null,
    workdir: null,
    user: null,
    source: 'singularity.d',
  });
});

test.each([
  [
    'bootstrap: docker\nfrom: git.jinr.ru:5005/a/b:1\n\n',
    { bootstrap: 'docker', from: 'git.jinr.ru:5005/a/b:1' },
  ],
  [
    'BootStrap : Docker\n  From:  ubuntu:22.04 \n%post\nfrom: other\n',
    { bootstrap: 'docker', from: 'ubuntu:22.04' },
  ],
  [
    'bootstrap: docker\nregistry: ghcr.io\nnamespace: a\nfrom: b:1\n',
    { bootstrap: 'docker', from: 'ghcr.io/a/b:1' },
  ],
  ['bootstrap: localimage\nfrom: /x.sif\n', { bootstrap: 'localimage', from: '/x.sif' }],
  ['bootstrap: docker\n', null],
  ['from: a:1\n', null],
  ['%post\nbootstrap: docker\nfrom: a:1\n', null],
  ['', null],
])('the definition %j', (text, expected) => {
  expect(parseDefinition(text)).toEqual(expected);
});

test.each([
  [
    '{"org.label-schema.usage.singularity.deffile.bootstrap":"docker","org.label-schema.usage.singularity.deffile.from":"a/b:1"}',
    { bootstrap: 'docker', from: 'a/b:1' },
  ],
  [
    '{"org.label-schema.usage.singularity.deffile.bootstrap":7,"org.label-schema.usage.singularity.deffile.from":"a"}',
    null,
  ],
  ['[]', null],
  ['null', null],
  ['{', null],
])('the labels %s', (text, expected) => {
  expect(parseLabels(text)).toEqual(expected);
});

test.each([
  ['a value', true, false],
  ["it's", true, false],
  ['$HOME ${HOME} $ $$ $1 $} $\'x\' $"x"', true, false],
  ['$(date) $()', true, false],
  ['`date`', true, true],
  ["an odd ` and '", true, true],
  ['${', true, true],
  ['${a b}', true, true],
  ["$(it's)", true, true],
  ['$((', true, true],
  // The same, quoted once as cvmfs_swissknife does: nothing is substituted.
  ["`date` ${ $( it's", false, false],
])('a file with %j, quoted twice: %s, is dropped: %s', (text, twice, dropped) => {
  const file = twice ? environmentFile([['K', text]]) : `export K="\${K:-"${escaped(text)}"}"\n`;
  expect(isEnvironmentFileDropped(file)).toBe(dropped);
});

test.each([
  ['# a comment with ` and "\nexport K="1"\n', false],
  ['export K=a#b"\n', true],
  ["export K='\n", true],
  ['export K=(a)\n', true],
  ['export K="${K:-"a"\n', true],
  ['export K="a\\', true],
])('the text %j is dropped: %s', (text, dropped) => {
  expect(isEnvironmentFileDropped(text)).toBe(dropped);
});
