import type { ImageConfiguration } from '../registry/image-configuration.ts';

/** The bytes that the kernel lets one variable have, with its name, `=` and the NUL (MAX_ARG_STRLEN). */
const LONGEST = 131_072;

/**
 * `.singularity.d/env/10-docker2singularity.sh` for the ENV of an image. As in Apptainer's a variable that is set already keeps its value, and
 * PATH does not; other than in Apptainer's, every value comes out as the image says it, whatever is in it: Apptainer quotes for Go and for the
 * shell. Names that no shell can set, and values that no process can be given, are left out and told to `leftOut`.
 */
export function environmentScript(env: ImageConfiguration['env'], leftOut: (name: string) => void): string {
  const lines = ['#!/bin/sh', '# The ENV of the image.'];
  // Of several values of a name the last counts.
  for (const [name, value] of new Map(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || Buffer.byteLength(value) + name.length + 2 > LONGEST) {
      leftOut(name);
      continue;
    }
    const said = name === 'PATH' ? '$jcds_value' : `\${${name}:-$jcds_value}`;
    lines.push(`jcds_value=${quoted(value)}`, `export ${name}="${said}"`);
  }
  return [...lines, 'unset jcds_value', ''].join('\n');
}

/** In single quotes; one in them in double quotes, since Apptainer's own shell (1.4.5) keeps the backslash of `'\\''`. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}
