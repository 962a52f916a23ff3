import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findGpu } from '../../src/runtimes/gpu.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';

const LDCONFIG = `9 libs found in cache \`/etc/ld.so.cache'
\tlibnvidia-ml.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libnvidia-ml.so.1
\tlibnvidia-ml.so.1 (libc6) => /lib/i386-linux-gnu/libnvidia-ml.so.1
\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/cuda/libcuda.so.1
\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/later/libcuda.so.1
\tlibcudart.so.11 (libc6,x86-64) => /usr/lib/libcudart.so.11
\tlibGLX_nvidia.so.0 (libc6,x86-64) => /lib/libGLX_nvidia.so.0
\tlibamdhip64.so.5 (libc6,x86-64) => /opt/rocm/lib/libamdhip64.so.5
\tlibc.so.6 (libc6,x86-64, OS ABI: Linux 3.2.0) => /lib/x86_64-linux-gnu/libc.so.6
`;

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the host’s libraries and devices, by kind', async () => {
  folder = mkdtempSync(join(tmpdir(), 'jcds-gpu-'));
  writeFileSync(join(folder, 'ldconfig'), `#!/bin/sh\ncat <<'E'\n${LDCONFIG}E\n`, { mode: 0o755 });
  for (const name of ['nvidia0', 'nvidiactl', 'kfd', 'null']) writeFileSync(join(folder, name), '');
  expect(await findGpu(probeContext({ PATH: folder }), folder)).toEqual({
    nvidia: {
      libraries: [
        '/lib/x86_64-linux-gnu/libnvidia-ml.so.1',
        '/usr/lib/cuda/libcuda.so.1',
        '/lib/libGLX_nvidia.so.0',
      ],
      devices: [`${folder}/nvidia0`, `${folder}/nvidiactl`],
    },
    rocm: { libraries: ['/opt/rocm/lib/libamdhip64.so.5'], devices: [`${folder}/kfd`] },
  });
});

test('a host without ldconfig has none', async () => {
  folder = mkdtempSync(join(tmpdir(), 'jcds-gpu-'));
  const nothing = { libraries: [], devices: [] };
  expect(await findGpu({ ...probeContext({}), which: () => null }, folder)).toEqual({
    nvidia: nothing,
    rocm: nothing,
  });
});
