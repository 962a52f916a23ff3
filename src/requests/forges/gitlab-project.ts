import { type Answer, field, readJson, textField } from './answer.ts';
import { type ForgeClient, MOVED } from './client.ts';
import {
  ForeignLinkError,
  ProjectArchivedError,
  ProjectMovedError,
  ProjectNotFoundError,
  ProposalsClosedError,
} from './failures.ts';
import type { Project } from './forge.ts';
import { readProject } from './gitlab-answers.ts';

/** The project at a path, or why nothing can be proposed to it. `origin` is the address people see. */
export async function readGitLabProject(client: ForgeClient, origin: URL, path: string): Promise<Project> {
  const what = `read the project ${path}`;
  const answer = await client.send({
    method: 'GET',
    path: `/projects/${encodeURIComponent(path)}`,
    what,
    accept: [404, ...MOVED],
  });
  const { host } = origin;
  if (answer.status === 404) throw new ProjectNotFoundError({ host, what }, client.hasToken);
  if (answer.status >= 300) throw await moved(client, origin, answer);
  const data = readJson(answer);
  if (field(data, 'archived') === true) throw new ProjectArchivedError(host, path);
  if (client.hasToken && field(data, 'can_create_merge_request_in') === false)
    throw new ProposalsClosedError(host, path, 'merge requests');
  return readProject(answer, data);
}

/** The new place is asked once, at this very server, for its name. */
async function moved(client: ForgeClient, origin: URL, answer: Answer): Promise<Error> {
  const location = answer.headers.location ?? '';
  const id = /\/api\/v4\/projects\/(\d+)$/.exec(location)?.[1];
  const target = URL.canParse(location, origin.href) ? new URL(location, origin) : null;
  if (id === undefined || target?.host !== origin.host)
    return location === ''
      ? new ProjectMovedError(answer.asked, null)
      : new ForeignLinkError(answer.asked, location);
  const now = await client.send({
    method: 'GET',
    path: `/projects/${id}`,
    what: answer.asked.what,
    accept: [404],
  });
  return new ProjectMovedError(
    answer.asked,
    now.status === 200 ? textField(readJson(now), 'path_with_namespace') : null,
  );
}
