import type { BuildOptions, Plugin } from 'esbuild';

export const source: string;
export const common: BuildOptions;
export function bundleStart(
  outdir: string,
  options?: { plugins?: Plugin[]; define?: Record<string, string> },
): Promise<void>;
