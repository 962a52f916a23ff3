import type { FakeAnswer } from './fake-server.ts';

/** An answer that a forge, or what stands before it, really gives, and what the user sees of it; HOST is the forge. */
export interface Refusal {
  readonly what: string;
  readonly forge: 'gitlab' | 'github';
  readonly method: 'GET' | 'POST';
  /** The end of the path that it is given to. */
  readonly end: string;
  readonly answer: (server: { readonly origin: string; readonly now: number }) => FakeAnswer;
  readonly code: string;
  /** Without "could not WHAT on HOST: ", where it begins so. */
  readonly message: string | RegExp;
  readonly hint: string | RegExp;
  readonly exitCode: 75 | 125;
  /** Whether jcds waits by itself first, too long for a real clock. */
  readonly waits?: boolean;
}

const HTML = { 'content-type': 'text/html; charset=UTF-8' };
const CLOUDFLARE = '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>';
const page = (status: number): FakeAnswer => ({ status, text: CLOUDFLARE, headers: HTML, isWrong: true });
const PAGE = {
  code: 'FORGE_PAGE_BETWEEN',
  message: "a web page came instead of the server's answer (status 403), so something stands in between",
  hint: 'open https://HOST in a browser on this host: a proxy, a firewall or a guard against robots may say what it wants',
  exitCode: 125,
} as const;
const SIGN_IN = {
  code: 'FORGE_SIGNED_OUT',
  message: 'the server sends to its sign-in page, so the token is signed out there, or this is private',
  hint: 'open https://HOST in a browser to see what it wants; `jcds auth status HOST` says which token is used',
  exitCode: 125,
} as const;
const LIMIT = {
  code: 'FORGE_RATE_LIMIT',
  message: /^too many requests; the server asks to wait 3[56]\d\d s$/,
  hint: 'run the same command again in 60 min',
  exitCode: 75,
} as const;
const REFUSED = {
  code: 'FORGE_REFUSED',
  hint: '`jcds auth status` says which token is used and what it may do',
  exitCode: 125,
} as const;

const gitHubSays = (message: string, headers: Record<string, string> = {}): FakeAnswer => ({
  status: 403,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: '403' },
  headers,
});
const PERMISSION = 'Resource not accessible by personal access token';
const SPENT = (now: number) => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(Math.ceil(now / 1000) + 3590),
});
const SSO = {
  answer: ({ origin }: { origin: string }) =>
    gitHubSays('Resource protected by organization SAML enforcement. You must grant your token access.', {
      'x-github-sso': `required; url=${origin}/orgs/sync/sso?authorization_request=AZ12`,
    }),
  code: 'TOKEN_SSO',
  message: 'the organization wants the token to be authorised by its single sign-on',
  hint: /^authorise it at https?:\/\/HOST\/orgs\/sync\/sso\?authorization_request=AZ12, then run the same command again$/,
  exitCode: 125,
} as const;

const GITHUB_FORK = { forge: 'github', method: 'POST', end: '/forks' } as const;
const GITHUB_LOOK = { forge: 'github', method: 'GET', end: '/repos/nica/registry' } as const;
const GITHUB: Refusal[] = [
  {
    what: 'a fine-grained token without the permission',
    ...GITHUB_FORK,
    answer: () => gitHubSays(PERMISSION, { 'x-accepted-github-permissions': 'administration=write' }),
    code: 'TOKEN_PERMISSION',
    message: 'the token for HOST lacks the permission administration=write that is needed to fork PROJECT',
    hint: 'give it that permission, or use a classic token, at https://HOST/settings/tokens; `jcds auth status HOST` says where it comes from',
    exitCode: 125,
  },
  {
    what: 'an application without the permission, which is not told',
    ...GITHUB_FORK,
    answer: () => gitHubSays('Resource not accessible by integration'),
    code: 'TOKEN_PERMISSION',
    message: 'the token for HOST lacks a permission that is needed to fork PROJECT',
    hint: /^give it that permission/,
    exitCode: 125,
  },
  { what: 'a token that single sign-on has not let in', ...GITHUB_FORK, ...SSO },
  { what: 'the same, when the fork is looked for', ...GITHUB_LOOK, ...SSO },
  {
    what: 'an address of single sign-on on another host',
    ...GITHUB_FORK,
    answer: () => gitHubSays('SAML', { 'x-github-sso': 'required; url=https://evil.example/sso' }),
    code: 'TOKEN_SSO',
    message: SSO.message,
    hint: 'authorise it at https://HOST/settings/tokens, then run the same command again',
    exitCode: 125,
  },
  {
    what: 'a spent quota',
    ...GITHUB_FORK,
    answer: ({ now }) => gitHubSays('API rate limit exceeded for user ID 1.', SPENT(now)),
    ...LIMIT,
  },
  {
    what: 'a spent quota, when the fork is looked for',
    ...GITHUB_LOOK,
    answer: ({ now }) => gitHubSays('API rate limit exceeded for user ID 1.', SPENT(now)),
    ...LIMIT,
  },
  {
    what: 'a time to wait',
    ...GITHUB_FORK,
    answer: () => gitHubSays('You have exceeded a limit.', { 'retry-after': '3600' }),
    ...LIMIT,
  },
  {
    what: 'a secondary limit, by its words alone',
    ...GITHUB_FORK,
    answer: ({ now }) =>
      gitHubSays(
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        {
          ...SPENT(now),
          'x-ratelimit-remaining': '4999',
        },
      ),
    code: 'FORGE_RATE_LIMIT',
    message: 'too many requests; the server asks to wait 60 s',
    hint: 'run the same command again in 1 min',
    exitCode: 75,
    waits: true,
  },
  {
    what: 'words of its own',
    ...GITHUB_FORK,
    answer: () => gitHubSays('Repository forking is \u001b[31mdisabled'),
    ...REFUSED,
    message: 'the server answers 403 "Repository forking is ?[31mdisabled"',
  },
  { what: 'a page of Cloudflare', ...GITHUB_FORK, answer: () => page(403), ...PAGE },
  {
    what: 'a page of Cloudflare, when the fork is looked for',
    ...GITHUB_LOOK,
    answer: () => page(403),
    ...PAGE,
  },
];

const gitLabSays = (status: number, body: unknown, headers: Record<string, string> = {}): FakeAnswer => ({
  status,
  body,
  headers,
  isWrong: true,
});
const GITLAB_FORK = { forge: 'gitlab', method: 'POST', end: '/fork' } as const;
const GITLAB_SELF = { forge: 'gitlab', method: 'GET', end: '/personal_access_tokens/self' } as const;
const GRANULAR = 'Access denied: Your Personal Access Token lacks the required permissions: [fork_project].';
const EMAIL =
  'Your primary email address is not confirmed. Please check your inbox for the confirmation instructions.';
const PROJECT_LIMIT = 'Your project limit is 0 projects! Please contact your administrator to increase it';
const GITLAB: Refusal[] = [
  {
    what: 'a fine-grained token without the permission',
    ...GITLAB_FORK,
    answer: () => gitLabSays(403, { error: 'insufficient_granular_scope', error_description: GRANULAR }),
    ...REFUSED,
    message: `the server answers 403 "${GRANULAR}"`,
  },
  {
    what: 'an account whose e-mail is not confirmed',
    ...GITLAB_FORK,
    answer: () => gitLabSays(403, { message: `403 Forbidden - ${EMAIL}` }),
    ...REFUSED,
    message: `the server answers 403 "403 Forbidden - ${EMAIL}"`,
  },
  {
    what: 'an account that may have no projects',
    ...GITLAB_FORK,
    answer: () => gitLabSays(409, { message: { limit_reached: [PROJECT_LIMIT] } }),
    code: 'FORK_FAILED',
    message: PROJECT_LIMIT,
    hint: 'ask the administrators of HOST; `jcds request --dry-run` prints the line to send to the operators instead',
    exitCode: 125,
  },
  { what: 'a page of Cloudflare', ...GITLAB_FORK, answer: () => page(403), ...PAGE },
  { what: 'a page of Cloudflare about the token', ...GITLAB_SELF, answer: () => page(403), ...PAGE },
  {
    what: 'its sign-in page',
    ...GITLAB_FORK,
    answer: ({ origin }) => gitLabSays(302, '', { location: `${origin}/users/sign_in` }),
    ...SIGN_IN,
  },
  {
    what: 'its sign-in page about the project',
    forge: 'gitlab',
    method: 'GET',
    end: '/docker_images.txt',
    answer: () => gitLabSays(302, '', { location: '/users/sign_in' }),
    ...SIGN_IN,
  },
  {
    what: 'a limit about the token',
    ...GITLAB_SELF,
    answer: () => gitLabSays(429, 'Retry later', { 'retry-after': '3600' }),
    ...LIMIT,
  },
  {
    what: 'a maintenance that says how long',
    ...GITLAB_SELF,
    answer: () => gitLabSays(503, 'down for maintenance', { 'retry-after': '3600' }),
    code: 'FORGE_DOWN',
    message: 'the server answers 503',
    hint: 'it is not your fault: run the same command again in 60 min',
    exitCode: 75,
  },
  {
    what: 'words about its forks',
    forge: 'gitlab',
    method: 'GET',
    end: '/forks',
    answer: () => gitLabSays(403, { message: '403 Forbidden - Your password expired.' }),
    ...REFUSED,
    message: 'the server answers 403 "403 Forbidden - Your password expired."',
  },
];

/** Each by its forge and its name. */
export const REFUSALS: readonly (readonly [title: string, refusal: Refusal])[] = [...GITHUB, ...GITLAB].map(
  refusal => [`${refusal.forge}, ${refusal.end}: ${refusal.what}`, refusal],
);
