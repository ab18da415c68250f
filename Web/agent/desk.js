// The desk: sidebar, conversation and side panel together, the address (#/room) and the keys. On a phone list and
// conversation are two screens, and the browser's back button goes from one to the other.

import '../parts/banner.js';
import { closeMenu } from '../parts/menu.js';
import { confirmed } from '../parts/dialog.js';
import { h, isTyping, setAttribute } from '../parts/dom.js';
import { acceptDrops } from '../parts/drop.js';
import { mark } from '../parts/icons.js';
import { setTitle, setTitleCount } from '../parts/title-badge.js';
import { readItem, writeItem } from '../matrix/storage.js';
import { Conversation } from './conversation.js';
import { CustomerInfo } from './customer-info.js';
import { showHelp } from './help.js';
import { Inbox } from './inbox.js';
import { Notices } from './notice.js';
import { showSessions } from './sessions.js';
import { Sidebar } from './sidebar.js';

function roomInAddress() {
    try {
        return decodeURIComponent(window.location.hash.replace(/^#\/?/, ''));
    } catch {
        return '';
    }
}

export class Desk {
    constructor(client) {
        this.client = client;
        this.inbox = new Inbox(client);
        this.notices = new Notices(client, this.inbox);
        this.sidebar = new Sidebar(client, this.inbox, {
            open: (room, event) => this.open(room, event), settings: () => this.#settings(),
        });
        this.conversation = new Conversation(client, this.inbox, {
            close: () => this.leave(), toggleInfo: () => this.toggleInfo(),
        });
        this.info = new CustomerInfo(client, this.inbox, () => this.toggleInfo());
        this.banner = document.createElement('vt-banner');
        this.nothing = h('div', { class: 'nothing' },
            mark(), h('p', { t: 'choose_conversation' }), h('p', { class: 'quiet', t: 'choose_hint' }));
        const main = h('main', { class: 'desk-main' }, this.nothing, this.conversation.element);
        this.element = h('div', { class: 'desk' }, this.banner, this.sidebar.element, main, this.info.element);
        this.onKey = (event) => this.#key(event);
        this.onAddress = () => this.#followAddress();
        this.wantsInfo = readItem('info') !== false;
    }

    begin() {
        setTitle('Vitrine');
        this.banner.follow(this.client);
        acceptDrops(this.element, () => (this.conversation.roomId ? this.conversation.composer : null));
        document.addEventListener('keydown', this.onKey);
        window.addEventListener('hashchange', this.onAddress);
        this.conversation.composer.addEventListener('vt-escape', () => this.leave());
        this.client.addEventListener('room', ({ detail }) => {
            if (detail.id === this.conversation.roomId) this.#drawInfo();
        });
        this.inbox.refresh().then(() => this.#followAddress());
    }

    end() {
        document.removeEventListener('keydown', this.onKey);
        window.removeEventListener('hashchange', this.onAddress);
        setTitleCount(0);
        closeMenu();
        if (window.location.hash) window.history.replaceState(null, '', window.location.pathname);
    }

    /** Opens a conversation by changing the address; the address is followed from there. */
    open(roomId, eventId = null) {
        this.wantedEvent = eventId;
        const wanted = `#/${encodeURIComponent(roomId)}`;
        if (window.location.hash === wanted) this.#followAddress();
        else window.location.hash = wanted;
    }

    leave() {
        if (!this.conversation.roomId) return;
        window.location.hash = '';
    }

    toggleInfo() {
        this.wantsInfo = this.info.element.hidden;
        writeItem('info', this.wantsInfo);
        this.#drawInfo();
        if (this.wantsInfo) this.info.element.querySelector('button')?.focus();
        else this.conversation.infoButton.focus();
    }

    #followAddress() {
        const named = roomInAddress();
        const isKnown = !this.inbox.isLoaded || this.inbox.get(named) !== null || this.client.rooms.has(named);
        const id = isKnown ? named : '';
        const eventId = this.wantedEvent ?? null;
        this.wantedEvent = null;
        this.element.dataset.screen = id ? 'room' : 'list';
        this.nothing.hidden = Boolean(id);
        this.sidebar.inboxView.current = id || null;
        if (id) {
            this.conversation.open(id, { eventId });
        } else if (this.conversation.roomId) {
            const left = this.conversation.roomId;
            this.conversation.shut();
            this.sidebar.inboxView.current = left;
            this.sidebar.inboxView.focusCurrent();
            this.sidebar.inboxView.current = null;
        }
        this.#drawInfo();
    }

    #drawInfo() {
        const { roomId } = this.conversation;
        const narrow = window.matchMedia('(max-width: 1099px)').matches;
        if (narrow && this.shownFor !== roomId) this.wantsInfo = false;
        this.shownFor = roomId;
        this.info.element.hidden = !roomId || !this.wantsInfo;
        setAttribute(this.conversation.infoButton, 'aria-pressed', String(!this.info.element.hidden));
        if (!this.info.element.hidden) this.info.show(this.client.room(roomId));
    }

    #settings() {
        const { sound } = this.notices;
        return [
            {
                icon: sound ? 'bell' : 'bellOff', t: sound ? 'sound_off' : 'sound_on',
                action: () => this.notices.setSound(!sound),
            },
            { icon: 'devices', t: 'sessions', action: () => showSessions(this.client) },
            { icon: 'keyboard', t: 'keyboard', action: () => showHelp() },
            { icon: 'leave', t: 'log_out', danger: true, action: () => this.#logOut() },
        ];
    }

    async #logOut() {
        if (await confirmed('log_out', 'log_out_question', 'log_out')) await this.client.logout();
    }

    #key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        if (document.querySelector('dialog[open], .menu') || isTyping(document.activeElement)) return;
        const { inboxView } = this.sidebar;
        const action = {
            j: () => inboxView.move(1), k: () => inboxView.move(-1), '/': () => this.sidebar.focusSearch(),
            '?': () => showHelp(), u: () => this.conversation.markUnread(), Escape: () => this.leave(),
            i: () => { if (this.conversation.roomId) this.toggleInfo(); },
        }[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    }
}
