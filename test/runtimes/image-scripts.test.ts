import { expect, test } from 'vitest';
import { afterScripts } from '../../src/runtimes/image-scripts.ts';

const BEFORE = new Map([
  ['PATH', '/bin'],
  ['FOO', 'bar baz'],
  ['EMPTY', ''],
]);

/** What a script adds or changes; that this is what Apptainer does with it is held in test/situations/cases. */
function changes(text: string, surroundings = { home: '/home/me', cwd: '/data' }) {
  const after = afterScripts([{ name: '90-environment.sh', text }], BEFORE, surroundings);
  return (
    after && Object.fromEntries([...after.variables].filter(([name, value]) => BEFORE.get(name) !== value))
  );
}

test.each([
  ['export A=1 B="2 $FOO" # words', { A: '1', B: '2 bar baz' }],
  ['A=1\n\n  export A; export B=$A\\\n$A', { A: '1', B: '11' }],
  ['A=1', {}],
  ['PATH=/x:$PATH', { PATH: '/x:/bin' }],
  [`export A='$FOO' B="\\$x \\"y\\" \\z" C=a\\ b`, { A: '$FOO', B: '$x "y" \\z', C: 'a b' }],
  [
    'export A=${NO:-x} B=${EMPTY-x} C=${EMPTY:-"$FOO"} D=${FOO:+y} E=${NO+y}',
    { A: 'x', B: '', C: 'bar baz', D: 'y', E: '' },
  ],
  ['export A=${NO:-${NO:-$HOME}}:$PWD', { A: '/home/me:/data' }],
  ['export A=1; unset A', {}],
])('%j', (text, expected) => {
  expect(changes(text)).toEqual(expected);
});

test.each([
  'if true; then export A=1; fi',
  'export A=$(id)',
  'export A=`id`',
  'A=1 id',
  '. /opt/setup.sh',
  'export A=1 && export B=2',
  'export A="1',
  "export A='1",
  'export A=${NO:-1',
  'export A=${FOO%baz}',
  'export A=~/x',
  'export A=*',
  'export HOME=/x',
  'export A=$1',
  'export -n A',
  `export A=${'${NO:-'.repeat(60)}x${'}'.repeat(60)}`,
  `export A=xxxxxxxx\n${'A="$A$A"\n'.repeat(40)}`,
])('%j is more than assignments', text => {
  expect(changes(text)).toBeNull();
});

test('one that is too long, or comes before ENV, is not read; one that depends on the job only where that is known', () => {
  expect(afterScripts([{ name: '90-environment.sh', text: null }], BEFORE, {})).toBeNull();
  expect(afterScripts([{ name: '05-mine.sh', text: 'A=1' }], BEFORE, {})).toBeNull();
  expect(afterScripts([{ name: '90-environment.sh', text: 'export A=$HOME' }], BEFORE, {})).toBeNull();
  expect(
    afterScripts([{ name: '90-environment.sh', text: 'export A=1' }], BEFORE, {})?.variables.get('A'),
  ).toBe('1');
});

test('what a script uses for itself hides a value of the caller', () => {
  const text = 'A=1; export B=$A; C=1; unset C; export D; D=1';
  expect([...afterScripts([{ name: '90-environment.sh', text }], BEFORE, {})!.hidden]).toEqual(['A']);
});

test('long scripts are read in one pass', () => {
  const text = `export ${'A=1 '.repeat(16_000)}`;
  expect(changes(text)).toEqual({ A: '1' });
  expect(changes(' '.repeat(64_000))).toEqual({});
});
