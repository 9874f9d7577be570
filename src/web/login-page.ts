import { html } from 'hono/html';
import { type Html, page } from './page.ts';

export function loginPage(error: string | null): Html {
  const said = error === null ? '' : html`<p class="error" id="error" role="alert">${error}</p>`;
  const described = error === null ? '' : html` aria-describedby="error" aria-invalid="true"`;
  return page(
    'Sign in – prepaid-hours',
    html`<main class="narrow">
<section>
<h1>prepaid-hours</h1>
<p class="soft">The status page needs the token that the config names under <code>web.token</code>.</p>
<br>
${said}
<form method="post" action="/login">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${described}>
<button type="submit">Sign in</button>
</form>
</section>
</main>`,
  );
}
