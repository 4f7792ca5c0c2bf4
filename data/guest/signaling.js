// SPDX-License-Identifier: GPL-3.0-or-later
/** One stay in a call over the signaling WebSocket, kept up over lost connections. */

const SUB_PROTOCOL = 'confab.v1';
const CLOSE_NORMAL = 1000;

/** How long a connection may take from its first packet to `joined`. */
const JOIN_DEADLINE_MS = 15000;
const PING_INTERVAL_MS = 10000;
const DEAD_AFTER_MS = 25000;
const WATCH_INTERVAL_MS = 2500;

/** Back-off between two attempts: doubled from first to last, and spread so that a room does not return at once. */
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 15000;

/** What the daemon means by closing, for the codes that trying again cannot help. */
const FINAL_CLOSE_CODES = new Map([
  [4403, 'not-allowed'],
  [4404, 'no-such-call'],
  [4409, 'replaced'],
  [4410, 'call-over'],
]);

/** Refusals of the REST interface or of `join` after which trying again is of no use. */
const FINAL_ERRORS = new Set([
  'no-such-call',
  'call-over',
  'call-full',
  'not-allowed',
  'no-guests',
  'bad-origin',
  'replaced',
]);

/** How long a connection may take to close. */
const GOODBYE_MS = 2000;

/** Attempts before the first `joined`; later ones go on for as long as the page is open. */
const FIRST_ATTEMPTS = 3;

/** A session that lived this long was a good one: the back-off starts anew. */
const GOOD_SESSION_MS = 10000;

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

export class Signaling extends EventTarget {
  #openTicket;
  #describeJoin;
  #socket = null;
  #state = 'connecting';
  #hasJoined = false;
  #joinedAt = Infinity;
  #failures = 0;
  #lastSeq = 0;
  #receivedAt = 0;
  #pings = new Map();
  #nextPing = 1;
  #pingIntervalMs = PING_INTERVAL_MS;
  #deadAfterMs = DEAD_AFTER_MS;
  #retryTimer = 0;
  #joinTimer = 0;
  #watchTimer = 0;
  #finalCode = null;
  #onOnline = () => this.#retryNow();

  /** Settled once the server knows that the last connection is over. @type {Promise<void>} */
  gone = Promise.resolve();

  /**
   * Events: `state`; `message` (detail: a message of the server); `clock` (detail: what to add to Date.now() to get the
   * server's time, ms); `closed` (detail: the code of the reason, null after leave()).
   *
   * @param {() => Promise<string>} openTicket - asked before each attempt; an ApiError of FINAL_ERRORS ends it all
   * @param {() => object} describeJoin - members of the `join` message at this moment
   */
  constructor(openTicket, describeJoin) {
    super();
    this.#openTicket = openTicket;
    this.#describeJoin = describeJoin;
  }

  /** @returns {string} one of `connecting`, `live`, `waiting` (for the next attempt), `closed` */
  get state() {
    return this.#state;
  }

  start() {
    window.addEventListener('online', this.#onOnline);
    this.#connect();
  }

  /** Sends a message if the session is live; what is lost with a connection is told anew by the next `join`. */
  send(message) {
    if (this.#state === 'live') {
      this.#write(message);
    }
  }

  /** Ends the stay on purpose. */
  leave() {
    this.send({ type: 'leave' });
    this.#finish(null);
  }

  async #connect() {
    this.#setState('connecting');
    let ticket;
    try {
      ticket = await this.#openTicket();
    } catch (error) {
      this.#onRefused(error.code);
      return;
    }
    if (this.#state === 'connecting' && this.#socket === null) {
      this.#openSocket(ticket);
    }
  }

  #openSocket(ticket) {
    const url = new URL('/api/v1/signaling', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, SUB_PROTOCOL);
    this.#socket = socket;
    this.#lastSeq = 0;
    this.#finalCode = null;
    this.#pings.clear();
    this.#receivedAt = performance.now();
    this.#joinTimer = setTimeout(() => this.#restart(), JOIN_DEADLINE_MS);
    socket.addEventListener('open', () => {
      const device = { name: 'browser' };
      socket.send(JSON.stringify({ type: 'hello', version: 1, ticket, device, features: ['audio'] }));
    });
    socket.addEventListener('message', (event) => this.#onFrame(socket, event.data));
    socket.addEventListener('close', (event) => this.#onClose(socket, event.code));
  }

  #onFrame(socket, data) {
    if (socket !== this.#socket) {
      return;
    }
    this.#receivedAt = performance.now();
    const message = typeof data === 'string' ? parse(data) : null;
    if (message?.seq !== this.#lastSeq + 1) {
      this.#restart(); /* something got lost: only a new session knows the whole state */
      return;
    }
    this.#lastSeq = message.seq;
    this.#onMessage(message);
  }

  #onMessage(message) {
    switch (message.type) {
      case 'welcome':
        this.#onWelcome(message);
        return;
      case 'pong':
        this.#onPong(message);
        return;
      case 'joined':
        clearTimeout(this.#joinTimer);
        this.#hasJoined = true;
        this.#joinedAt = performance.now();
        this.#setState('live');
        break;
      case 'error':
        this.#onError(message);
        break;
      case 'call-ended':
        this.#finalCode = message.reason;
        break;
    }
    this.dispatchEvent(new CustomEvent('message', { detail: message }));
    if (message.type === 'call-ended') {
      this.#finish(message.reason);
    }
  }

  #onWelcome(message) {
    this.#pingIntervalMs = message.ping_interval_ms ?? PING_INTERVAL_MS;
    this.#deadAfterMs = message.dead_after_ms ?? DEAD_AFTER_MS;
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_INTERVAL_MS);
    this.#tellClock(message.server_time, 0);
    this.#write({ type: 'join', ...this.#describeJoin() });
    this.#ping();
  }

  #onPong(message) {
    const sentAt = this.#pings.get(message.id);
    this.#pings.clear();
    if (sentAt !== undefined) {
      this.#tellClock(message.server_time, (performance.now() - sentAt) / 2);
    }
  }

  #tellClock(serverTime, ageMs) {
    const offsetMs = Date.parse(serverTime) + ageMs - Date.now();
    if (Number.isFinite(offsetMs)) {
      this.dispatchEvent(new CustomEvent('clock', { detail: offsetMs }));
    }
  }

  #onError(message) {
    if (message.about === 'join' || FINAL_ERRORS.has(message.code)) {
      this.#onRefused(message.code);
    }
  }

  /** Refused before or while joining. A call that is full of our own lost session frees a place soon. */
  #onRefused(code) {
    if (this.#state === 'closed') {
      return;
    }
    const isOwnGhost = code === 'call-full' && this.#hasJoined;
    if (!this.#hasJoined || (FINAL_ERRORS.has(code) && !isOwnGhost)) {
      this.#finish(code);
    } else {
      this.#restart();
    }
  }

  #onClose(socket, code) {
    if (socket !== this.#socket) {
      return;
    }
    const final = this.#finalCode ?? FINAL_CLOSE_CODES.get(code);
    if (final !== undefined) {
      this.#finish(final);
    } else {
      this.#restart();
    }
  }

  #ping() {
    this.#pings.set(this.#nextPing, performance.now());
    this.#write({ type: 'ping', id: this.#nextPing });
    this.#nextPing += 1;
  }

  /**
   * Silence counts only while a ping waits for its answer: in a hidden tab timers come late, and then it is not the
   * server that was silent.
   */
  #watch() {
    const now = performance.now();
    const [oldestPing] = this.#pings.values();
    if (oldestPing === undefined) {
      if (now - this.#receivedAt >= this.#pingIntervalMs) {
        this.#ping();
      }
    } else if (now - Math.max(oldestPing, this.#receivedAt) >= this.#deadAfterMs - this.#pingIntervalMs) {
      this.#restart();
    }
  }

  #restart() {
    this.#drop();
    if (!this.#hasJoined && this.#failures + 1 >= FIRST_ATTEMPTS) {
      this.#finish('unreachable');
      return;
    }
    if (performance.now() - this.#joinedAt >= GOOD_SESSION_MS) {
      this.#failures = 0;
    }
    this.#joinedAt = Infinity;
    const ceiling = Math.min(RETRY_FIRST_MS * 2 ** this.#failures, RETRY_LAST_MS);
    this.#failures += 1;
    this.#setState('waiting');
    this.#retryTimer = setTimeout(() => this.#connect(), ceiling * (0.5 + Math.random() / 2));
  }

  #retryNow() {
    if (this.#state === 'waiting') {
      clearTimeout(this.#retryTimer);
      this.#connect();
    }
  }

  #finish(code) {
    if (this.#state === 'closed') {
      return;
    }
    window.removeEventListener('online', this.#onOnline);
    this.#drop();
    this.#setState('closed');
    this.dispatchEvent(new CustomEvent('closed', { detail: code }));
  }

  #drop() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#joinTimer);
    clearInterval(this.#watchTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      this.gone = new Promise((resolve) => {
        socket.addEventListener('close', resolve);
        setTimeout(resolve, GOODBYE_MS);
      });
      socket.close(CLOSE_NORMAL);
    }
  }

  #write(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }

  #setState(state) {
    if (this.#state !== state) {
      this.#state = state;
      this.dispatchEvent(new Event('state'));
    }
  }
}
