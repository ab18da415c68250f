// A section of the settings: a heading, what it is about, and a list of rows that can be changed and removed. Whatever
// is removed leaves a line by which it comes back.

import { t } from '../language.js';
import { h, setText } from '../parts/dom.js';
import { sentence } from '../staff/shell.js';
import { tried } from './form.js';

export class Section {
    /** `name` chooses the texts; `add()` is called by the button in the head, if there is one. */
    constructor(setup, name, add = null) {
        this.setup = setup;
        this.client = setup.client;
        this.name = name;
        this.problem = h('p', { class: 'form-error', role: 'alert' });
        this.list = h('ul', { class: 'set-list' });
        this.none = h('p', { class: 'set-none quiet', t: `settings_none_${name}`, hidden: true });
        this.addButton = add ? h('button', { type: 'button', class: 'button is-primary is-small', t: 'settings_add', on: { click: () => add() } }) : null;
        this.extra = h('div', { class: 'set-extra' });
        this.element = h('section', { class: 'set-section', 'aria-labelledby': `set-${name}` },
            h('header', { class: 'set-head' }, h('h2', { id: `set-${name}`, tabindex: -1, t: `settings_title_${name}` }), this.addButton),
            h('p', { class: 'set-lead quiet', t: `settings_text_${name}` }), this.problem, this.list, this.none, this.extra);
    }

    /** What the section shows, as `rows()` of the one that stands on this draws it. */
    async load() {
        await tried(this.problem, async () => {
            await this.setup.load();
            await this.fetch();
            this.draw();
        });
    }

    async fetch() {}

    rows() {
        return [];
    }

    draw() {
        const rows = this.rows();
        this.list.replaceChildren(...rows);
        this.list.hidden = rows.length === 0;
        this.none.hidden = rows.length > 0;
    }

    /** A row: its name, tags beside it, lines below, and buttons `[text key, work(row), look]`. */
    row(title, { tags = [], lines = [], buttons = [], data = {} } = {}) {
        const row = h('li', { class: 'set-row', data },
            h('div', { class: 'set-row-text' }, h('h3', { dir: 'auto' }, title, ...tags.map(([words, look]) => h('span', { class: `tag ${look ?? ''}`.trim() }, words))),
                lines.filter(Boolean).map((line) => (line instanceof Node ? line : h('p', { class: 'quiet', dir: 'auto' }, line)))),
            h('div', { class: 'set-row-tools' }, buttons.map(([words, work, more = {}]) => h('button', {
                type: 'button', class: 'button is-small', 'aria-label': `${t(words)}: ${title}`, ...more, t: words,
                on: { click: (event) => this.does(() => work(row, event.currentTarget)) },
            }))));
        return row;
    }

    /** Does something, and says in a sentence when it was refused. */
    does(work) {
        return tried(this.problem, work);
    }

    /** Removes what a row stands for; the line in its place brings it back. */
    async remove(row, name, remove, restore) {
        await remove();
        const back = h('button', { type: 'button', class: 'button is-small set-undo', t: 'settings_undo' });
        const gone = h('li', { class: 'set-row is-gone', role: 'status' }, h('span', { dir: 'auto' }, t('settings_removed', { name })), back);
        row.replaceWith(gone);
        back.focus();
        back.addEventListener('click', () => this.does(async () => {
            back.disabled = true;
            try {
                await restore();
            } finally {
                back.disabled = false;
            }
            await this.load();
            this.focus();
        }));
    }

    /** Puts the focus to the head of the section: what had it is gone. */
    focus() {
        this.element.querySelector('h2').focus();
    }

    say(error) {
        setText(this.problem, sentence(error));
    }
}
