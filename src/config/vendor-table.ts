import type { VendorModule } from '../../connectors/contract.ts';

type Can = Pick<VendorModule, 'pulls' | 'pushes'>;

const columns: readonly [title: string, cell: (vendor: Can) => string | boolean][] = [
  ['clients', ({ pulls }) => pulls.includes('clients')],
  ['tickets', ({ pulls }) => pulls.includes('tickets')],
  [
    'time',
    ({ pulls }) =>
      pulls.includes('ticketTime') ? 'ticket by ticket' : pulls.includes('timeEntries'),
  ],
  ['sessions', ({ pulls }) => pulls.includes('sessions')],
  ['invoices read', ({ pulls }) => pulls.includes('invoices')],
  ['sweep of deleted time', ({ pulls }) => pulls.includes('present')],
  ['own blocks compared', ({ pulls }) => pulls.includes('blocks')],
  ['alert', ({ pushes }) => pushes.includes('alert-ticket')],
  ['note', ({ pushes }) => pushes.includes('ticket-note')],
  ['sale', ({ pushes }) => pushes.includes('invoice')],
  ['balance field', ({ pushes }) => pushes.includes('balance-field')],
];

/** The README's table of what each vendor's connector declares; the contract suite holds it to that. */
export function vendorTable(vendors: readonly VendorModule[]): string {
  const titles = columns.map(([title]) => title);
  const rows = vendors.map((vendor) => {
    const cells = columns.map(([, cell]) => textOf(cell(vendor)));
    return line([`[${vendor.title}](connectors/${vendor.id}/README.md)`, ...cells]);
  });
  return [line(['', ...titles]), line(['---', ...titles.map(() => '---')]), ...rows].join('\n');
}

function textOf(cell: string | boolean): string {
  if (typeof cell === 'string') return cell;
  return cell ? 'yes' : '–';
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
