import { expect, test } from 'vitest';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import { findToolsAndLibraries } from '../../src/runtimes/unshare-probe.ts';

// On a busy host ldd took longer than the probe waits, and unshare was remembered as one whose libraries cannot be found.
test.each([
  [null, { reason: 'did not answer in time', passing: true }],
  [1, { reason: 'the libraries of its tools cannot be found (ldd says nothing)' }],
])('ldd that ends with %s', async (code, expected) => {
  const search = {
    ...probeContext({ PATH: '/usr/bin:/bin', HOME: '/' }),
    which: (name: string) => `/usr/bin/${name}`,
    run: () => Promise.resolve({ code, stdout: '', stderr: '' }),
  };
  expect(await findToolsAndLibraries(search)).toMatchObject({ works: false, ...expected });
});
