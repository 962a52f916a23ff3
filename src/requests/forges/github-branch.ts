import { needText, readJson } from './answer.ts';
import type { ForgeClient } from './client.ts';
import { encodePath } from './encode-path.ts';
import type { Change } from './forge.ts';

/**
 * A branch with its one commit appears at once: tree, commit, then the name. (`POST git/refs` and `PUT contents` would
 * leave a branch without the line when jcds is killed in between; and a request whose branch is moved to its base,
 * as rewriting by `PUT contents` must do, is closed by GitHub.) The lock is the parent: the file was read at that commit.
 */
export async function writeGitHubBranch(client: ForgeClient, change: Change): Promise<'written' | 'changed'> {
  const { project, source, branch, base, content, message, rewrite } = change;
  const root = `/repos/${encodePath(source.id)}/git`;
  const what = `make the branch ${branch} in ${source.path}`;
  const base_tree = await treeOf(client, change, what);
  const makeTree = () =>
    client.send({
      method: 'POST',
      path: `${root}/trees`,
      what,
      accept: [404, 409, 422],
      body: { base_tree, tree: [{ path: base.path, mode: '100644', type: 'blob', content }] },
    });
  let tree = await makeTree();
  if (tree.status >= 400 && source.id !== project.id && (await updateFork(client, change)))
    tree = await makeTree();
  if (tree.status >= 400) return 'changed';
  const commit = await client.send({
    method: 'POST',
    path: `${root}/commits`,
    what,
    accept: [404, 409, 422],
    body: { message, tree: needText(tree, readJson(tree), 'sha'), parents: [base.head] },
  });
  if (commit.status >= 400) return 'changed';
  const sha = needText(commit, readJson(commit), 'sha');
  const accept = [409, 422];
  const move = { method: 'PATCH' as const, path: `${root}/refs/heads/${encodePath(branch)}`, what, accept };
  if (rewrite && (await client.send({ ...move, body: { sha, force: true } })).status < 400) return 'written';
  const make = { method: 'POST' as const, path: `${root}/refs`, what, accept };
  const made = await client.send({ ...make, body: { ref: `refs/heads/${branch}`, sha } });
  return made.status >= 400 ? 'changed' : 'written';
}

/** The tree of the commit that the list was read at. */
async function treeOf(client: ForgeClient, { project, base }: Change, what: string): Promise<string> {
  const path = `/repos/${encodePath(project.id)}/git/commits/${base.head}`;
  const answer = await client.send({ method: 'GET', path, what });
  return needText(answer, readJson(answer), 'tree', 'sha');
}

/** A fork that lags behind does not know the commit yet. False when it has changes of its own there. */
async function updateFork(client: ForgeClient, { source }: Change): Promise<boolean> {
  const answer = await client.send({
    method: 'POST',
    path: `/repos/${encodePath(source.id)}/merge-upstream`,
    what: `bring ${source.path} up to date`,
    accept: [409, 422],
    body: { branch: source.defaultBranch },
  });
  return answer.status < 400;
}
