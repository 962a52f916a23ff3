import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Ends the one process that rootless podman leaves behind, and removes its files; what cleans up after the last
 * container may still be writing some.
 */
export function removePodmanState(directory: string, runtimeDirectory: string): void {
  const pause = join(runtimeDirectory, 'libpod/tmp/pause.pid');
  if (existsSync(pause)) process.kill(Number(readFileSync(pause, 'utf8')), 'SIGKILL');
  spawnSync('sh', ['-c', 'until rm -rf "$1" 2>/dev/null; do sleep 0.1; done', 'sh', directory], {
    timeout: 20_000,
  });
}
