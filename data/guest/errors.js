// SPDX-License-Identifier: GPL-3.0-or-later
/** Tells the server of errors that nobody handled, so that whoever runs it learns of them. */

const MAX_REPORTS = 5; // a mistake in a loop is one mistake

let reports = 0;

/** Without the address of the page, in which the secret of an invitation may stand. */
function describe(error, fallback) {
  const path = (url) => url.replace(/[a-z]+:\/\/[^/]*/i, '');
  return {
    message: `${error?.name ?? 'Error'}: ${error?.message ?? fallback}`.slice(0, 500),
    stack: (error?.stack ?? '').split('\n').slice(0, 20).map(path).join('\n').slice(0, 4000),
  };
}

async function report(body) {
  if (reports++ >= MAX_REPORTS) {
    return;
  }
  try {
    const headers = { 'Content-Type': 'application/json' };
    await fetch('/api/v1/client-errors', { method: 'POST', headers, body: JSON.stringify(body), keepalive: true });
  } catch {
    console.debug('The error cannot be reported');
  }
}

/** From now on. */
export function reportErrors() {
  addEventListener('error', (event) => {
    const source = (event.filename ?? '').split('/').pop().slice(0, 200);
    report({ ...describe(event.error, event.message), source, line: event.lineno ?? 0 });
  });
  addEventListener('unhandledrejection', (event) => report(describe(event.reason, String(event.reason))));
}
