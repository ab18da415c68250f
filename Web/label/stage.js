// The picture with its boxes: drawn, moved and resized by mouse, touch and keys; zoomed and moved itself.

import { locale, t } from '../language.js';
import { h } from '../parts/dom.js';
import { categoryText } from '../scan/offers.js';
import { drawn, moved, resized } from './geometry.js';

const handles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];
const nearest = 16;
const fewestPixels = 5;
const limit = (value, low, high) => Math.min(Math.max(value, low), high);

export class Stage {
    #zoom = 1;
    #shift = [0, 0];
    #pointers = new Map();
    #act = null;
    #isHand = false;
    #elements = new Map();

    /** `wanted()` answers the category of a box that is drawn. */
    constructor(drawing, wanted) {
        this.drawing = drawing;
        this.wanted = wanted;
        this.image = h('img', { class: 'label-picture', alt: '', draggable: 'false' });
        this.image.addEventListener('load', () => this.image.classList.add('is-loaded'));
        this.canvas = h('div', { class: 'label-canvas' }, this.image);
        this.element = h('div', { class: 'label-stage', role: 'group', label: 'label_stage', tabindex: -1 }, this.canvas);
        this.element.addEventListener('pointerdown', (event) => this.#begin(event));
        this.element.addEventListener('pointermove', (event) => this.#move(event));
        for (const type of ['pointerup', 'pointercancel']) this.element.addEventListener(type, (event) => this.#end(event));
        this.element.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
        this.watch = new ResizeObserver(() => this.#place());
        this.watch.observe(this.element);
        drawing.addEventListener('changed', () => this.draw());
    }

    end() {
        this.watch.disconnect();
    }

    /** Shows the picture that the drawing has opened; `addresses`: the small one, then the whole one. */
    async show(addresses) {
        const { picture } = this.drawing;
        this.image.removeAttribute('src');
        this.image.classList.remove('is-loaded', 'is-missing');
        this.image.alt = picture.name;
        this.reset();
        for (const address of addresses) {
            try {
                const url = await address();
                if (this.drawing.picture === picture) this.image.src = url;
            } catch {
                if (this.drawing.picture === picture) this.image.classList.add('is-missing');
            }
        }
    }

    // MARK: Where things are

    #fit() {
        const area = this.element.getBoundingClientRect();
        const [width, height] = this.drawing.size;
        return Math.min(area.width / width, area.height / height) * 0.98;
    }

    #place() {
        if (!this.drawing.picture) return;
        const area = this.element.getBoundingClientRect();
        const scale = this.#fit() * this.#zoom;
        const [width, height] = this.drawing.size.map((value) => value * scale);
        const room = [Math.max(0, (width - area.width) / 2), Math.max(0, (height - area.height) / 2)];
        this.#shift = this.#shift.map((value, axis) => limit(value, -room[axis] - 40, room[axis] + 40));
        Object.assign(this.canvas.style, {
            width: `${width}px`, height: `${height}px`,
            left: `${(area.width - width) / 2 + this.#shift[0]}px`, top: `${(area.height - height) / 2 + this.#shift[1]}px`,
        });
    }

    /** A point of the screen in pixels of the picture. */
    #point(event) {
        const area = this.canvas.getBoundingClientRect();
        const [width, height] = this.drawing.size;
        return [(event.clientX - area.left) / area.width * width, (event.clientY - area.top) / area.height * height];
    }

    reset() {
        [this.#zoom, this.#shift] = [1, [0, 0]];
        this.#place();
    }

    zoom(factor, event = null) {
        const area = this.element.getBoundingClientRect();
        const middle = [area.left + area.width / 2, area.top + area.height / 2];
        const at = event ? [event.clientX - middle[0], event.clientY - middle[1]] : [0, 0];
        const next = limit(this.#zoom * factor, 1, nearest);
        const change = next / this.#zoom;
        this.#shift = this.#shift.map((value, axis) => at[axis] - (at[axis] - value) * change);
        this.#zoom = next;
        if (next === 1) this.#shift = [0, 0];
        this.#place();
    }

    pan(right, down) {
        this.#shift = [this.#shift[0] + right, this.#shift[1] + down];
        this.#place();
    }

    /** While it is on, dragging moves the picture. */
    hand(isOn) {
        this.#isHand = isOn;
        this.element.classList.toggle('is-hand', isOn);
    }

    // MARK: Boxes

    draw() {
        const { boxes, selected } = this.drawing;
        const [width, height] = this.drawing.size;
        const known = new Set(boxes.map(({ key }) => key));
        for (const [key, element] of this.#elements) {
            if (!known.has(key)) {
                element.remove();
                this.#elements.delete(key);
            }
        }
        boxes.forEach((each, place) => {
            const element = this.#elements.get(each.key) ?? this.#make(each.key);
            const [x, y, wide, high] = each.box;
            Object.assign(element.style, {
                left: `${x / width * 100}%`, top: `${y / height * 100}%`, width: `${wide / width * 100}%`, height: `${high / height * 100}%`,
            });
            element.classList.toggle('is-selected', each.key === selected);
            element.classList.toggle('is-unsure', each.isUnsure);
            element.setAttribute('aria-pressed', String(each.key === selected));
            element.setAttribute('aria-label', this.#words(each, place));
            const name = each.isUnsure && each.score ? `${categoryText(each.category)} ${Math.round(each.score * 100)} %` : categoryText(each.category);
            if (element.firstElementChild.textContent !== name) element.firstElementChild.textContent = name;
        });
        this.#place();
    }

    #make(key) {
        const element = h('div', {
            class: 'label-box', role: 'button', tabindex: 0, data: { key }, on: { focus: () => this.drawing.select(key) },
        }, h('span', { class: 'label-name' }), handles.map((side) => h('span', { class: `label-handle is-${side}`, data: { side } })));
        this.canvas.append(element);
        this.#elements.set(key, element);
        return element;
    }

    #words({ box, category, isUnsure }, place) {
        const share = new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 });
        const [x, y, width, height] = box.map((value, axis) => share.format(value / this.drawing.size[axis % 2]));
        return t(isUnsure ? 'label_box_unsure' : 'label_box', { n: place + 1, category: categoryText(category), x, y, width, height });
    }

    focus(key) {
        this.#elements.get(key)?.focus({ preventScroll: true });
    }

    // MARK: Pointers

    #begin(event) {
        if (!this.drawing.picture) return;
        this.#pointers.set(event.pointerId, event);
        this.element.setPointerCapture(event.pointerId);
        if (this.#pointers.size > 1) {
            this.#giveUp();
            this.#act = { kind: 'pinch' };
            return;
        }
        event.preventDefault();
        if (this.#isHand || event.button === 1) {
            this.#act = { kind: 'pan' };
            return;
        }
        if (event.button !== 0) return;
        const element = event.target.closest('.label-box');
        const at = this.#point(event);
        const key = element ? Number(element.dataset.key) : null;
        if (key === null) {
            this.#act = { kind: 'draw', from: at, event };
            this.element.focus({ preventScroll: true });
            this.drawing.select(null);
            return;
        }
        this.drawing.select(key);
        this.focus(key);
        this.#act = { kind: event.target.dataset.side ? 'resize' : 'move', side: event.target.dataset.side, key, from: at, box: this.drawing.box.box, event };
    }

    // A second finger means zoom: what the first one began is taken back.
    #giveUp() {
        if (this.#act?.isNoted) this.drawing.undo();
        this.#act = null;
    }

    #move(event) {
        const before = this.#pointers.get(event.pointerId);
        if (!before || !this.#act) return;
        const act = this.#act;
        this.#pointers.set(event.pointerId, event);
        if (act.kind === 'pinch') this.#pinch(before, event);
        else if (act.kind === 'pan') this.pan(event.clientX - before.clientX, event.clientY - before.clientY);
        else this.#drag(act, event);
    }

    #pinch(before, event) {
        const other = [...this.#pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
        if (!other) return;
        const gap = (point) => Math.hypot(point.clientX - other.clientX, point.clientY - other.clientY);
        this.zoom(gap(event) / Math.max(1, gap(before)), event);
        this.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
    }

    #drag(act, event) {
        const far = Math.hypot(event.clientX - act.event.clientX, event.clientY - act.event.clientY);
        if (!act.isNoted) {
            if (far < fewestPixels) return;
            this.drawing.note();
            act.isNoted = true;
        }
        const to = this.#point(event);
        const by = [to[0] - act.from[0], to[1] - act.from[1]];
        const { size } = this.drawing;
        if (act.kind === 'draw') {
            const box = drawn(act.from, to, size);
            if (box[2] < 2 || box[3] < 2) return;
            if (act.key === undefined) act.key = this.drawing.add(box, this.wanted());
            else this.drawing.change(act.key, { box });
        } else {
            const box = act.kind === 'move' ? moved(act.box, by, size) : resized(act.box, act.side, by, size);
            this.drawing.change(act.key, { box });
        }
    }

    #end(event) {
        if (!this.#pointers.delete(event.pointerId)) return;
        const act = this.#act;
        if (this.#pointers.size === 0) this.#act = null;
        if (act?.kind === 'draw' && act.key !== undefined) this.focus(act.key);
    }

    #wheel(event) {
        event.preventDefault();
        if (event.shiftKey) this.pan(-event.deltaX - event.deltaY, 0);
        else this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event);
    }
}
