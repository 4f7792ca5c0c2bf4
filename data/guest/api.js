// SPDX-License-Identifier: GPL-3.0-or-later
/** The daemon's REST interface, as far as a guest needs it. */

/** Longer than a slow phone network takes, shorter than a person waits. */
const DEADLINE_MS = 15000;

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

export class Api {
  #token = null;

  get isSignedIn() {
    return this.#token !== null;
  }

  /** Makes a guest of that name; later requests are made as this guest. */
  async signIn(name) {
    this.#token = null;
    const reply = await this.#post('auth/guest', { name });
    this.#token = reply.token;
  }

  /**
   * Becomes a member of the call.
   *
   * @param {string} key - the last part of a join link: a code or a secret
   * @returns {Promise<object>} the call
   */
  async joinCall(key) {
    return (await this.#post('calls/join', keyOfLink(key))).call;
  }

  /** @returns {Promise<string>} a ticket for one signaling session, good for some seconds */
  async openTicket() {
    return (await this.#post('auth/ws-ticket', {})).ticket;
  }

  async #post(path, body) {
    const headers = { 'Content-Type': 'application/json' };
    if (this.#token !== null) {
      headers.Authorization = `Bearer ${this.#token}`;
    }
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
    try {
      const options = { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store', credentials: 'omit' };
      const reply = await fetch(`/api/v1/${path}`, { ...options, signal: deadline.signal });
      if (!reply.ok) {
        throw await errorOfReply(reply);
      }
      return await reply.json();
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError('unreachable', 0, String(error));
    } finally {
      clearTimeout(timer);
    }
  }
}
