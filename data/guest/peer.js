// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * The sound between this page and one other participant, over all generations of its connection.
 *
 * The participant with the smaller id offers, always. A broken connection is rebuilt with the next generation beside
 * the old one, and the old one is let go at the first sound of the new.
 */

import { Connection } from './connection.js';

/** How long the answering side waits for an offer, and between two requests for a new one. */
const OFFER_DEADLINE_MS = 8000;

/** Pauses between rebuilds of a connection that does not come up: doubled from the first to the last. */
const REBUILD_FIRST_MS = 250;
const REBUILD_LAST_MS = 15000;

/** After so many attempts in a row there is no connection to speak of, though the attempts go on. */
const HOPELESS_FAILURES = 3;

/** Candidates kept for an offer that is still on its way. */
const EARLY_LIMIT = 64;

/** Ids are lowercase ASCII, for which the order of code units is the order of bytes. */
export function isOfferer(self, other) {
  return self < other;
}

/**
 * Events: `stream` (detail: {connection, stream}), `gone` (detail: a connection that is closed), `sound` (a generation
 * has come up), `relay-refused`, `safety` (detail: whether the code has changed), `untrusted` (somebody is in between; for good).
 */
export class Peer extends EventTarget {
  #offers;
  #options;
  #iceServers;
  #track;
  #send;
  #current = null;
  #next = null;
  #generation = 0;
  #early = { generation: 0, candidates: [] };
  #failures = 0;
  #timer = 0;
  #isClosed = false;
  #isUntrusted = false;
  #certificates = null;
  #hadCode = false;

  /** What to compare with the other one: places in the list of symbols; null: not known. @type {number[] | null} */
  code = null;

  /**
   * @param {object} options
   * @param {string} options.self - our participant id
   * @param {object} options.participant - the other one, as the server describes it
   * @param {() => object[]} options.iceServers - RTCIceServer dictionaries, asked for with each generation
   * @param {boolean} options.isRelayOnly - whether sound goes through a relay or not at all
   * @param {RTCCertificate[]} options.certificates - ours
   * @param {MediaStreamTrack} options.track - what the other one is to hear
   * @param {(message: object) => void} options.send - to the signaling server
   */
  constructor({ self, participant, iceServers, isRelayOnly, certificates, track, send }) {
    super();
    this.participant = participant;
    this.#offers = isOfferer(self, participant.id);
    this.#options = { isRelayOnly, certificates };
    this.#iceServers = iceServers;
    this.#track = track;
    this.#send = (kind, generation, payload) => {
      if (!this.#isClosed) {
        send({ type: 'signal', to: participant.id, kind, generation, payload });
      }
    };
  }

  /** @returns {'connecting' | 'live' | 'rebuilding' | 'failed'} */
  get state() {
    if (this.#current !== null && !this.#current.isOver) {
      return 'live';
    }
    if (this.#isUntrusted || this.#failures >= HOPELESS_FAILURES) {
      return 'failed';
    }
    return this.#current !== null || this.#generation > 1 ? 'rebuilding' : 'connecting';
  }

  /** How well one hears the other one, see quality.js; null when not known. */
  get quality() {
    return this.#current?.quality ?? null;
  }

  /** What may be sounding: two while one generation takes over from the other. */
  get connections() {
    return [this.#current, this.#next].filter((one) => one !== null);
  }

  start() {
    if (this.#offers) {
      this.#offer();
    } else {
      this.#awaitOffer();
    }
  }

  replaceTrack(track) {
    this.#track = track;
    this.#current?.replaceTrack(track);
    this.#next?.replaceTrack(track);
  }

  /** Takes a `signal` message of this participant; what does not fit is dropped. */
  onSignal({ kind, generation, payload }) {
    if (this.#isClosed || !Number.isSafeInteger(generation) || generation < 1) {
      return;
    }
    switch (kind) {
      case 'offer':
        this.#onOffer(generation, payload?.sdp, payload?.safety);
        break;
      case 'answer':
        this.#connectionOf(generation)?.acceptAnswer(payload?.sdp, payload?.safety);
        break;
      case 'candidate':
        this.#onCandidate(generation, payload);
        break;
      case 'end-of-candidates':
        this.#onCandidate(generation, { candidate: '' });
        break;
      case 'reveal':
        this.#connectionOf(generation)?.acceptReveal(payload?.safety);
        break;
      case 'rebuild':
        if (this.#offers && generation >= this.#generation) {
          this.#offer();
        }
        break;
    }
  }

  /** Stops negotiating, while what is connected goes on until close() or until it breaks. */
  detach() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  close() {
    this.detach();
    this.#release(this.#next);
    this.#release(this.#current);
    this.#next = null;
    this.#current = null;
  }

  #offer() {
    clearTimeout(this.#timer);
    this.#begin(this.#generation + 1).offer();
  }

  #onOffer(generation, sdp, commitment) {
    if (this.#offers || generation <= this.#generation) {
      return;
    }
    clearTimeout(this.#timer);
    const connection = this.#begin(generation);
    if (this.#early.generation === generation) {
      this.#early.candidates.splice(0).forEach((candidate) => connection.addCandidate(candidate));
    }
    connection.answer(sdp, commitment);
  }

  #onCandidate(generation, payload) {
    const candidate = payload?.candidate;
    if (typeof candidate !== 'string') {
      return;
    }
    const init = { candidate, sdpMLineIndex: 0 }; /* the one section there is, by whatever name the two sides know it */
    const connection = this.#connectionOf(generation);
    if (connection !== null) {
      connection.addCandidate(init);
    } else if (!this.#offers && generation > this.#generation) {
      this.#keepEarly(generation, init);
    }
  }

  #keepEarly(generation, init) {
    if (generation > this.#early.generation) {
      this.#early = { generation, candidates: [] };
    }
    if (generation === this.#early.generation && this.#early.candidates.length < EARLY_LIMIT) {
      this.#early.candidates.push(init);
    }
  }

  #connectionOf(generation) {
    return this.connections.find((one) => one.generation === generation) ?? null;
  }

  /** Starts a generation beside the current one; one that had not come up yet is given up. */
  #begin(generation) {
    this.#release(this.#next);
    const now = { generation, iceServers: this.#iceServers(), track: this.#track, send: this.#send };
    const connection = new Connection({ ...this.#options, ...now });
    this.#next = connection;
    this.#generation = generation;
    connection.addEventListener('stream', (event) => {
      this.dispatchEvent(new CustomEvent('stream', { detail: { connection, stream: event.detail } }));
    });
    connection.addEventListener('sound', () => this.#onSound(connection));
    connection.addEventListener('failed', () => this.#onFailed(connection));
    connection.addEventListener('safety', (event) => this.#onSafety(connection, event.detail));
    connection.addEventListener('relay-refused', () => this.dispatchEvent(new Event('relay-refused')));
    connection.addEventListener('untrusted', () => this.#onUntrusted());
    return connection;
  }

  #onSound(connection) {
    if (connection !== this.#next) {
      return;
    }
    this.#release(this.#current);
    this.#current = connection;
    this.#next = null;
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.dispatchEvent(new Event('sound'));
  }

  /** A code stands for a pair of certificates: another pair voids it, the same pair never gets another code. */
  #onSafety(connection, { certificates, code }) {
    const isSame = certificates === this.#certificates;
    if (!this.connections.includes(connection) || (isSame && this.code !== null)) {
      return;
    }
    this.#certificates = certificates;
    this.code = code;
    if (code !== null) {
      this.dispatchEvent(new CustomEvent('safety', { detail: this.#hadCode }));
      this.#hadCode = true;
    }
  }

  #onUntrusted() {
    this.close();
    this.#isUntrusted = true;
    this.code = null;
    this.dispatchEvent(new Event('untrusted'));
  }

  /** The dead current one stays for its sound's sake until the next is up; that next may be under way already. */
  #onFailed(connection) {
    if (connection === this.#next) {
      this.#release(connection);
      this.#next = null;
    }
    if (this.#next !== null || this.#isClosed) {
      return;
    }
    const pause = Math.min(REBUILD_FIRST_MS * 2 ** this.#failures, REBUILD_LAST_MS);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#offers ? this.#offer() : this.#askForOffer()), pause);
  }

  #awaitOffer() {
    this.#timer = setTimeout(() => {
      this.#failures += 1;
      this.#askForOffer();
    }, OFFER_DEADLINE_MS);
  }

  #askForOffer() {
    this.#send('rebuild', Math.max(1, this.#generation), {});
    this.#awaitOffer();
  }

  #release(connection) {
    if (connection !== null) {
      connection.close();
      this.dispatchEvent(new CustomEvent('gone', { detail: connection }));
    }
  }
}
