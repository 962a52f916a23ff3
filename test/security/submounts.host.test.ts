import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting, imageInCvmfs } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// What is mounted in an image's directory on the host is as read-only as the image is.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';
const cells = host.people.flatMap(person =>
  usableBy(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  afterAll(() => around.close?.());

  test('an entry, and a directory in one', () => {
    const image = imageInCvmfs(`containers.jinr.ru/${IMAGE}`);
    const mounts = ['srv', 'usr/bin'].map(place => `mount --bind "$dir" ${image}/${place}`).join(' && ');
    const before = `dir=$(mktemp -d) && cp -a ${image}/usr/bin/. "$dir" && chmod 1777 "$dir" && ${mounts} && exec "$@"`;
    const script =
      'for place in /srv /usr/bin; do echo x 2>/dev/null > $place/new && echo "wrote $place"; done; echo done';
    const { code, stdout, stderr } = host.jcds(
      person,
      ['exec', '--runtime', name, IMAGE, 'sh', '-c', script],
      {
        around,
        through: ['sh', '-c', before, 'sh'],
      },
    );
    expect(stdout).not.toContain('wrote');
    // Apptainer, as by hand, starts no image in which something is mounted where it may not unmount it.
    if (!/^(?:apptainer|singularity)$/.test(name)) expect([code, stdout, stderr]).toEqual([0, 'done\n', '']);
  });
});
