import { expect, test } from 'vitest';
import { typedRepositories } from '../../src/repositories/typed.ts';

const [JINR, CERN] = ['containers.jinr.ru', 'unpacked.cern.ch'];

test.each<[options: Record<string, unknown>, searched: string[], words: string]>([
  [{}, [], ''],
  [{}, [JINR], ''],
  [{}, [JINR, CERN], ''],
  [{}, [CERN], `--repository ${CERN} `],
  [{}, [CERN, JINR, CERN], `--repository ${CERN} --repository ${JINR} `],
  [{ repository: [JINR] }, [JINR], `--repository ${JINR} `],
  [{ repository: [CERN, JINR] }, [JINR], `--repository ${CERN} --repository ${JINR} `],
  [{ repository: undefined }, [JINR], ''],
])('%j where %j are searched', (options, searched, words) => {
  expect(typedRepositories(options, searched)).toBe(words);
});
