// SPDX-License-Identifier: GPL-3.0-or-later
/** Joins a Call to the sound: a Peer for each other participant, with our microphone and our ears at this end of it. */

import { Peer } from './peer.js';
import { toSample } from './quality.js';

/**
 * How long the old connections of a lost session may sound on: when the server restarts the others rejoin by themselves,
 * and meanwhile nobody shall be cut off.
 */
const LINGER_MS = 10000;

/** Between two reports to the server, which takes half of it. */
const REPORT_INTERVAL_MS = 10000;

/**
 * Events: `safety` (detail: {participant, hasChanged}), `untrusted` (detail: a participant), `relay-refused`: the server's
 * relay does not take the credentials that came with it.
 */
export class Conference extends EventTarget {
  #call;
  #playback;
  #microphone;
  #peers = new Map();
  #lingering = new Set();
  #lingerTimer = 0;
  #reportTimer = 0;

  /** Whether sound goes through a relay or not at all. */
  isRelayOnly = false;

  /** Ours, one for the whole stay, so that a rebuilt connection has the same safety code. @type {RTCCertificate[]} */
  certificates = [];

  /**
   * @param {import('./call.js').Call} call
   * @param {import('./audio.js').Playback} playback
   * @param {import('./audio.js').Microphone} microphone
   */
  constructor(call, playback, microphone) {
    super();
    this.#call = call;
    this.#playback = playback;
    this.#microphone = microphone;
    call.addEventListener('joined', () => this.#onJoined());
    call.addEventListener('arrived', (event) => this.#addPeer(event.detail));
    call.addEventListener('departed', (event) => this.#removePeer(event.detail.id));
    call.addEventListener('signal', (event) => this.#peers.get(event.detail.from)?.onSignal(event.detail));
    this.#reportTimer = setInterval(() => this.#report(), REPORT_INTERVAL_MS);
    microphone.addEventListener('track', () => this.#peers.forEach((peer) => peer.replaceTrack(microphone.track)));
  }

  /** @returns {'connecting' | 'live' | 'rebuilding' | 'failed'} of the sound to and from a participant */
  stateOf(id) {
    return this.#peers.get(id)?.state ?? 'connecting';
  }

  /** @returns {number[] | null} what to compare with a participant */
  codeOf(id) {
    return this.#peers.get(id)?.code ?? null;
  }

  /** How well one hears a participant, see quality.js; null when not known. */
  qualityOf(id) {
    return this.#peers.get(id)?.quality ?? null;
  }

  /** How loud a participant is now, ourselves included; see Meter.read(). */
  read(id) {
    if (id === this.#call.selfId) {
      return this.#microphone.read();
    }
    const readings = (this.#peers.get(id)?.connections ?? []).map((connection) => this.#playback.read(connection));
    return readings.reduce((loudest, one) => (one.level > loudest.level ? one : loudest), {
      level: 0,
      isSpeaking: readings.some((one) => one.isSpeaking),
    });
  }

  close() {
    clearInterval(this.#reportTimer);
    clearTimeout(this.#lingerTimer);
    this.#endLingering(() => true);
    [...this.#peers.keys()].forEach((id) => this.#removePeer(id));
  }

  #onJoined() {
    for (const peer of this.#peers.values()) {
      peer.detach();
      this.#lingering.add(peer);
    }
    this.#peers.clear();
    clearTimeout(this.#lingerTimer);
    this.#lingerTimer = setTimeout(() => this.#endLingering(() => true), LINGER_MS);
    this.#call.others.forEach((participant) => this.#addPeer(participant));
  }

  #addPeer(participant) {
    const peer = new Peer({
      self: this.#call.selfId,
      participant,
      iceServers: () => this.#call.iceServers,
      isRelayOnly: this.isRelayOnly,
      certificates: this.certificates,
      track: this.#microphone.track,
      send: (message) => this.#call.sendSignal(message),
    });
    this.#removePeer(participant.id);
    this.#peers.set(participant.id, peer);
    peer.addEventListener('stream', (event) => this.#playback.add(event.detail.connection, event.detail.stream));
    peer.addEventListener('gone', (event) => this.#playback.remove(event.detail));
    peer.addEventListener('sound', () => this.#endLingering((old) => old.participant.user_id === participant.user_id));
    peer.addEventListener('safety', (event) => this.#tell('safety', { participant, hasChanged: event.detail }));
    peer.addEventListener('relay-refused', () => this.#tell('relay-refused'));
    peer.addEventListener('untrusted', () => this.#tell('untrusted', participant));
    peer.start();
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #removePeer(id) {
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
  }

  #report() {
    const heard = [...this.#peers.entries()].filter(([, peer]) => peer.quality !== null);
    if (heard.length > 0) {
      this.#call.sendQuality(heard.map(([id, peer]) => toSample(id, peer.quality)));
    }
  }

  #endLingering(isMeant) {
    for (const peer of [...this.#lingering].filter(isMeant)) {
      peer.close();
      this.#lingering.delete(peer);
    }
  }
}
