// SPDX-License-Identifier: GPL-3.0-or-later
/** Ears and mouth of the page: the microphone, what stands in for it, playing, and measuring how loud it is. */

/** -50 dBFS: above the noise of a quiet room after noise suppression, below soft speech. */
const SPEAKING_THRESHOLD = 10 ** (-50 / 20);

/** Pauses between words do not end a sentence. */
const SPEAKING_HOLD_MS = 400;
const METER_SAMPLES = 2048;

const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  video: false,
};

const PROBLEM_OF_ERROR = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
};

/** How loud a stream is. */
class Meter {
  #source;
  #analyser;
  #samples = new Float32Array(METER_SAMPLES);
  #loudAt = -Infinity;

  constructor(context, stream) {
    this.#analyser = new AnalyserNode(context, { fftSize: METER_SAMPLES });
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  /** @returns {{level: number, isSpeaking: boolean}} level: 0 (-60 dBFS and below) to 1 (0 dBFS) */
  read() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const sum = this.#samples.reduce((total, sample) => total + sample * sample, 0);
    const rms = Math.sqrt(sum / this.#samples.length);
    if (rms > SPEAKING_THRESHOLD) {
      this.#loudAt = performance.now();
    }
    const level = Math.min(1, Math.max(0, 1 + (20 * Math.log10(rms + 1e-6)) / 60));
    return { level, isSpeaking: performance.now() - this.#loudAt < SPEAKING_HOLD_MS };
  }

  close() {
    this.#source.disconnect();
  }
}

/** Events: `blocked` when the browser wants a click before it lets anything be heard. */
export class Playback extends EventTarget {
  #context;
  #place;
  #elements = new Map();
  #meters = new Map();

  /** @param {HTMLElement} place - where the audio elements live; they show nothing */
  constructor(context, place) {
    super();
    this.#context = context;
    this.#place = place;
  }

  /** Plays a stream until remove(); @param {object} key - whose it is */
  add(key, stream) {
    const element = document.createElement('audio');
    element.autoplay = true;
    element.srcObject = stream;
    this.#place.append(element);
    this.#elements.set(key, element);
    this.#meters.set(key, new Meter(this.#context, stream));
    this.#play(element);
  }

  remove(key) {
    const element = this.#elements.get(key);
    if (element !== undefined) {
      element.srcObject = null;
      element.remove();
      this.#meters.get(key).close();
      this.#elements.delete(key);
      this.#meters.delete(key);
    }
  }

  /** Tries again whatever was blocked; to be called from a click. */
  unblock() {
    this.#context.resume();
    this.#elements.forEach((element) => this.#play(element));
  }

  /** See Meter.read(). */
  read(key) {
    return this.#meters.get(key)?.read() ?? { level: 0, isSpeaking: false };
  }

  async #play(element) {
    try {
      await element.play();
    } catch (error) {
      if (error.name === 'NotAllowedError') {
        this.dispatchEvent(new Event('blocked'));
      }
    }
  }
}

/**
 * What the others hear of us: the microphone, or silence where there is none. There is a track at any time, since a
 * connection without packets counts as broken.
 *
 * Events: `track` when there is another track to send, `lost` when the microphone went away by itself.
 */
export class Microphone extends EventTarget {
  #context;
  #silence;
  #stream = null;
  #ear = null; /* hears the microphone also while it is muted */
  #meter = null;
  #isMuted = false;
  #isClosed = false;

  /** @param {AudioContext} context - running, or to be resumed by a click */
  constructor(context) {
    super();
    this.#context = context;
    const destination = context.createMediaStreamDestination();
    const source = new ConstantSourceNode(context, { offset: 0 });
    source.connect(destination); /* without an input a destination may deliver nothing at all */
    source.start();
    [this.#silence] = destination.stream.getAudioTracks();
  }

  get isOpen() {
    return this.#stream !== null;
  }

  /** @returns {MediaStreamTrack} what to send at this moment */
  get track() {
    return this.#stream?.getAudioTracks()[0] ?? this.#silence;
  }

  get isMuted() {
    return this.#isMuted;
  }

  set isMuted(isMuted) {
    this.#isMuted = isMuted;
    this.#stream?.getAudioTracks().forEach((track) => (track.enabled = !isMuted));
  }

  /**
   * Asks for the microphone.
   *
   * @returns {Promise<string | null>} null when it is open, else why not: `refused`, `absent`, `busy`, `insecure`
   */
  async open() {
    if (navigator.mediaDevices?.getUserMedia === undefined) {
      return 'insecure';
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
    } catch (error) {
      return PROBLEM_OF_ERROR[error.name] ?? 'busy';
    }
    this.#drop();
    if (this.#isClosed) {
      stream.getTracks().forEach((track) => track.stop());
      return 'busy';
    }
    this.#stream = stream;
    this.#ear = stream.clone();
    this.#meter = new Meter(this.#context, this.#ear);
    this.isMuted = this.#isMuted;
    this.track.addEventListener('ended', () => this.#onEnded(stream));
    this.dispatchEvent(new Event('track'));
    return null;
  }

  /** What goes into the microphone, muted or not; see Meter.read(). */
  read() {
    return this.#meter?.read() ?? { level: 0, isSpeaking: false };
  }

  close() {
    this.#isClosed = true;
    this.#drop();
    this.#silence.stop();
  }

  #onEnded(stream) {
    if (stream === this.#stream) {
      this.#drop();
      this.dispatchEvent(new Event('track'));
      this.dispatchEvent(new Event('lost'));
    }
  }

  #drop() {
    [this.#stream, this.#ear].forEach((one) => one?.getTracks().forEach((track) => track.stop()));
    this.#meter?.close();
    this.#stream = null;
    this.#ear = null;
    this.#meter = null;
  }
}
