import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCaller } from '../../src/job/caller.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max core file size        0                    unlimited            bytes     
Max open files            1200                 4096                 files     
Max colour                1                    2                    hues      
Max realtime timeout      unlimited            7                    us        
`;

test('the launcher’s limits, by the names of setrlimit(2)', () => {
  const asked: string[] = [];
  const { limits } = readCaller(77, file => {
    asked.push(file);
    return LIMITS;
  });
  expect(asked).toEqual(['/proc/77/limits']);
  expect(limits).toEqual([
    { name: 'cpu', soft: null, hard: null },
    { name: 'core', soft: 0, hard: null },
    { name: 'nofile', soft: 1200, hard: 4096 },
    { name: 'rttime', soft: null, hard: 7 },
  ]);
});

test('a hidden /proc tells no limits', () => {
  const hidden = () => {
    throw new Error('EACCES');
  };
  expect(readCaller(null, hidden)).toMatchObject({ limits: [], umask: process.umask() });
});

test('standard input that may hold something: not /dev/null, not a closed one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jcds-caller-'));
  const [file, fifo] = [join(folder, 'file'), join(folder, 'fifo')];
  writeFileSync(file, '');
  spawnSync('mkfifo', [fifo]);
  const holds = (path: string, flags: string) => {
    const descriptor = openSync(path, flags);
    const { hasInput } = readCaller(null, undefined, descriptor);
    closeSync(descriptor);
    return hasInput;
  };
  expect([holds(file, 'r'), holds(fifo, 'r+'), holds('/dev/null', 'r')]).toEqual([true, true, false]);
  expect(readCaller(null, undefined, 987).hasInput).toBe(false);
  rmSync(folder, { recursive: true });
});
