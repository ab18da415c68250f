// Typing: telling the others, and showing them.

import { t } from '../language.js';
import { setTyping } from '../matrix/actions.js';
import { h, setText } from './dom.js';

const repeatMilliseconds = 8_000;

/** Turns many keystrokes into few requests: at most one in eight seconds, and one when it stops. */
export class TypingSender {
    #roomId = null;
    #told = 0;

    constructor(client) {
        this.client = client;
    }

    set(roomId, typing) {
        if (!roomId || this.client.isOver) return;
        const now = Date.now();
        const isOn = this.#roomId === roomId && now - this.#told < repeatMilliseconds;
        if (typing ? isOn : this.#roomId !== roomId) return;
        this.#roomId = typing ? roomId : null;
        this.#told = now;
        setTyping(this.client, roomId, typing).catch(() => null);
    }
}

/** A line with three dots while others type; `names(users)` answers what to show, or null for no names. */
export class TypingLine {
    constructor() {
        this.words = h('span');
        const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
        this.element = h('div', { class: 'typing', role: 'status', 'aria-live': 'polite' }, dots, this.words);
        this.show([]);
    }

    show(names) {
        this.element.classList.toggle('is-on', names.length > 0);
        const key = names.length > 1 ? 'typing_many' : 'typing_one';
        setText(this.words, names.length ? t(key, { names: names.join(', ') }) : '');
    }
}
