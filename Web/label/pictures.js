// The pictures of the set, a page at a time: which are open, which have boxes that wait, which are done.

import { counted, t } from '../language.js';
import { h, setAttribute } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { iconButton } from '../parts/buttons.js';
import { load } from '../staff/api.js';

const filters = ['all', 'open', 'unsure', 'done'];

export class Pictures {
    #rows = [];
    #next = null;
    #current = null;

    /** `open(label)` is called when somebody chooses a picture. */
    constructor(api, open) {
        this.api = api;
        this.open = open;
        this.filter = 'all';
        this.list = h('ul', { class: 'label-list' });
        this.more = h('button', { type: 'button', class: 'link', t: 'label_more', on: { click: () => this.#page() } });
        this.buttons = filters.map((name) => h('button', {
            type: 'button', class: 'filter', t: `label_filter_${name}`, data: { filter: name }, on: { click: () => this.#turn(name) },
        }));
        this.place = h('span', { class: 'label-place quiet', role: 'status' });
        this.element = h('nav', { class: 'label-side', label: 'label_pictures' },
            h('div', { class: 'filters', role: 'group', label: 'filter' }, this.buttons),
            h('div', { class: 'label-steps' }, iconButton('back', 'label_previous', () => this.open(this.before(this.#current))), this.place,
                iconButton('back', 'label_next', () => this.open(this.after(this.#current)), { className: 'is-turned' })),
            this.list, this.more);
    }

    async begin() {
        this.filter = new URL(window.location).searchParams.get('filter') ?? 'all';
        if (!filters.includes(this.filter)) this.filter = 'all';
        await this.reload();
    }

    get first() {
        return (this.#rows.find(({ done }) => !done) ?? this.#rows[0])?.label ?? null;
    }

    set current(label) {
        this.#current = label;
        this.#mark();
    }

    after(label) {
        const place = this.#rows.findIndex((row) => row.label === label);
        if (place >= this.#rows.length - 3 && this.#next) this.#page();
        return this.#rows[place + 1]?.label ?? null;
    }

    before(label) {
        const place = this.#rows.findIndex((row) => row.label === label);
        return this.#rows[place - 1]?.label ?? null;
    }

    /** Takes over what is known of a picture now. */
    changed(picture) {
        const row = this.#rows.find(({ label }) => label === picture.label);
        if (!row) return;
        Object.assign(row, { done: picture.done, count: picture.count, unsure: picture.unsure });
        this.#describe(row);
    }

    async #turn(name) {
        this.filter = name;
        await this.reload();
        if (this.first !== null) this.open(this.first);
    }

    async reload() {
        [this.#rows, this.#next] = [[], null];
        this.list.replaceChildren();
        for (const button of this.buttons) setAttribute(button, 'aria-pressed', String(button.dataset.filter === this.filter));
        await this.#page();
    }

    async #page() {
        const asked = this.filter;
        const reply = await this.api.get('/api/v1/labels', { filter: asked, next: this.#next, limit: 60 });
        if (asked !== this.filter) return;
        const known = new Set(this.#rows.map(({ label }) => label));
        this.#next = reply.next ?? null;
        for (const row of reply.pictures.filter(({ label }) => !known.has(label))) {
            this.#rows.push(row);
            row.image = h('img', { alt: '', class: 'label-thumb' });
            row.words = h('span', { class: 'label-row-words' });
            row.element = h('button', { type: 'button', class: 'label-row', on: { click: () => this.open(row.label) } }, row.image, row.words);
            this.list.append(h('li', {}, row.element));
            this.#describe(row);
            load(row.image, this.api.picture(`/api/v1/labels/${row.label}/picture`, { side: 96 }));
        }
        this.more.hidden = this.#next === null;
        if (!this.#rows.length) this.list.append(h('li', { class: 'quiet label-empty', t: 'label_filter_none' }));
        this.#mark();
    }

    #describe(row) {
        const facts = [counted('label_boxes', row.count)];
        if (row.unsure) facts.push(t('label_unsure', { n: row.unsure }));
        if (row.held_out) facts.push(t('label_held_out'));
        row.words.replaceChildren(h('span', { class: 'label-row-name' }, row.name || `#${row.label}`),
            h('span', { class: 'quiet' }, row.done ? icon('check') : null, facts.join(' · ')));
        row.element.classList.toggle('is-done', row.done);
    }

    #mark() {
        const place = this.#rows.findIndex(({ label }) => label === this.#current);
        for (const row of this.#rows) setAttribute(row.element, 'aria-current', row.label === this.#current ? 'true' : null);
        this.#rows[place]?.element.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
        this.place.textContent = place < 0 ? '' : `${place + 1} / ${this.#rows.length}${this.#next ? '+' : ''}`;
    }
}
