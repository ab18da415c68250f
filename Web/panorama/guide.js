// The capture guide: each photo is sent as it is shot, and what comes back says where to turn next.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { Camera } from '../scan/camera.js';

/** What an answer says, in words. */
export function guideWords({ advice, overlaps }) {
    const [most] = overlaps;
    const share = most ? Math.round(most.share * 100) : 0;
    return { ahead: t(`panorama_guide_${advice}`), overlap: most ? t('panorama_guide_overlaps', { photo: most.photo + 1, share }) : '' };
}

export class CaptureGuide {
    #count = 0;
    #busy = Promise.resolve();

    /** `send(file, name)` uploads a photo and answers how it joins; `done(count)` hears when the person has finished. */
    constructor({ send, done, failed }) {
        Object.assign(this, { send, done, failed });
        this.ahead = h('p', { class: 'pano-guide-ahead', t: 'panorama_guide_begin' });
        this.overlap = h('p', { class: 'quiet pano-guide-overlap' });
        this.said = h('div', { class: 'pano-guide-said', role: 'status' }, this.ahead, this.overlap);
        this.last = h('img', { class: 'pano-guide-last', alt: '', hidden: true });
        this.stage = h('div', { class: 'pano-guide-stage' });
        this.input = h('input', { type: 'file', accept: 'image/*', capture: 'environment', hidden: true, tabindex: -1, class: 'pano-guide-file' });
        this.input.addEventListener('change', () => {
            for (const file of this.input.files) this.#take(file);
            this.input.value = '';
        });
        this.shoot = h('button', { type: 'button', class: 'button is-primary pano-guide-shoot', t: 'panorama_guide_shoot', on: { click: () => this.#shoot() } });
        this.end = h('button', { type: 'button', class: 'button pano-guide-end', t: 'panorama_guide_end', on: { click: () => this.dialog.close() } });
    }

    async open() {
        this.dialog = openDialog('panorama_guide', h('div', { class: 'pano-guide' }, this.stage, this.said, this.last, this.input),
            { className: 'pano-guide-dialog', actions: [this.end, this.shoot] });
        this.dialog.addEventListener('close', () => {
            this.camera?.stop();
            this.#busy.then(() => this.done(this.#count));
        });
        if (!Camera.isPossible) return;
        this.camera = new Camera();
        try {
            await this.camera.start();
            if (this.dialog.open) this.stage.replaceChildren(this.camera.element);
            else this.camera.stop();
        } catch {
            // Without a camera of the page the device's own is used, or files.
            this.camera.stop();
            this.camera = null;
        }
    }

    #shoot() {
        if (!this.camera) {
            this.input.click();
            return;
        }
        this.#busy = this.#busy.then(async () => {
            const [best] = await this.camera.shoot();
            await this.#tell(best.blob);
        }).catch(this.failed);
    }

    #take(file) {
        this.#busy = this.#busy.then(() => this.#tell(file)).catch(this.failed);
    }

    async #tell(blob) {
        this.shoot.disabled = true;
        setText(this.ahead, t('panorama_guide_looking'));
        setText(this.overlap, '');
        try {
            this.#count += 1;
            const name = `${String(this.#count).padStart(3, '0')}-${blob.name ?? 'shot.jpg'}`;
            const answer = await this.send(blob, name);
            if (this.last.src) URL.revokeObjectURL(this.last.src);
            this.last.src = URL.createObjectURL(blob);
            this.last.hidden = false;
            const { ahead, overlap } = guideWords(answer ?? { advice: 'busy', overlaps: [] });
            setText(this.ahead, ahead);
            setText(this.overlap, overlap);
            this.said.dataset.advice = answer?.advice ?? 'busy';
        } catch (error) {
            setText(this.ahead, t('panorama_failed'));
            throw error;
        } finally {
            this.shoot.disabled = false;
        }
    }
}
