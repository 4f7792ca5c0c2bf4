// SPDX-License-Identifier: GPL-3.0-or-later
/** The daemon's REST interface, as far as a guest and who comes from a letter need it. */

/** Longer than a slow phone network takes, shorter than a person waits. */
const DEADLINE_MS = 15000;

const GUEST_KEY = 'confab-guest';

/** A refusal of the server, or `unreachable` when there was no answer at all. */
export class ApiError extends Error {
  /**
   * @param {string} code - the wire name of the error, like `no-such-call`
   * @param {number} status - of HTTP, 0 without an answer
   * @param {string} detail - a sentence for developers
   */
  constructor(code, status, detail) {
    super(detail);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

/** 26 characters are an invitation's secret, anything else in a link is the call's code. */
function keyOfLink(key) {
  return key.length === 26 ? { secret: key } : { code: key };
}

async function errorOfReply(reply) {
  const fallback = reply.status === 503 ? 'restarting' : reply.status === 429 ? 'too-many' : 'failed';
  try {
    const problem = await reply.json();
    return new ApiError(problem.code ?? fallback, reply.status, problem.detail ?? reply.statusText);
  } catch {
    return new ApiError(fallback, reply.status, reply.statusText);
  }
}

/** One request; the JSON of its answer. */
async function send(method, path, body, token, credentials) {
  const headers = { 'Content-Type': 'application/json' };
  if (token !== null) {
    headers.Authorization = `Bearer ${token}`;
  }
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
  try {
    const options = { method, headers, body: JSON.stringify(body), cache: 'no-store', credentials };
    const reply = await fetch(`/api/v1/${path}`, { ...options, signal: deadline.signal });
    if (!reply.ok) {
      throw await errorOfReply(reply);
    }
    return reply.status === 204 ? {} : await reply.json();
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError('unreachable', 0, String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Sets the password of whose letter that token was in. Whoever is signed in in this browser has nothing to do with it. */
export async function resetPassword(token, password) {
  await send('POST', 'auth/password/reset', { token, password }, null, 'omit');
}

/** Confirms the address that the letter with that token went to. */
export async function verifyEmail(token) {
  await send('POST', 'auth/email/verify', { token }, null, 'omit');
}

/** @returns {Promise<object>} what one has to know of the server before one signs in */
export function describeServer() {
  return send('GET', 'server', undefined, null, 'omit');
}

/** Has a letter for another password sent, if there is such an account and it has an address: nobody is told. */
export async function forgotPassword(login) {
  await send('POST', 'auth/password/forgot', { login_name: login }, null, 'omit');
}

/** Has the letter that confirms an address sent again: that takes who has the account, for a moment. */
export async function sendVerification(login, password) {
  const { token } = await send('POST', 'auth/login', { login_name: login, password }, null, 'omit');
  try {
    await send('POST', 'auth/email/send', {}, token, 'omit');
  } finally {
    await send('POST', 'auth/logout', {}, token, 'omit').catch((error) => console.debug(`Not signed out: ${error.code}`));
  }
}

/** Whoever leaves and comes back at once must not be signed out by what is still on its way. */
let farewell = Promise.resolve();

/** As whom this browser is known to the server, in every tab of it; as nobody where it forbids the storage. */
function recallGuest() {
  try {
    return JSON.parse(localStorage.getItem(GUEST_KEY)) ?? {};
  } catch {
    return {};
  }
}

function rememberGuest(guest) {
  try {
    localStorage.setItem(GUEST_KEY, JSON.stringify(guest));
  } catch {
    console.debug('The guest cannot be remembered');
  }
}

/**
 * Who we are is in a cookie that no script can read, so that it outlives a reload and nothing on the page can take it.
 * Where a browser keeps no such cookie, without HTTPS, it is a token in here.
 */
export class Api {
  #keepsCookies = window.isSecureContext;
  #token = null;
  #userId = null;

  /**
   * Becomes a member of the call, as the guest that this browser has been under that name, or as a new one.
   *
   * @param {string} name - what the others see
   * @param {string} key - the last part of a join link: a code or a secret
   * @returns {Promise<object>} the call
   */
  async enter(name, key) {
    await farewell;
    const known = recallGuest();
    if (this.#keepsCookies && known.name === name) {
      try {
        const call = await this.#joinCall(key);
        this.#userId = known.id;
        return call;
      } catch (error) {
        if (error.status !== 401) {
          throw error;
        }
      }
    }
    return this.#enterAnew(name, key);
  }

  /** Whether another tab has become another guest meanwhile: then the cookie is theirs. */
  get isSomebodyElse() {
    const { id } = recallGuest();
    return this.#token === null && id !== undefined && id !== this.#userId;
  }

  /** @returns {Promise<string>} a ticket for one signaling session, good for some seconds */
  async openTicket() {
    return (await this.#send('POST', 'auth/ws-ticket', {})).ticket;
  }

  /** @returns {Promise<object[]>} what helps to connect in that call, with fresh credentials */
  async iceServers(callId) {
    return (await this.#send('GET', `ice-servers?call=${encodeURIComponent(callId)}`)).ice_servers;
  }

  /**
   * The end of the guest. It may fail: then the guest ends by itself some hours later.
   *
   * @param {Promise<void>} gone - once the server knows that we have left; it would take us for lost otherwise
   */
  signOut(gone) {
    rememberGuest({});
    farewell = gone
      .then(() => this.#send('POST', 'auth/logout', {}))
      .catch((error) => console.debug(`Not signed out: ${error.code}`));
  }

  async #enterAnew(name, key) {
    await this.#signIn(name);
    try {
      return await this.#joinCall(key);
    } catch (error) {
      if (error.status !== 401 || !this.#keepsCookies) {
        throw error;
      }
    }
    this.#keepsCookies = false; /* this browser has not taken it */
    await this.#signIn(name);
    return this.#joinCall(key);
  }

  async #signIn(name) {
    this.#token = null;
    const { token, user } = await this.#becomeGuest(name);
    this.#token = token ?? null;
    this.#userId = user.id;
    rememberGuest(this.#token === null ? { id: user.id, name } : {});
  }

  /** Not being allowed has one reason here, and another remedy than in a call. */
  async #becomeGuest(name) {
    try {
      return await this.#send('POST', 'auth/guest', { name, cookie: this.#keepsCookies });
    } catch (error) {
      throw error.code === 'not-allowed' ? new ApiError('no-guests', error.status, error.message) : error;
    }
  }

  async #joinCall(key) {
    return (await this.#send('POST', 'calls/join', keyOfLink(key))).call;
  }

  #send(method, path, body) {
    return send(method, path, body, this.#token, this.#keepsCookies ? 'same-origin' : 'omit');
  }
}
