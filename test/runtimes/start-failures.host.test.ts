import { afterAll, describe, expect, test } from 'vitest';
import { containers } from '../contract/containers.ts';
import { Workplace } from '../contract/workplace.ts';

// What is shown can be gone between the look and the start. The judge is mount(8), by hand.
const all = await containers('unshare', 'charliecloud');
const work = new Workplace();
afterAll(() => work.remove());

describe.each(all.map(container => [container.label, container] as const))('%s', (_, it) => {
  const start = (source: string) =>
    work.run(it, {
      words: ['/bin/true'],
      request: {
        binds: [{ source, destination: '/data', mode: 'rw', sourceKind: 'directory', origin: 'user' }],
      },
    });

  test('mount’s own words stand behind a line that says what was being tried', async () => {
    const { code, stdout, stderr } = await start('/no/such');
    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
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
});
