import { type Context, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import { formatIn } from '../domain/format.ts';
import { Redactor } from '../domain/redaction.ts';
import { noteArrival } from '../service/app/arrivals.ts';
import type { ServiceView } from '../service/schedule/start.ts';
import { readProactiveStatus } from '../service/status/proactive.ts';
import { readStatus, type Status } from '../service/status/status.ts';
import { loginPage } from './login-page.ts';
import { metricsText } from './metrics.ts';
import { styleSource } from './page.ts';
import { Guesses, isSame, isSession, sessionSeconds, signSession } from './session.ts';
import { statusPage } from './status-page.ts';

const cookieName = 'prepaid-hours';
/** A token in a form, and nothing more. */
const bodyBytesMax = 4096;
/** Some vendors send events by the dozen. */
const hookBytesMax = 1024 * 1024;

/** All that is served. Everything but `/healthz` and the login form needs the token or a session. */
export function createSite(view: ServiceView): Hono {
  const site = new Hono();
  const guesses = new Guesses();
  const nowMs = () => view.app().now();
  const token = () => view.app().config.web?.token ?? null;

  site.use(guardHeaders);
  site.get('/healthz', (context) => context.text('ok\n'));
  site.get('/login', (context) => context.html(loginPage(null)));
  site.post('/login', bodyLimit({ maxSize: bodyBytesMax }), async (context) => {
    if (!isOwnForm(context))
      return context.html(loginPage('The form came from another site.'), 403);
    if (guesses.isTooMany(nowMs())) return tooMany(context);
    const { token: given } = await context.req.parseBody();
    const expected = token();
    if (typeof given !== 'string' || expected === null || !isSame(given.trim(), expected)) {
      guesses.add(nowMs());
      return context.html(loginPage('That is not the token.'), 403);
    }
    setCookie(context, cookieName, signSession(expected, nowMs()), {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      maxAge: sessionSeconds,
      secure: context.req.header('x-forwarded-proto') === 'https',
    });
    return context.redirect('/', 303);
  });
  site.post('/logout', bodyLimit({ maxSize: bodyBytesMax }), (context) => {
    if (isOwnForm(context)) deleteCookie(context, cookieName, { path: '/' });
    return context.redirect('/login', 303);
  });

  site.post('/hook/:connection', bodyLimit({ maxSize: hookBytesMax }), (context) =>
    takePoke(context, view),
  );

  site.use(async (context, next) => {
    const expected = token();
    if (expected !== null && isSession(getCookie(context, cookieName) ?? '', expected, nowMs())) {
      return next();
    }
    const [, bearer] = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
    if (bearer !== undefined) {
      if (guesses.isTooMany(nowMs())) return tooMany(context);
      if (expected !== null && isSame(bearer, expected)) return next();
      guesses.add(nowMs());
    }
    const isBrowser = context.req.header('accept')?.includes('text/html') === true;
    if (isBrowser && context.req.method === 'GET') return context.redirect('/login', 303);
    context.header('WWW-Authenticate', 'Bearer realm="prepaid-hours"');
    return context.text('Send the token: Authorization: Bearer TOKEN\n', 401);
  });

  site.get('/', async (context) => {
    const { store, clients, config } = view.app();
    const status = await readStatus(view.app());
    const proactive = await readProactiveStatus(store, clients, status.asOf);
    const page = await statusPage(status, view.fault(), proactive, formatIn(config));
    return context.html(redacted(view, String(page)));
  });
  site.get('/readyz', async (context) => {
    const { body, isReady } = readiness(await readStatus(view.app()));
    return context.json(body, isReady ? 200 : 503);
  });
  site.get('/metrics', async (context) => {
    const { app } = view;
    const { text, contentType } = await metricsText(await readStatus(app()), app().requests);
    return context.body(redacted(view, text), 200, { 'Content-Type': contentType });
  });
  site.notFound((context) => context.text('There is nothing here. See /\n', 404));
  site.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    view.app().log.error('A status page could not be made.', { reason: error.message });
    return context.text('The status cannot be read now; see the log of the service.\n', 503);
  });
  return site;
}

/** Only the signature and the name of the record count: what is said is read from the vendor itself. */
async function takePoke(context: Context, view: ServiceView): Promise<Response> {
  const app = view.app();
  const { log } = app;
  const connection = context.req.param('connection') ?? '';
  const webhook = app.connectors.get(connection)?.webhook;
  if (webhook === undefined) return context.text('No such webhook.\n', 404);
  const poke = {
    header: (name: string) => context.req.header(name),
    body: new Uint8Array(await context.req.arrayBuffer()),
    nowMs: app.now(),
  };
  if (!(await webhook.isSigned(poke))) {
    log.warn('A webhook without a valid signature was refused.', { connection });
    return context.text('The signature is not valid.\n', 400);
  }
  await noteArrival(app, connection);
  if (!view.poke(connection, webhook.changed?.(poke) ?? null)) {
    log.warn('More webhooks came than are answered in an hour; the schedule reads the rest.', {
      connection,
    });
  }
  return context.body(null, 204);
}

async function guardHeaders(context: Context, next: Next): Promise<void> {
  await next();
  const { headers } = context.res;
  headers.set('Cache-Control', 'no-store');
  headers.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src ${styleSource}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  // With `no-referrer` a browser would not say where the form comes from, either.
  headers.set('Referrer-Policy', 'same-origin');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('X-Frame-Options', 'DENY');
}

/** A browser says where a form comes from. */
function isOwnForm({ req }: Context): boolean {
  const origin = req.header('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === req.header('host');
}

function tooMany(context: Context): Response {
  context.header('Retry-After', '60');
  return context.text('Too many wrong tokens; try again in a minute.\n', 429);
}

/** Steps and connections by age; not ready while one of them is late. */
function readiness({ steps, problems }: Status): { body: object; isReady: boolean } {
  const late = problems.filter(({ kind }) => kind === 'late').map(({ subject }) => subject);
  const ages = steps.map(({ step, connection, state, ageSeconds }) => ({
    step,
    connection,
    state,
    ageSeconds,
  }));
  return { body: { ready: late.length === 0, late, steps: ages }, isReady: late.length === 0 };
}

/** Errors of vendors are redacted where they are met; this holds whatever else may come. */
function redacted(view: ServiceView, text: string): string {
  return new Redactor(view.app().config.secrets).redact(text);
}
