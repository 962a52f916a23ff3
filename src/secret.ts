const SHOWN = '***';

/**
 * A password or token that cannot be printed by accident: text, JSON and `util.inspect` all show `***`.
 * Whoever really sends it says `reveal()`, which is easy to search for.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN;
  }
}

/**
 * Variables by which forges and their pipelines give jcds, glab and gh what they act as the user with; a `*` ends a prefix. No
 * job gets them, and no program that jcds asks for a credential of another place.
 */
export const TOKEN_VARIABLES = [
  'JCDS_TOKEN*',
  'GITLAB_TOKEN',
  'GITLAB_ACCESS_TOKEN',
  'OAUTH_TOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'CI_JOB_TOKEN',
  'CI_JOB_JWT*',
  'CI_REGISTRY_PASSWORD',
  'CI_DEPLOY_PASSWORD',
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
] as const;

/** An environment without them; JCDS_TOKEN_FILE goes too. */
export function withoutTokens<T extends string | undefined>(
  environment: Readonly<Record<string, T>>,
): Record<string, T> {
  const isToken = (name: string) =>
    TOKEN_VARIABLES.some(one => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isToken(name)));
}
