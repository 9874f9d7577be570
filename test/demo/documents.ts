/** The JSON documents of the command line that the demo looks at. */
import { z } from 'zod';

const Count = z.int().min(0);

export const RunDocument = z.looseObject({
  run: z.string(),
  ok: z.boolean(),
  steps: z.array(
    z.looseObject({
      step: z.string(),
      connection: z.string().nullable(),
      requests: Count,
      rows: Count,
      changed: Count,
      quarantined: Count,
      posted: Count,
      messages: Count,
      delivered: Count,
      failed: Count,
      error: z.string().nullable(),
    }),
  ),
});
export type RunDocument = z.infer<typeof RunDocument>;

export const BalancesDocument = z.looseObject({
  asOf: z.string(),
  clients: z.array(
    z.looseObject({
      client: z.string(),
      settledSeconds: z.int(),
      pendingSeconds: z.int(),
      projectedSeconds: z.int(),
      overageSeconds: z.int(),
    }),
  ),
});
export type BalancesDocument = z.infer<typeof BalancesDocument>;

export const StatementsDocument = z.looseObject({
  statements: z.array(z.looseObject({ client: z.string(), file: z.string() })),
});

export type StatementsDocument = z.infer<typeof StatementsDocument>;

export const PaymentsDocument = z.looseObject({
  recharges: z.array(
    z.looseObject({
      client: z.string(),
      state: z.string(),
      reason: z.string().nullable(),
      attempts: Count,
      priceMinor: z.int(),
    }),
  ),
  mandates: z.array(z.looseObject({ client: z.string(), status: z.string() })),
});
export type PaymentsDocument = z.infer<typeof PaymentsDocument>;

export const AgreementDocument = z.looseObject({ client: z.string(), file: z.string() });

export const PublishDocument = z.looseObject({
  index: z.string(),
  pages: z.array(z.looseObject({ client: z.string(), file: z.string() })),
});

const ReportedClient = z.looseObject({ client: z.string() });

export const LeaksDocument = z.looseObject({
  clients: z.array(
    ReportedClient.extend({
      startOn: z.string(),
      rows: z.array(
        z.looseObject({
          month: z.string(),
          reason: z.string(),
          minor: z.int(),
          seconds: Count,
          explain: z.string(),
        }),
      ),
    }),
  ),
});
export type LeaksDocument = z.infer<typeof LeaksDocument>;

export const BridgeDocument = z.looseObject({
  clients: z.array(
    ReportedClient.extend({
      verdict: z.string(),
      months: z.array(z.looseObject({ month: z.string(), usedSeconds: Count })),
    }),
  ),
});
export type BridgeDocument = z.infer<typeof BridgeDocument>;

export const ProactiveDocument = z.looseObject({
  clients: z.array(
    ReportedClient.extend({
      total: z.looseObject({
        seconds: z.object({ proactive: Count, reactive: Count, emergency: Count }),
        proactivePercent: Count.nullable(),
      }),
    }),
  ),
});
export type ProactiveDocument = z.infer<typeof ProactiveDocument>;

export const FileDocument = z.looseObject({ file: z.string() });
export const UnloggedDocument = z.looseObject({
  rows: z.array(z.looseObject({ client: z.string(), seconds: z.int(), state: z.string() })),
  uncounted: z.array(z.looseObject({ reason: z.string() })),
  unmatched: z.array(z.looseObject({ name: z.string() })),
});
export type UnloggedDocument = z.infer<typeof UnloggedDocument>;

export const DoublesDocument = z.looseObject({
  rows: z.array(
    z.looseObject({ first: z.looseObject({ client: z.string().nullable() }), state: z.string() }),
  ),
});
export type DoublesDocument = z.infer<typeof DoublesDocument>;

export const VerifyDocument = z.looseObject({ ok: z.boolean() });
export type VerifyDocument = z.infer<typeof VerifyDocument>;

const Figure = z.int();

export const RevenueDocument = z.looseObject({
  from: z.string(),
  to: z.string(),
  currencies: z.array(
    z.looseObject({
      currency: z.string(),
      total: z.looseObject({
        openingMinor: Figure,
        sold: Figure,
        takenOver: Figure,
        earned: Figure,
        reversed: Figure,
        closingMinor: Figure,
        closingSeconds: Figure,
      }),
    }),
  ),
});
export type RevenueDocument = z.infer<typeof RevenueDocument>;

export const BuyerDocument = z.looseObject({ folder: z.string(), sha256: z.string() });

export const VerifyExportDocument = z.looseObject({ ok: z.boolean(), sha256: z.string() });
