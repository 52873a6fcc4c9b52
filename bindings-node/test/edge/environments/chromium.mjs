// A page in headless Chromium.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function runChromium(stage) {
  const program = [process.env.BEARLUMEN_TEST_CHROMIUM, ...PROGRAMS].find((path) => path !== undefined && existsSync(path));
  if (program === undefined) return 'there is no Chromium on this machine';
  const content = await bundle({ ...stage, entry: join(stage.here, 'page.mjs'), conditions: ['browser'], endings: [] });
  stage.files.set('/page', { type: 'text/html', content: '<!doctype html><title>suites</title><script type="module" src="/page.js"></script>' });
  stage.files.set('/page.js', { type: 'text/javascript', content });
  return inPage(program, stage.require('playwright-core'), `${stage.server.url}/page`, async (page, errors) => {
    const results = await page.evaluate(() => globalThis.results);
    return results ?? [{ name: 'the page loads', error: errors.join('\n') }];
  });
}

/** Opens `url` and answers what `work` makes of the page. */
async function inPage(program, playwright, url, work) {
  const folder = mkdtempSync(join(tmpdir(), 'bearlumen-chromium-'));
  const context = await playwright.chromium.launchPersistentContext(folder, { executablePath: program, headless: true, args: QUIET });
  try {
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? String(error)));
    await page.goto(url);
    return await work(page, errors);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
