// The left side: whether one takes conversations, three lists, and the rows of the chosen one.

import { brief } from '../dates.js';
import { counted, t } from '../language.js';
import { avatarOf } from '../parts/avatar.js';
import { h, setText } from '../parts/dom.js';
import { brand } from './parts.js';

const names = ['mine', 'waiting', 'all'];

function waited(ts) {
    const minutes = Math.max(0, Math.floor((Date.now() - ts) / 60_000));
    return minutes < 1 ? t('desk_just_now') : counted('desk_minutes', minutes);
}

export class ListView {
    #chosen = 'mine';
    #rows = new Map();

    /** `open(number)` is called when a conversation is chosen. */
    constructor(store, client, open) {
        this.store = store;
        this.client = client;
        this.open = open;
        this.current = null;
        this.tabs = new Map(names.map((name) => [name, h('button', {
            type: 'button', class: 'desk-tab', role: 'tab', id: `tab-${name}`, 'aria-controls': 'desk-list', on: { click: () => this.choose(name) },
        }, h('span', { t: `desk_list_${name}` }), h('span', { class: 'desk-count' }))]));
        this.status = h('select', { class: 'input desk-status', label: 'desk_status' }, ['available', 'away', 'offline'].map((name) => (
            h('option', { value: name, t: `desk_status_${name}` }))));
        this.status.addEventListener('change', () => this.store.setStatus(this.status.value));
        this.load = h('p', { class: 'quiet desk-load' });
        this.list = h('ul', { class: 'inbox-list', id: 'desk-list', role: 'tabpanel' });
        this.empty = h('p', { class: 'inbox-empty' });
        this.element = h('aside', { class: 'side' },
            h('header', { class: 'side-head' }, brand(store.mayManage)),
            h('div', { class: 'desk-presence' }, h('span', { class: 'desk-lamp' }), this.status, this.load),
            h('div', { class: 'desk-tabs', role: 'tablist', label: 'conversations' }, [...this.tabs.values()]),
            h('div', { class: 'side-scroll inbox' }, this.list, this.empty));
        store.addEventListener('changed', () => this.draw());
        document.addEventListener('vitrine:language', () => { this.#rows.clear(); this.draw(); });
    }

    choose(name) {
        this.#chosen = name;
        this.draw();
    }

    /** Moves the focus by `step` rows. */
    move(step) {
        const rows = [...this.list.querySelectorAll('.inbox-row')];
        if (rows.length === 0) return;
        const focused = rows.indexOf(document.activeElement);
        const at = focused >= 0 ? focused : rows.findIndex((row) => Number(row.dataset.number) === this.current);
        rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
    }

    draw() {
        const { store } = this;
        const { agent } = store.me;
        for (const [name, tab] of this.tabs) {
            const count = store.list(name).length;
            setText(tab.querySelector('.desk-count'), count ? String(count) : '');
            tab.setAttribute('aria-selected', String(name === this.#chosen));
            tab.tabIndex = name === this.#chosen ? 0 : -1;
        }
        this.list.setAttribute('aria-labelledby', `tab-${this.#chosen}`);
        if (document.activeElement !== this.status) this.status.value = agent.status;
        this.element.dataset.presence = agent.status;
        setText(this.load, t('desk_load', { load: agent.load, capacity: agent.capacity }));
        const shown = store.list(this.#chosen);
        const kept = new Set(shown.map((each) => each.number));
        for (const [number, row] of this.#rows) if (!kept.has(number)) this.#rows.delete(number) && row.remove();
        shown.forEach((each, index) => {
            const row = this.#row(each);
            if (this.list.children[index] !== row) this.list.insertBefore(row, this.list.children[index] ?? null);
        });
        this.empty.hidden = shown.length > 0;
        setText(this.empty, t(`desk_none_${this.#chosen}`));
    }

    #row(each) {
        const old = this.#rows.get(each.number);
        const room = this.client.rooms.get(each.room_id);
        const unread = room?.unread ?? 0;
        const about = each.item?.title ?? each.topic;
        const key = JSON.stringify([each, unread, this.current === each.number, Math.floor(Date.now() / 60_000)]);
        if (old?.dataset.key === key) return old;
        const name = this.store.nameOf(each);
        const button = h('button', {
            type: 'button', class: 'inbox-row', data: { number: each.number, status: each.status },
            'aria-current': this.current === each.number ? 'true' : null, on: { click: () => this.open(each.number) },
        }, avatarOf({ id: each.room_id, name, avatar: null, client: this.client }),
        h('span', { class: 'inbox-title', dir: 'auto' }, name),
        h('span', { class: 'inbox-time' }, each.status === 'queued' ? waited(each.waiting_since_ts) : brief(each.opened_ts)),
        h('span', { class: 'inbox-last', dir: 'auto' }, [this.store.shopName(each), about].filter(Boolean).join(' · ')),
        unread ? h('span', { class: 'badge' }, String(unread)) : h('span', { class: `desk-state is-${each.status}`, t: `desk_state_${each.status}` }));
        const row = h('li', {}, button);
        row.dataset.key = key;
        if (old) {
            const focused = old.contains(document.activeElement);
            old.replaceWith(row);
            if (focused) button.focus();
        }
        this.#rows.set(each.number, row);
        return row;
    }
}
