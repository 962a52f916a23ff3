import type { ImageConfig } from '../rootfs/facts.ts';

/** How the person asked for the job. */
export type JobMode = 'run' | 'exec' | 'shell';

/**
 * jcds' own words of the contained command; the user's arguments follow them. Docker's rules: the entrypoint gets
 * the arguments, or CMD when there are none; without an entrypoint the arguments are the command, without arguments
 * CMD is, and without CMD a shell.
 * @param shell the image's shell, used where nothing else says what to run
 */
export function commandWords(
  mode: JobMode,
  config: Pick<ImageConfig, 'entrypoint' | 'cmd'>,
  hasArguments: boolean,
  shell: string,
): readonly string[] {
  if (mode === 'shell') return [shell];
  if (mode === 'exec') return [];
  const entrypoint = config.entrypoint ?? [];
  const cmd = hasArguments ? [] : (config.cmd ?? []);
  const words = [...entrypoint, ...cmd];
  return words.length > 0 || hasArguments ? words : [shell];
}
