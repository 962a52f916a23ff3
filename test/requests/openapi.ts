import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

/** An OpenAPI 3.0 document, as far as it is read here. */
export type OpenApiDocument = { paths: Record<string, unknown>; components?: unknown };

export interface Exchange {
  method: string;
  url: URL;
  requestBody: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  answerBody: string;
}

type Node = Record<string, unknown>;
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Node;
}

/** Checks exchanges against a description: paths, parameters, bodies, statuses and headers, both ways. */
export class OpenApi {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false });
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #templates: { template: string; pattern: RegExp }[];

  constructor(document: OpenApiDocument) {
    this.#document = document;
    formats.default(this.#ajv);
    allowNull(document);
    this.#ajv.addSchema({ $id: 'api:', ...document });
    const templates = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    // Names that hold slashes (`ref`, `path` of GitHub) only where nothing else fits.
    this.#templates = [false, true].flatMap(isLoose =>
      templates.map(template => ({ template, pattern: patternOf(template, isLoose) })),
    );
  }

  /** What is wrong with an exchange, a sentence each. */
  violations(exchange: Exchange): string[] {
    const { method, url } = exchange;
    const title = `${method} ${url.pathname}${url.search} -> ${exchange.status}`;
    const { template } = this.#templates.find(({ pattern }) => pattern.test(url.pathname)) ?? {};
    if (template === undefined) return [`${title}: no such path`];
    const pointer = ['paths', template, method.toLowerCase()];
    const operation = this.at(pointer);
    if (operation === undefined) return [`${title}: no such method`];
    return [
      ...this.#parameters(pointer, operation, url),
      ...this.#requestBody(pointer, exchange.requestBody),
      ...this.#answer(pointer, exchange),
    ].map(problem => `${title}: ${problem}`);
  }

  /** The node at a pointer, references followed. */
  at(pointer: readonly string[]): Node | undefined {
    let node: unknown = this.#document;
    for (const name of pointer) {
      node = (node as Node | undefined)?.[name];
      if (typeof (node as Node | undefined)?.$ref === 'string')
        node = this.at(splitPointer((node as Node).$ref as string));
    }
    return node as Node | undefined;
  }

  /** Where a pointer leads when references on its way are followed. */
  #real(pointer: readonly string[]): string[] {
    let real: string[] = [];
    for (const name of pointer) {
      real = [...real, name];
      let node: unknown = this.#document;
      for (const part of real) node = (node as Node | undefined)?.[part];
      const reference = (node as Node | undefined)?.$ref;
      if (typeof reference === 'string') real = this.#real(splitPointer(reference));
    }
    return real;
  }

  #parameters(pointer: readonly string[], operation: Node, url: URL): string[] {
    const shared = (this.at(pointer.slice(0, -1))?.parameters ?? []) as unknown[];
    const own = (operation.parameters ?? []) as unknown[];
    const known = [
      ...shared.map((_, i) => [...pointer.slice(0, -1), 'parameters', String(i)]),
      ...own.map((_, i) => [...pointer, 'parameters', String(i)]),
    ].map(place => ({ place, parameter: this.at(place) as unknown as Parameter }));
    const problems: string[] = [];
    for (const name of new Set(url.searchParams.keys()))
      if (!known.some(({ parameter }) => parameter.in === 'query' && parameter.name === name))
        problems.push(`unknown parameter ${name}`);
    for (const { place, parameter } of known) {
      if (parameter.in !== 'query') continue;
      const given = url.searchParams.get(parameter.name);
      if (given === null) {
        if (parameter.required) problems.push(`parameter ${parameter.name} is missing`);
        continue;
      }
      problems.push(
        ...this.#check([...place, 'schema'], coerce(given, parameter.schema), `parameter ${parameter.name}`),
      );
    }
    return problems;
  }

  #requestBody(pointer: readonly string[], body: string): string[] {
    const described = this.at([...pointer, 'requestBody']);
    if (described === undefined) return body === '' ? [] : ['a body where none belongs'];
    if (body === '') return described.required === true ? ['the body is missing'] : [];
    return this.#check(
      [...pointer, 'requestBody', 'content', 'application/json', 'schema'],
      JSON.parse(body),
      'body',
    );
  }

  #answer(pointer: readonly string[], { status, headers, answerBody }: Exchange): string[] {
    const place = [...pointer, 'responses', String(status)];
    const described = this.at(place);
    if (described === undefined) return ['this status is not described'];
    const problems: string[] = [];
    for (const [name, header] of Object.entries((described.headers ?? {}) as Record<string, Node>)) {
      const value = headers[name.toLowerCase()];
      const schema = this.at([...place, 'headers', name])?.schema as Node | undefined;
      if (value !== undefined && header)
        problems.push(...this.#check([...place, 'headers', name, 'schema'], coerce(value, schema), name));
    }
    const content = described.content as Record<string, unknown> | undefined;
    if (content === undefined) return problems;
    const type = (headers['content-type'] ?? '').split(';', 1)[0]!;
    if (!(type in content)) return [...problems, `answer of type "${type}"`];
    const value = type.endsWith('json') ? (JSON.parse(answerBody) as unknown) : answerBody;
    return [...problems, ...this.#check([...place, 'content', type, 'schema'], value, 'answer')];
  }

  #check(pointer: readonly string[], value: unknown, what: string): string[] {
    const real = this.#real(pointer);
    const key = `api:#/${real.map(part => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    let validate = this.#compiled.get(key);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: key });
      this.#compiled.set(key, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${what}${instancePath} ${message}`);
  }
}

/** A parameter is one segment of the path as it was sent; loosely, a last one may be several. */
function patternOf(template: string, isLoose: boolean): RegExp {
  const source = template
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(ref|path)\}$/, isLoose ? '.+' : '[^/]+')
    .replace(/\{[a-z_-]+\}/g, '[^/]+');
  return new RegExp(`^${source}$`);
}

function splitPointer(reference: string): string[] {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .map(part => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function coerce(text: string, schema: Node | undefined): unknown {
  if (schema?.type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (schema?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** OpenAPI 3.0 has `nullable` beside lists of choices and of values, which JSON Schema has not: one more of each. */
function allowNull(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Node;
  if (schema.nullable === true && schema.type === undefined) {
    const choice = Object.fromEntries(Object.entries(schema).filter(([name]) => name !== 'nullable'));
    for (const name of Object.keys(schema)) delete schema[name];
    schema.anyOf = [choice, { type: 'null' }];
  }
  if (schema.nullable === true && Array.isArray(schema.enum) && !schema.enum.includes(null))
    schema.enum.push(null);
  for (const child of Object.values(schema)) allowNull(child);
}
