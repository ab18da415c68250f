// Keyboard in a list of messages: the list is one tab stop, the arrow keys move between messages, Enter opens the menu
// of one, and only the controls of the current message can be reached with Tab.

export class MessageFocus {
    constructor(list) {
        this.list = list;
        list.addEventListener('keydown', (event) => this.#key(event));
        list.addEventListener('focusin', (event) => this.#focused(event.target.closest('vt-message')));
    }

    focusLast() {
        this.#messages().at(-1)?.focus();
    }

    /** To call after the list changed: exactly one message, the current or else the newest, takes part in Tab. */
    keepOneTabStop() {
        const current = this.list.querySelector('vt-message[tabindex="0"]') ?? this.#messages().at(-1);
        const stray = 'vt-message[tabindex="-1"] :is(button, a):not([tabindex="-1"])';
        for (const inner of this.list.querySelectorAll(stray)) inner.tabIndex = -1;
        if (current) this.#setStop(current, true);
    }

    #messages() {
        return [...this.list.querySelectorAll('vt-message')];
    }

    #focused(message) {
        if (!message) return;
        for (const each of this.list.querySelectorAll('vt-message[tabindex="0"]')) this.#setStop(each, false);
        this.#setStop(message, true);
    }

    #setStop(message, on) {
        message.tabIndex = on ? 0 : -1;
        for (const inner of message.querySelectorAll('button, a')) inner.tabIndex = on ? 0 : -1;
    }

    #key(event) {
        const message = event.target.closest('vt-message');
        if (!message || event.target !== message) return;
        const all = this.#messages();
        const at = all.indexOf(message);
        const next = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
        if (next) {
            event.preventDefault();
            next.focus();
            next.scrollIntoView({ block: 'nearest' });
        } else if (event.key === 'Enter' || event.key === ' ' || event.key === 'ContextMenu') {
            event.preventDefault();
            message.openMenu();
        }
    }
}
