/** A proxy, and what it wants to hear. */
export interface Proxy {
  url: URL;
  headers: Record<string, string>;
}

/** The proxy that the environment names for a url, by the variables that other programs go by as well. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): Proxy | undefined {
  const named = variable(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? variable(env, 'all_proxy');
  if (named === undefined || isExempt(url, variable(env, 'no_proxy') ?? '')) return undefined;
  const proxy = new URL(named.includes('://') ? named : `http://${named}`);
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  return { url: proxy, headers: headers as Record<string, string> };
}

function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name] ?? env[name.toUpperCase()];
  return value === undefined || value === '' ? undefined : value;
}

/** `no_proxy` lists hosts, with their subdomains, with a port if only that one is meant; `*` is all. */
function isExempt(url: URL, list: string): boolean {
  const port = url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const host = name.replace(/^\*?\./, '');
    if (host === '' || (wanted !== undefined && wanted !== port)) return false;
    return url.hostname === host || url.hostname.endsWith(`.${host}`);
  });
}
