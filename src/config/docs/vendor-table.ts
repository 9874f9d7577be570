import type { Evidence, VendorModule } from '../../contract/connector.ts';
import { isPaymentProvider } from '../../contract/registry.ts';

const columns: readonly [title: string, cell: (vendor: VendorModule) => string | boolean][] = [
  ['clients', ({ pulls }) => pulls.includes('clients')],
  ['tickets', ({ pulls }) => pulls.includes('tickets')],
  [
    'time',
    ({ pulls }) =>
      pulls.includes('ticketTime') ? 'ticket by ticket' : pulls.includes('timeEntries'),
  ],
  ['approval', ({ table }) => table.approval],
  ['sessions', ({ pulls }) => pulls.includes('sessions')],
  ['invoices read', ({ pulls }) => pulls.includes('invoices')],
  ['alert', ({ pushes }) => pushes.includes('alert-ticket')],
  ['note', ({ pushes }) => pushes.includes('ticket-note')],
  ['sale', ({ table }) => table.sale ?? false],
  ['payment booked', ({ pushes }) => pushes.includes('invoice-payment')],
  ['balance field', ({ pushes }) => pushes.includes('balance-field')],
  ['deletions seen', ({ table }) => table.deletions ?? false],
  ['blocks of its own', ({ table }) => table.ownBlocks ?? 'none'],
  ['evidence', evidenceOf],
];

const evidenceTexts: Readonly<Record<Evidence, string>> = {
  schema: 'published schema',
  'official client': 'official client',
  recorded: 'recorded answers',
  'real server': 'real server in CI',
  'live tenant': 'live tenant',
};

/** The table in a vendor's README: what the connector relies on without vendor documentation. */
export function factTable({ facts }: Pick<VendorModule, 'facts'>): string {
  const rows = Object.entries(facts).map(([id, { claim, otherwise, verifiedBy }]) =>
    line([`\`${id}\``, claim, verifiedBy, otherwise]),
  );
  const titles = ['fact', 'relied on', 'verified by', 'where it is false'];
  return [line(titles), line(titles.map(() => '---')), ...rows].join('\n');
}

/**
 * The README's table of what each connector declares, then the payment providers, which have none of
 * it; the contract suite verifies the declarations. `absent`: why products have no connector.
 */
export function vendorTable(vendors: readonly VendorModule[], absent: readonly string[]): string {
  const titles = columns.map(([title]) => title);
  const linked = ({ id, title }: VendorModule) => `[${title}](connectors/${id}/README.md)`;
  const rows = vendors
    .filter((vendor) => !isPaymentProvider(vendor))
    .map((vendor) => line([linked(vendor), ...columns.map(([, cell]) => textOf(cell(vendor)))]));
  const providers = vendors
    .filter(isPaymentProvider)
    .map((vendor) => `${linked(vendor)} (evidence: ${evidenceOf(vendor)})`);
  return [
    ...[line(['', ...titles]), line(['---', ...titles.map(() => '---')]), ...rows, ''],
    `Payment providers, for a [recharge](config/guide/recharge.md): ${providers.join(' · ')}`,
    '',
    'RMMs without a connector, since no session of theirs has an end:',
    '',
    ...absent.map((sentence) => `- ${sentence}`),
  ].join('\n');
}

function evidenceOf({ evidence }: VendorModule): string {
  return evidence.map((kind) => evidenceTexts[kind]).join(', ') || 'none yet';
}

function textOf(cell: string | boolean): string {
  if (typeof cell === 'string') return cell;
  return cell ? 'yes' : 'no';
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
