// The last check of `npm test`: whether any secret that the tests used stands in anything that was printed meanwhile.
// Reads what test/printed.ts has noted.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [file] = process.argv.slice(2);

async function* notes() {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
    if (line !== '') yield JSON.parse(line);
}

/** A secret, and what others make of it on the way. */
function formsOf(secret) {
  const base64 = Buffer.from(secret).toString('base64');
  return [
    secret,
    encodeURIComponent(secret),
    base64,
    base64.replaceAll('=', ''),
    JSON.stringify(secret).slice(1, -1),
  ];
}

const secrets = new Set();
for await (const { secret } of notes()) if (secret !== undefined) secrets.add(secret);
const forms = [...secrets].flatMap(secret => formsOf(secret).map(form => [form, secret]));

let texts = 0;
let bytes = 0;
const leaks = [];
for await (const { printed } of notes()) {
  if (printed === undefined) continue;
  texts += 1;
  bytes += printed.length;
  const [form] = forms.find(([text]) => printed.includes(text)) ?? [];
  if (form === undefined) continue;
  const at = printed.indexOf(form);
  leaks.push(
    `${JSON.stringify(form)} in ${JSON.stringify(printed.slice(Math.max(0, at - 200), at + form.length + 100))}`,
  );
}
console.log(`${secrets.size} secrets looked for in ${texts} printed texts (${(bytes / 1e6).toFixed(1)} MB)`);
for (const leak of new Set(leaks)) console.error(`LEAK: ${leak}`);
// Nothing noted means that nothing was looked at.
process.exit(leaks.length === 0 && secrets.size > 0 && texts > 0 ? 0 : 1);
