// The licence notes of a standalone: of every npm package whose code is in it (told by the bundler, not by a list), and
// of what it runs on.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Bun's parts and their licences, as its LICENSE.md of the pinned version names them. */
const PARTS = [
  ['JavaScriptCore and parts of WebKit', 'LGPL-2.0-or-later', 'https://github.com/oven-sh/WebKit'],
  ['tinycc', 'LGPL-2.1', 'https://github.com/tinycc/tinycc'],
  ['BoringSSL', 'Apache-2.0, ISC and others', 'https://boringssl.googlesource.com/boringssl'],
  ['brotli', 'MIT', 'https://github.com/google/brotli'],
  ['c-ares', 'MIT', 'https://github.com/c-ares/c-ares'],
  ['highway', 'Apache-2.0', 'https://github.com/google/highway'],
  ['ICU', 'Unicode-3.0', 'https://github.com/unicode-org/icu'],
  ['libarchive', 'BSD-2-Clause and others', 'https://github.com/libarchive/libarchive'],
  ['libbase64', 'BSD-2-Clause', 'https://github.com/aklomp/base64'],
  [
    'libc++abi (__cxa_thread_atexit)',
    'Apache-2.0 WITH LLVM-exception',
    'https://github.com/llvm/llvm-project',
  ],
  ['libdeflate', 'MIT', 'https://github.com/ebiggers/libdeflate'],
  ['libjpeg-turbo', 'BSD-3-Clause, IJG and Zlib', 'https://github.com/libjpeg-turbo/libjpeg-turbo'],
  ['libspng', 'BSD-2-Clause', 'https://github.com/randy408/libspng'],
  ['libwebp', 'BSD-3-Clause', 'https://github.com/webmproject/libwebp'],
  ['lol-html', 'BSD-3-Clause', 'https://github.com/cloudflare/lol-html'],
  ['ls-hpack, ls-qpack, lsquic', 'MIT, parts BSD-3-Clause', 'https://github.com/litespeedtech/lsquic'],
  ['mimalloc', 'MIT', 'https://github.com/microsoft/mimalloc'],
  ['picohttpparser', 'MIT', 'https://github.com/h2o/picohttpparser'],
  ['simdutf', 'Apache-2.0', 'https://github.com/simdutf/simdutf'],
  ['uSockets and uWebSockets', 'Apache-2.0', 'https://github.com/uNetworking'],
  ['uucode', 'MIT', 'https://github.com/jacobsandlund/uucode'],
  ['zlib-ng', 'Zlib', 'https://github.com/zlib-ng/zlib-ng'],
  ['zstd', 'BSD-3-Clause', 'https://github.com/facebook/zstd'],
  ['TigerBeetle (parts)', 'Apache-2.0', 'https://github.com/tigerbeetle/tigerbeetle'],
  ['esbuild (ported parts)', 'MIT', 'https://github.com/evanw/esbuild'],
  ['browserify polyfills, acorn', 'MIT', 'https://github.com/browserify'],
];

/** The text of NOTICES. @param inputs paths of the bundled files; @throws Error for a package without a licence */
export function notices(inputs, compilerVersion) {
  const packages = [...new Set(inputs.flatMap(packageOf))].sort();
  const rows = PARTS.map(([name, licence, address]) => `  ${name}: ${licence}; ${address}`);
  return [
    'libexec/jcds is jcds (Apache-2.0: LICENSE) and the software below, in one file.\n',
    `Bun ${compilerVersion}: MIT; https://github.com/oven-sh/bun/tree/bun-v${compilerVersion}`,
    'It is the unchanged executable of the npm package @oven/bun-linux-*; the code of jcds is appended to it by its own compiler.',
    'It holds these, under licences of their own:',
    ...rows,
    '',
    'JavaScriptCore and tinycc are under the LGPL (text: LGPL-2.1). You may change them and link anew: build Bun with your',
    `changes from the sources named above, and give the result to --compile-executable-path in .ci/standalone.mjs of jcds.`,
    '',
    ...packages.map(noticeOf),
  ].join('\n');
}

/** `node_modules/a/node_modules/@b/c/file.js` -> `node_modules/a/node_modules/@b/c`. */
function packageOf(input) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return found === null ? [] : [found[1]];
}

function noticeOf(folder) {
  const place = resolve(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const file = readdirSync(place).find(entry => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  if (license === undefined) throw new Error(`${name} names no licence`);
  const text =
    file === undefined || !existsSync(join(place, file))
      ? ''
      : readFileSync(join(place, file), 'utf8').trim();
  return `${'-'.repeat(80)}\n${name} ${version}: ${license}\n\n${text}\n`;
}
