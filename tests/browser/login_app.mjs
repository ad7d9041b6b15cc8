// A program that signs people in by --logins (samples/login, samples/blog), and oidc-provider as
// its provider.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from './free_port.mjs';

/** Starts `command`, and waits until it has printed something that `said` matches. */
async function start(command, args, said) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise((resolve, reject) => {
    const read = (piece) => {
      output += piece;
      if (said.test(output)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`${command} ended with ${status}:\n${output}`)));
  });
  return {
    output: () => output,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

/**
 * @param args  Returns further arguments of the program, from its own folder.
 * @returns {Promise<{url: string, log: () => string, stop: () => Promise<number>}>} `stop` gives the
 *   program's exit status.
 */
export async function startLogin(program, args = () => []) {
  const [port, providerPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const callback = `${url}/login/local/callback`;
  const folder = mkdtempSync(join(tmpdir(), 'bora-login-'));
  const file = join(folder, 'logins.toml');
  writeFileSync(
    file,
    `[[login]]
name = "local"
issuer = "http://localhost:${providerPort}"
client_id = "bora-sample"
client_secret = "bora-sample-secret"
redirect_uri = "${callback}"
allow_http_loopback = true
`,
  );
  const script = fileURLToPath(new URL('oidc_provider.mjs', import.meta.url));
  const provider = await start(process.execPath, [script, String(providerPort), callback], /issuer: /);
  const app = await start(program, [`--port=${port}`, `--logins=${file}`, ...args(folder)], /listening on/);
  return {
    url,
    log: app.output,
    async stop() {
      const status = await app.stop();
      await provider.stop();
      rmSync(folder, { recursive: true });
      return status;
    },
  };
}
