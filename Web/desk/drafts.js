// What a robot would answer: above the field, for the agent to use or not. The customer never sees it.

import { deskGet } from '../matrix/desk.js';
import { iconButton } from '../parts/buttons.js';
import { h } from '../parts/dom.js';

const restMilliseconds = 3_000;

export class Drafts {
    #shown = null;
    #asked = 0;
    #done = new Set();

    /** `use(text)` takes a draft; `lastSaid()` is when staff last said something here, or null. */
    constructor(client, use, lastSaid) {
        this.client = client;
        this.use = use;
        this.lastSaid = lastSaid;
        this.element = h('aside', { class: 'desk-draft', label: 'desk_draft', hidden: true });
    }

    /** Looks for drafts of a conversation; null for none. */
    async show(found) {
        const number = found?.number ?? null;
        const now = performance.now();
        if (this.#shown === number && now - this.#asked < restMilliseconds) return;
        if (this.#shown !== number) this.element.hidden = true;
        this.#shown = number;
        this.#asked = now;
        if (number === null) return;
        const { drafts } = await deskGet(this.client, `conversations/${number}/drafts`).catch(() => ({ drafts: [] }));
        if (this.#shown === number) this.#draw(drafts[0]);
    }

    #draw(draft) {
        const isOver = !draft || this.#done.has(draft.draft) || (this.lastSaid() ?? 0) > draft.ts;
        this.element.hidden = isOver;
        if (isOver || this.element.dataset.draft === String(draft.draft)) return;
        this.element.dataset.draft = String(draft.draft);
        const end = () => {
            this.#done.add(draft.draft);
            this.element.hidden = true;
        };
        this.element.replaceChildren(h('span', { class: 'tag', t: 'desk_draft' }), h('p', { class: 'desk-draft-text', dir: 'auto' }, draft.text),
            h('button', { type: 'button', class: 'button is-small', t: 'desk_draft_use', on: { click: () => { this.use(draft.text); end(); } } }),
            iconButton('close', 'desk_draft_leave', end));
    }
}
