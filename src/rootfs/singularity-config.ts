import { parseEnvironmentFile } from './environment-file.ts';
import type { ImageConfig, ImageFacts } from './facts.ts';
import { quotedWords } from './quoting.ts';

/** What a Singularity image that was not made from an OCI image starts with. */
export const CUSTOM_RUNSCRIPT = '/.singularity.d/runscript';

/** The texts of `.singularity.d` that say how an image runs; null: no such file. */
export interface SingularityTexts {
  readonly environment: string | null;
  readonly runscript: string | null;
}

/**
 * The OCI configuration that is left in `.singularity.d`. WORKDIR, USER and the rest are lost there.
 * null when neither file is there (cvmfs#4208).
 */
export function singularityConfig({ environment, runscript }: SingularityTexts): ImageConfig | null {
  if (environment === null && runscript === null) return null;
  const command = runscript === null ? { entrypoint: null, cmd: null } : parseRunscript(runscript);
  const env = environment === null ? [] : parseEnvironmentFile(environment);
  return { env, ...command, workdir: null, user: null, source: 'singularity.d' };
}

/**
 * ENTRYPOINT and CMD as `apptainer build` writes them: `OCI_ENTRYPOINT='"/entry.sh" "a b"'`. Any other script is a
 * custom %runscript, and the entrypoint itself.
 */
export function parseRunscript(text: string): Pick<ImageConfig, 'entrypoint' | 'cmd'> {
  const entrypoint = assignedWords(text, 'OCI_ENTRYPOINT');
  const cmd = assignedWords(text, 'OCI_CMD');
  if (entrypoint === null || cmd === null) return { entrypoint: [CUSTOM_RUNSCRIPT], cmd: null };
  return { entrypoint: entrypoint.length > 0 ? entrypoint : null, cmd: cmd.length > 0 ? cmd : null };
}

/** A single-quoted text, in which a quote is written `'"'"'`; Singularity 3 used double quotes around it. */
function assignedWords(text: string, name: string): string[] | null {
  const single = new RegExp(`^${name}='((?:[^']|'"'"')*)'$`, 'm').exec(text)?.[1];
  if (single !== undefined) return quotedWords(single.replaceAll(`'"'"'`, "'"));
  const double = new RegExp(`^${name}="((?:[^"\\\\]|\\\\[\\s\\S])*)"$`, 'm').exec(text)?.[1];
  if (double === undefined) return null;
  return quotedWords(double.replace(/\\([\\"`$])/g, '$1')) ?? double.split(/\s+/).filter(word => word !== '');
}

/**
 * What an image was made from, by the definition file that a build leaves (`.singularity.d/Singularity`): its
 * header's `bootstrap:` and `from:`, before the first %section. null without both.
 */
export function parseDefinition(text: string): ImageFacts['origin'] {
  const header = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (/^\s*%/.test(line)) break;
    const match = /^([A-Za-z]+)\s*:(.*)$/.exec(line.trim());
    const key = match?.[1]?.toLowerCase();
    if (key !== undefined && !header.has(key)) header.set(key, match![2]!.trim());
  }
  return origin(key => header.get(key));
}

/** The same from `labels.json`, for images whose definition file is gone. */
export function parseLabels(text: string): ImageFacts['origin'] {
  try {
    const labels: unknown = JSON.parse(text);
    if (typeof labels !== 'object' || labels === null) return null;
    const read = (key: string): unknown =>
      (labels as Record<string, unknown>)[`org.label-schema.usage.singularity.deffile.${key}`];
    return origin(read);
  } catch {
    return null;
  }
}

/** `registry:` and `namespace:` may stand beside `from:` (Apptainer puts them before it). */
function origin(read: (key: string) => unknown): ImageFacts['origin'] {
  const bootstrap = read('bootstrap');
  const from = ['registry', 'namespace', 'from'].map(read).filter(part => part !== undefined && part !== '');
  if (typeof bootstrap !== 'string' || bootstrap === '') return null;
  if (typeof read('from') !== 'string' || !from.every(part => typeof part === 'string')) return null;
  return { bootstrap: bootstrap.toLowerCase(), from: from.join('/') };
}
