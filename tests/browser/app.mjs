// Starts a program under test on a free port and stops it again, by its own process id.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

const START_LIMIT_MS = 20_000;

/**
 * Starts `program --port=0 …` and waits for the address that it prints.
 *
 * @returns {Promise<{url: string, stop: () => Promise<number>}>} `stop` sends SIGTERM and gives the
 *   exit status: a graceful stop is 0.
 */
export async function startApp(program, args = []) {
  const child = spawn(program, ['--port=0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${program} did not say where it listens:\n${output}`));
    }, START_LIMIT_MS);
    const read = (piece) => {
      output += piece;
      const match = /http:\/\/[\w.:[\]]+/.exec(output);
      if (match) {
        clearTimeout(limit);
        resolve(match[0]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`${program} ended with ${status}:\n${output}`)));
  });
  return {
    url,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [status] = await ended;
      return status;
    },
  };
}
