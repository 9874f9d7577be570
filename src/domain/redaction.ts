/**
 * Redacts secrets from external texts: a vendor or gateway may quote our key in its errors, in any
 * encoding.
 */
const blot = '[secret]';

/** A shorter secret would match ordinary words and garble every text. */
export const secretLengthMin = 8;

/** A form this long is recognized by its beginning, since gateways truncate what they quote. */
const longForm = 24;
const headLength = 16;

/** Tokens are renewed while the service runs; old ones are dropped. */
const learnedMax = 32;

export class Redactor {
  readonly #lasting: ReadonlySet<string>;
  readonly #learned = new Set<string>();
  /** Longest first, so that a form is never partly visible because of a shorter one within it. */
  #forms: readonly string[] = [];

  /** `secrets` are those of the config; one shorter than `secretLengthMin` is not redacted. */
  constructor(secrets: readonly string[] = []) {
    this.#lasting = new Set(secrets.filter(({ length }) => length >= secretLengthMin));
    this.#collectForms();
  }

  /** Adds a secret obtained at run time. */
  learn(secret: string): void {
    if (secret.length < secretLengthMin) return;
    if (this.#lasting.has(secret) || this.#learned.has(secret)) return;
    this.#learned.add(secret);
    const [oldest] = this.#learned;
    if (this.#learned.size > learnedMax && oldest !== undefined) this.#learned.delete(oldest);
    this.#collectForms();
  }

  /** Adds a request's credentials: without their scheme, and decoded from Basic. */
  learnHeaders(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (!/authorization|cookie|key|secret|token|session|password/i.test(name)) continue;
      for (const part of value.split(/[\s;,]+/)) this.learn(part.replace(/^[\w.-]+=(?=.)/, ''));
      const basic = /^basic\s+(\S+)$/i.exec(value)?.[1];
      if (basic === undefined) continue;
      const pair = Buffer.from(basic, 'base64').toString('utf8');
      this.learn(pair);
      this.learn(pair.slice(pair.indexOf(':') + 1));
    }
  }

  #collectForms(): void {
    const forms = new Set([...this.#lasting, ...this.#learned].flatMap(formsOf));
    this.#forms = [...forms].sort((a, b) => b.length - a.length);
  }

  redact(text: string): string {
    return this.#forms.reduce(redactForm, text);
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const encoded = [
    bytes.toString('base64'),
    ...[0, 1, 2].map((offset) => insideBase64(bytes, offset)),
  ];
  const plain = [
    secret,
    ...encoded.flatMap((form) => [form, form.replace(/=+$/, '')]),
    ...encoded.map((form) => form.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')),
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
  ];
  return plain.flatMap((form) => [...urlForms(form), ...escapedForms(form)]);
}

/** The characters that the secret has within any base64 text, `offset` bytes after a multiple of three. */
function insideBase64(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function urlForms(form: string): string[] {
  const encoded = [
    encodeURIComponent(form),
    encodeURIComponent(form).replaceAll('%20', '+'),
    new URLSearchParams({ '': form }).toString().slice(1),
  ];
  const isLower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [...encoded, ...encoded.map(isLower), ...encoded.map(encodeURIComponent)];
}

/** As JSON writers of several makes have it (`/` and `+` may be escaped), JSON within JSON, and HTML. */
function escapedForms(form: string): string[] {
  const json = JSON.stringify(form).slice(1, -1);
  const ascii = (text: string, wanted: RegExp) =>
    text.replace(wanted, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const dotNet = ascii(form.replaceAll('\\', '\\\\'), /[^ -~]|["&'+<>`]/g);
  const upper = dotNet.replace(
    /\\u([0-9a-f]{4})/g,
    (_, code: string) => `\\u${code.toUpperCase()}`,
  );
  const html = form
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    ...[form, json, ascii(json, /[^ -~]/g), json.replaceAll('/', '\\/'), dotNet, upper],
    ...[JSON.stringify(json).slice(1, -1), ascii(json, /[^ -~]/g).replaceAll('/', '\\/')],
    ...[html, html.replaceAll("'", '&#39;'), html.replaceAll("'", '&#x27;')],
  ];
}

function redactForm(text: string, form: string): string {
  const head = form.length >= longForm ? form.slice(0, headLength) : form;
  let at = text.indexOf(head);
  if (at < 0) return text;
  const parts: string[] = [];
  let end = 0;
  for (; at >= 0; at = text.indexOf(head, end)) {
    const next = endOfForm(text, at, form);
    // A bare JSON number is an ID that happens to be equal, and a word there would break the JSON.
    const isNumber = /^\d+$/.test(form) && /[:,[]\s?$/.test(text.slice(Math.max(0, at - 2), at));
    parts.push(text.slice(end, at), isNumber ? text.slice(at, next) : blot);
    end = next;
  }
  return parts.join('') + text.slice(end);
}

/**
 * The end of the form, or of the part of it that is present; a long one may be split over lines.
 */
function endOfForm(text: string, start: number, form: string): number {
  let [at, end] = [start, start];
  for (let matched = 0; matched < form.length; ) {
    if (text[at] === form[matched]) {
      at += 1;
      matched += 1;
      end = at;
      continue;
    }
    const fold = matched < headLength ? null : /^(?:\s|\\[rnt])/.exec(text.slice(at, at + 2));
    if (fold === null) break;
    at += fold[0].length;
  }
  return end;
}
