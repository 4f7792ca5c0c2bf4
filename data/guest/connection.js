// SPDX-License-Identifier: GPL-3.0-or-later
/** One RTCPeerConnection: one generation of the sound between this page and one other participant. */

import { QualityMeter } from './quality.js';
import { announcedFingerprint, fingerprintOf, hasCryptography, SafetyExchange } from './safety-code.js';

/** Bounds for what a stranger may send. */
const SDP_LIMIT_CHARS = 16 * 1024;
const CANDIDATE_LIMIT_CHARS = 1024;
const CANDIDATE_LIMIT = 64;

/** From the start to the first packet; a first connection over TURN takes a few seconds. */
const SOUND_DEADLINE_MS = 15000;

/** Everybody sends at least a comfort frame each 400 ms, so a silence this long is a broken path. */
const SILENCE_LIMIT_MS = 4000;
const WATCH_INTERVAL_MS = 1000;

/** What a relay says that does not take our credentials: RFC 8489, section 14.8. */
const UNAUTHORIZED = 401;

/** Timers that come this late were held back (hidden tab, suspended machine) and prove nothing. */
const LATE_TIMER_MS = 3 * WATCH_INTERVAL_MS;

/** True for the one shape of session description that Confab uses: a single audio section of bounded size. */
export function isSound(sdp) {
  if (typeof sdp !== 'string' || sdp.length > SDP_LIMIT_CHARS) {
    return false;
  }
  const sections = sdp.match(/^m=.*$/gm) ?? [];
  return sections.length === 1 && sections[0].startsWith('m=audio ');
}

/** Asks the other side for Opus with comfort noise and error correction in what it sends to us. */
export function preferOpus(sdp) {
  const number = /^a=rtpmap:(\d+) opus\/48000\/2/im.exec(sdp)?.[1];
  if (number === undefined) {
    return sdp;
  }
  const wanted = { useinbandfec: '1', minptime: '10', usedtx: '1' };
  return sdp.replace(new RegExp(`^a=fmtp:${number} (.*?)(\\r?)$`, 'm'), (_, parameters, end) => {
    const all = { ...Object.fromEntries(parameters.split(';').map((one) => one.trim().split('='))), ...wanted };
    return `a=fmtp:${number} ${Object.entries(all).map(([key, value]) => `${key}=${value}`).join(';')}${end}`;
  });
}

function offerOnlyOpus(transceiver) {
  const codecs = RTCRtpReceiver.getCapabilities?.('audio')?.codecs ?? [];
  const opus = codecs.filter((codec) => codec.mimeType.toLowerCase() === 'audio/opus');
  if (opus.length > 0 && transceiver.setCodecPreferences !== undefined) {
    transceiver.setCodecPreferences(opus);
  }
}

/**
 * Events: `stream` (detail: the MediaStream of the other side), `sound` (once, at the first packet from it), `safety`
 * (detail: {certificates, code}: both ends as they are in DTLS; code null: not known yet), `untrusted` (somebody is in
 * between), `relay-refused` (a relay does not take our credentials), `failed` (once; nothing comes any more, and this object is of no more use than to be closed).
 */
export class Connection extends EventTarget {
  #pc;
  #track;
  #send;
  #isAnswered = false;
  #exchange = null;
  #certificates = null;
  #early = [];
  #candidateCount = 0;
  #watchTimer = 0;
  #startedAt = performance.now();
  #watchedAt = this.#startedAt;
  #heardAt = null;
  #packetCount = 0;
  #meter = new QualityMeter();
  #isOver = false;

  /**
   * @param {object} options
   * @param {number} options.generation
   * @param {object[]} options.iceServers - RTCIceServer dictionaries
   * @param {boolean} options.isRelayOnly - whether sound goes through a relay or not at all
   * @param {RTCCertificate[]} options.certificates - ours, one for the whole stay
   * @param {MediaStreamTrack} options.track - what the other side is to hear
   * @param {(kind: string, generation: number, payload: object) => void} options.send - to the other side
   */
  constructor({ generation, iceServers, isRelayOnly, certificates, track, send }) {
    super();
    this.generation = generation;
    this.#track = track;
    this.#send = (kind, payload) => send(kind, generation, payload);
    const iceTransportPolicy = isRelayOnly ? 'relay' : 'all';
    const bundling = { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' };
    this.#pc = new RTCPeerConnection({ iceServers, iceTransportPolicy, certificates, ...bundling });
    this.#pc.addEventListener('icecandidate', (event) => this.#onLocalCandidate(event.candidate));
    this.#pc.addEventListener('icecandidateerror', ({ errorCode }) => this.#onRelayError(errorCode));
    this.#pc.addEventListener('track', (event) => this.#onTrack(event));
    this.#pc.addEventListener('connectionstatechange', () => this.#onStateChanged());
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_INTERVAL_MS);
  }

  get hasSound() {
    return this.#heardAt !== null;
  }

  /** How well one hears; null before two seconds of it. See quality.js. */
  get quality() {
    return this.#meter.figures;
  }

  get isOver() {
    return this.#isOver;
  }

  /** Begins as the offering side. */
  async offer() {
    await this.#guard(async () => {
      const transceiver = this.#pc.addTransceiver(this.#track, { direction: 'sendrecv' });
      offerOnlyOpus(transceiver);
      const safety = await this.#openExchange(null);
      await this.#pc.setLocalDescription(await this.#pc.createOffer());
      this.#send('offer', { sdp: preferOpus(this.#pc.localDescription.sdp), ...safety });
    });
  }

  /** Begins as the answering side. */
  async answer(sdp, commitment) {
    await this.#guard(async () => {
      await this.#acceptDescription('offer', sdp);
      const [transceiver] = this.#pc.getTransceivers();
      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(this.#track);
      const safety = await this.#openExchange(typeof commitment === 'string' ? commitment : '');
      await this.#pc.setLocalDescription(await this.#pc.createAnswer());
      this.#send('answer', { sdp: preferOpus(this.#pc.localDescription.sdp), ...safety });
    });
  }

  async acceptAnswer(sdp, nonce) {
    if (this.#pc.signalingState === 'have-local-offer' && !this.#isAnswered) {
      this.#isAnswered = true;
      const revealed = this.#exchange?.takeAnswer(nonce) ?? null;
      if (revealed !== null) {
        this.#send('reveal', { safety: revealed });
      }
      await this.#guard(() => this.#acceptDescription('answer', sdp));
    }
  }

  /** Takes what the offer was bound to. */
  async acceptReveal(nonce) {
    if (this.#exchange !== null && !(await this.#exchange.takeReveal(nonce))) {
      this.#distrust();
    }
    await this.#tellSafety();
  }

  /**
   * Takes a candidate of the other side, also before its description.
   *
   * @param {RTCIceCandidateInit} candidate - an empty candidate string means that no more will come
   */
  addCandidate(candidate) {
    this.#candidateCount += 1;
    if (this.#isOver || this.#candidateCount > CANDIDATE_LIMIT || candidate.candidate.length > CANDIDATE_LIMIT_CHARS) {
      return;
    }
    if (this.#pc.remoteDescription === null) {
      this.#early.push(candidate);
    } else {
      this.#useCandidate(candidate);
    }
  }

  /** Sends another track from now on, without a new negotiation. */
  replaceTrack(track) {
    this.#track = track;
    for (const sender of this.#pc.getSenders()) {
      sender.replaceTrack(track).catch(() => this.#fail());
    }
  }

  close() {
    this.#isOver = true;
    clearInterval(this.#watchTimer);
    this.#pc.close();
  }

  async #guard(negotiate) {
    try {
      await negotiate();
    } catch (error) {
      if (!this.#isOver) {
        console.warn(`Negotiation failed: ${error.name}`);
        this.#fail();
      }
    }
  }

  async #acceptDescription(type, sdp) {
    if (!isSound(sdp)) {
      throw new TypeError('Not a description of one audio section');
    }
    await this.#pc.setRemoteDescription({ type, sdp });
    for (const candidate of this.#early.splice(0)) {
      this.#useCandidate(candidate);
    }
  }

  /** A candidate that the browser does not understand costs one path at most. */
  #useCandidate(candidate) {
    this.#pc.addIceCandidate(candidate).catch(() => console.debug('A candidate was not usable'));
  }

  #onLocalCandidate(candidate) {
    if (candidate === null) {
      this.#send('end-of-candidates', {});
    } else if (candidate.candidate !== '') {
      const { candidate: text, sdpMLineIndex, sdpMid } = candidate;
      this.#send('candidate', { candidate: text, sdp_mline_index: sdpMLineIndex ?? 0, sdp_mid: sdpMid ?? '' });
    }
  }

  #onTrack(event) {
    event.track.addEventListener('unmute', () => this.#onPacket());
    this.dispatchEvent(new CustomEvent('stream', { detail: event.streams[0] ?? new MediaStream([event.track]) }));
  }

  /** Others than refusals of a relay come and go with the networks of a machine, and mean little. */
  #onRelayError(code) {
    if (code === UNAUTHORIZED) {
      this.dispatchEvent(new Event('relay-refused'));
    }
  }

  #onStateChanged() {
    if (this.#pc.connectionState === 'failed') {
      this.#fail();
    } else if (this.#pc.connectionState === 'connected') {
      this.#verify();
    }
  }

  async #openExchange(commitment) {
    if (!hasCryptography() || commitment === '') {
      return {};
    }
    this.#exchange = new SafetyExchange(commitment);
    return { safety: await this.#exchange.opening() };
  }

  /**
   * Looks at the certificate that is in use. Browsers hold it against the description themselves; where they show it,
   * we do so again.
   */
  async #verify() {
    const ours = announcedFingerprint(this.#pc.localDescription?.sdp);
    const theirs = announcedFingerprint(this.#pc.remoteDescription?.sdp);
    const [shown] = this.#pc.getSenders()[0]?.transport?.getRemoteCertificates?.() ?? [];
    if (shown !== undefined && hasCryptography() && (await fingerprintOf(shown)) !== theirs) {
      this.#distrust();
    } else if (ours !== null && theirs !== null) {
      this.#certificates = { ours, theirs };
      await this.#tellSafety();
    }
  }

  async #tellSafety() {
    if (this.#certificates === null || this.#isOver) {
      return;
    }
    const { ours, theirs } = this.#certificates;
    const code = (await this.#exchange?.code(ours, theirs)) ?? null;
    this.dispatchEvent(new CustomEvent('safety', { detail: { certificates: `${ours} ${theirs}`, code } }));
  }

  #distrust() {
    if (!this.#isOver) {
      this.close();
      this.dispatchEvent(new Event('untrusted'));
    }
  }

  #onPacket() {
    const isFirst = this.#heardAt === null;
    this.#heardAt = performance.now();
    if (isFirst && !this.#isOver) {
      this.dispatchEvent(new Event('sound'));
    }
  }

  async #watch() {
    const isLate = performance.now() - this.#watchedAt > LATE_TIMER_MS;
    await this.#countPackets();
    this.#watchedAt = performance.now();
    if (this.#isOver || isLate) {
      this.#heardAt &&= this.#watchedAt;
      return;
    }
    const since = this.#heardAt ?? this.#startedAt;
    if (this.#watchedAt - since > (this.hasSound ? SILENCE_LIMIT_MS : SOUND_DEADLINE_MS)) {
      this.#fail();
    }
  }

  async #countPackets() {
    const report = await this.#pc.getStats();
    this.#meter.update(report, performance.now());
    for (const entry of report.values()) {
      if (entry.type === 'inbound-rtp' && entry.packetsReceived > this.#packetCount) {
        this.#packetCount = entry.packetsReceived;
        this.#onPacket();
      }
    }
  }

  #fail() {
    if (!this.#isOver) {
      this.#isOver = true;
      clearInterval(this.#watchTimer);
      this.dispatchEvent(new Event('failed'));
    }
  }
}
