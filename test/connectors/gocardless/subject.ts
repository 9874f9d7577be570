import { gocardless } from '../../../connectors/gocardless/index.ts';
import { startGoCardlessSandbox } from '../../sandbox/gocardless/index.ts';
import { type ContractBench, type ContractSubject, withoutTickets } from '../contract-bench.ts';

const pageSize = 4;

export const gocardlessSubject: ContractSubject = {
  vendor: gocardless,
  requests: { pageSize: 500, lists: { payments: 2 }, setup: 0 },
  essential: ['links'],
  start: startBench,
};

const failures = { funds: 'insufficient_funds', account: 'bank_account_closed' };

/** Two customers, each with a SEPA mandate. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startGoCardlessSandbox();
  const { state, organisation, keys, settings } = sandbox;
  organisation.rowsMax = pageSize;
  const clients = ['Dupont', 'Martin'].map((name) => {
    const customer = state.addCustomer(name);
    return { customer, mandate: state.addMandate(customer, 'sepa_core') };
  });
  const clientAt = (index: number) => clients[index] ?? { customer: '', mandate: '' };
  const charge = (mandate: string, amount: number): string =>
    state.addPayment({ mandate, amount, currency: 'EUR' }).id;
  return {
    ...withoutTickets,
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, accessToken: 'wrong_token_wrong_token' },
    clientIds: clients.map(({ customer }) => customer),
    countPushed: (_, key) => {
      const payments = [...state.payments.values()];
      return payments.filter(({ metadata }) => metadata.prepaid_hours_key === key).length;
    },
    pageSize,
    pageStreams: [
      { stream: 'payments', path: /^\/events$/ },
      { stream: 'mandates', path: /^\/events$/ },
    ],
    recharge: { currency: 'EUR' },
    payments: {
      add: async (count) =>
        Array.from({ length: count }, () => {
          const mandateId = state.addMandate(clientAt(0).customer, 'sepa_core');
          const paymentId = charge(mandateId, 50_000);
          state.confirm(paymentId);
          return { paymentId, mandateId };
        }),
      submit: async ({ client, amountMinor }) => charge(clientAt(client).mandate, amountMinor),
      succeed: async (id) => state.confirm(id),
      fail: async (id, why) => state.fail(id, failures[why]),
      reverse: async (id, amountMinor) => void state.refund(id, amountMinor),
      endMandate: async (id) => state.moveMandate(id, 'cancelled'),
      forgetKeys: () => keys.clear(),
    },
  };
}
