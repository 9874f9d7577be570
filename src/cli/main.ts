#!/usr/bin/env node
// Loaded before any syntax that an older Node cannot parse, so that it names the version it needs
// instead of a syntax error.
const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  process.stderr.write(
    `prepaid-hours needs Node 24 or newer; this is ${process.versions.node}.\n` +
      'From a checkout, `npm run -s prepaid-hours -- COMMAND` uses the right one after `npm ci`.\n',
  );
  process.exitCode = 2;
} else {
  const { useCompileCache } = await import('./compile-cache.ts');
  useCompileCache();
  const { registry } = await import('../../connectors/registry.ts');
  const { runProcess } = await import('./process.ts');
  process.exitCode = await runProcess(registry, async (request, context) => {
    const { sendNotice } = await import('../../connectors/http/send-notice.ts');
    await sendNotice(request, context);
  });
}

export {};
