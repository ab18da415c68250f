// The part of the picture that is searched: a box that is dragged, resized by eight handles, drawn anew on the picture,
// or moved by keys. Other things in view are one tap away. Boxes are [x, y, width, height] in shares of the picture.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { categoryText } from './offers.js';
import { clamped, described, drawn, full, moved, resized, same } from './boxes.js';

const handles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];
const step = 0.02;
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const keyMilliseconds = 350;

export class BoxEditor {
    #box = full;
    #drag = null;
    #timer = null;
    #told = full;

    /** `chosen(box)` is called when a person has settled on a box; null means the whole picture. */
    constructor(chosen) {
        this.chosen = chosen;
        this.image = h('img', { class: 'scan-photo', alt: t('scan_your_photo'), draggable: 'false' });
        this.frame = h('div', {
            class: 'scan-box', tabindex: 0, role: 'group', 'aria-describedby': 'scan-box-help',
            on: { keydown: (event) => this.#key(event) },
        }, handles.map((side) => h('span', { class: `scan-handle is-${side}`, data: { side } })));
        this.others = h('div', { class: 'scan-others' });
        this.words = h('p', { class: 'visually-hidden', 'aria-live': 'polite' });
        this.stage = h('div', { class: 'scan-picture' }, this.image, this.others, this.frame);
        this.element = h('div', { class: 'scan-editor' }, this.stage, this.words,
            h('p', { class: 'scan-hint quiet', id: 'scan-box-help', t: 'scan_box_help' }));
        this.stage.addEventListener('pointerdown', (event) => this.#begin(event));
        this.stage.addEventListener('pointermove', (event) => this.#move(event));
        this.stage.addEventListener('pointerup', () => this.#end());
        this.stage.addEventListener('pointercancel', () => this.#end());
    }

    get box() {
        return this.#box;
    }

    /** Shows a picture by its address; its size keeps the place before it has loaded. */
    show(url, { width, height }) {
        this.image.src = url;
        this.stage.style.setProperty('--ratio', String(width / height));
        this.place(full);
        this.others.replaceChildren();
    }

    /** Puts the box where an answer says; `objects` are all things that were seen. */
    answered({ chosen, boxes }) {
        if (this.#drag === null && this.#timer === null) this.place(chosen);
        const rest = boxes.filter(({ box }) => !same(box, chosen));
        this.others.replaceChildren(...rest.map(({ box, category }) => {
            const spot = h('button', {
                type: 'button', class: 'scan-other', 'aria-label': t('scan_other', { what: category ? categoryText(category) : t('scan_thing') }),
                on: { click: () => { this.place(box); this.#settle(); } },
            });
            this.#put(spot, box);
            return spot;
        }));
    }

    place(box) {
        this.#box = clamped(box);
        this.#told = this.#box;
        this.#draw();
    }

    #draw() {
        this.#put(this.frame, this.#box);
        this.frame.classList.toggle('is-full', same(this.#box, full));
        this.frame.setAttribute('aria-label', described(this.#box));
    }

    #put(element, [x, y, width, height]) {
        for (const [name, value] of Object.entries({ left: x, top: y, width, height })) {
            element.style[name] = `${value * 100}%`;
        }
    }

    #point(event) {
        const area = this.stage.getBoundingClientRect();
        return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    }

    #begin(event) {
        if (event.button !== 0 || event.target.closest('.scan-other')) return;
        event.preventDefault();
        this.stage.setPointerCapture(event.pointerId);
        const side = event.target.dataset?.side;
        const inside = event.target.closest('.scan-box') && !same(this.#box, full);
        this.#drag = { from: this.#point(event), box: this.#box, kind: side ?? (inside ? 'move' : 'draw') };
        this.frame.focus({ preventScroll: true });
    }

    #move(event) {
        if (this.#drag === null) return;
        const { from, box, kind } = this.#drag;
        const to = this.#point(event);
        const by = [to[0] - from[0], to[1] - from[1]];
        if (kind === 'move') this.#box = moved(box, by);
        else if (kind === 'draw') this.#box = drawn(from, to) ?? box;
        else this.#box = resized(box, kind, by);
        this.#draw();
    }

    #end() {
        if (this.#drag === null) return;
        this.#drag = null;
        this.#settle();
    }

    #key(event) {
        if (event.key === 'Escape') this.#box = full;
        else if (arrows[event.key]) {
            const by = arrows[event.key].map((each) => each * step);
            this.#box = event.shiftKey ? resized(this.#box, 'se', by) : moved(this.#box, by);
        } else return;
        event.preventDefault();
        this.#draw();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => { this.#timer = null; this.#settle(); }, keyMilliseconds);
    }

    #settle() {
        if (same(this.#box, this.#told)) return;
        this.#told = this.#box;
        this.words.textContent = described(this.#box);
        this.chosen(same(this.#box, full) ? null : this.#box);
    }
}
