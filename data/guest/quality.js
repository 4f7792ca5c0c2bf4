// SPDX-License-Identifier: GPL-3.0-or-later
/** How well one hears one other participant, from what the browser counts. The figures are those of the desktop app. */

/** Opus looks ahead as far as this (RFC 6716, section 2), after a frame has been filled. */
const LOOK_AHEAD_MS = 6.5;
const FRAME_MS = 20;

/** Nobody tells a page how long their microphone takes: that of a usual desktop. */
const CAPTURE_MS = 10;

/** Until somebody has spoken. */
const ASSUMED_KBPS = 32;
const SPEECH_LEVEL = 0.005;

/** What is counted in so many seconds is the opinion's. */
const WINDOW_S = 10;

/** Ie of G.722.2 by its bit rate in kbit/s, ITU-T G.113, Table IV.1: Opus is not below it. */
const CODEC_IMPAIRMENTS = [[6.6, 41], [8.85, 26], [12.65, 13], [14.25, 10], [15.85, 7], [18.25, 5], [19.85, 4], [23.05, 1]];

/** Idd, ITU-T G.107 (06/2015), 7.4. */
function delayImpairment(delayMs) {
  const x = Math.log2(Math.max(delayMs, 100) / 100);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** Ie,eff,WB with the loss robustness of G.722.2, ITU-T G.107.1 (06/2019), 7.5. */
function codecImpairment(kbps, concealedRatio) {
  const upper = CODEC_IMPAIRMENTS.findIndex(([rate]) => kbps <= rate);
  let impairment = upper < 0 ? 1 : CODEC_IMPAIRMENTS[upper][1];
  if (upper > 0) {
    const [[fromKbps, from], [toKbps, to]] = CODEC_IMPAIRMENTS.slice(upper - 1, upper + 1);
    impairment = from + ((kbps - fromKbps) / (toKbps - fromKbps)) * (to - from);
  }
  const percent = 100 * Math.min(Math.max(concealedRatio, 0), 1);
  return impairment + ((95 - impairment) * percent) / (percent + 4.3);
}

/** The mean opinion score by the wideband E-model: 1 to 4.5. */
export function opinion(delayMs, kbps, concealedRatio) {
  const rating = (129 - delayImpairment(delayMs) - codecImpairment(kbps, concealedRatio)) / 1.29;
  const r = Math.min(Math.max(rating, 0), 100);
  return Math.min(Math.max(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1), 4.5);
}

/** Good, fair or poor: ratings of 80 and 60, ITU-T G.109. */
export function gradeOf(mos) {
  if (mos < 3.1) {
    return 'qualityPoor';
  }
  return mos < 4 ? 'qualityFair' : 'qualityGood';
}

function clamp(value, low, high) {
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : low;
}

/** What a `quality` message of the signaling has room for. */
export function toSample(peer, figures) {
  const tenths = (value, low, high) => Math.round(clamp(value, low, high) * 10) / 10;
  const sample = {
    peer,
    jitter_ms: tenths(figures.jitterMs, 0, 60000),
    lost_ratio: Math.round(clamp(figures.lostRatio, 0, 1) * 1e4) / 1e4,
    bitrate_kbps: tenths(figures.receivedKbps, 0, 10000),
    level_dbov: tenths(figures.levelDbov, -127, 0),
    mos: Math.round(clamp(figures.mos, 1, 5) * 100) / 100,
  };
  if (figures.rttMs !== null) {
    sample.rtt_ms = tenths(figures.rttMs, 0, 60000);
  }
  if (figures.mouthToEarMs !== null) {
    sample.mouth_to_ear_ms = tenths(figures.mouthToEarMs, 0, 60000);
  }
  return sample;
}

function collect(report) {
  const all = [...report.values()];
  const find = (type) => all.find((entry) => entry.type === type && (entry.kind ?? 'audio') === 'audio') ?? {};
  const pairId = find('transport').selectedCandidatePairId;
  const pair = all.find((entry) => entry.type === 'candidate-pair' && (entry.id === pairId || (!pairId && entry.nominated))) ?? {};
  const types = [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.get(id)?.candidateType);
  return {
    inbound: find('inbound-rtp'),
    outbound: find('outbound-rtp'),
    playout: find('media-playout'),
    rttS: find('remote-inbound-rtp').roundTripTime ?? pair.currentRoundTripTime ?? null,
    isRelayed: types.includes('relay'),
  };
}

export class QualityMeter {
  #seconds = [];
  #last = null;
  #speechKbps = ASSUMED_KBPS;

  /** @type {object | null} what is known since the second update */
  figures = null;

  /**
   * To be called once a second.
   *
   * @param {RTCStatsReport} report
   * @param {number} nowMs - monotonic
   */
  update(report, nowMs) {
    const now = { ...collect(report), nowMs };
    const last = this.#last;
    this.#last = now;
    if (last === null || !(now.inbound.packetsReceived > 0) || nowMs <= last.nowMs) {
      return;
    }
    const grown = (part, name) => Math.max(0, (now[part][name] ?? 0) - (last[part][name] ?? 0));
    this.#remember({
      received: grown('inbound', 'packetsReceived'),
      lost: grown('inbound', 'packetsLost'),
      concealed: Math.max(0, grown('inbound', 'concealedSamples') - grown('inbound', 'silentConcealedSamples')),
      samples: grown('inbound', 'totalSamplesReceived'),
    });
    const kbps = (part, name) => (grown(part, name) * 8) / (nowMs - last.nowMs);
    const perSampleMs = (part, sum, count) => (grown(part, count) > 0 ? (1000 * grown(part, sum)) / grown(part, count) : null);
    this.#describe(now, {
      receivedKbps: kbps('inbound', 'bytesReceived'),
      sentKbps: kbps('outbound', 'bytesSent'),
      bufferMs: perSampleMs('inbound', 'jitterBufferDelay', 'jitterBufferEmittedCount'),
      outputMs: perSampleMs('playout', 'totalPlayoutDelay', 'totalSamplesCount'),
    });
  }

  #remember(second) {
    this.#seconds.push(second);
    this.#seconds.splice(0, this.#seconds.length - WINDOW_S);
  }

  #sum(name) {
    return this.#seconds.reduce((sum, second) => sum + second[name], 0);
  }

  #describe(now, { receivedKbps, sentKbps, bufferMs, outputMs }) {
    const level = now.inbound.audioLevel ?? 0;
    const rttMs = now.rttS === null ? null : now.rttS * 1000;
    const parts = [CAPTURE_MS, FRAME_MS + LOOK_AHEAD_MS, rttMs === null ? null : rttMs / 2, bufferMs, outputMs];
    const knownMs = parts.reduce((sum, part) => sum + (part ?? 0), 0);
    const concealedRatio = this.#sum('concealed') / Math.max(this.#sum('samples'), 1);
    if (level > SPEECH_LEVEL) {
      this.#speechKbps = receivedKbps;
    }
    this.figures = {
      rttMs,
      jitterMs: (now.inbound.jitter ?? 0) * 1000,
      lostRatio: this.#sum('lost') / Math.max(this.#sum('lost') + this.#sum('received'), 1),
      receivedKbps,
      sentKbps,
      levelDbov: level > 0 ? 20 * Math.log10(level) : -127,
      mouthToEarMs: parts.includes(null) ? null : knownMs,
      isRelayed: now.isRelayed,
      mos: opinion(knownMs, Math.max(this.#speechKbps, CODEC_IMPAIRMENTS[0][0]), concealedRatio),
    };
  }
}
