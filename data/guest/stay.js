// SPDX-License-Identifier: GPL-3.0-or-later
/** One stay in the call, from the click on Join to the end: builds its parts and shows what they do. */

import { Attendance } from './attendance.js';
import { Microphone, Playback } from './audio.js';
import { Call } from './call.js';
import { ring } from './chime.js';
import { Conference } from './conference.js';
import { language, text, textOfCode } from './i18n.js';
import { MuteWatch } from './mute-watch.js';
import { gradeOf } from './quality.js';
import { parseSymbols } from './safety-code.js';

const METER_INTERVAL_MS = 100;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

/** Reasons for the end of a call that went well until then. */
const END_REASONS = new Set(['ended-by-host', 'expired', 'too-long', 'empty', 'call-over']);

const MICROPHONE_WORDS = {
  refused: 'microphoneRefused',
  absent: 'microphoneAbsent',
  busy: 'microphoneBusy',
  insecure: 'microphoneInsecure',
};

const POLICY_WORDS = { never: 'nobodyRecords', host: 'hostRecords', everyone: 'everyoneRecords' };

export class Stay {
  #view;
  #call;
  #context = new AudioContext({ latencyHint: 'interactive' });
  #playback;
  #microphone;
  #conference;
  #meterTimer = 0;
  #attendance = new Attendance();
  #muteWatch = new MuteWatch();
  #recordingPolicy = null;
  #isRecorded = false;
  #symbols = [];
  #hasBeenLive = false;
  #isPaused = false;
  #problem = null;

  /**
   * @param {import('./view.js').View} view
   * @param {string} key - a call's code or an invitation's secret
   * @param {string} name - what the others see
   * @param {boolean} isRelayOnly - whether sound goes through a relay or not at all
   */
  constructor(view, key, name, isRelayOnly) {
    this.#view = view;
    this.#call = new Call(key, name);
    this.#playback = new Playback(this.#context, view.speakers);
    this.#microphone = new Microphone(this.#context);
    this.#conference = new Conference(this.#call, this.#playback, this.#microphone);
    this.#conference.isRelayOnly = isRelayOnly;
    this.#listen();
  }

  /** To be called from a click: only then may the page make sound. */
  async start() {
    this.#context.resume();
    this.#view.setJoining(text('askingMicrophone'));
    this.#problem = await this.#microphone.open();
    this.#view.setJoining(text('joining'));
    await this.#prepareSafety();
    this.#call.join({ listenOnly: !this.#microphone.isOpen });
  }

  /** Without its symbols, or on a browser that makes no certificates in advance, the page has no codes, but calls. */
  async #prepareSafety() {
    try {
      const list = await fetch('/guest/safety-code.txt');
      this.#symbols = parseSymbols(await list.text());
      this.#conference.certificates = [await RTCPeerConnection.generateCertificate(KEY_ALGORITHM)];
    } catch (error) {
      console.warn(`No safety codes: ${error.name}`);
    }
  }

  leave() {
    this.#call.leave();
  }

  /** The page goes: perhaps it only loads anew, and then the same guest shall come back. */
  pause() {
    this.#isPaused = true;
    this.#call.leave();
  }

  toggleMute() {
    if (this.#microphone.isOpen) {
      this.#setMuted(!this.#microphone.isMuted);
      this.#view.announce(text(this.#microphone.isMuted ? 'youAreMuted' : 'youAreUnmuted'));
    }
  }

  async retryMicrophone() {
    this.#problem = await this.#microphone.open();
    if (this.#call.state === 'over') {
      return; /* the screen belongs to somebody else by now */
    }
    this.#showMicrophone();
    if (this.#problem === null) {
      this.#setMuted(this.#microphone.isMuted);
      this.#call.setListenOnly(false);
    }
  }

  unblock() {
    this.#view.setBlocked(false);
    this.#playback.unblock();
  }

  #listen() {
    const call = this.#call;
    call.addEventListener('state', () => this.#onState());
    call.addEventListener('joined', () => this.#onJoined());
    call.addEventListener('arrived', (event) => this.#onArrived(event.detail));
    call.addEventListener('departed', (event) => this.#onDeparted(event.detail));
    this.#attendance.addEventListener('told', (event) => this.#onTold(event.detail));
    call.addEventListener('updated', () => this.#showRoster());
    call.addEventListener('changed', () => this.#showCall());
    call.addEventListener('draining', () => this.#view.setNotice('link', text('serverRestarting')));
    call.addEventListener('ending', (event) => this.#onEnding(event.detail));
    call.addEventListener('over', (event) => this.#onOver(event.detail));
    this.#conference.addEventListener('safety', (event) => this.#onSafety(event.detail));
    this.#conference.addEventListener('relay-refused', () => this.#view.setNotice('relay', text('relayRefused')));
    this.#conference.addEventListener('untrusted', (event) => this.#onUntrusted(event.detail));
    this.#playback.addEventListener('blocked', () => this.#view.setBlocked(true));
    this.#microphone.addEventListener('lost', () => this.#onMicrophoneLost());
  }

  #onState() {
    const { state } = this.#call;
    this.#view.setLinkState(state);
    if (state === 'reconnecting') {
      this.#view.setNotice('link', text('serverLost'));
    }
  }

  #onJoined() {
    if (!this.#hasBeenLive) {
      this.#hasBeenLive = true;
      this.#recordingPolicy = this.#call.recordingPolicy;
      ['trust', 'relay', 'call'].forEach((kind) => this.#view.setNotice(kind, null));
      this.#view.showCall(this.#call.title ?? text('untitled'));
      this.#view.setMuted(this.#microphone.isMuted);
      this.#view.setBlocked(false);
      this.#showMicrophone();
      this.#meterTimer = setInterval(() => this.#showConditions(), METER_INTERVAL_MS);
    }
    this.#view.setNotice('link', null);
    this.#showCall();
    this.#attendance.found(this.#call.others);
    this.#showRoster();
  }

  #onArrived(participant) {
    this.#attendance.came(participant);
    this.#showRoster();
  }

  #onDeparted(participant) {
    this.#attendance.went(participant, participant.reason === 'lost');
    this.#showRoster();
  }

  /** Nobody joins silently, but many at once ring one bell. */
  #onTold({ kind, names, isFirst }) {
    const [name, ...others] = names;
    const key = { joined: 'hasJoined', left: 'hasLeft', returned: 'hasReturned' }[kind];
    const words = others.length === 0 ? text(key, { name }) : text(`${key}Many`, { name, count: others.length });
    this.#view.announce(words);
    if (isFirst && kind !== 'returned') {
      ring(this.#context, kind);
    }
  }

  #onSafety({ participant, hasChanged }) {
    if (hasChanged) {
      this.#view.setNotice('trust', text('safetyChanged', { name: participant.display_name }));
    }
    this.#showRoster();
  }

  #onUntrusted(participant) {
    this.#view.setNotice('trust', text('untrusted', { name: participant.display_name }));
    this.#showRoster();
  }

  #onEnding(seconds) {
    this.#view.setNotice('call', text('endingSoon', { count: Math.max(1, Math.round(seconds / 60)) }));
  }

  /** The others see us muted; whether we wanted to be is remembered for when the microphone is back. */
  #onMicrophoneLost() {
    this.#view.setMicrophoneProblem(text('microphoneLost'));
    this.#call.setMuted(true);
  }

  #onOver(code) {
    clearInterval(this.#meterTimer);
    this.#conference.close();
    this.#attendance.close();
    this.#microphone.close();
    this.#context.close();
    if (code === null ? !this.#isPaused : END_REASONS.has(code)) {
      this.#call.signOut();
    }
    this.#showEnd(code);
  }

  /** Where the end is shown depends on how far the user had come. */
  #showEnd(code) {
    if (code === null) {
      this.#view.showEnd(text('leftHeading'), text('leftWords'), true);
    } else if (this.#hasBeenLive) {
      const isEnd = END_REASONS.has(code);
      this.#view.showEnd(text(isEnd ? 'overHeading' : 'lostHeading'), textOfCode(code), !isEnd);
    } else {
      this.#view.showJoinError(textOfCode(code));
    }
  }

  #setMuted(isMuted) {
    this.#microphone.isMuted = isMuted;
    this.#call.setMuted(isMuted);
    this.#view.setMuted(isMuted);
  }

  /** What the call is like. Who may record concerns everybody, so a change of that is said. */
  #showCall() {
    const { title, recordingPolicy } = this.#call;
    const key = POLICY_WORDS[recordingPolicy];
    const words = key === undefined ? '' : text(key);
    this.#view.setTitle(title ?? text('untitled'));
    this.#view.setRecordingPolicy(words);
    if (recordingPolicy !== this.#recordingPolicy && words !== '') {
      this.#view.setNotice('call', words);
    }
    this.#recordingPolicy = recordingPolicy;
  }

  #showMicrophone() {
    const words = this.#problem === null ? null : text(MICROPHONE_WORDS[this.#problem]);
    this.#view.setMicrophoneProblem(words, this.#problem !== 'insecure');
  }

  #showRoster() {
    const { selfId, participants, others } = this.#call;
    this.#view.showRoster([participants.get(selfId), ...others], selfId);
    others.forEach(({ id, display_name: name }) => this.#view.showSafety(id, name, this.#describeCode(id)));
    this.#showRecording();
    this.#showConditions();
  }

  #describeCode(id) {
    const symbols = this.#conference.codeOf(id)?.map((place) => this.#symbols[place]) ?? [];
    return symbols.every(Boolean) ? symbols.map((one) => ({ emoji: one.emoji, name: one[language] ?? one.en })) : [];
  }

  /** Whoever comes later sees it as well: before anybody can hear them, since the roster comes before the sound. */
  #showRecording() {
    const [name, ...others] = [...this.#call.participants.values()]
      .filter((participant) => participant.recording_since !== undefined && participant.recording_since !== null)
      .map((participant) => participant.display_name);
    const isRecorded = name !== undefined;
    if (!isRecorded) {
      this.#view.setRecording(null);
    } else if (others.length === 0) {
      this.#view.setRecording(text('isRecording', { name }));
    } else {
      this.#view.setRecording(text('areRecording', { name, count: others.length }));
    }
    if (isRecorded && !this.#isRecorded) {
      ring(this.#context, 'recording');
    }
    this.#isRecorded = isRecorded;
  }

  #showConditions() {
    this.#view.setElapsed(this.#call.elapsedMs);
    for (const participant of this.#call.participants.values()) {
      const { level, isSpeaking } = this.#conference.read(participant.id);
      this.#view.showCondition(participant.id, this.#conditionOf(participant, isSpeaking), level);
    }
    this.#watchMute();
    this.#call.others.forEach(({ id }) => this.#showQuality(id, this.#conference.qualityOf(id)));
  }

  #watchMute() {
    const isMuted = this.#microphone.isOpen && this.#microphone.isMuted;
    if (this.#muteWatch.look(isMuted, this.#microphone.read().isSpeaking, performance.now())) {
      this.#view.setTalkingMuted(true);
    }
  }

  #showQuality(id, figures) {
    if (figures === null) {
      this.#view.showQuality(id, null, []);
      return;
    }
    const round = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    const fine = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const ms = (value) => `${round.format(value)} ms`;
    const rows = [
      ['mouthToEar', figures.mouthToEarMs === null ? null : ms(figures.mouthToEarMs)],
      ['roundTrip', figures.rttMs === null ? null : ms(figures.rttMs)],
      ['jitter', ms(figures.jitterMs)],
      ['lost', `${fine.format(100 * figures.lostRatio)} %`],
      ['bitRate', `Opus ↓ ${round.format(figures.receivedKbps)} ↑ ${round.format(figures.sentKbps)} kbit/s`],
      ['way', text(figures.isRelayed ? 'throughRelay' : 'direct')],
      ['score', `${fine.format(figures.mos)} / ${fine.format(4.5)}`],
    ];
    const known = rows.filter(([, value]) => value !== null).map(([name, value]) => [text(name), value]);
    this.#view.showQuality(id, gradeOf(figures.mos), known);
  }

  /** The one thing to know about a participant now: what keeps them from talking, else whether they talk. */
  #conditionOf(participant, isSpeaking) {
    const isSelf = participant.id === this.#call.selfId;
    const link = isSelf ? 'live' : this.#conference.stateOf(participant.id);
    const facts = [
      ['peerConnecting', link === 'connecting'],
      ['peerRebuilding', link === 'rebuilding'],
      ['peerFailed', link === 'failed'],
      ['onHold', participant.on_hold],
      ['listening', participant.listen_only],
      ['muted', isSelf ? this.#microphone.isMuted || !this.#microphone.isOpen : participant.muted],
      ['speaking', isSpeaking],
      ['handRaised', participant.hand_raised_at !== undefined && participant.hand_raised_at !== null],
      ['deafened', participant.deafened],
    ];
    return facts.find(([, isTrue]) => isTrue)?.[0] ?? null;
  }
}
