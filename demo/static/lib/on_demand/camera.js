/** The camera as a picture that moves: it runs only while it is shown. */

import { finder, make } from '../dom.js';
import { ON_PLAIN_HTTP, REFUSED } from '../page/picture_sources.js';

const WIDTH = 640; // pixels that are asked of the camera: more would be shrunk anyway
const QUALITY = 0.85; // of the JPEG

export class Camera {
  /** @type {MediaStream | null} */
  stream = null;
  facing = 'user';
  wanted = 0; // number of the last start or stop: permission may come after the next one

  /**
   * @param {HTMLElement} element holds the camera's HTML
   * @param {() => number} side of a frame, in pixels
   * @param {(sentence: string) => void} say
   * @param {() => void} changed the camera has another picture to give
   */
  constructor(element, side, say, changed) {
    this.find = finder(element);
    this.side = side;
    this.say = say;
    this.video = this.find('video', HTMLVideoElement);
    this.video.addEventListener('loadeddata', changed);
    this.canvas = make('canvas');
    this.find('.turn').addEventListener('click', () => {
      this.facing = this.facing === 'user' ? 'environment' : 'user';
      void this.start();
    });
  }

  async start() {
    this.stop();
    const number = this.wanted;
    if (!navigator.mediaDevices?.getUserMedia) return this.say(isSecureContext ? REFUSED.camera : ON_PLAIN_HTTP.camera);
    this.say('Waiting for the camera …');
    try {
      const video = { facingMode: this.facing, width: { ideal: WIDTH } };
      const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
      if (number !== this.wanted) return end(stream); // closed meanwhile
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      this.say('');
      const devices = await navigator.mediaDevices.enumerateDevices();
      this.find('.turn').hidden = devices.filter(({ kind }) => kind === 'videoinput').length < 2;
    } catch {
      if (number === this.wanted) this.say(REFUSED.camera);
    }
  }

  stop() {
    this.wanted += 1;
    if (this.stream) end(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  isRunning() {
    return this.stream !== null && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /**
   * The largest centred square of what is seen now, shrunk, as a file.
   * @returns {Promise<Blob | null>} null while nothing is seen
   */
  frame() {
    const { video, canvas } = this;
    if (!this.isRunning() || !video.videoWidth) return Promise.resolve(null);
    const [width, height] = [video.videoWidth, video.videoHeight];
    const side = Math.min(width, height);
    canvas.width = canvas.height = this.side();
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  }
}

/** @param {MediaStream} stream */
function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}
