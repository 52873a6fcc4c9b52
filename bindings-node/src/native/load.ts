import { join } from 'node:path';
import type { Addon } from './addon';

/**
 * The builds that may run here, likeliest first. On Linux both C libraries are tried: asking which one is in
 * use costs more than a failed attempt.
 */
function candidates(): string[] {
  const host = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${host}-gnu`, `${host}-musl`] : [host];
}

/**
 * From this package. The path is put together where what traces a program's files, such as Vercel's builds do, can
 * follow it.
 */
function ofThisPackage(build: string): Addon {
  return require(join(__dirname, '..', '..', 'native', `bearlumen.${build}.node`)) as Addon;
}

/** From a package of that platform's own, each named in full for the same reason. */
function ofPlatform(build: string): Addon | undefined {
  // Bundlers let a package be missing only where its absence is caught at once.
  try {
    switch (build) {
      case 'linux-x64-gnu':
        return require('@bearlumen/node-sdk-linux-x64-gnu') as Addon;
      case 'linux-arm64-gnu':
        return require('@bearlumen/node-sdk-linux-arm64-gnu') as Addon;
      case 'linux-x64-musl':
        return require('@bearlumen/node-sdk-linux-x64-musl') as Addon;
      case 'linux-arm64-musl':
        return require('@bearlumen/node-sdk-linux-arm64-musl') as Addon;
      case 'darwin-x64':
        return require('@bearlumen/node-sdk-darwin-x64') as Addon;
      case 'darwin-arm64':
        return require('@bearlumen/node-sdk-darwin-arm64') as Addon;
      case 'win32-x64':
        return require('@bearlumen/node-sdk-win32-x64') as Addon;
    }
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
  return undefined;
}

function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
}

/** Whether this file was put into another by a bundler, which leaves the addon behind. */
function isBundled(): boolean {
  return typeof __filename !== 'string' || !/[\\/]native[\\/]load\.js$/.test(__filename);
}

function load(): Addon {
  const reasons: string[] = [];
  for (const build of candidates()) {
    for (const find of [ofThisPackage, ofPlatform]) {
      try {
        const found = find(build);
        if (found !== undefined) return found;
      } catch (error) {
        if (!isAbsence(error)) reasons.push(`${build}: ${(error as Error).message}`);
      }
    }
  }
  if (isBundled()) {
    throw new Error(
      '@bearlumen/node-sdk was put into a bundle, which cannot hold its native addon. Leave the package out of the bundle and ' +
        'deploy it beside: --external:@bearlumen/node-sdk with esbuild, `externals` with webpack, `serverExternalPackages` in Next.js.',
    );
  }
  const why = reasons.length > 0 ? reasons.join('; ') : 'this package holds no build for it';
  throw new Error(
    `@bearlumen/node-sdk cannot run on ${process.platform} ${process.arch} with Node.js ${process.versions.node}: ${why}. ` +
      'If the platform is supported, install the package again on this very platform, without leaving out optional dependencies.',
  );
}

export const addon: Addon = load();
