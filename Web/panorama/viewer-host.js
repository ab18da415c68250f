// What a viewer leads to: other panoramas of a tour, words, the search for a thing, and hotspots that staff put in.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import '../scan/view.js';
import { askSpot } from './spot-form.js';
import './viewer.js';

const degree = Math.PI / 180;

/** Looks for a thing in the catalogue by a picture of it. */
async function search(client, account, canvas) {
    const blob = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.92); });
    const view = document.createElement('vt-scan-view');
    openDialog('scan_title', view, { className: 'is-scan' });
    view.configure({ client, account });
    view.takeFiles([new File([blob], 'panorama.jpg', { type: 'image/jpeg' })]);
}

export class ViewerHost {
    /**
     * `json(address)` and `picture(address)` bring what is asked for; `search`: `{ client, account }` for the search;
     * `edit`: what changes hotspots, for those who may.
     */
    constructor({ json, picture, search: finder = null, edit = null }) {
        this.json = json;
        this.picture = picture;
        this.edit = edit;
        this.viewer = document.createElement('vt-panorama');
        this.viewer.hooks = {
            press: (spot) => this.#press(spot),
            find: finder ? (canvas) => search(finder.client, finder.account, canvas) : null,
            put: edit ? (place) => this.#put(place) : null,
        };
    }

    /** Shows the panorama of a manifest. */
    async show(address) {
        this.address = address;
        const manifest = await this.json(address);
        await this.viewer.open(manifest, (place) => this.picture(place));
        this.viewer.canvas?.focus();
    }

    async #refresh() {
        this.viewer.showSpots((await this.json(this.address)).spots ?? []);
    }

    async #tried(work) {
        try {
            await work();
        } catch (error) {
            toast(error?.name === 'MatrixError' ? 'panorama_said' : 'panorama_failed', { words: error?.message });
        }
    }

    #press(spot) {
        if (this.viewer.isEditing) return this.#tried(() => this.#change(spot));
        if (spot.kind === 'panorama') {
            if (!spot.viewer) return toast('panorama_gone');
            return this.#tried(() => this.show(spot.viewer));
        }
        const link = spot.offer?.link ?? '';
        openDialog('panorama_spot', h('div', { class: 'pano-spot-words' }, h('h3', {}, spot.label),
            h('p', {}, spot.kind === 'item' ? spot.offer?.title ?? t('panorama_spot_no_item') : spot.text),
            /^https?:/.test(link) ? h('a', { class: 'button is-primary', href: link, target: '_blank', rel: 'noopener', t: 'panorama_spot_open' }) : null),
        { className: 'is-small' });
        return undefined;
    }

    async #tours() {
        const { panoramas } = await this.json('/api/v1/panoramas');
        return panoramas.filter(({ state, groups }) => state === 'done' && groups > 0)
            .flatMap((one) => Array.from({ length: one.groups }, (_, index) => ({ ...one, group: index + 1 })));
    }

    /** Adds a hotspot where somebody pointed. */
    #put(place) {
        return this.#tried(async () => {
            const spot = await askSpot({ yaw: place.yaw / degree, pitch: place.pitch / degree }, await this.#tours());
            if (!spot) return;
            await this.edit.add(this.address, spot);
            await this.#refresh();
        });
    }

    async #change(spot) {
        const answer = await askSpot(spot, await this.#tours());
        if (!answer) return;
        if (answer === 'remove') {
            await this.edit.remove(this.address, spot.spot);
            this.viewer.say('panorama_spot_removed', 'panorama_undo', () => this.#tried(async () => {
                await this.edit.restore(this.address, spot.spot);
                await this.#refresh();
            }));
        } else {
            await this.edit.change(this.address, spot.spot, answer);
        }
        await this.#refresh();
    }
}
