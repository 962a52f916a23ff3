import { afterAll, describe, expect, test } from 'vitest';
import { containers } from './containers.ts';
import { MATRIX } from './matrix.ts';
import { Workplace } from './workplace.ts';

// What is shown can be gone between the look and the start. The judge is mount(8), by hand.
const all = await containers();
const work = new Workplace();
afterAll(async () => {
  work.remove();
  for (const { surroundings } of all) await surroundings.close?.();
});

describe.each(all.map(container => [container.label, container] as const))('%s', (_, it) => {
  const cells = MATRIX[it.name];
  const start = (source: string) =>
    work.run(it, {
      words: ['/bin/true'],
      request: {
        binds: [{ source, destination: '/data', mode: 'rw', sourceKind: 'directory', origin: 'user' }],
      },
    });

  test('a start that fails ends as the page says, and jcds says what it can', async () => {
    const { code, stdout, stderr } = await start('/no/such');
    expect({ code, stdout }).toEqual({ code: cells.failedStart, stdout: '' });
    const lines = stderr.split('\n');
    const own = lines.findIndex(line => line.includes('/no/such'));
    expect(own).toBeGreaterThan(-1);
    if (cells.failureTold === 'itself') expect(stderr).not.toContain('jcds: ');
    else {
      const said = lines.findIndex(line => line.startsWith(`jcds: ${it.name}`));
      expect(said).toBeGreaterThan(-1);
      expect(said).toBeLessThan(own);
    }
  });

  if (cells.failureTold === 'jcds, before its words') {
    test('mount’s own words stand behind a line that says what was being tried', async () => {
      const { stderr } = await start('/no/such');
      expect(stderr.split('\n').slice(0, 2)).toEqual([
        `jcds: ${it.name}: not everything can be shown in the container:`,
        expect.stringMatching(/^mount: \S+\/data: special device \/no\/such does not exist\.$/),
      ]);
    });

    test('and hold nothing that would steer a terminal', async () => {
      const { stderr } = await start('/no/\u001b[31msuch');
      expect(stderr).toContain('special device /no/[31msuch does not exist');
      expect(stderr).not.toContain('\u001b');
    });
  }
});
