/**
 * What jcds needs of a forge, in words that GitLab and GitHub share. "Request" is a merge request or pull request,
 * "project" the upstream one that holds the list, "source" the project that the request's branch lives in:
 * the upstream itself, or our fork of it. Every method throws the errors of failures.ts and token-failures.ts.
 */
export interface Forge {
  readonly kind: 'gitlab' | 'github';
  readonly host: string;
  /** Whose token it is; null without a token. Throws when the token is expired or may not open requests. */
  account(): Promise<Account | null>;
  project(path: string): Promise<Project>;
  /** The files of a branch, at most some thousand. */
  listFiles(project: Project, branch: string): Promise<string[]>;
  /** A file as it is at the head of a branch; null when the branch or the file is not there. */
  readFile(project: Project, path: string, branch: string): Promise<FileVersion | null>;
  /** Requests of this account from a branch of this name, of any state, newest first. */
  requestsFrom(project: Project, branch: string, target: string, account: Account): Promise<ForgeRequest[]>;
  /** The open requests to a branch, newest first, at most so many. */
  openRequests(project: Project, target: string, most: number): Promise<ForgeRequest[]>;
  /** The lines that a request adds to a file (null: to any); none where it leaves it alone, null where the server does not show them. */
  linesAdded(project: Project, request: ForgeRequest, path: string | null): Promise<readonly string[] | null>;
  /** The open and closed requests of this account for this project, newest first. */
  requestsBy(project: Project, account: Account): Promise<ForgeRequest[]>;
  /** Where this account may push a branch: the project itself, its fork, or a fork made now. */
  source(project: Project, account: Account): Promise<Project>;
  /** Makes the branch with one commit. `changed`: the branch or the file is not what it was; read again. */
  writeBranch(change: Change): Promise<'written' | 'changed'>;
  /** Opens the request; refused, as a rule, because there is one from this branch already: look again. */
  open(proposal: Proposal): Promise<ForgeRequest | Refusal>;
  /** Where a request stands. */
  standing(project: Project, number: number): Promise<Standing>;
  /** The page where a person makes the change by hand. */
  editPage(project: string, branch: string, path: string): string;
}

export interface Account {
  name: string;
  /** null: the server does not tell. */
  scopes: readonly string[] | null;
  /** As the server writes it; null: never, or not told. */
  expires: string | null;
}

export interface Project {
  /** What the API calls it: a number (GitLab), `owner/name` (GitHub). */
  id: string;
  path: string;
  defaultBranch: string;
  /** Whether this token's account may create branches in it. */
  mayPush: boolean;
}

export interface FileVersion {
  path: string;
  content: Buffer;
  /** The commit at the head of the branch. */
  head: string;
  /** What the lock compares: the last commit of this file (GitLab), its blob (GitHub). */
  version: string;
}

export interface Change {
  project: Project;
  source: Project;
  branch: string;
  /** What the change was made from. */
  base: FileVersion;
  content: string;
  message: string;
  /** Whether a branch of that name that is there is made anew; else it is left, and the answer is `changed`. */
  rewrite: boolean;
}

export interface Proposal {
  project: Project;
  source: Project;
  branch: string;
  target: string;
  title: string;
  description: string;
}

export interface Refusal {
  status: number;
  /** The server's words, not yet cleaned. */
  refusal: string | null;
}

export type RequestState = 'open' | 'closed' | 'merged';

export interface ForgeRequest {
  /** GitLab's iid, GitHub's number. */
  number: number;
  /** Fit for a terminal. */
  url: string;
  state: RequestState;
  title: string;
  /** As it is; not fit for a terminal. */
  description: string | null;
  author: string | null;
  branch: string;
  /** `id` of the project that holds the branch; null when it was deleted. */
  source: string | null;
}

/** A request with what is known of its checks. */
export interface Standing {
  request: ForgeRequest;
  /** null: the server has not found out yet. */
  conflicting: boolean | null;
  /** `unknown`: the server does not show them, and `reason` says in its words why. */
  checks: {
    state: 'none' | 'running' | 'passed' | 'failed' | 'unknown';
    url: string | null;
    reason: string | null;
  };
}

/** Time, injectable; `sleep` in milliseconds. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}
