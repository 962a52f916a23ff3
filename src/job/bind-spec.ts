import { isAbsolute, normalize, resolve } from 'node:path';
import { JcdsError } from '../errors.ts';

/** A bind as asked for, before anybody looked whether its source exists. */
export interface BindSpec {
  readonly source: string;
  readonly destination: string;
  readonly mode: 'ro' | 'rw';
}

/** `--bind` or `--mount` that cannot be understood. */
export class InvalidBindError extends JcdsError {
  constructor(option: string, spec: string, reason: string) {
    super({
      code: 'INVALID_BIND',
      message: `${option} ${JSON.stringify(spec)}: ${reason}`,
      hint: 'jcds run --bind SRC[:DST[:ro|rw]], or --mount type=bind,src=SRC,dst=DST[,ro] for names with colons',
    });
  }
}

/**
 * Reads `SRC[:DST[:ro|rw]]` (docker's and apptainer's common form). A relative source is taken from `cwd`, a leading
 * `~` is left to the shell. @throws InvalidBindError
 */
export function parseBind(spec: string, cwd: string | null): BindSpec {
  const parts = spec.split(':');
  const [source = '', destination, mode] = parts;
  if (parts.length > 3)
    throw new InvalidBindError(
      '--bind',
      spec,
      'has more than three parts; a name with a colon needs --mount',
    );
  if (mode !== undefined && mode !== 'ro' && mode !== 'rw')
    throw new InvalidBindError('--bind', spec, `${JSON.stringify(mode)} is neither ro nor rw`);
  return bindOf('--bind', spec, cwd, source, destination, mode ?? 'rw');
}

/**
 * Reads `type=bind,src=…,dst=…[,ro]`; fields with commas stand in double quotes, as in docker.
 * @param option who asks for it, for messages
 * @throws InvalidBindError
 */
export function parseMount(spec: string, cwd: string | null, option = '--mount'): BindSpec {
  const fields = new Map<string, string>();
  for (const field of csvFields(spec)) {
    const equals = field.indexOf('=');
    fields.set(equals < 0 ? field : field.slice(0, equals), equals < 0 ? 'true' : field.slice(equals + 1));
  }
  const known = new Set(['type', 'src', 'source', 'dst', 'destination', 'target', 'ro', 'readonly', 'rw']);
  for (const name of fields.keys())
    if (!known.has(name)) throw new InvalidBindError(option, spec, `unknown field ${JSON.stringify(name)}`);
  if ((fields.get('type') ?? 'bind') !== 'bind')
    throw new InvalidBindError(option, spec, 'only type=bind is possible');
  const readOnly = (fields.get('ro') ?? fields.get('readonly') ?? 'false') !== 'false';
  const destination = fields.get('dst') ?? fields.get('destination') ?? fields.get('target');
  return bindOf(
    option,
    spec,
    cwd,
    fields.get('src') ?? fields.get('source') ?? '',
    destination,
    readOnly ? 'ro' : 'rw',
  );
}

/** A bind of these parts, with absolute paths. @throws InvalidBindError */
export function bindOf(
  option: string,
  spec: string,
  cwd: string | null,
  source: string,
  destination: string | undefined,
  mode: 'ro' | 'rw',
): BindSpec {
  if (source === '') throw new InvalidBindError(option, spec, 'names no source');
  if (cwd === null && !isAbsolute(source))
    throw new InvalidBindError(
      option,
      spec,
      'the source is relative, and the working directory cannot be read',
    );
  const from = resolve(cwd ?? '/', source);
  const to = destination === undefined || destination === '' ? from : destination;
  if (!isAbsolute(to))
    throw new InvalidBindError(option, spec, `the place inside, ${JSON.stringify(to)}, must be absolute`);
  const place = normalize(to).replace(/(.)\/+$/, '$1');
  if (place === '/') throw new InvalidBindError(option, spec, 'the root of the image cannot be replaced');
  return { source: from, destination: place, mode };
}

/** Splits at commas outside double quotes; a doubled quote inside is one quote (RFC 4180, as docker reads --mount). */
function csvFields(text: string): string[] {
  const fields = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  return fields.map(field =>
    field.replace(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"')),
  );
}
