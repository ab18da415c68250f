// Hiding and keeping parts of a photo: shapes drawn by dragging, or corner by corner.

import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

const near = 0.012;
const colours = { exclude: '#d0463b', include: '#2f9d5c' };

/** Opens the painter over `address`; `areas` are shares of width and height. Answers new areas, or null. */
export function paintMask(address, areas) {
    return new Promise((resolve) => {
        const painter = new Painter(address, areas);
        let answer = null;
        const save = h('button', { type: 'button', class: 'button is-primary pano-mask-save', t: 'panorama_mask_save' });
        const cancel = h('button', { type: 'button', class: 'button', t: 'cancel' });
        const dialog = openDialog('panorama_mask', painter.element, { className: 'pano-mask-dialog', actions: [cancel, save] });
        save.addEventListener('click', () => {
            painter.close();
            answer = painter.areas;
            dialog.close();
        });
        cancel.addEventListener('click', () => dialog.close());
        dialog.addEventListener('close', () => resolve(answer));
        painter.canvas.focus();
    });
}

class Painter {
    #points = [];
    #isDragging = false;

    constructor(address, areas) {
        this.areas = structuredClone(areas);
        this.kind = 'exclude';
        this.canvas = h('canvas', { class: 'pano-mask-canvas', tabindex: 0, label: 'panorama_mask' });
        this.picture = new Image();
        this.picture.addEventListener('load', () => {
            // Larger than the small picture, so that lines are fine on it.
            this.canvas.width = this.picture.naturalWidth * 3;
            this.canvas.height = this.picture.naturalHeight * 3;
            this.#draw();
        });
        this.picture.src = address;
        const kinds = ['exclude', 'include'].map((kind) => h('button', {
            type: 'button', class: `button is-small pano-mask-${kind}`, t: `panorama_mask_${kind}`,
            'aria-pressed': String(kind === this.kind), on: { click: () => this.#choose(kind) },
        }));
        this.kinds = kinds;
        this.element = h('div', { class: 'pano-mask' }, h('p', { class: 'quiet', t: 'panorama_mask_text' }), this.canvas,
            h('div', { class: 'pano-mask-tools' }, kinds,
                h('button', { type: 'button', class: 'button is-small', t: 'panorama_mask_close', on: { click: () => this.close() } }),
                h('button', { type: 'button', class: 'button is-small', t: 'panorama_mask_undo', on: { click: () => this.#undo() } }),
                h('button', { type: 'button', class: 'button is-small', t: 'panorama_mask_clear', on: { click: () => this.#clear() } })));
        this.#listen();
    }

    #choose(kind) {
        this.close();
        this.kind = kind;
        for (const button of this.kinds) {
            button.setAttribute('aria-pressed', String(button.classList.contains(`pano-mask-${kind}`)));
        }
        this.#draw();
    }

    #place(event) {
        const area = this.canvas.getBoundingClientRect();
        const share = (value, start, size) => Math.min(1, Math.max(0, (value - start) / Math.max(1, size)));
        return [share(event.clientX, area.left, area.width), share(event.clientY, area.top, area.height)];
    }

    #listen() {
        const { canvas } = this;
        canvas.addEventListener('pointerdown', (event) => {
            event.preventDefault();
            canvas.setPointerCapture(event.pointerId);
            const at = this.#place(event);
            const first = this.#points[0];
            if (this.#points.length > 2 && Math.hypot(first[0] - at[0], first[1] - at[1]) < near * 2) return this.close();
            this.#isDragging = true;
            this.#points.push(at);
            this.#draw();
        });
        canvas.addEventListener('pointermove', (event) => {
            if (!this.#isDragging) return;
            const at = this.#place(event);
            const last = this.#points.at(-1);
            if (Math.hypot(last[0] - at[0], last[1] - at[1]) < near) return;
            this.#points.push(at);
            this.drags = true;
            this.#draw();
        });
        const lift = () => {
            this.#isDragging = false;
            if (this.drags) this.close();
            this.drags = false;
        };
        for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, lift);
        canvas.addEventListener('keydown', (event) => {
            if (event.key === 'Enter') this.close();
            else if (event.key === 'Backspace' || event.key === 'Delete') this.#undo();
        });
    }

    /** Ends the shape that is being drawn. */
    close() {
        if (this.#points.length > 2) this.areas.push({ kind: this.kind, points: this.#points.map(([x, y]) => [round(x), round(y)]) });
        this.#points = [];
        this.#draw();
    }

    #undo() {
        if (this.#points.length) this.#points = [];
        else this.areas.pop();
        this.#draw();
    }

    #clear() {
        this.#points = [];
        this.areas = [];
        this.#draw();
    }

    #draw() {
        const { canvas, picture } = this;
        const pen = canvas.getContext('2d');
        pen.clearRect(0, 0, canvas.width, canvas.height);
        if (picture.complete) pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
        for (const area of this.areas) this.#shape(pen, area.points, area.kind, true);
        this.#shape(pen, this.#points, this.kind, false);
        this.element.dataset.areas = String(this.areas.length);
    }

    #shape(pen, points, kind, isClosed) {
        if (!points.length) return;
        const { width, height } = this.canvas;
        pen.beginPath();
        points.forEach(([x, y], index) => (index ? pen.lineTo(x * width, y * height) : pen.moveTo(x * width, y * height)));
        if (isClosed) pen.closePath();
        pen.lineWidth = Math.max(1.5, width / 240);
        pen.strokeStyle = colours[kind];
        pen.stroke();
        if (!isClosed) return;
        pen.globalAlpha = 0.4;
        pen.fillStyle = colours[kind];
        pen.fill();
        pen.globalAlpha = 1;
    }
}

function round(value) {
    return Math.round(value * 10_000) / 10_000;
}
