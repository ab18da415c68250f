// <vt-panorama>: looks around in a panorama. Drag, wheel, pinch, keys, full screen.

import { iconButton } from '../parts/buttons.js';
import { h } from '../parts/dom.js';
import { bounds, round } from './surfaces.js';
import { Scene } from './viewer-gl.js';

const widest = 100 * Math.PI / 180;
const narrowest = 8 * Math.PI / 180;
const clamp = (value, low, high) => (low > high ? (low + high) / 2 : Math.min(high, Math.max(low, value)));

export class PanoramaViewer extends HTMLElement {
    #pointers = new Map();
    #speed = { x: 0, y: 0 };
    #frame = null;

    /** Shows the picture at `address` as a manifest describes it. */
    async open(described, address) {
        const manifest = { ...described, hasAngles: described.hasAngles && round.includes(described.surface) };
        this.manifest = manifest;
        const canvas = h('canvas', { class: 'pano-canvas', tabindex: 0, role: 'application', label: 'panorama_viewer' });
        this.canvas = canvas;
        this.replaceChildren(canvas, h('div', { class: 'pano-tools' },
            this.#tool('+', 'panorama_in', () => this.#zoom(0.8)), this.#tool('−', 'panorama_out', () => this.#zoom(1.25)),
            document.fullscreenEnabled ? iconButton('scan', 'panorama_full', () => this.#fullScreen()) : null));
        try {
            this.scene = new Scene(canvas, manifest);
        } catch {
            this.#plain(address);
            return;
        }
        const image = new Image();
        image.src = address;
        await image.decode();
        const picture = await createImageBitmap(image);
        await this.scene.load(picture);
        picture.close();
        this.limits = manifest.hasAngles ? bounds(manifest) : null;
        this.#begin();
        this.#listen();
        this.#size();
        this.scene.draw(this.pose);
        this.dataset.state = 'open';
    }

    #tool(sign, name, action) {
        return h('button', { type: 'button', class: 'icon-button pano-sign', label: name, tip: name, on: { click: action } }, sign);
    }

    /** Without WebGL the picture itself is shown, to be scrolled. */
    #plain(address) {
        this.replaceChildren(h('div', { class: 'pano-plain', tabindex: 0 }, h('img', { src: address, label: 'panorama_viewer', alt: '' })));
        this.dataset.state = 'plain';
    }

    disconnectedCallback() {
        this.watcher?.disconnect();
        cancelAnimationFrame(this.#frame);
    }

    #begin() {
        const { limits } = this;
        this.pose = limits ? { yaw: limits.closed ? 0 : (limits.left + limits.right) / 2, pitch: 0, field: 60 * Math.PI / 180 }
            : { x: 0, y: 0, zoom: 1 };
        if (limits) this.pose.pitch = (limits.top + limits.bottom) / 2;
    }

    // MARK: Looking

    /** What is looked at: yaw, pitch and field in radians, or place and zoom of a flat thing. */
    look(change) {
        const { pose, limits, canvas } = this;
        Object.assign(pose, change);
        if (limits) {
            const shape = canvas.width / Math.max(1, canvas.height);
            const most = Math.min(widest, limits.top - limits.bottom);
            pose.field = clamp(pose.field, Math.min(narrowest, most), Math.max(most, narrowest));
            const across = 2 * Math.atan(Math.tan(pose.field / 2) * shape);
            pose.pitch = clamp(pose.pitch, limits.bottom + pose.field / 2, limits.top - pose.field / 2);
            if (!limits.closed) pose.yaw = clamp(pose.yaw, limits.left + across / 2, limits.right - across / 2);
        } else {
            const shape = this.manifest.width / this.manifest.height;
            pose.zoom = clamp(pose.zoom, Math.min(1, canvas.width / Math.max(1, canvas.height) / shape), 40);
            pose.x = clamp(pose.x, -shape / 2, shape / 2);
            pose.y = clamp(pose.y, -0.5, 0.5);
        }
        this.#ask();
    }

    #ask() {
        this.#frame ??= requestAnimationFrame(() => {
            this.#frame = null;
            this.#glide();
            this.scene.draw(this.pose);
        });
    }

    /** Goes on a little after a drag, unless the person wants no motion. */
    #glide() {
        if (this.#pointers.size || Math.hypot(this.#speed.x, this.#speed.y) < 0.3) return;
        this.#speed = { x: this.#speed.x * 0.92, y: this.#speed.y * 0.92 };
        this.#shift(this.#speed.x, this.#speed.y);
    }

    /** Moves what is seen by so many pixels of the page. */
    #shift(x, y) {
        const { pose, canvas } = this;
        const tall = canvas.clientHeight || 1;
        if (this.limits) this.look({ yaw: pose.yaw - x / tall * pose.field, pitch: pose.pitch + y / tall * pose.field });
        else this.look({ x: pose.x - x / tall / pose.zoom, y: pose.y - y / tall / pose.zoom });
    }

    #zoom(factor) {
        this.look(this.limits ? { field: this.pose.field * factor } : { zoom: this.pose.zoom / factor });
    }

    // MARK: Hands

    #listen() {
        const { canvas } = this;
        canvas.addEventListener('pointerdown', (event) => {
            canvas.setPointerCapture(event.pointerId);
            this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
            this.#speed = { x: 0, y: 0 };
        });
        canvas.addEventListener('pointermove', (event) => this.#move(event));
        for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, (event) => this.#lift(event));
        canvas.addEventListener('wheel', (event) => {
            event.preventDefault();
            this.#zoom(Math.exp(clamp(event.deltaY, -200, 200) / 600));
        }, { passive: false });
        canvas.addEventListener('dblclick', () => this.#zoom(0.6));
        canvas.addEventListener('keydown', (event) => this.#key(event));
        this.watcher = new ResizeObserver(() => this.#size());
        this.watcher.observe(canvas);
    }

    #move(event) {
        const last = this.#pointers.get(event.pointerId);
        if (!last) return;
        const now = { x: event.clientX, y: event.clientY };
        const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
        this.#pointers.set(event.pointerId, now);
        if (other) {
            const apart = (point) => Math.max(8, Math.hypot(point.x - other.x, point.y - other.y));
            this.#zoom(apart(last) / apart(now));
            this.#shift((now.x - last.x) / 2, (now.y - last.y) / 2);
        } else {
            this.#speed = { x: now.x - last.x, y: now.y - last.y };
            this.#shift(this.#speed.x, this.#speed.y);
        }
    }

    #lift(event) {
        this.#pointers.delete(event.pointerId);
        if (event.type === 'pointercancel' || matchMedia('(prefers-reduced-motion: reduce)').matches) this.#speed = { x: 0, y: 0 };
        this.#ask();
    }

    #key(event) {
        const step = this.canvas.clientHeight / 10;
        const keys = {
            ArrowLeft: () => this.#shift(step, 0), ArrowRight: () => this.#shift(-step, 0),
            ArrowUp: () => this.#shift(0, step), ArrowDown: () => this.#shift(0, -step),
            '+': () => this.#zoom(0.8), '=': () => this.#zoom(0.8), '-': () => this.#zoom(1.25),
            0: () => { this.#begin(); this.look({}); }, f: () => this.#fullScreen(),
        };
        const action = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
        if (!action) return;
        event.preventDefault();
        this.#speed = { x: 0, y: 0 };
        action();
    }

    #fullScreen() {
        if (document.fullscreenElement) document.exitFullscreen();
        else this.requestFullscreen?.().catch(() => null);
    }

    #size() {
        const { canvas } = this;
        const dots = Math.min(2, window.devicePixelRatio || 1);
        canvas.width = Math.max(1, Math.round(canvas.clientWidth * dots));
        canvas.height = Math.max(1, Math.round(canvas.clientHeight * dots));
        this.look({});
    }
}

customElements.define('vt-panorama', PanoramaViewer);
