/** The value of a `--mount` option: fields of CSV (RFC 4180), so that names may hold colons, commas and quotes. */
export function mountFields(fields: readonly string[]): string {
  return fields.map(field => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
