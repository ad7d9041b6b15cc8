// Debian's Chromium, driven by playwright-core: one browser for a test file, a fresh profile for each.

import { chromium } from 'playwright-core';

const executable = process.env.BORA_CHROMIUM ?? '/usr/bin/chromium';

/** Starts a headless browser, with `more` arguments; close it in `after()`. */
export function launchBrowser(more = []) {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
