import { JcdsError } from '../errors.ts';

/** Go's reader of CSV takes a carriage return before a line end away, within quotes as well: another name than the one that is meant. */
export class CarriageReturnError extends JcdsError {
  constructor(field: string) {
    super({
      code: 'BIND_PLACE',
      message: `this runtime cannot be told of a name with a carriage return: ${JSON.stringify(field)}`,
      hint: 'jcds run --runtime bubblewrap (or unshare)',
    });
  }
}

/**
 * The value of a `--mount` option: fields of CSV (RFC 4180), so that names may hold colons, commas and quotes.
 * @throws CarriageReturnError
 */
export function mountFields(fields: readonly string[]): string {
  const odd = fields.find(field => field.includes('\r'));
  if (odd !== undefined) throw new CarriageReturnError(odd);
  return fields.map(field => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
