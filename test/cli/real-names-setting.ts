import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RealNames, type Routes } from '../http/real-names.ts';
import { FakeGitHub } from '../requests/fake-github.ts';
import { LIST, TOKEN } from '../requests/setup.ts';
import { type Ended, type Program, World } from './request-setting.ts';

export const OSG = 'singularity.opensciencegrid.org';
export const JINR = 'containers.jinr.ru';

/**
 * A user's world in which git.jinr.ru, github.com and the registries are called by these names, by https: a proxy on loopback leads to
 * the fakes. Nothing is configured but where JINR's list lies, which is not public.
 */
export class RealWorld {
  readonly world: World;
  readonly github: FakeGitHub;
  readonly names: RealNames;

  private constructor(world: World, github: FakeGitHub, names: RealNames) {
    this.world = world;
    this.github = github;
    this.names = names;
  }

  /** @param registries names of registries beside git.jinr.ru:5005 that the one registry of the world answers for */
  static async make(program: Program, registries: readonly string[] = []): Promise<RealWorld> {
    const world = await World.make(program);
    mkdirSync(join(world.cvmfs, OSG, '.images'), { recursive: true });
    const github = new FakeGitHub();
    await github.listen();
    world.forge.names = { web: 'https://git.jinr.ru', api: 'https://git.jinr.ru' };
    github.names = { web: 'https://github.com', api: 'https://api.github.com' };
    github.users.set(TOKEN, { login: 'nica', scopes: ['public_repo'] });
    github.addRepository('opensciencegrid/cvmfs-singularity-sync', { 'docker_images.txt': LIST });
    const routes: Routes = { 'git.jinr.ru': world.forge.port, 'api.github.com': github.port };
    for (const name of ['git.jinr.ru:5005', ...registries]) routes[name] = world.registryPort;
    const names = await RealNames.open(routes, world.folder);
    const services = {
      [JINR]: { servers: [], wishlist: { path: 'docker_images.txt' } },
      [OSG]: { servers: [] },
    };
    world.configure({ services, insecureRegistries: [] });
    return new RealWorld(world, github, names);
  }

  /** What a program finds in its environment; the tokens are those of the user. */
  environment(
    changes: Readonly<Record<string, string | undefined>> = {},
  ): Record<string, string | undefined> {
    return {
      ...{ http_proxy: undefined, no_proxy: undefined, [this.world.tokenVariable]: undefined },
      ...{ JCDS_TOKEN_GIT_JINR_RU: TOKEN, JCDS_TOKEN_GITHUB_COM: TOKEN },
      ...this.names.environment,
      ...changes,
    };
  }

  jcds(words: readonly string[], changes: Readonly<Record<string, string | undefined>> = {}): Promise<Ended> {
    return this.world.jcds(words, this.environment(changes));
  }

  async remove(): Promise<void> {
    await this.names.close();
    await this.world.remove();
    await this.github.close();
  }
}
