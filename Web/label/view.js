// The label page put together: the list of pictures, the stage, the tools, the keys.

import { h, isTyping } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { sentence } from '../staff/shell.js';
import { Drawing } from './drawing.js';
import { moved, overlap, resized } from './geometry.js';
import { showHelp } from './help.js';
import { Pictures } from './pictures.js';
import { showRounds } from './rounds.js';
import { Stage } from './stage.js';
import { Tools } from './tools.js';

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class LabelView {
    #lastBoxes = [];

    constructor(api) {
        this.api = api;
        this.drawing = new Drawing(api);
        this.tools = new Tools(api, this.drawing, {
            suggest: () => this.#suggest(), copy: () => this.#copy(), finish: () => this.#finish(), accept: () => this.#acceptAll(),
            rounds: () => showRounds(api, () => this.pictures.reload()), reload: () => this.#load(this.drawing.picture.label),
            help: () => showHelp(), remove: () => this.#remove(),
        });
        this.stage = new Stage(this.drawing, () => this.tools.category);
        this.pictures = new Pictures(api, (label) => this.#go(label));
        this.drawing.addEventListener('saved', ({ detail }) => this.#saved(detail));
        this.nothing = h('section', { class: 'staff-note', hidden: true }, h('h2', { t: 'label_none' }), h('p', { t: 'label_none_text' }),
            h('button', { type: 'button', class: 'button is-primary', t: 'label_collect', on: { click: () => this.#collect() } }),
            h('p', { class: 'quiet', t: 'label_none_import' }),
            h('pre', { class: 'staff-command' }, h('code', {}, 'vitrine labels import fruit/ --source fruit-set')));
        this.work = h('div', { class: 'label-work' }, this.stage.element, this.tools.element);
        this.element = h('div', { class: 'label' }, this.pictures.element, this.work, this.nothing);
        this.onKey = (event) => this.#key(event);
        this.onKeyUp = (event) => { if (event.key === ' ') this.stage.hand(false); };
        this.onLeave = () => { this.drawing.flush().catch(() => null); };
    }

    async begin() {
        document.addEventListener('keydown', this.onKey);
        document.addEventListener('keyup', this.onKeyUp);
        window.addEventListener('pagehide', this.onLeave);
        const wished = Number(new URL(window.location).searchParams.get('picture')) || null;
        await this.tools.begin();
        await this.pictures.begin();
        const first = wished ?? this.pictures.first;
        this.#show(first !== null);
        if (first !== null) await this.#go(first);
    }

    end() {
        document.removeEventListener('keydown', this.onKey);
        document.removeEventListener('keyup', this.onKeyUp);
        window.removeEventListener('pagehide', this.onLeave);
        this.drawing.flush().catch(() => null);
        this.stage.end();
    }

    #show(isThere) {
        this.work.hidden = !isThere;
        this.pictures.element.hidden = !isThere;
        this.nothing.hidden = isThere;
    }

    async #collect() {
        try {
            const { added } = await this.api.post('/api/v1/labels/collect');
            if (!added) toast('label_collected_none');
            await this.pictures.reload();
            this.#show(this.pictures.first !== null);
            if (this.pictures.first !== null) await this.#go(this.pictures.first);
        } catch (error) {
            toast('staff_said', { words: sentence(error) });
        }
    }

    // MARK: Pictures

    async #go(label) {
        if (label === null) return;
        try {
            await this.drawing.flush();
        } catch {
            return;
        }
        this.#lastBoxes = this.drawing.picture ? this.drawing.boxes.filter(({ isUnsure }) => !isUnsure) : [];
        await this.#load(label);
    }

    async #load(label) {
        try {
            const picture = await this.api.get(`/api/v1/labels/${label}`);
            this.tools.expect(picture.category);
            this.drawing.open(picture);
            this.pictures.current = label;
            const address = new URL(window.location);
            address.searchParams.set('picture', String(label));
            window.history.replaceState(null, '', address);
            const path = `/api/v1/labels/${label}/picture`;
            await this.stage.show([() => this.api.picture(path, { side: 960 }), () => this.api.picture(path)]);
        } catch (error) {
            toast('staff_said', { words: sentence(error) });
        }
    }

    #saved(state) {
        this.tools.saved(state, this.drawing.problem);
        if (state === 'saved' && this.drawing.picture) this.pictures.changed(this.drawing.picture);
    }

    async #finish() {
        const isDone = this.drawing.picture.done;
        this.drawing.finish(!isDone);
        if (isDone) return;
        const { label } = this.drawing.picture;
        try {
            await this.drawing.flush();
            const next = this.pictures.after(label);
            if (next === null) toast('label_last');
            else await this.#go(next);
        } catch {
            // The tools say what is wrong.
        }
    }

    // MARK: Boxes

    #remove() {
        const { box } = this.drawing;
        if (!box) return;
        this.drawing.note();
        this.drawing.remove(box.key);
        if (this.drawing.selected) this.stage.focus(this.drawing.selected);
    }

    /** Adds boxes where none is yet; what was added is taken back as one. */
    #addAll(boxes, options) {
        const fresh = boxes.filter(({ box }) => this.drawing.boxes.every((each) => overlap(each.box, box) < 0.5));
        if (!fresh.length) return 0;
        this.drawing.note();
        for (const each of fresh) this.drawing.add(each.box, each.category, options(each));
        return fresh.length;
    }

    async #suggest() {
        try {
            const { boxes } = await this.api.get(`/api/v1/labels/${this.drawing.picture.label}/suggestions`);
            const count = this.#addAll(boxes, ({ score }) => ({ isUnsure: true, score }));
            toast(count ? 'label_suggested' : 'label_suggested_none', { n: count });
        } catch (error) {
            toast('staff_said', { words: sentence(error) });
        }
    }

    #copy() {
        const [wide, high] = this.drawing.size;
        const inside = this.#lastBoxes.filter(({ box }) => box[0] + box[2] <= wide && box[1] + box[3] <= high);
        if (!this.#addAll(inside, () => ({}))) toast('label_nothing_to_copy');
    }

    #acceptAll() {
        const unsure = this.drawing.boxes.filter(({ isUnsure }) => isUnsure);
        if (!unsure.length) return;
        this.drawing.note();
        for (const { key } of unsure) this.drawing.change(key, {});
    }

    // MARK: Keys

    #key(event) {
        if (!this.drawing.picture || document.querySelector('dialog[open]')) return;
        if (isTyping(document.activeElement)) {
            if (event.key === 'Escape') this.stage.element.focus();
            return;
        }
        const action = event.ctrlKey || event.metaKey ? this.#chord(event) : event.altKey ? null : this.#plain(event);
        if (!action) return;
        event.preventDefault();
        action();
    }

    #chord({ key, shiftKey }) {
        return { z: () => (shiftKey ? this.drawing.redo() : this.drawing.undo()), y: () => this.drawing.redo() }[key.toLowerCase()];
    }

    #plain(event) {
        const { drawing, stage, pictures } = this;
        const onButton = document.activeElement?.closest('button, a, select, summary');
        if (event.key === ' ') return onButton ? null : () => stage.hand(true);
        if (event.key === 'Enter') return onButton ? null : () => this.#enter();
        const { box } = drawing;
        if (arrows[event.key] && box) return () => this.#nudge(box, event);
        if (/^[1-9]$/.test(event.key)) return () => this.tools.choose(Number(event.key) - 1);
        return {
            n: () => this.#new(), d: () => this.#double(), Delete: () => this.#remove(), Backspace: () => this.#remove(),
            x: () => this.#remove(), c: () => this.tools.focusCategory(), g: () => this.#suggest(), v: () => this.#copy(), a: () => this.#acceptAll(),
            f: () => this.#finish(), j: () => this.#go(pictures.after(drawing.picture.label)), k: () => this.#go(pictures.before(drawing.picture.label)),
            PageDown: () => this.#go(pictures.after(drawing.picture.label)), PageUp: () => this.#go(pictures.before(drawing.picture.label)),
            '+': () => stage.zoom(1.25), '=': () => stage.zoom(1.25), '-': () => stage.zoom(0.8), 0: () => stage.reset(),
            u: () => drawing.undo(), '?': () => showHelp(), Escape: () => drawing.select(null),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    }

    #enter() {
        const { box } = this.drawing;
        if (!box?.isUnsure) return this.#finish();
        this.drawing.note();
        this.drawing.change(box.key, {});
        const next = this.drawing.boxes.find(({ isUnsure }) => isUnsure);
        if (next) this.stage.focus(next.key);
        return null;
    }

    #nudge(box, { key, shiftKey }) {
        const { size } = this.drawing;
        const step = Math.max(1, Math.round(Math.min(...size) / 100));
        const by = arrows[key].map((each) => each * step);
        this.drawing.note();
        this.drawing.change(box.key, { box: shiftKey ? resized(box.box, 'se', by, size) : moved(box.box, by, size) });
    }

    #new() {
        const [width, height] = this.drawing.size;
        this.drawing.note();
        this.stage.focus(this.drawing.add([width / 4, height / 4, width / 2, height / 2].map(Math.round), this.tools.category));
    }

    #double() {
        const { box, size } = this.drawing;
        if (!box) return;
        this.drawing.note();
        const by = [box.box[2] / 8, box.box[3] / 8].map(Math.round);
        this.stage.focus(this.drawing.add(moved(box.box, by, size), box.category));
    }
}
