// The list of conversations on the left: one tab stop, arrows or j/k move, Enter opens.

import { brief, full } from '../dates.js';
import { counted, t } from '../language.js';
import { isRedacted } from '../matrix/event.js';
import { avatarOf } from '../parts/avatar.js';
import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { summaryOf } from '../parts/message-body.js';

export class InboxView {
    #rows = new Map();
    #current = null;

    /** `open(roomId)` is called when a conversation is chosen. */
    constructor(inbox, client, open) {
        this.inbox = inbox;
        this.client = client;
        this.open = open;
        this.words = '';
        this.onlyUnread = false;
        this.list = h('ul', { class: 'inbox-list', label: 'conversations' });
        this.empty = h('p', { class: 'inbox-empty' });
        this.element = h('div', { class: 'inbox' }, this.list, this.empty);
        this.list.addEventListener('keydown', (event) => this.#key(event));
        inbox.addEventListener('changed', () => this.draw());
        document.addEventListener('vitrine:language', () => {
            this.#rows.clear();
            this.draw();
        });
    }

    set current(roomId) {
        this.#current = roomId;
        this.draw();
    }

    /** The rooms as listed now. */
    get shown() {
        const words = this.words.trim().toLocaleLowerCase();
        const matches = (each) => (this.inbox.titleOf(each.room) ?? '').toLocaleLowerCase().includes(words);
        const isWanted = (each) => each.unread > 0 || each.marked_unread || each.room === this.#current;
        return this.inbox.conversations.filter((each) => (!words || matches(each))
            && (!this.onlyUnread || isWanted(each)));
    }

    /** Moves the focus by `step` rows, starting from the focused, else the open, row. */
    move(step) {
        const rows = [...this.list.querySelectorAll('.inbox-row')];
        if (rows.length === 0) return;
        const at = rows.includes(document.activeElement) ? rows.indexOf(document.activeElement)
            : rows.findIndex((row) => row.dataset.room === this.#current);
        const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
        this.#focus(rows[next]);
    }

    focusCurrent() {
        const rows = [...this.list.querySelectorAll('.inbox-row')];
        this.#focus(rows.find((row) => row.dataset.room === this.#current) ?? rows[0]);
    }

    draw() {
        const shown = this.shown;
        const kept = new Set(shown.map((each) => each.room));
        for (const [room, row] of this.#rows) {
            if (kept.has(room)) continue;
            row.item.remove();
            this.#rows.delete(room);
        }
        const focused = document.activeElement;
        let at = this.list.firstChild;
        for (const each of shown) {
            const row = this.#rowFor(each);
            if (row.item === at) at = at.nextSibling;
            else this.list.insertBefore(row.item, at);
        }
        while (at) {
            const following = at.nextSibling;
            at.remove();
            at = following;
        }
        if (this.list.contains(focused)) focused.focus();
        this.#keepOneTabStop();
        this.empty.hidden = shown.length > 0;
        this.empty.textContent = t(!this.inbox.isLoaded ? (this.inbox.hasFailed ? 'inbox_failed' : 'inbox_loading')
            : this.words || this.onlyUnread ? 'inbox_none_match' : 'inbox_empty');
    }

    // MARK: Rows

    #rowFor(each) {
        const isCurrent = each.room === this.#current;
        const title = this.inbox.titleOf(each.room) ?? '…';
        const last = safeEvent(each.last);
        const key = JSON.stringify([title, each.avatar, last.event_id, isRedacted(last), each.last_ts, each.unread,
            each.marked_unread, isCurrent, new Date().toDateString()]);
        let row = this.#rows.get(each.room);
        if (!row) {
            const button = h('button', {
                type: 'button', class: 'inbox-row', data: { room: each.room }, tabindex: -1,
                on: { click: () => this.open(each.room) },
            });
            row = { item: h('li', {}, button), button, key: null };
            this.#rows.set(each.room, row);
        }
        if (row.key !== key) {
            row.key = key;
            this.#fill(row.button, each, title, isCurrent);
        }
        return row;
    }

    #fill(button, each, title, isCurrent) {
        const isUnread = each.unread > 0 || each.marked_unread;
        button.classList.toggle('is-unread', isUnread);
        if (isCurrent) button.setAttribute('aria-current', 'true');
        else button.removeAttribute('aria-current');
        button.replaceChildren(
            avatarOf({ id: each.room, name: title, avatar: each.avatar, client: this.client }),
            h('span', { class: 'inbox-title', dir: 'auto' }, title),
            each.last_ts ? h('time', { class: 'inbox-time', title: full(each.last_ts) }, brief(each.last_ts)) : '',
            h('span', { class: 'inbox-last', dir: 'auto' }, this.#lastLine(each)),
            ...this.#badge(each));
    }

    #lastLine(each) {
        const event = safeEvent(each.last);
        if (event.type !== 'm.room.message') return '';
        const content = event.content['m.new_content'] ?? event.content;
        const words = summaryOf(content, isRedacted(event));
        const isOwn = event.sender === this.client.session.userId;
        return isOwn ? [h('span', { class: 'inbox-you', t: 'you_prefix' }), ' ', words] : words;
    }

    #badge(each) {
        if (each.unread > 0) {
            const name = counted('unread', each.unread);
            const number = each.unread > 99 ? '99+' : String(each.unread);
            return [h('span', { class: 'badge', role: 'img', 'aria-label': name }, number)];
        }
        if (!each.marked_unread) return [];
        return [h('span', { class: 'badge is-dot', role: 'img', label: 'marked_unread' }, icon('unread'))];
    }

    // MARK: Keyboard

    #focus(row) {
        if (!row) return;
        for (const each of this.list.querySelectorAll('.inbox-row[tabindex="0"]')) each.tabIndex = -1;
        row.tabIndex = 0;
        row.focus();
        row.scrollIntoView({ block: 'nearest' });
    }

    #keepOneTabStop() {
        const rows = [...this.list.querySelectorAll('.inbox-row')];
        if (rows.some((row) => row.tabIndex === 0)) return;
        const stop = rows.find((row) => row.dataset.room === this.#current) ?? rows[0];
        if (stop) stop.tabIndex = 0;
    }

    #key(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        this.move(step);
    }
}

function safeEvent(event) {
    return typeof event?.content === 'object' && event.content !== null ? event : { type: '', content: {}, sender: '' };
}
