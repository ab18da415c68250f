// <vt-panorama>: looks around in a panorama. Drag, wheel, pinch, keys, the phone's turning, full screen, hotspots.

import { iconButton } from '../parts/buttons.js';
import { h } from '../parts/dom.js';
import { bounds, round } from './surfaces.js';
import { toast } from '../parts/toast.js';
import { Scene } from './viewer-gl.js';
import { Gyro } from './viewer-gyro.js';
import { SpotLayer, unprojected } from './viewer-spots.js';
import { TileScene } from './viewer-tiles.js';

const widest = 100 * Math.PI / 180;
const narrowest = 8 * Math.PI / 180;
const clamp = (value, low, high) => (low > high ? (low + high) / 2 : Math.min(high, Math.max(low, value)));

export class PanoramaViewer extends HTMLElement {
    #pointers = new Map();
    #speed = { x: 0, y: 0 };
    #frame = null;
    #touched = { x: 0, y: 0 };
    mode = null;

    /** What a host offers: `press(spot)`, `find(canvas)`, `put(place)`; each may be left out. */
    hooks = {};

    /**
     * Shows a panorama as a manifest describes it. `picture` is the address of its picture, or brings the address under
     * which what the manifest names can be read.
     */
    async open(described, picture) {
        this.#close();
        const manifest = { ...described, hasAngles: described.hasAngles && round.includes(described.surface) };
        this.manifest = manifest;
        const bring = typeof picture === 'function' ? picture : async () => picture;
        const canvas = h('canvas', { class: 'pano-canvas', tabindex: 0, role: 'application', label: 'panorama_viewer' });
        this.canvas = canvas;
        this.limits = manifest.hasAngles ? bounds(manifest) : null;
        this.spots = new SpotLayer((spot) => this.hooks.press?.(spot), (place) => this.look(place));
        this.gyro = new Gyro(() => this.pose, (place) => this.look(place));
        this.replaceChildren(canvas, this.spots.element, this.#tools());
        try {
            this.scene = manifest.tiles && manifest.hasAngles
                ? new TileScene(canvas, manifest, bring, () => this.#ask()) : new Scene(canvas, manifest);
        } catch {
            this.#plain(await bring(manifest.image));
            return;
        }
        await this.scene.load(manifest.tiles && manifest.hasAngles ? null : await bring(manifest.image));
        this.#begin();
        this.#listen();
        this.showSpots(manifest.spots ?? []);
        this.#size();
        this.#draw();
        this.dataset.state = 'open';
    }

    /** Shows these hotspots. */
    showSpots(spots) {
        this.spots.show(this.limits ? spots : []);
        if (this.pose) this.#draw();
    }

    /** Says something with one thing to do about it. */
    say(words, name, action) {
        const note = h('div', { class: 'pano-said', role: 'status' }, h('span', { t: words }),
            h('button', { type: 'button', class: 'button is-small pano-said-do', t: name, on: { click: () => { note.remove(); action(); } } }));
        this.querySelector('.pano-said')?.remove();
        this.append(note);
        note.querySelector('button').focus();
    }

    /** Whether hotspots are being put in. */
    get isEditing() {
        return this.mode === 'edit';
    }

    #tools() {
        const { hooks, limits, manifest } = this;
        const hasSpots = limits && manifest.editable && hooks.put;
        return h('div', { class: 'pano-tools' },
            hooks.find && limits ? this.#mode('find', 'search', 'panorama_find') : null,
            hasSpots ? this.#mode('edit', 'edit', 'panorama_spot_edit') : null,
            limits && Gyro.isThere ? iconButton('devices', 'panorama_gyro', (event) => this.#turnWithPhone(event.currentTarget), {
                className: 'pano-gyro', 'aria-pressed': 'false',
            }) : null,
            this.#tool('+', 'panorama_in', () => this.#zoom(0.8)), this.#tool('−', 'panorama_out', () => this.#zoom(1.25)),
            document.fullscreenEnabled ? iconButton('scan', 'panorama_full', () => this.#fullScreen()) : null);
    }

    /** A button after which the next tap means something else. */
    #mode(mode, shape, name) {
        return iconButton(shape, name, () => this.#setMode(this.mode === mode ? null : mode), { className: `pano-${mode}`, 'aria-pressed': 'false' });
    }

    #setMode(mode) {
        this.mode = mode;
        for (const one of ['find', 'edit']) this.querySelector(`.pano-${one}`)?.setAttribute('aria-pressed', String(one === mode));
        this.classList.toggle('is-pointing', mode !== null);
        if (mode) toast({ find: 'panorama_find_how', edit: 'panorama_edit_how' }[mode]);
    }

    async #turnWithPhone(button) {
        if (this.gyro.isOn) this.gyro.stop();
        else if (!await this.gyro.start()) toast('panorama_gyro_refused');
        button.setAttribute('aria-pressed', String(this.gyro.isOn));
    }

    /** A tap on a place, in pixels of the page from the canvas' corner. */
    async #tap(x, y) {
        if (!this.mode || !this.limits) return;
        const place = unprojected(x, y, this.pose, this.canvas.clientWidth, this.canvas.clientHeight);
        if (this.mode === 'edit') {
            this.hooks.put?.(place);
            return;
        }
        this.#setMode(null);
        this.hooks.find?.(await this.crop(place));
    }

    /** What is seen around a direction, as a square canvas in which straight lines are straight. */
    crop(place, field = Math.min(this.pose.field, 40 * Math.PI / 180), side = 640) {
        return this.scene.crop({ yaw: place.yaw, pitch: place.pitch, field }, side);
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
        this.#close();
    }

    #close() {
        this.watcher?.disconnect();
        this.gyro?.stop();
        cancelAnimationFrame(this.#frame);
        this.#frame = null;
        this.#pointers.clear();
        this.mode = null;
        this.classList.remove('is-pointing');
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
            this.#draw();
        });
    }

    #draw() {
        this.scene.draw(this.pose);
        if (this.limits) this.spots.place(this.pose, this.canvas.clientWidth, this.canvas.clientHeight);
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
        this.gyro?.settle();
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
            this.#touched = { x: event.clientX, y: event.clientY };
            this.#speed = { x: 0, y: 0 };
        });
        canvas.addEventListener('pointermove', (event) => this.#move(event));
        for (const type of ['pointerup', 'pointercancel']) canvas.addEventListener(type, (event) => this.#lift(event));
        canvas.addEventListener('wheel', (event) => {
            event.preventDefault();
            this.#zoom(Math.exp(clamp(event.deltaY, -200, 200) / 600));
        }, { passive: false });
        canvas.addEventListener('dblclick', () => { if (!this.mode) this.#zoom(0.6); });
        canvas.addEventListener('click', (event) => {
            const { clientX: x, clientY: y } = event;
            if (Math.hypot(x - this.#touched.x, y - this.#touched.y) > 6) return;
            const box = canvas.getBoundingClientRect();
            this.#tap(x - box.x, y - box.y);
        });
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
            Enter: () => this.#tap(this.canvas.clientWidth / 2, this.canvas.clientHeight / 2),
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
