// SPDX-License-Identifier: GPL-3.0-or-later
/** One call as the server tells it: whether we are in it, who else is, and for how long. No sound in here. */

import { Api } from './api.js';
import { Signaling } from './signaling.js';

/** Credentials of relays are renewed after this share of their life, and if that fails so often before its end. */
const RENEW_AFTER = 0.75;
const RENEWALS_LEFT = 5;
const RENEWAL_PAUSE_MIN_MS = 500;
const RENEWAL_PAUSE_MAX_MS = 24 * 60 * 60 * 1000; /* timers take no month */

function isUsableIceServer(server) {
  return Array.isArray(server?.urls) && server.urls.every((url) => /^(stun|turns?):/.test(url));
}

/**
 * Events:
 * - `state`;
 * - `joined`: we are in it, with a new participant id and a new roster; again after each lost connection;
 * - `changed`: the title, or who may record, is another one than it was;
 * - `arrived`, `updated`, `departed` (detail: a participant);
 * - `signal` (detail: the message);
 * - `draining`: the server will restart; `ending` (detail: seconds left);
 * - `over` (detail: the code of the reason; null after leave()).
 */
export class Call extends EventTarget {
  #api = new Api();
  #key;
  #name;
  #signaling = null;
  #callId = null;
  #isMuted = false;
  #listenOnly = false;
  #clockOffsetMs = 0;
  #renewalTimer = 0;

  state = 'idle';
  selfId = null;
  title = null;
  /** Who may record: `never`, `host` or `everyone`; null from a server that does not tell. */
  recordingPolicy = null;
  startedAtMs = null;
  iceServers = [];
  /** The roster by participant id, in the order of arrival. @type {Map<string, object>} */
  participants = new Map();

  /**
   * @param {string} key - a call's code or an invitation's secret
   * @param {string} name - what the others see
   */
  constructor(key, name) {
    super();
    this.#key = key;
    this.#name = name;
  }

  get others() {
    return [...this.participants.values()].filter((participant) => participant.id !== this.selfId);
  }

  /** How long the call has lasted by the server's clock, which is the same on all screens. */
  get elapsedMs() {
    return this.startedAtMs === null ? 0 : Math.max(0, Date.now() + this.#clockOffsetMs - this.startedAtMs);
  }

  join({ listenOnly }) {
    this.#listenOnly = listenOnly;
    this.#signaling = new Signaling(
      () => this.#openTicket(),
      () => ({ call: this.#callId, muted: this.#isMuted, listen_only: this.#listenOnly }),
    );
    this.#signaling.addEventListener('state', () => this.#onState());
    this.#signaling.addEventListener('clock', (event) => (this.#clockOffsetMs = event.detail));
    this.#signaling.addEventListener('message', (event) => this.#onMessage(event.detail));
    this.#signaling.addEventListener('closed', (event) => this.#onClosed(event.detail));
    this.#setState('joining');
    this.#signaling.start();
  }

  setMuted(isMuted) {
    if (this.#isMuted !== isMuted) {
      this.#isMuted = isMuted;
      this.#signaling.send({ type: 'state', muted: isMuted });
    }
  }

  setListenOnly(listenOnly) {
    if (this.#listenOnly !== listenOnly) {
      this.#listenOnly = listenOnly;
      this.#signaling.send({ type: 'state', listen_only: listenOnly });
    }
  }

  sendSignal(message) {
    this.#signaling.send(message);
  }

  /** @param {object[]} samples - how well we hear others, one of each */
  sendQuality(samples) {
    if (this.state === 'live') {
      this.#signaling.send({ type: 'quality', samples });
    }
  }

  leave() {
    this.#signaling?.leave();
  }

  /** Forgets, here and on the server, who we were. */
  signOut() {
    this.#api.signOut(this.#signaling.gone);
  }

  async #openTicket() {
    if (this.#callId !== null && !this.#api.isSomebodyElse) {
      try {
        return await this.#api.openTicket();
      } catch (error) {
        if (error.status !== 401) {
          throw error;
        }
      }
    }
    this.#callId = (await this.#api.enter(this.#name, this.#key)).id;
    return this.#api.openTicket();
  }

  /** Relays take a credential for some hours only; what connects later needs another one. */
  #renewIceServers(share) {
    const lives = this.iceServers.map((server) => server.lifetime_s).filter((life) => life > 0);
    clearTimeout(this.#renewalTimer);
    if (lives.length > 0) {
      const pause = Math.min(Math.max(1000 * Math.min(...lives) * share, RENEWAL_PAUSE_MIN_MS), RENEWAL_PAUSE_MAX_MS);
      this.#renewalTimer = setTimeout(() => this.#fetchIceServers(), pause);
    }
  }

  async #fetchIceServers() {
    try {
      this.iceServers = (await this.#api.iceServers(this.#callId)).filter(isUsableIceServer);
      this.#renewIceServers(RENEW_AFTER);
    } catch (error) {
      console.debug(`No new credentials: ${error.code}`);
      this.#renewIceServers((1 - RENEW_AFTER) / RENEWALS_LEFT);
    }
  }

  #onState() {
    if (this.#signaling.state === 'live') {
      this.#setState('live');
    } else if (this.state === 'live') {
      this.#setState('reconnecting');
    }
  }

  #onMessage(message) {
    switch (message.type) {
      case 'joined':
        this.#onJoined(message);
        break;
      case 'participant-joined':
        this.participants.set(message.participant.id, message.participant);
        this.#tell('arrived', message.participant);
        break;
      case 'participant-updated':
        this.#onUpdated(message.participant);
        break;
      case 'participant-left':
        this.#onLeft(message.participant, message.reason);
        break;
      case 'signal':
        this.#tell('signal', message);
        break;
      case 'call-updated':
        this.#describe(message.call);
        this.#tell('changed');
        break;
      case 'draining':
        this.#tell('draining');
        break;
      case 'call-ending':
        this.#tell('ending', message.in_s);
        break;
    }
  }

  #onJoined(message) {
    this.selfId = message.self;
    this.#describe(message.call);
    this.startedAtMs = Date.parse(message.room_started_at);
    this.iceServers = (message.ice_servers ?? []).filter(isUsableIceServer);
    this.#renewIceServers(RENEW_AFTER);
    this.participants = new Map(message.participants.map((participant) => [participant.id, participant]));
    this.#tell('joined');
  }

  #describe(call) {
    this.title = call.title ?? null;
    this.recordingPolicy = call.recording_policy ?? null;
  }

  #onUpdated(participant) {
    if (this.participants.has(participant.id)) {
      this.participants.set(participant.id, participant);
      this.#tell('updated', participant);
    }
  }

  #onLeft(id, reason) {
    const participant = this.participants.get(id);
    if (participant !== undefined) {
      this.participants.delete(id);
      this.#tell('departed', { ...participant, reason });
    }
  }

  #onClosed(code) {
    clearTimeout(this.#renewalTimer);
    this.#setState('over');
    this.#tell('over', code);
  }

  #setState(state) {
    if (this.state !== state) {
      this.state = state;
      this.#tell('state');
    }
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
