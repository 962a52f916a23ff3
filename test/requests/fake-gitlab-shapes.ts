import {
  type FakeMergeRequest,
  type FakeProject,
  type FakeUser,
  GitLabState,
  TIME,
} from './fake-gitlab-state.ts';
import type { FakeAnswer } from './fake-server.ts';

/** What GitLab's objects look like in its answers. */
export abstract class GitLabShapes extends GitLabState {
  protected level(project: FakeProject, user: FakeUser | null): number {
    if (user === null) return 0;
    return project.path.startsWith(`${user.username}/`) ? 50 : (project.levels.get(user.username) ?? 0);
  }

  protected user(user: FakeUser): Record<string, unknown> {
    return {
      id: user.id,
      username: user.username,
      name: user.username,
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: `${this.origin}/${user.username}`,
    };
  }

  protected token(user: FakeUser): FakeAnswer {
    return {
      status: 200,
      body: {
        id: 1,
        name: 'jcds',
        revoked: false,
        created_at: TIME,
        scopes: user.scopes,
        user_id: user.id,
        last_used_at: null,
        active: true,
        expires_at: user.expires,
      },
    };
  }

  protected describe(project: FakeProject, user: FakeUser | null): Record<string, unknown> {
    const level = this.level(project, user);
    const { id, path, archived, visibility } = project;
    return {
      id,
      description: null,
      name: path.split('/').at(-1),
      path: path.split('/').at(-1),
      path_with_namespace: path,
      created_at: TIME,
      default_branch: project.defaultBranch,
      web_url: `${this.origin}/${path}`,
      visibility,
      namespace: {
        id: 1,
        name: 'n',
        path: path.split('/')[0],
        kind: 'user',
        full_path: path.split('/').slice(0, -1).join('/'),
        parent_id: null,
        avatar_url: null,
      },
      archived,
      can_create_merge_request_in: project.acceptsRequests,
      forking_access_level: project.forking,
      import_status: project.importStatus,
      import_error: project.importError,
      permissions: {
        project_access: level > 0 ? { access_level: level, notification_level: 3 } : null,
        group_access: null,
      },
      ...(project.forkedFrom
        ? { forked_from_project: { id: project.forkedFrom.id, path_with_namespace: project.forkedFrom.path } }
        : {}),
    };
  }

  protected basic(request: FakeMergeRequest): Record<string, unknown> {
    const conflicts =
      request.state === 'opened' &&
      request.source.branches.has(request.branch) &&
      this.merged(request) === null;
    return {
      id: request.id,
      iid: request.iid,
      project_id: request.target.id,
      title: request.title,
      description: request.description,
      state: request.state,
      created_at: TIME,
      updated_at: TIME,
      merged_at: request.state === 'merged' ? TIME : null,
      target_branch: request.targetBranch,
      source_branch: request.branch,
      author: this.user(request.author),
      source_project_id: request.source.id,
      target_project_id: request.target.id,
      draft: false,
      merge_status: conflicts ? 'cannot_be_merged' : 'can_be_merged',
      detailed_merge_status: conflicts ? 'conflict' : 'mergeable',
      web_url: `${this.origin}/${request.target.path}/-/merge_requests/${request.iid}`,
      has_conflicts: conflicts,
    };
  }

  protected whole(request: FakeMergeRequest): Record<string, unknown> {
    return {
      ...this.basic(request),
      changes_count: '1',
      pipeline: null,
      head_pipeline: null,
      diff_refs: null,
      merge_error: null,
      user: { can_merge: false },
    };
  }
}

export function refuse(status: number, message: string): FakeAnswer {
  return { status, body: { message } };
}
