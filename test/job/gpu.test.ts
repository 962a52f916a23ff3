import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { missingGpu } from '../../src/job/gpu.ts';

const devices = mkdtempSync(join(tmpdir(), 'jcds-gpu-'));
afterAll(() => rmSync(devices, { recursive: true }));

test('a GPU that was asked for by name and is not there is said to be missing, and none that nobody asked for', () => {
  expect(missingGpu('nvidia', devices)).toMatch(/^--gpu nvidia: this host has no NVIDIA GPU/);
  expect(missingGpu('rocm', devices)).toMatch(/^--gpu rocm: this host has no AMD GPU/);
  expect([missingGpu('auto', devices), missingGpu('none', devices)]).toEqual([null, null]);
  writeFileSync(join(devices, 'kfd'), '');
  expect(missingGpu('rocm', devices)).toBeNull();
  writeFileSync(join(devices, 'nvidiactl'), '');
  expect(missingGpu('nvidia', devices)).toBeNull();
});
