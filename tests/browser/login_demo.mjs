// samples/login with a provider on this machine, for trying it:
//   node tests/browser/login_demo.mjs build/release/bin/login

import { startLogin } from './login_app.mjs';

const program = process.argv[2];
if (!program) {
  console.error('usage: node login_demo.mjs PROGRAM');
  process.exit(2);
}
const app = await startLogin(program);
console.log(`open ${app.url} (Ctrl-C stops); any name and password will do`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, async () => process.exit(await app.stop()));
