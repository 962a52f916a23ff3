import type { OpenApi } from './openapi.ts';

type Schema = Record<string, unknown>;

/** The smallest value that a schema of a description allows: every required property, each with a plain value. */
export function sample(api: OpenApi, pointer: readonly string[]): unknown {
  const schema = api.at(pointer) as Schema | undefined;
  if (schema === undefined) throw new Error(`nothing at ${pointer.join('/')}`);
  const choices = Array.isArray(schema.anyOf) ? (schema.anyOf as Schema[]) : [];
  if (schema.nullable === true || choices.some(({ type }) => type === 'null')) return null;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Array.isArray(schema.allOf))
    return Object.assign(
      {},
      ...schema.allOf.map((_, index) => sample(api, [...pointer, 'allOf', String(index)])),
    );
  for (const choice of ['oneOf', 'anyOf'])
    if (Array.isArray(schema[choice]) && schema.properties === undefined)
      return sample(api, [...pointer, choice, '0']);
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    case 'array':
      return [];
    default:
      return Object.fromEntries(
        ((schema.required ?? []) as string[]).map(name => [
          name,
          sample(api, [...pointer, 'properties', name]),
        ]),
      );
  }
}

function text({ format }: Schema): string {
  switch (format) {
    case 'date-time':
      return '2026-01-02T03:04:05Z';
    case 'uri':
      return 'https://forge.example/x';
    case 'email':
      return 'x@forge.example';
    default:
      return 'x';
  }
}

/** A value with others laid over it, object by object; null and lists replace. */
export function overlay(value: unknown, facts: unknown): unknown {
  const isObject = (data: unknown): data is Schema =>
    typeof data === 'object' && data !== null && !Array.isArray(data);
  if (!isObject(value) || !isObject(facts)) return facts;
  const names = new Set([...Object.keys(value), ...Object.keys(facts)]);
  return Object.fromEntries(
    [...names].map(name => [name, name in facts ? overlay(value[name], facts[name]) : value[name]]),
  );
}
