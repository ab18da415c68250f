// Beside the stage: what a box shows, the boxes in words, what can be done, how keeping stands, and what happened before.

import { locale, t } from '../language.js';
import { h, setAttribute, setText } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { categoryText } from '../scan/offers.js';
import { person } from '../review/log.js';
import { sentence } from '../staff/shell.js';

const shownCategories = 9;

export class Tools {
    #categories = [];
    #category = 'object';

    constructor(api, drawing, acts) {
        this.api = api;
        this.drawing = drawing;
        this.acts = acts;
        this.chips = h('div', { class: 'label-categories', role: 'group', label: 'label_category' });
        this.input = h('input', { class: 'input', label: 'label_category', hint: 'label_category_hint', list: 'label-categories', maxlength: 100, autocomplete: 'off' });
        this.options = h('datalist', { id: 'label-categories' });
        this.input.addEventListener('change', () => this.#take(this.input.value.trim()));
        this.input.addEventListener('keydown', (event) => {
            if (event.key === 'Enter') this.#take(this.input.value.trim());
        });
        this.list = h('ol', { class: 'label-boxes', label: 'label_boxes_list' });
        this.state = h('p', { class: 'label-state quiet', role: 'status' });
        this.undo = this.#button('recall', 'label_undo', () => drawing.undo());
        this.redo = this.#button('retry', 'label_redo', () => drawing.redo());
        this.suggest = this.#button('scan', 'label_suggest', acts.suggest);
        this.copy = this.#button('copy', 'label_copy', acts.copy);
        this.accept = this.#button('checks', 'label_accept', acts.accept);
        this.remove = this.#button('trash', 'label_remove', acts.remove);
        this.done = h('button', { type: 'button', class: 'button is-primary label-done', on: { click: acts.finish } });
        this.past = h('details', { class: 'label-past' }, h('summary', { t: 'label_history' }), h('ol', { class: 'label-events' }));
        this.past.addEventListener('toggle', () => this.#history());
        this.element = h('aside', { class: 'label-tools', label: 'label_tools' },
            h('div', { class: 'label-buttons' }, this.undo, this.redo, this.remove, this.copy, this.suggest, this.accept), this.done, this.state,
            h('h2', { class: 'section-title', t: 'label_category' }), this.chips, this.input, this.options,
            h('h2', { class: 'section-title', t: 'label_boxes_list' }), this.list, this.past,
            h('div', { class: 'label-links' }, h('button', { type: 'button', class: 'link', t: 'label_rounds', on: { click: acts.rounds } }),
                h('button', { type: 'button', class: 'link', t: 'keyboard', on: { click: acts.help } })));
        drawing.addEventListener('changed', () => this.#draw());
        document.addEventListener('vitrine:language', () => { if (drawing.picture) this.#draw(); });
    }

    #button(shape, key, action) {
        return h('button', { type: 'button', class: 'button is-small', on: { click: action } }, icon(shape), h('span', { t: key }));
    }

    get category() {
        return this.#category;
    }

    /** Learns the categories: those that boxes have, most often first, then those of the catalogue. */
    async begin() {
        const [{ figures }, { categories }] = await Promise.all([this.api.get('/api/v1/labels/rounds'), this.api.get('/api/v1/catalogue')]);
        const used = Object.entries(figures.boxes).sort((a, b) => b[1] - a[1]).map(([name]) => name);
        this.#categories = [...new Set([...used, ...categories])];
        this.#category = this.#categories[0] ?? 'object';
    }

    /** Boxes of a picture of an item are most often of its category. */
    expect(category) {
        if (category) this.#category = category;
    }

    focusCategory() {
        this.input.focus();
        this.input.select();
    }

    /** Chooses one of the numbered categories: for the selected box, and for the next one. */
    choose(place) {
        if (this.#categories[place]) this.#take(this.#categories[place]);
    }

    #take(name) {
        if (!name) return;
        this.#category = name;
        if (!this.#categories.includes(name)) this.#categories = [name, ...this.#categories];
        const { box } = this.drawing;
        if (box && box.category !== name) {
            this.drawing.note();
            this.drawing.change(box.key, { category: name });
        }
        this.#draw();
    }

    saved(state, problem) {
        this.state.replaceChildren(t({
            saved: 'label_saved', waiting: 'label_saving', saving: 'label_saving', failed: 'label_not_saved', conflict: 'label_conflict',
        }[state], { words: problem ? sentence(problem) : '' }));
        this.state.dataset.state = state;
        if (state === 'conflict') this.state.append(' ', h('button', { type: 'button', class: 'link', t: 'label_reload', on: { click: this.acts.reload } }));
        if (state === 'saved') this.#history();
    }

    #draw() {
        const { drawing } = this;
        const { box, boxes } = drawing;
        const chosen = box?.category ?? this.#category;
        // The one that is meant stands first among those with a number.
        if (!this.#categories.slice(0, shownCategories).includes(chosen)) {
            this.#categories = [chosen, ...this.#categories.filter((name) => name !== chosen)];
        }
        this.chips.replaceChildren(...this.#categories.slice(0, shownCategories).map((name, place) => h('button', {
            type: 'button', class: 'filter', 'aria-pressed': String(name === chosen), on: { click: () => this.choose(place) },
        }, h('kbd', { 'aria-hidden': 'true' }, String(place + 1)), ' ', categoryText(name))));
        this.options.replaceChildren(...this.#categories.map((name) => h('option', { value: name })));
        if (document.activeElement !== this.input) this.input.value = chosen;
        this.list.replaceChildren(...boxes.map((each, place) => this.#row(each, place)));
        if (!boxes.length) this.list.append(h('li', { class: 'quiet', t: 'label_no_boxes' }));
        this.undo.disabled = !drawing.canUndo;
        this.redo.disabled = !drawing.canRedo;
        this.remove.disabled = !box;
        this.accept.disabled = !boxes.some(({ isUnsure }) => isUnsure);
        setText(this.done, t(drawing.picture.done ? 'label_reopen' : 'label_done'));
        setAttribute(this.done, 'aria-pressed', String(drawing.picture.done));
    }

    #row({ key, category, isUnsure, source, model, score, by }, place) {
        const from = source === 'person' ? person(by ?? '') : model ?? source;
        const facts = [isUnsure ? t('label_is_unsure') : null, score ? `${Math.round(score * 100)} %` : null, from && from !== t('review_nobody') ? from : null];
        return h('li', {}, h('button', {
            type: 'button', class: 'label-entry', 'aria-pressed': String(key === this.drawing.selected), on: { click: () => this.drawing.select(key) },
        }, h('span', {}, `${place + 1}. ${categoryText(category)}`), h('span', { class: 'quiet' }, facts.filter(Boolean).join(' · '))));
    }

    async #history() {
        const { picture } = this.drawing;
        if (!this.past.open || !picture) return;
        try {
            const { history } = await this.api.get(`/api/v1/labels/${picture.label}/history`);
            const at = new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'short' });
            this.past.lastElementChild.replaceChildren(...history.map((event) => h('li', {},
                h('span', {}, `#${event.id} ${t(`label_act_${event.act}`)}`),
                h('span', { class: 'quiet' }, ` ${categoryText(event.shape.category)} · ${person(event.by)} · ${at.format(event.at)}`))));
        } catch {
            // It is shown with the next change.
        }
    }
}
