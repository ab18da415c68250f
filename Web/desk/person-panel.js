// The right side: who the customer is, by all ids; from where they came, what was before, why this agent, and notes.

import { brief, full } from '../dates.js';
import { t } from '../language.js';
import { deskGet } from '../matrix/desk.js';
import { avatarOf } from '../parts/avatar.js';
import { iconButton } from '../parts/buttons.js';
import { h } from '../parts/dom.js';
import { moment, tried } from './parts.js';
import { mergesPart, profilePart } from './person-tools.js';

export class PersonPanel {
    #key = null;
    #details = null;
    #drafts = new Map();

    constructor(client, store, close) {
        this.client = client;
        this.store = store;
        this.note = h('textarea', { class: 'input', id: 'desk-note', rows: 2, hint: 'desk_note_hint', label: 'desk_note', maxlength: 4000 });
        this.noteForm = h('form', { class: 'note-form' }, this.note, h('button', { type: 'submit', class: 'button is-small', t: 'desk_note_add' }));
        this.noteForm.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#addNote();
        });
        // What is being written stays in the page: everything else is drawn around it.
        this.above = h('div', { class: 'info-part' });
        this.noteList = h('ul', { class: 'note-list' });
        this.below = h('div', { class: 'info-part' });
        this.body = h('div', { class: 'info-body' }, this.above,
            h('section', { class: 'panel-part' }, h('h3', { class: 'section-title', t: 'desk_notes' }), this.noteList, this.noteForm), this.below);
        this.element = h('aside', { class: 'info', label: 'desk_person', hidden: true },
            h('header', { class: 'info-head' }, h('h2', { t: 'desk_person' }), iconButton('close', 'close', close)), this.body);
        document.addEventListener('vitrine:language', () => this.#draw());
    }

    focusNote() {
        if (!this.element.hidden) this.note.focus();
    }

    async show(found) {
        const key = `${found.number} ${found.n} ${found.person}`;
        if (this.#key === key) return;
        this.#key = key;
        this.#keepDraft(found.number);
        await this.#load(found);
    }

    // Each conversation has its own unsent note: one for this customer must not end with another.
    #keepDraft(number) {
        if (this.number === number) return;
        this.#drafts.set(this.number, this.note.value);
        this.number = number;
        this.note.value = this.#drafts.get(number) ?? '';
    }

    async #load(found) {
        const get = (target) => deskGet(this.client, target).catch(() => ({}));
        const [person, steps, notes] = await Promise.all([get(`persons/${found.person}`),
            get(`conversations/${found.number}/transitions`), get(`conversations/${found.number}/notes`)]);
        if (!this.#key?.startsWith(`${found.number} `)) return;
        this.#details = { found, person, steps: steps.transitions ?? [], notes: notes.notes ?? [] };
        this.#draw();
    }

    async #addNote() {
        const text = this.note.value.trim();
        const found = this.#details?.found;
        if (!text || !found) return;
        if (!await tried(() => this.store.command(found.number, 'notes', { text }))) return;
        // What was written while the note was on its way is another one.
        if (this.number === found.number && this.note.value.trim() === text) this.note.value = '';
        this.#drafts.delete(found.number);
        await this.#load(found);
    }

    #draw() {
        if (!this.#details) return;
        const { found, person, steps, notes } = this.#details;
        const name = this.store.nameOf(found);
        this.above.replaceChildren(
            h('div', { class: 'info-face' }, avatarOf({ id: found.room_id, name, avatar: null, client: this.client }),
                h('p', { class: 'info-name', dir: 'auto' }, name)),
            ...[profilePart(this.store, found, person, () => this.#load(found)), this.#ids(person)].filter(Boolean));
        this.noteList.replaceChildren(...this.#notes(notes));
        this.below.replaceChildren(...[this.#why(steps), this.#past(person, found), this.#scenes(person), mergesPart(this.store, found, person, () => this.#load(found))].filter(Boolean));
    }

    #section(title, content) {
        return content.length ? h('section', { class: 'panel-part' }, h('h3', { class: 'section-title', t: title }), content) : null;
    }

    #ids(person) {
        const users = person.users ?? [];
        return this.#section('desk_ids', users.length ? [h('ul', { class: 'panel-list' }, users.map((user) => h('li', {},
            h('span', { tip: user.anonymous ? 'desk_id_visitor' : 'desk_id_account', t: user.anonymous ? 'desk_id_visitor' : 'desk_id_account' }), moment(user.since_ts, full(user.since_ts)))))] : []);
    }

    #notes(notes) {
        return notes.map((note) => h('li', { class: note.whisper ? 'is-whisper' : '' }, note.whisper ? h('span', { class: 'tag', t: 'desk_whisper' }) : null, h('p', { dir: 'auto' }, note.text),
            h('span', { class: 'quiet' }, `${note.author_name ?? t('desk_system')} · ${brief(note.ts)}`)));
    }

    // Why this agent: the newest decision of dispatch, in words.
    #why(steps) {
        const reason = (step) => t(`desk_step_${step.reason}`);
        const chosen = steps.findLast((step) => step.why);
        const lines = steps.slice(-6).reverse().map((step) => h('li', {}, h('span', {}, reason(step)), moment(step.ts, brief(step.ts))));
        const words = chosen ? [h('p', { class: 'quiet' }, t('desk_why', {
            eligible: chosen.why.eligible, seconds: Math.round((chosen.why.waited_ms ?? 0) / 1000),
            load: chosen.why.candidates?.[0]?.load ?? 0, capacity: chosen.why.candidates?.[0]?.capacity ?? 0,
        }))] : [];
        return this.#section('desk_steps', [...words, h('ul', { class: 'panel-list' }, lines)]);
    }

    #past(person, found) {
        const others = (person.conversations ?? []).filter((each) => each.number !== found.number).slice(0, 8);
        return this.#section('desk_past', others.length ? [h('ul', { class: 'panel-list' }, others.map((each) => h('li', {},
            h('a', { href: `#/${each.number}`, dir: 'auto' }, each.topic), moment(each.opened_ts, brief(each.opened_ts)))))] : []);
    }

    #scenes(person) {
        const scenes = (person.scenes ?? []).slice(0, 8);
        return this.#section('desk_scenes', scenes.length ? [h('ul', { class: 'panel-list' }, scenes.map((scene) => h('li', {},
            h('span', { dir: 'auto' }, scene.item?.title ?? scene.entry), moment(scene.ts, brief(scene.ts)))))] : []);
    }
}
