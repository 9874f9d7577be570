import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadTemplates } from '../../src/replenish/messages/templates.ts';

const builtIn = join(import.meta.dirname, '../../config/templates');
let own: string;

beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'prepaid-hours-templates-'));
});
afterEach(() => rmSync(own, { recursive: true }));

test('a template of the admin’s own is used, and the built-in one for each that is lacking', () => {
  mkdirSync(join(own, 'en'));
  writeFileSync(join(own, 'en/client-note.eta'), 'subject: Ours\n\nHello <%~ it.client %>');
  const templates = loadTemplates([own, builtIn]);
  const values = { event: 'ended', client: 'Dupont', size: '10 h' } as never;
  expect(templates.render('client-note', 'en', values).body).toBe('Hello Dupont');
  expect(templates.render('recharge-note', 'en', values).body).toContain('was cancelled');
  expect(templates.render('recharge-note', 'fr', values).body).toContain('est annulé');
});

test('one that does not compile is a fault of the config, with its file', () => {
  mkdirSync(join(own, 'fr'));
  writeFileSync(join(own, 'fr/invoice.eta'), 'subject: Non\n\n<% if ( %>');
  expect(() => loadTemplates([own, builtIn])).toThrow(
    expect.objectContaining({
      kind: 'config',
      message: expect.stringContaining(join('fr', 'invoice.eta')),
    }),
  );
});
