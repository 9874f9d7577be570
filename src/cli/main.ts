#!/usr/bin/env node
// Loaded before anything that an older Node does not understand, so that such a Node says which is
// needed and not which syntax it stumbled on.
const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  process.stderr.write(
    `prepaid-hours needs Node 24 or newer; this is ${process.versions.node}.\n` +
      'From a checkout, `npm run -s prepaid-hours -- COMMAND` uses the right one after `npm ci`.\n',
  );
  process.exitCode = 2;
} else {
  const { registry } = await import('../../connectors/registry.ts');
  const { runProcess } = await import('./process.ts');
  process.exitCode = await runProcess(registry);
}

export {};
