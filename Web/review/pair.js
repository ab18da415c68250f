// Two pictures beside each other, over each other or in turn, zoomed and moved together: what is different shows.
//   side     both, each in its frame
//   over     one over the other, as far as the slider says
//   blink    one after the other in the same place

import { t } from '../language.js';
import { h, setAttribute } from '../parts/dom.js';
import { load } from '../staff/api.js';

const blinkMilliseconds = 600;
const nearest = 8;
const limit = (value, low, high) => Math.min(Math.max(value, low), high);

export class PairView {
    #zoom = 1;
    #shift = [0, 0];
    #pointers = new Map();
    #timer = null;

    constructor() {
        this.left = this.#frame('left');
        this.right = this.#frame('right');
        this.frames = h('div', { class: 'pair-frames' }, this.left.element, this.right.element);
        this.slider = h('input', { type: 'range', class: 'pair-slider', min: 0, max: 100, value: 50, label: 'review_overlay' });
        this.slider.addEventListener('input', () => this.#mix());
        this.buttons = Object.fromEntries(['side', 'over', 'blink'].map((mode) => [mode, h('button', {
            type: 'button', class: 'filter', t: `review_${mode}`, on: { click: () => this.show(mode) },
        })]));
        this.element = h('div', { class: 'pair' }, this.frames,
            h('div', { class: 'pair-tools' },
                h('div', { class: 'filters', role: 'group', label: 'review_compare' }, Object.values(this.buttons)), this.slider,
                h('button', { type: 'button', class: 'link pair-reset', t: 'review_zoom_reset', on: { click: () => this.reset() } })));
        this.frames.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
        this.frames.addEventListener('pointerdown', (event) => this.#begin(event));
        this.frames.addEventListener('pointermove', (event) => this.#move(event));
        for (const type of ['pointerup', 'pointercancel']) {
            this.frames.addEventListener(type, (event) => this.#pointers.delete(event.pointerId));
        }
        this.show('side');
    }

    end() {
        clearInterval(this.#timer);
    }

    #frame(side) {
        const image = h('img', { class: 'pair-picture', alt: '', draggable: 'false' });
        const mark = h('span', { class: 'pair-mark', hidden: true });
        const name = h('figcaption', { class: 'pair-name' });
        const stage = h('div', { class: 'pair-stage' }, h('div', { class: 'pair-moved' }, image, mark));
        return { element: h('figure', { class: `pair-frame is-${side}` }, stage, name), image, mark, name, stage };
    }

    /** Shows a picture on a side: `{address, name, words, box}`; `box` as shares of the picture. Null leaves the side out. */
    put(side, picture) {
        const frame = this[side];
        frame.element.hidden = picture === null;
        const isPair = !this.left.element.hidden && !this.right.element.hidden;
        this.element.classList.toggle('is-single', !isPair);
        if (!isPair) this.show('side');
        if (picture === null) return;
        frame.image.removeAttribute('src');
        frame.image.classList.remove('is-missing');
        frame.image.alt = picture.name;
        frame.name.replaceChildren(...[picture.words ?? picture.name].flat());
        load(frame.image, picture.address);
        frame.mark.hidden = !picture.box;
        if (picture.box) {
            const place = () => this.#mark(frame, picture.box);
            frame.image.onload = place;
            if (frame.image.complete) place();
        }
    }

    // The picture is fitted into its frame, so the box is placed where the picture is, not the frame.
    #mark(frame, [x, y, width, height]) {
        const { naturalWidth, naturalHeight } = frame.image;
        if (!naturalWidth) return;
        const area = frame.stage.getBoundingClientRect();
        const scale = Math.min(area.width / naturalWidth, area.height / naturalHeight);
        const [wide, high] = [naturalWidth * scale / area.width, naturalHeight * scale / area.height];
        const place = { left: (1 - wide) / 2 + x * wide, top: (1 - high) / 2 + y * high, width: width * wide, height: height * high };
        for (const [name, value] of Object.entries(place)) frame.mark.style[name] = `${value * 100}%`;
    }

    show(mode) {
        this.mode = mode;
        this.element.dataset.mode = mode;
        for (const [name, button] of Object.entries(this.buttons)) setAttribute(button, 'aria-pressed', String(name === mode));
        this.slider.hidden = mode !== 'over';
        clearInterval(this.#timer);
        this.frames.classList.remove('is-turned');
        if (mode === 'blink' && !window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
            this.#timer = setInterval(() => this.turn(), blinkMilliseconds);
        }
        this.#mix();
    }

    /** The next way of comparing. */
    next() {
        const modes = Object.keys(this.buttons);
        if (!this.element.classList.contains('is-single')) this.show(modes[(modes.indexOf(this.mode) + 1) % modes.length]);
    }

    /** Shows the other one of two pictures in turn. */
    turn() {
        this.frames.classList.toggle('is-turned');
    }

    #mix() {
        this.right.element.style.setProperty('--over', this.mode === 'over' ? String(this.slider.value / 100) : '');
    }

    // MARK: Zoom

    reset() {
        this.#zoom = 1;
        this.#shift = [0, 0];
        this.#draw();
    }

    /** Zooms by a factor around a point in shares of a frame. */
    zoom(factor, [x, y] = [0.5, 0.5]) {
        const next = limit(this.#zoom * factor, 1, nearest);
        const change = next / this.#zoom;
        this.#shift = [x - 0.5, y - 0.5].map((at, axis) => at - (at - this.#shift[axis]) * change);
        this.#zoom = next;
        this.#draw();
    }

    /** Moves both pictures by shares of a frame. */
    pan(right, down) {
        this.#shift = [this.#shift[0] + right, this.#shift[1] + down];
        this.#draw();
    }

    #draw() {
        const most = (this.#zoom - 1) / 2;
        this.#shift = this.#shift.map((value) => limit(value, -most, most));
        const [x, y] = this.#shift.map((value) => `${value * 100}%`);
        for (const side of [this.left, this.right]) {
            side.stage.firstElementChild.style.transform = `translate(${x}, ${y}) scale(${this.#zoom})`;
        }
    }

    #at(event) {
        const stage = event.target.closest('.pair-stage') ?? this.left.stage;
        const area = stage.getBoundingClientRect();
        return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    }

    #wheel(event) {
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 1.25 : 0.8, this.#at(event));
    }

    #begin(event) {
        if (event.button !== 0) return;
        this.frames.setPointerCapture(event.pointerId);
        this.#pointers.set(event.pointerId, event);
    }

    #move(event) {
        const before = this.#pointers.get(event.pointerId);
        if (!before) return;
        const area = this.left.stage.getBoundingClientRect();
        const others = [...this.#pointers.values()].filter((each) => each.pointerId !== event.pointerId);
        if (others.length === 1) {
            const gap = (point) => Math.hypot(point.clientX - others[0].clientX, point.clientY - others[0].clientY);
            this.zoom(gap(event) / Math.max(1, gap(before)), this.#at(event));
        } else {
            this.pan((event.clientX - before.clientX) / area.width, (event.clientY - before.clientY) / area.height);
        }
        this.#pointers.set(event.pointerId, event);
    }

    /** What the view says of itself: for tests and for screen readers. */
    get words() {
        return t('review_zoomed', { n: Math.round(this.#zoom * 100) });
    }
}
