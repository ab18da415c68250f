// <vt-panorama-page>: photos are dropped, panoramas come out. With ?share= it shows one to whoever has the link.

import { addText, t } from '../language.js';
import { Client } from '../matrix/client.js';
import { rest } from '../matrix/retry.js';
import { h, setText } from '../parts/dom.js';
import { icon, mark } from '../parts/icons.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { Visit } from '../customer/visit.js';
import { PanoramaApi } from './api.js';
import { CaptureGuide } from './guide.js';
import { Heap } from './heap.js';
import { optionPanel } from './options.js';
import { Results } from './results.js';
import { showShared } from './shared.js';
import { text } from './text.js';

addText(text);
const pollMilliseconds = 500;
const over = ['draft', 'done', 'failed', 'cancelled'];

class PanoramaPage extends HTMLElement {
    #uploads = Promise.resolve();
    #waiting = 0;

    connectedCallback() {
        prepareToasts();
        document.title = t('panorama_title');
        document.addEventListener('vitrine:language', () => { document.title = t('panorama_title'); });
        const address = new URL(window.location);
        const share = address.searchParams.get('share');
        if (share) {
            showShared(this, share, Number(address.searchParams.get('group') ?? 1));
            return;
        }
        this.api = this.#api();
        this.api.id = address.searchParams.get('id');
        this.#build();
        document.addEventListener('vitrine:language', () => { if (this.state) this.#draw(this.state); });
        if (this.api.id) this.#tried(() => this.#follow());
        else this.#draw({ state: 'draft', photos: [], groups: [], options: {} });
    }

    /** Staff work under their own account, everybody else under a visitor's. */
    #api() {
        const staff = new Client('agent');
        if (staff.session.isOpen) return new PanoramaApi(staff, () => Promise.resolve());
        const visit = new Visit();
        return new PanoramaApi(visit.client, () => visit.ensureAccount());
    }

    #build() {
        this.input = h('input', { type: 'file', accept: 'image/*', multiple: true, hidden: true, tabindex: -1, class: 'pano-file' });
        this.input.addEventListener('change', () => {
            this.#take([...this.input.files]);
            this.input.value = '';
        });
        this.heap = new Heap(this.api, {
            remove: (photo) => this.#tried(async () => { await this.api.remove(photo); await this.#follow(); }),
            mask: async (photo, areas) => { await this.api.mask(photo, areas); await this.#follow(); },
            failed: (error) => this.#failed(error),
        });
        this.results = new Results(this.api, (error) => this.#failed(error), () => this.#make());
        this.bar = h('progress', { class: 'pano-bar', max: 1, label: 'panorama_title' });
        this.words = h('p', { class: 'pano-progress-words', role: 'status' });
        this.stop = h('button', { type: 'button', class: 'button is-small pano-stop', t: 'panorama_cancel', on: { click: () => this.#tried(() => this.api.cancel()) } });
        this.progress = h('div', { class: 'pano-progress', hidden: true }, this.words, this.bar, this.stop);
        this.start = h('div', { class: 'pano-start' }, h('div', { class: 'pano-start-sign', 'aria-hidden': 'true' }, icon('picture')),
            h('h2', { t: 'panorama_start' }), h('p', { class: 'quiet', t: 'panorama_start_text' }),
            h('button', { type: 'button', class: 'button is-primary pano-choose', t: 'panorama_choose', on: { click: () => this.input.click() } }),
            h('p', { class: 'quiet pano-drop', t: 'panorama_drop' }),
            h('button', { type: 'button', class: 'button pano-guide-open', t: 'panorama_guide_open', on: { click: () => this.#guide() } }));
        this.make = h('button', { type: 'button', class: 'button is-primary pano-make', on: { click: () => this.#tried(() => this.#make()) } });
        this.shots = h('button', { type: 'button', class: 'button', t: 'panorama_guide_open', on: { click: () => this.#guide() } });
        this.more = h('button', { type: 'button', class: 'button', t: 'panorama_add', on: { click: () => this.input.click() } });
        this.fresh = h('a', { class: 'button', href: '/panorama', t: 'panorama_new' });
        this.gone = h('button', { type: 'button', class: 'button', t: 'panorama_delete', on: { click: () => this.#tried(() => this.#delete()) } });
        this.actions = h('div', { class: 'pano-bar-actions' }, this.make, this.more, this.shots, this.fresh, this.gone);
        this.options = h('div');
        this.append(h('div', { class: 'pano-window' },
            h('header', { class: 'shop-header' }, h('a', { class: 'scan-home', href: '/', label: 'scan_to_chat', tip: 'scan_to_chat' }, mark()),
                h('div', { class: 'shop-title' }, h('h1', { class: 'shop-name', t: 'panorama_title' }), h('p', { class: 'shop-line', t: 'panorama_line' })),
                h('div', { class: 'shop-tools' }, languageButton(), themeButton())),
            h('main', { class: 'pano-main' }, h('div', { class: 'pano-column' }, this.start, this.progress, this.results.element,
                this.actions, this.options, this.heap.element, this.input))));
        this.#takeDrops();
    }

    #takeDrops() {
        const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
        this.addEventListener('dragover', (event) => {
            if (!carries(event)) return;
            event.preventDefault();
            this.classList.add('is-dropping');
        });
        for (const type of ['dragleave', 'drop']) this.addEventListener(type, () => this.classList.remove('is-dropping'));
        this.addEventListener('drop', (event) => {
            if (!carries(event)) return;
            event.preventDefault();
            this.#take([...event.dataTransfer.files]);
        });
    }

    // MARK: Photos

    /** Uploads one photo after the other; the heap grows as they arrive. */
    #take(files) {
        if (!files.length) return;
        this.#waiting += files.length;
        this.#uploads = this.#uploads.then(() => this.#tried(async () => {
            await this.#begin();
            for (const [index, file] of files.entries()) {
                this.#tell(t('panorama_uploading', { done: index + 1, of: files.length }), index / files.length);
                try {
                    await this.api.upload(file);
                } catch (error) {
                    this.#failed(error);
                }
            }
        })).finally(() => {
            this.#waiting -= files.length;
            return this.#waiting === 0 ? this.#tried(() => this.#follow()) : undefined;
        });
    }

    /** Photos are taken one after the other, and each is told how it joins the others. */
    #guide() {
        return this.#tried(() => new CaptureGuide({
            send: async (file, name) => {
                await this.#begin();
                return (await this.api.upload(file, { name, guide: true })).guide;
            },
            done: (count) => (count ? this.#tried(() => this.#follow()) : undefined),
            failed: (error) => this.#failed(error),
        }).open());
    }

    /** Makes the panorama when there is none yet, and puts it into the page's address. */
    async #begin() {
        await this.api.ensure();
        const address = new URL(window.location);
        address.searchParams.set('id', this.api.id);
        window.history.replaceState(null, '', address);
    }

    // MARK: Work

    async #make() {
        await this.#uploads;
        await this.api.start();
        await this.#follow();
    }

    /** Shows how it stands until nothing moves any more. */
    async #follow() {
        this.following?.abort();
        const following = new AbortController();
        this.following = following;
        while (!following.signal.aborted) {
            const state = await this.api.state();
            if (following.signal.aborted) return;
            this.#draw(state);
            if (over.includes(state.state)) return;
            await rest(pollMilliseconds, following.signal);
        }
    }

    async #delete() {
        await this.api.delete();
        const back = h('button', { type: 'button', class: 'button is-primary pano-undo', t: 'panorama_undo' });
        back.addEventListener('click', () => this.#tried(async () => { await this.api.restore(); note.remove(); await this.#follow(); }));
        const note = h('div', { class: 'pano-note' }, h('h2', { t: 'panorama_deleted' }), back, ' ', h('a', { class: 'button', href: '/panorama', t: 'panorama_new' }));
        for (const part of [this.actions, this.options, this.heap.element, this.progress]) part.hidden = true;
        this.results.element.replaceChildren(note);
        back.focus();
    }

    // MARK: Showing

    #tell(words, share) {
        this.progress.hidden = words === null;
        this.stop.hidden = true;
        setText(this.words, words ?? '');
        if (share === null) this.bar.removeAttribute('value');
        else this.bar.value = share;
    }

    #draw(state) {
        this.state = state;
        const photos = state.photos ?? [];
        const works = !over.includes(state.state);
        this.dataset.state = state.state;
        this.start.hidden = photos.length > 0 || works;
        this.actions.hidden = photos.length === 0 || works;
        this.options.hidden = photos.length === 0 || works;
        for (const button of [this.make, this.more, this.shots, this.gone]) button.disabled = works;
        this.make.dataset.t = state.state === 'draft' ? 'panorama_make' : 'panorama_again';
        setText(this.make, t(this.make.dataset.t));
        this.#tell(works ? this.#stage(state) : null, works && state.progress ? state.progress.done / Math.max(1, state.progress.of) : null);
        this.stop.hidden = !works;
        const open = this.options.querySelector('details')?.open ?? false;
        this.options.replaceChildren(optionPanel(state.options ?? {}, (change) => this.#tried(() => this.api.change(change))));
        this.options.querySelector('details').open = open;
        this.results.draw(state);
        this.heap.draw(photos, works);
    }

    #stage(state) {
        const step = state.progress;
        if (!step) return t('panorama_waiting');
        return t(`panorama_stage_${step.stage}`, { done: Math.min(step.done + 1, step.of), of: step.of });
    }

    async #tried(work) {
        try {
            await work();
        } catch (error) {
            this.#failed(error);
        }
    }

    #failed(error) {
        if (error?.name === 'AbortError') return;
        toast(error?.name === 'MatrixError' ? 'panorama_said' : 'panorama_failed', { words: error?.message });
    }
}

customElements.define('vt-panorama-page', PanoramaPage);
