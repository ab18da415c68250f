// The heap of photos: each with its picture, what became of it, and what can be done with it.

import { t } from '../language.js';
import { iconButton } from '../parts/buttons.js';
import { h } from '../parts/dom.js';
import { paintMask } from './mask.js';

const tints = 8;

export class Heap {
    #pictures = new Map();

    /** `hooks`: `remove(photo)`, `mask(photo, areas)`, `failed(error)`. */
    constructor(api, hooks) {
        this.api = api;
        this.hooks = hooks;
        this.list = h('ul', { class: 'pano-photos' });
        this.element = h('section', { class: 'pano-heap', hidden: true }, h('h2', { class: 'section-title', t: 'panorama_photos' }), this.list);
    }

    /** Shows the photos of a state; `isFixed` while the work goes on. */
    draw(photos, isFixed) {
        this.element.hidden = photos.length === 0;
        this.list.replaceChildren(...photos.map((photo) => this.#row(photo, isFixed)));
    }

    #row(photo, isFixed) {
        const image = h('img', { class: 'pano-thumb', alt: photo.name, on: { load: () => image.classList.add('is-loaded') } });
        this.#picture(photo.photo).then((address) => { image.src = address; }, () => image.classList.add('is-missing'));
        const verdict = photo.verdict ? h('span', {
            class: `tag pano-word ${photo.group ? 'is-in' : 'is-out'}`, t: `panorama_photo_${photo.verdict}`,
        }) : null;
        return h('li', { class: 'pano-photo', data: { photo: photo.photo, verdict: photo.verdict ?? '', tint: photo.group ? (photo.group - 1) % tints : '' } },
            image, h('div', { class: 'pano-photo-words' }, h('span', { class: 'pano-name' }, photo.name), verdict, this.#said(photo),
                photo.mask ? h('span', { class: 'quiet pano-has-mask', t: 'panorama_masked' }) : null),
            isFixed ? null : h('div', { class: 'pano-photo-tools' },
                iconButton('edit', 'panorama_mask', () => this.#paint(photo), { className: 'pano-paint' }),
                iconButton('trash', 'panorama_remove', () => this.hooks.remove(photo.photo))));
    }

    #said(photo) {
        const words = [];
        if (photo.duplicateOf) words.push(t('panorama_of', { name: photo.duplicateOf }));
        const near = photo.bestCandidate;
        if (near) words.push(t('panorama_near', { name: near.photo, inliers: near.inliers, needed: near.needed }));
        if (photo.shownShare !== undefined) words.push(t('panorama_shown', { share: `${Math.round(photo.shownShare * 100)} %` }));
        const advice = photo.advice ? h('p', { class: 'pano-advice', t: `panorama_advice_${photo.verdict}` }) : null;
        return [words.length ? h('p', { class: 'quiet' }, words.join(' · ')) : null, advice];
    }

    #picture(photo) {
        if (!this.#pictures.has(photo)) this.#pictures.set(photo, this.api.thumbnail(photo));
        return this.#pictures.get(photo);
    }

    async #paint(photo) {
        try {
            const areas = await paintMask(await this.#picture(photo.photo), photo.mask?.areas ?? []);
            if (areas) await this.hooks.mask(photo.photo, areas);
        } catch (error) {
            this.hooks.failed(error);
        }
    }
}
