import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RECORDS } from '../../src/service/records.ts';
import { PLANTS } from '../security/plants.ts';
import { fileImage, treeImage } from './images.ts';
import { codeOf, Service } from './service.ts';

// What a service remembers lies in its repository, in every state that a crash, a full disk or another user can leave it in: a cycle
// takes nothing away because of it. It goes on as if it knew less, or is refused.
const NAMES = ['group/one:1', 'group/two:1', 'other/three:1'];
/** One that no registry has, and one that cannot be published. */
const WITHOUT = ['other/gone:1', 'other/bad:1'];
const service = new Service();
const whole = join(service.folder, 'whole');
beforeAll(async () => {
  await service.start();
  for (const name of NAMES) service.push(name, fileImage(name));
  service.push('other/bad:1', treeImage([{ name: 'l', type: '2', link: '$(x)' }]));
  await service.cycle(service.list(...NAMES, ...WITHOUT));
  service.now += 3_600_000;
  await service.cycle(service.list(...NAMES.slice(1), ...WITHOUT));
  cpSync(service.place, whole, { recursive: true, verbatimSymlinks: true });
});
afterAll(() => service.stop());

/** Names that lead to an image, and what is kept of images. */
function published(): string[] {
  const names = readdirSync(service.place, { recursive: true, encoding: 'utf8' });
  return names.filter(name => /^\.images\/..\/[^/]+$|^[a-z]+\/[a-z]+:1$/.test(name)).sort();
}

describe.each(Object.entries(RECORDS))('%s', (_, file) => {
  test.each(Object.entries(PLANTS))('%s', async (_name, plant) => {
    rmSync(service.place, { recursive: true });
    cpSync(whole, service.place, { recursive: true, verbatimSymlinks: true });
    const before = published();
    plant(join(service.place, file), readFileSync(join(service.place, file)));
    const said = await service.cycle(service.list(...NAMES.slice(1), ...WITHOUT)).then(
      cycle => codeOf(cycle),
      (failure: { code: unknown }) => failure.code,
    );
    expect(said).toBeOneOf([0, 1, 'STATE_UNREADABLE', 'TARGET_UNUSABLE']);
    expect(published()).toEqual(before);
  });
});
