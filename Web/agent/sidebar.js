// The left column: brand and settings, search, filter, list.

import { menuButton } from '../parts/buttons.js';
import { h, setAttribute } from '../parts/dom.js';
import { icon, mark } from '../parts/icons.js';
import { openMenu } from '../parts/menu.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { InboxView } from './inbox-view.js';
import { SearchView } from './search-view.js';

export class Sidebar {
    /** `open(roomId, eventId?)`, `settings()` answers the entries of the account menu. */
    constructor(client, inbox, { open, settings }) {
        this.inboxView = new InboxView(inbox, client, (roomId) => open(roomId));
        this.searchView = new SearchView(client, (roomId) => inbox.titleOf(roomId), open);
        this.search = h('input', {
            type: 'search', class: 'input search-input', label: 'search', hint: 'search_hint', autocomplete: 'off',
            enterkeyhint: 'search',
        });
        this.search.addEventListener('input', () => this.#searched());
        this.search.addEventListener('keydown', (event) => this.#searchKey(event));
        this.all = this.#filter('filter_all', false);
        this.unread = this.#filter('filter_unread', true);
        const account = menuButton('more', 'account', (button) => openMenu(button, settings(), 'account'));
        const head = h('header', { class: 'side-head' }, h('div', { class: 'brand' }, mark(), h('h1', {}, 'Vitrine')),
            h('div', { class: 'side-tools' }, languageButton(), themeButton(), account));
        const tools = h('div', { class: 'side-search', role: 'search' }, icon('search'), this.search);
        this.element = h('nav', { class: 'side', label: 'conversations' }, head, tools,
            h('div', { class: 'filters', role: 'group', label: 'filter' }, this.all, this.unread),
            h('div', { class: 'side-scroll' }, this.inboxView.element, this.searchView.element));
        this.#setFilter(false);
    }

    focusSearch() {
        this.search.focus();
        this.search.select();
    }

    #filter(name, onlyUnread) {
        const choose = () => this.#setFilter(onlyUnread);
        return h('button', { type: 'button', class: 'filter', t: name, on: { click: choose } });
    }

    #setFilter(onlyUnread) {
        this.inboxView.onlyUnread = onlyUnread;
        setAttribute(this.all, 'aria-pressed', String(!onlyUnread));
        setAttribute(this.unread, 'aria-pressed', String(onlyUnread));
        this.inboxView.draw();
    }

    #searched() {
        this.inboxView.words = this.search.value;
        this.inboxView.draw();
        this.searchView.look(this.search.value);
    }

    #searchKey(event) {
        if (event.key === 'Escape') {
            event.stopPropagation();
            this.search.value = '';
            this.#searched();
            this.inboxView.focusCurrent();
        } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            (this.element.querySelector('.inbox-row') ?? this.element.querySelector('.hit'))?.focus();
        }
    }
}
