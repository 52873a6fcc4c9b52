import type { Addon } from './addon';

/**
 * The builds that may run here, likeliest first. On Linux both C libraries are tried: asking which one is in
 * use costs more than a failed attempt.
 */
function candidates(): string[] {
  const host = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${host}-gnu`, `${host}-musl`] : [host];
}

function load(): Addon {
  const reasons: string[] = [];
  for (const build of candidates()) {
    // In this package, or in one of its own for that platform.
    for (const place of [`../../native/bearlumen.${build}.node`, `@bearlumen/node-sdk-${build}`]) {
      try {
        return require(place) as Addon;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code !== 'MODULE_NOT_FOUND') reasons.push(`${build}: ${message}`);
      }
    }
  }
  const why = reasons.length > 0 ? reasons.join('; ') : 'this package holds no build for it';
  throw new Error(
    `@bearlumen/node-sdk cannot run on ${process.platform} ${process.arch} with Node.js ${process.versions.node}: ${why}. ` +
      'If the platform is supported, install the package again on this very platform, without leaving out optional dependencies.',
  );
}

export const addon: Addon = load();
