// The camera: a live picture, and a burst of frames of which the sharp ones are kept.

import { h } from '../parts/dom.js';
import { encoded, measured } from './photo.js';

const burst = 5;
const pauseMilliseconds = 110;

export class Camera {
    #stream = null;

    constructor() {
        this.video = h('video', { playsinline: true, muted: true, class: 'scan-video', label: 'scan_camera' });
        this.video.muted = true;
        this.element = h('div', { class: 'scan-camera' }, this.video,
            h('div', { class: 'scan-frame', 'aria-hidden': 'true' }));
    }

    static get isPossible() {
        return Boolean(navigator.mediaDevices?.getUserMedia);
    }

    /** Starts the camera on the back of the device. Throws the browser's error when it may not, or there is none. */
    async start() {
        const wish = { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 } };
        this.#stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
        this.video.srcObject = this.#stream;
        await this.video.play();
    }

    stop() {
        for (const track of this.#stream?.getTracks() ?? []) track.stop();
        this.#stream = null;
        this.video.srcObject = null;
    }

    /** Takes up to five frames, the sharpest first; those that are much less sharp than the best are left out. */
    async shoot() {
        const frames = [];
        for (let count = 0; count < burst; count += 1) {
            if (count > 0) await new Promise((resolve) => { setTimeout(resolve, pauseMilliseconds); });
            const bitmap = await createImageBitmap(this.video);
            frames.push({ bitmap, measures: measured(bitmap) });
        }
        frames.sort((a, b) => b.measures.sharpness - a.measures.sharpness);
        const least = frames[0].measures.sharpness * 0.6;
        const photos = [];
        for (const { bitmap, measures } of frames) {
            if (measures.sharpness >= least) photos.push(await encoded(bitmap, measures));
            bitmap.close();
        }
        return photos;
    }
}
