// A conversation that the agent is not in: what was said so far, to decide whether to take it.

import { clock } from '../dates.js';
import { deskGet } from '../matrix/desk.js';
import { iconButton } from '../parts/buttons.js';
import { h, setText } from '../parts/dom.js';

export class Preview {
    #key = null;

    constructor(client, store, bar) {
        this.client = client;
        this.store = store;
        this.bar = bar;
        this.title = h('h2', { class: 'room-title', dir: 'auto' });
        this.lines = h('ol', { class: 'preview-lines', tabindex: 0, label: 'conversation' });
        this.slot = h('div', { class: 'case-slot' });
        this.element = h('section', { class: 'room is-preview', label: 'conversation', hidden: true },
            h('header', { class: 'room-header' }, iconButton('back', 'back', () => { window.location.hash = ''; }, { className: 'room-back' }), this.title),
            this.slot, this.lines);
    }

    hide() {
        if (this.element.hidden) return;
        this.element.hidden = true;
        this.#key = null;
        // The bar goes back to where the agent works.
        this.bar.conversation.element.querySelector('.room-header').after(this.bar.element);
    }

    async show(found) {
        this.element.hidden = false;
        if (this.bar.element.parentElement !== this.slot) this.slot.replaceChildren(this.bar.element);
        setText(this.title, this.store.nameOf(found));
        const key = `${found.number} ${found.n}`;
        if (this.#key === key) return;
        this.#key = key;
        const page = await deskGet(this.client, `conversations/${found.number}/messages`, { limit: 30 }).catch(() => ({ chunk: [] }));
        if (this.#key !== key) return;
        const said = page.chunk.filter((event) => event.type === 'm.room.message' && event.content?.['m.relates_to']?.rel_type !== 'm.replace').reverse();
        this.lines.replaceChildren(...said.map((event) => h('li', { class: event.sender === found.customer?.user_id ? 'is-customer' : '' },
            h('span', { dir: 'auto' }, String(event.content.body ?? '').slice(0, 2000)), h('time', { class: 'quiet' }, clock(event.origin_server_ts)))));
    }
}
