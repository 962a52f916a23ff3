import { type Answer, field, readJson, textField } from './answer.ts';
import { type ForgeClient, MOVED } from './client.ts';
import { encodePath } from './encode-path.ts';
import {
  ForeignLinkError,
  ProjectArchivedError,
  ProjectMovedError,
  ProjectNotFoundError,
} from './failures.ts';
import type { Project } from './forge.ts';
import { movedTo, readRepository } from './github-answers.ts';

/** The project at a path, or why nothing can be proposed to it. */
export async function readGitHubProject(client: ForgeClient, host: string, path: string): Promise<Project> {
  const what = `read the project ${path}`;
  const answer = await client.send({
    method: 'GET',
    path: `/repos/${encodePath(path)}`,
    what,
    accept: [404, ...MOVED],
  });
  if (answer.status === 404) throw new ProjectNotFoundError({ host, what }, client.hasToken);
  if (answer.status >= 300) throw await moved(client, answer);
  const data = readJson(answer);
  if (field(data, 'archived') === true) throw new ProjectArchivedError(host, path);
  return readRepository(answer, data);
}

/** The new place is asked once, by its number, for its name. */
async function moved(client: ForgeClient, answer: Answer): Promise<Error> {
  const location = answer.headers.location ?? '';
  const id = movedTo(location);
  if (id === null)
    return location === ''
      ? new ProjectMovedError(answer.asked, null)
      : new ForeignLinkError(answer.asked, location);
  const now = await client.send({
    method: 'GET',
    path: `/repositories/${id}`,
    what: answer.asked.what,
    accept: [404],
  });
  return new ProjectMovedError(
    answer.asked,
    now.status === 200 ? textField(readJson(now), 'full_name') : null,
  );
}
