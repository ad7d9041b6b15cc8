// An app of `bora new`, and `bora dev` that serves it; for tests and for bench/dev.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 240_000;

export function environment(prefix, more = {}) {
  return { ...process.env, NO_COLOR: '1', PATH: `${prefix}/bin:${process.env.PATH}`, CMAKE_PREFIX_PATH: prefix, ...more };
}

/** Makes the project `name` below `work`, in place of an older one. */
export function makeApp(prefix, work, name) {
  mkdirSync(work, { recursive: true });
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  const made = spawnSync('bora', ['new', name], { cwd: work, env: environment(prefix), encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`bora new: ${made.stderr}`);
  return folder;
}

/** Waits until `claim()` gives something true, and returns that. The limit is only for what never comes. */
export async function until(claim, what, limit = LIMIT_MS) {
  const end = Date.now() + limit;
  for (;;) {
    const result = await claim();
    if (result) return result;
    if (Date.now() > end) throw new Error(`never came: ${typeof what === 'function' ? await what() : what}`);
    await sleep(10);
  }
}

export class Dev {
  constructor(prefix, folder, options = [], more = {}) {
    this.folder = folder;
    this.output = '';
    this.child = spawn('bora', ['dev', ...options], {
      cwd: folder, env: environment(prefix, more), stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (piece) => { this.output += piece; };
    this.child.stdout.on('data', take);
    this.child.stderr.on('data', take);
    this.ended = once(this.child, 'exit');
  }

  async url() {
    const match = await until(() => /-> (http:\/\/\S+)/.exec(this.output), () => `the address in ${this.output}`);
    return match[1];
  }

  /** Returns how often a new version began to serve. */
  versions() { return this.output.split('built and started in').length - 1; }

  async served(count = 1) { await until(() => this.versions() >= count, () => `version ${count} in ${this.output}`); }

  async said(text) { await until(() => this.output.includes(text), () => `"${text}" in ${this.output}`); }

  read(path) { return readFileSync(join(this.folder, path), 'utf8'); }

  /** Replaces text in a file like an editor: a new file takes the place of the old one.
   * edit(path, from, to, from, to, …): all of it is one save. */
  edit(path, ...changes) {
    const file = join(this.folder, path);
    let text = readFileSync(file, 'utf8');
    for (let i = 0; i < changes.length; i += 2) {
      if (!text.includes(changes[i])) throw new Error(`no "${changes[i]}" in ${path}`);
      text = text.replace(changes[i], changes[i + 1]);
    }
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  }

  async stop(signal = 'SIGINT') {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    const [status] = await this.ended;
    return status;
  }
}

/** Returns the processes that run a program below `folder`, or have it as their working directory. */
export function processesIn(folder) {
  const found = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    try {
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      const program = readlinkSync(`/proc/${pid}/exe`);
      const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0];
      if (state !== 'Z' && (cwd.startsWith(folder) || program.startsWith(folder))) found.push(Number(pid));
    } catch { /* It has just ended, or belongs to somebody else. */ }
  }
  return found;
}

export { existsSync, sleep };
