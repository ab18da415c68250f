// Two colleagues in one conversation see each other: who looks at it and who writes. Customers never hear of it.

import { counted } from '../language.js';
import { deskDelete, deskPut } from '../matrix/desk.js';
import { h, setText } from '../parts/dom.js';

const everyMilliseconds = 3_000;

export class Looking {
    #number = null;
    #timer = null;
    #typing = false;

    constructor(client) {
        this.client = client;
        this.element = h('p', { class: 'desk-looking', role: 'status', hidden: true });
    }

    /** Looks at a conversation from now on; null for none. */
    show(number) {
        if (number === this.#number) return;
        if (this.#number !== null) deskDelete(this.client, `conversations/${this.#number}/look`).catch(() => null);
        clearInterval(this.#timer);
        this.#number = number;
        this.#typing = false;
        this.#draw([]);
        if (number === null) return;
        this.#timer = setInterval(() => this.#tell(), everyMilliseconds);
        this.#tell();
    }

    set typing(value) {
        if (value === this.#typing) return;
        this.#typing = value;
        this.#tell();
    }

    async #tell() {
        const number = this.#number;
        if (number === null || document.visibilityState !== 'visible') return;
        try {
            const { looking } = await deskPut(this.client, `conversations/${number}/look`, { typing: this.#typing });
            if (number === this.#number) this.#draw(looking);
        } catch {
            // A conversation that is gone from sight; the console says so itself.
            this.#draw([]);
        }
    }

    #draw(looking) {
        const words = (key, found) => (found.length
            ? counted(key, found.length, { names: found.map((each) => each.name || each.user_id).join(', ') }) : null);
        const said = [words('desk_writes', looking.filter((each) => each.typing)), words('desk_looks', looking.filter((each) => !each.typing))];
        this.element.hidden = looking.length === 0;
        setText(this.element, said.filter(Boolean).join(' · '));
    }
}
