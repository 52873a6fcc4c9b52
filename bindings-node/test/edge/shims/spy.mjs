// Counts what importing a package has no business doing. It has to come before the package.
export const seen = [];

const watch = (owner, name) => {
  const own = owner?.[name];
  if (typeof own !== 'function') return;
  owner[name] = new Proxy(own, {
    apply(target, self, args) {
      seen.push(name);
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      seen.push(name);
      return Reflect.construct(target, args, newTarget);
    },
  });
};

for (const name of ['Module', 'Instance', 'compile', 'instantiate']) watch(WebAssembly, name);
for (const name of ['setTimeout', 'setInterval', 'queueMicrotask', 'fetch', 'atob', 'addEventListener']) watch(globalThis, name);
watch(crypto, 'getRandomValues');
