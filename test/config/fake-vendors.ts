import { z } from 'zod';
import type { Connector, VendorModule } from '../../src/contract/connector.ts';

function create(): Connector {
  return { check: async () => [], pull: {}, push: {} };
}

const PsaSettings = z.strictObject({
  baseUrl: z.url().describe('Address of the API'),
  clientKey: z.string().min(1).meta({ secret: true }).describe('Key of the API'),
  retries: z.number().int().default(3).describe('Tries'),
  sellsBy: z.enum(['product', 'text']).default('text').describe('What an invoice line needs'),
  alerts: z.strictObject({ board: z.string().describe('Board for alerts') }).optional(),
  login: z
    .discriminatedUnion('by', [
      z.strictObject({ by: z.literal('password'), password: z.string().meta({ secret: true }) }),
      z.strictObject({
        by: z.literal('token'),
        token: z.string().meta({ secret: true }).optional(),
      }),
    ])
    .optional()
    .describe('How to log in'),
});

/** A PSA that takes everything. Its own message quotes a value on purpose. */
export const fakePsa: VendorModule<z.infer<typeof PsaSettings>> = {
  id: 'fake-psa',
  title: 'Fake PSA',
  config: PsaSettings.superRefine((settings, context) => {
    if (!settings.clientKey.startsWith('bad')) return;
    context.addIssue({
      code: 'custom',
      path: ['clientKey'],
      message: `${settings.clientKey} is bad`,
    });
  }),
  pulls: ['clients', 'tickets', 'timeEntries'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  facts: {},
  evidence: [],
  needsProduct: ({ sellsBy }) => sellsBy === 'product',
  create,
};

const RmmSettings = z.strictObject({ region: z.enum(['eu', 'us']).describe('Where it runs') });

/** An RMM that takes alerts only. */
export const fakeRmm: VendorModule<z.infer<typeof RmmSettings>> = {
  id: 'fake-rmm',
  title: 'Fake RMM',
  config: RmmSettings,
  pulls: ['sessions'],
  pushes: ['alert-ticket'],
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  facts: {},
  evidence: [],
  create,
};

export const fakeVendors: readonly VendorModule[] = [fakePsa, fakeRmm];
