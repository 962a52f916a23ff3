import { expect, test } from 'vitest';
import { readAccount } from '../../src/job/account.ts';

const FILES: Record<string, string> = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nalice:x:1000:7:Alice A.,,:/home/alice:/bin/zsh\nother:x:1000:9:::\n',
  '/etc/group': 'root:x:0:\nlab:x:7:bob\nadm:x:4:alice\nagain:x:4:\nelse:x:50:alice',
};
const person = { uid: 1000, gid: 8, userName: 'of-the-library', accountShell: '/bin/tcsh' };

test('the first entry of this uid, and the names of the groups that the job has', () => {
  expect(readAccount(person, [8, 4, 99999], file => FILES[file]!)).toEqual({
    ...{ name: 'alice', gid: 7, gecos: 'Alice A.,,', shell: '/bin/zsh' },
    groups: [
      { name: 'lab', gid: 7 },
      { name: 'adm', gid: 4 },
    ],
  });
});

test('an account that no file has: what the C library tells, and its group by the user’s name', () => {
  expect(readAccount({ ...person, uid: 1001 }, [8, 4], file => FILES[file]!)).toEqual({
    ...{ name: 'of-the-library', gid: 8, gecos: '', shell: '/bin/tcsh' },
    groups: [
      { name: 'adm', gid: 4 },
      { name: 'of-the-library', gid: 8 },
    ],
  });
  const nobody = readAccount({ ...person, accountShell: undefined }, [], () => '');
  expect(nobody).toEqual({
    ...{ name: 'of-the-library', gid: 8, gecos: '', shell: '' },
    groups: [{ name: 'of-the-library', gid: 8 }],
  });
});
