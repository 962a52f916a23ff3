/** One `WWW-Authenticate` challenge: scheme and names of parameters in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const BLANKS = /[ \t,]*/y;
const SCHEME = new RegExp(`(${TOKEN})(?:[ \\t]+|(?=,)|$)`, 'y');
const PARAMETER = new RegExp(`(${TOKEN})[ \\t]*=[ \\t]*(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")`, 'sy');
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)/y;

/**
 * The challenges of all WWW-Authenticate fields of an answer, in order, by the grammar of RFC 9110 section 11
 * (several challenges in one field, quoted strings with commas and escapes). Whatever follows a syntax error in
 * a field is left out; a parameter given twice keeps its first value.
 */
export function parseChallenges(fields: readonly string[]): Challenge[] {
  return fields.flatMap(parseField);
}

function parseField(field: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(field);
    if (match) at = pattern.lastIndex;
    return match;
  };
  let parameters = new Map<string, string>();
  for (;;) {
    take(BLANKS);
    const parameter = challenges.length > 0 ? take(PARAMETER) : null;
    if (parameter) {
      const name = parameter[1]!.toLowerCase();
      if (!parameters.has(name)) parameters.set(name, parameter[2] ?? parameter[3]!.replace(/\\(.)/gs, '$1'));
      continue;
    }
    const scheme = take(SCHEME);
    if (!scheme) return challenges;
    parameters = new Map();
    challenges.push({ scheme: scheme[1]!.toLowerCase(), parameters });
    take(TOKEN68);
  }
}

/** A resource and what is asked for, of the token scope grammar of the distribution specification. */
export interface ResourceScope {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST = '(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])';
const RESOURCE = new RegExp(
  `^([a-z0-9]+(?:\\([a-z0-9]+\\))?):((?:${HOST}(?:\\.${HOST})*(?::[0-9]+)?/)?${COMPONENT}(?:/${COMPONENT})*):((?:[a-z]*|\\*)(?:,[a-z]*)*)$`,
);

/**
 * The scopes of a challenge, by the grammar `type(class):name:action,action` with blanks between; what does not fit
 * it is left out.
 */
export function parseScopes(text: string): ResourceScope[] {
  return text.split(' ').flatMap(word => {
    const match = word.length <= 1024 ? RESOURCE.exec(word) : null;
    return match ? [{ type: match[1]!, name: match[2]!, actions: match[3]!.split(',') }] : [];
  });
}

/**
 * The scopes to ask a token for: what the challenge names, but only repositories and never more than `pull`;
 * without such, `pull` on the repository itself.
 */
export function pullScopes(challenged: string, repository: string): string[] {
  const names = parseScopes(challenged)
    .filter(scope => /^repository(?:\(|$)/.test(scope.type) && scope.actions.includes('pull'))
    .map(scope => `${scope.type}:${scope.name}:pull`);
  return names.length > 0 ? [...new Set(names)].slice(0, 8) : [`repository:${repository}:pull`];
}
