import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { isEnvironmentFileDropped } from '../../src/rootfs/environment-dropped.ts';
import { parseEnvironmentFile } from '../../src/rootfs/environment-file.ts';
import { parseDefinition, parseLabels, parseRunscript } from '../../src/rootfs/singularity-config.ts';
import { APPTAINER, builtFrom, Setting } from '../cli/setting.ts';

// A publisher writes what he likes into his image: it must never look as if CVMFS could not be seen (75), which takes one
// machine after the other out of a job's way.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);

const NESTED = `export A=${'"${B:-'.repeat(5000)}`;
const TEXTS: Record<string, Record<string, string>> = {
  'nested:1': { '.singularity.d/env/10-docker2singularity.sh': NESTED },
  'closed:1': { '.singularity.d/env/10-docker2singularity.sh': `${NESTED}x${'}"'.repeat(5000)}\n` },
  'full:1': { '.singularity.d/env/10-docker2singularity.sh': '"${B:-'.repeat(1 << 17) },
  'blanks:1': { '.singularity.d/Singularity': `bootstrap: docker\nfrom: a${' '.repeat(900_000)}b\n%post\n` },
  'lines:1': { '.singularity.d/env/10-docker2singularity.sh': '\n'.repeat(1 << 20) },
  'script:1': { '.singularity.d/runscript': `OCI_ENTRYPOINT='"${'\\\\'.repeat(1 << 19)}` },
  'labels:1': { '.singularity.d/labels.json': '['.repeat(1 << 20) },
};
setting.publish(
  Object.fromEntries(
    Object.entries(TEXTS).map(([name, files]) => [`library/${name}`, builtFrom(name, files)]),
  ),
);

test.each(Object.keys(TEXTS))('an image whose texts are hard to read is run as any other: %s', name => {
  const { code, stderr } = setting.jcds(['exec', '--runtime', 'apptainer', name, 'true']);
  expect(stderr).not.toContain('cannot be seen');
  expect([code, stderr]).toEqual([0, '']);
});

test('every text, however long and deep, is read in one go', () => {
  const pieces = [
    '"',
    "'",
    '${',
    '${A:-',
    '}',
    '$(',
    '`',
    '\\',
    '\n',
    ' ',
    'export A=',
    "OCI_CMD='",
    'from:',
    ':',
    'a',
    '{',
    '[',
    '%',
    '#',
  ];
  const text = fc
    .array(
      fc.tuple(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 30_000 }),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map(parts => parts.map(([words, times]) => words.join('').repeat(times)).join(''));
  fc.assert(
    fc.property(text, content => {
      const readers = [
        isEnvironmentFileDropped,
        parseEnvironmentFile,
        parseDefinition,
        parseRunscript,
        parseLabels,
      ];
      for (const read of readers) read(content);
    }),
    { numRuns: 60 },
  );
}, 120_000);
