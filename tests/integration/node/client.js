// SPDX-License-Identifier: GPL-3.0-or-later
/** A participant on a WebSocket implementation that is not Confab's. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';

const SUB_PROTOCOL = 'confab.v1';

/** How long an answer may take on a loaded machine. */
export const DEADLINE_MS = 30000;

export async function post(base, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const reply = await fetch(`${base}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const json = await reply.json();
  assert.ok(reply.ok, `${path}: ${reply.status} ${json.code}`);
  return json;
}

export class Guest {
  constructor(base, name, token) {
    this.base = base;
    this.name = name;
    this.token = token;
  }

  static async signIn(base, name) {
    return new Guest(base, name, (await post(base, 'auth/guest', { name })).token);
  }

  createCall() {
    return post(this.base, 'calls', {}, this.token);
  }

  joinCall(code) {
    return post(this.base, 'calls/join', { code }, this.token);
  }

  async ticket() {
    return (await post(this.base, 'auth/ws-ticket', {}, this.token)).ticket;
  }

  /** A socket that has not said anything yet. */
  connect(options = {}, protocols = SUB_PROTOCOL) {
    return Socket.open(this.base, options, protocols);
  }

  /** A socket that has been welcomed. */
  async greet(options = {}) {
    const socket = await this.connect(options);
    socket.send({ type: 'hello', version: 1, ticket: await this.ticket(), device: { name: 'ws' }, features: ['audio'] });
    socket.welcome = await socket.receive('welcome');
    return socket;
  }

  /** A socket that is in the call. */
  async enter(callId, options = {}) {
    const socket = await this.greet(options);
    socket.send({ type: 'join', call: callId, muted: false, listen_only: false });
    socket.joined = await socket.receive('joined');
    return socket;
  }
}

/** A WebSocket whose messages wait in order until somebody asks for them. */
export class Socket {
  #messages = [];
  #wake = () => {};
  #seq = 0;
  #closeCode = null;

  constructor(ws) {
    this.ws = ws;
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.#closeCode = code;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
    ws.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    ws.on('error', () => {}); /* the close that follows tells it */
  }

  static async open(base, options = {}, protocols = SUB_PROTOCOL) {
    const url = `${base.replace(/^http/, 'ws')}/api/v1/signaling`;
    const ws = new WebSocket(url, protocols, { origin: base, handshakeTimeout: DEADLINE_MS, ...options });
    const socket = new Socket(ws);
    await once(ws, 'open');
    return socket;
  }

  /** The HTTP status of an upgrade that is to be refused. */
  static refusal(base, options = {}, protocols = SUB_PROTOCOL) {
    const url = `${base.replace(/^http/, 'ws')}/api/v1/signaling`;
    const ws = new WebSocket(url, protocols, { origin: base, handshakeTimeout: DEADLINE_MS, ...options });
    return new Promise((resolve, reject) => {
      ws.on('unexpected-response', (request, reply) => {
        resolve(reply.statusCode);
        request.destroy();
      });
      ws.on('open', () => reject(new Error('The upgrade was accepted')));
      ws.on('error', () => {});
    });
  }

  send(message, options = {}) {
    this.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message), options);
  }

  /** Bytes below the framing, for what a WebSocket library would never send. */
  sendRaw(...bytes) {
    this.ws._socket.write(Buffer.from(bytes));
  }

  /** The next message of that kind; other kinds before it fail the test unless they are allowed to pass. */
  async receive(kind, passing = []) {
    for (;;) {
      const message = await this.next();
      if (message.type === kind) {
        return message;
      }
      assert.ok(passing.includes(message.type), `Got ${JSON.stringify(message)} instead of ${kind}`);
    }
  }

  async next() {
    const deadline = Date.now() + DEADLINE_MS;
    while (this.#messages.length === 0) {
      const left = deadline - Date.now();
      assert.ok(left > 0, 'Nothing came from the server');
      assert.equal(this.#closeCode, null, 'Closed without another message');
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#messages.shift();
  }

  /** The typed error and the close code of a connection that the server gives up. */
  async refused(code, closeCode) {
    assert.equal((await this.receive('error')).code, code);
    assert.equal((await this.closed).code, closeCode);
  }

  /** Proves that the session is alive and has answered everything before. */
  async sync(passing = []) {
    const id = Math.floor(Math.random() * 1e9);
    this.send({ type: 'ping', id });
    const pong = await this.receive('pong', passing);
    assert.equal(pong.id, id);
    assert.ok(Number.isFinite(Date.parse(pong.server_time)));
    return pong;
  }

  #onMessage(data, isBinary) {
    assert.equal(isBinary, false);
    const message = JSON.parse(data.toString());
    this.#seq += 1;
    assert.equal(message.seq, this.#seq, 'A hole in seq');
    this.#messages.push(message);
    this.#wake();
  }
}
