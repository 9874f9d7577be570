/** What technicians do in Request Tracker, over REST 2.0 with their own tokens, and what they can see. */

export interface HistoryItem {
  id: string;
  type: string;
  creator: string;
  minutes: number;
  /** The ticket that it was made on, which a merge leaves as it was. */
  ticketId: string;
  content: string;
}

export interface Technicians {
  createTicket(ticket: {
    queue: string;
    subject: string;
    requestor?: string;
    technician?: string;
    fields?: Record<string, string>;
  }): Promise<string>;
  /** Logs time with a comment (or a reply to the client); answers with the transaction's id. */
  logTime(
    ticketId: string,
    technician: string,
    minutes: number,
    kind?: 'comment' | 'correspond',
  ): Promise<string>;
  /** Sets the ticket's total, up or down. */
  correctTime(ticketId: string, technician: string, totalMinutes: number): Promise<void>;
  resolve(ticketId: string, technician?: string): Promise<void>;
  reopen(ticketId: string, technician?: string): Promise<void>;
  merge(ticketId: string, intoId: string, technician?: string): Promise<void>;
  move(ticketId: string, queue: string, technician?: string): Promise<void>;
  setField(ticketId: string, name: string, value: string, technician?: string): Promise<void>;
  status(ticketId: string): Promise<string>;
  /** All tickets that a query in RT's language finds, merged ones too where it names EffectiveId. */
  searchTickets(query: string): Promise<{ id: string; subject: string; status: string }[]>;
  /** All transactions of a ticket and of those merged into it, oldest first. */
  history(ticketId: string): Promise<HistoryItem[]>;
}

interface Item {
  id: string;
  [field: string]: unknown;
}

const perPage = 100;

export function createTechnicians(
  baseUrl: string,
  tokens: Readonly<Record<string, string>>,
): Technicians {
  async function ask(
    technician: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ json: unknown; location: string }> {
    const answer = await fetch(`${baseUrl}/REST/2.0${path}`, {
      method,
      headers: {
        authorization: `token ${tokens[technician]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    // A refused change is a 200 whose text says so.
    if (
      !answer.ok ||
      /denied|isn't a valid|could not|couldn't/i.test(method === 'GET' ? '' : text)
    ) {
      throw new Error(`${technician}: ${method} ${path} answered ${answer.status}: ${text}`);
    }
    return { json: JSON.parse(text), location: answer.headers.get('location') ?? '' };
  }

  const change = async (ticketId: string, technician: string, body: unknown): Promise<void> =>
    void (await ask(technician, 'PUT', `/ticket/${ticketId}`, body));

  async function list(path: string, query: Record<string, string>): Promise<Item[]> {
    const items: Item[] = [];
    for (let page = 1; ; page += 1) {
      const search = new URLSearchParams({
        ...query,
        per_page: String(perPage),
        page: String(page),
      });
      const { json } = await ask('tess', 'GET', `${path}?${search}`);
      const found = (json as { items: Item[] }).items;
      items.push(...found);
      if (found.length === 0) return items;
    }
  }

  return {
    async createTicket({ queue, subject, requestor, technician = 'tess', fields = {} }) {
      const { json } = await ask(technician, 'POST', '/ticket', {
        Queue: queue,
        Subject: subject,
        Content: subject,
        ContentType: 'text/plain',
        CustomFields: fields,
        ...(requestor === undefined ? {} : { Requestor: requestor }),
      });
      return (json as { id: string }).id;
    },
    async logTime(ticketId, technician, minutes, kind = 'comment') {
      const body = { Content: `${minutes} minutes`, ContentType: 'text/plain', TimeTaken: minutes };
      const { location } = await ask(technician, 'POST', `/ticket/${ticketId}/${kind}`, body);
      return location.split('/').at(-1) ?? '';
    },
    correctTime: (ticketId, technician, TimeWorked) => change(ticketId, technician, { TimeWorked }),
    resolve: (ticketId, by = 'tess') => change(ticketId, by, { Status: 'resolved' }),
    reopen: (ticketId, by = 'tess') => change(ticketId, by, { Status: 'open' }),
    merge: (ticketId, MergeInto, by = 'tess') => change(ticketId, by, { MergeInto }),
    move: (ticketId, Queue, by = 'tess') => change(ticketId, by, { Queue }),
    setField: (ticketId, name, value, by = 'tess') =>
      change(ticketId, by, { CustomFields: { [name]: value } }),
    async status(ticketId) {
      const { json } = await ask('tess', 'GET', `/ticket/${ticketId}`);
      return (json as { Status: string }).Status;
    },
    async searchTickets(query) {
      const items = await list('/tickets', { query, orderby: 'id', fields: 'Subject,Status' });
      return items.map((item) => ({
        id: item.id,
        subject: String(item.Subject),
        status: String(item.Status),
      }));
    },
    async history(ticketId) {
      const fields = 'Type,Creator,TimeTaken,ObjectId';
      const transactions = await list(`/ticket/${ticketId}/history`, { orderby: 'id', fields });
      const messages = await list(`/ticket/${ticketId}/attachments`, {
        fields: 'TransactionId,Content',
      });
      return transactions.map((item) => ({
        id: item.id,
        type: String(item.Type),
        creator: (item.Creator as { id: string }).id,
        minutes: Number(item.TimeTaken),
        ticketId: String(item.ObjectId),
        content: messages
          .filter((message) => message.TransactionId === item.id)
          .map((message) => String(message.Content ?? ''))
          .join('\n'),
      }));
    },
  };
}
