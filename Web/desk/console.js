// The console: lists, conversation and side panel together, the address (#/number) and the keys.

import '../parts/banner.js';
import { h, isTyping, setAttribute } from '../parts/dom.js';
import { acceptDrops } from '../parts/drop.js';
import { mark } from '../parts/icons.js';
import { closeMenu } from '../parts/menu.js';
import { setTitle, setTitleCount } from '../parts/title-badge.js';
import { Conversation } from '../agent/conversation.js';
import { CaseBar } from './case-bar.js';
import { showKeys } from './keys.js';
import { ListView } from './list-view.js';
import { PersonPanel } from './person-panel.js';
import { Preview } from './preview.js';

export class Console {
    #number = null;

    constructor(client, store) {
        this.client = client;
        this.store = store;
        this.lists = new ListView(store, client, (number) => this.open(number));
        this.conversation = new Conversation(client, store, { close: () => this.open(null), toggleInfo: () => this.togglePanel() });
        this.bar = new CaseBar(client, store, this.conversation);
        this.conversation.element.querySelector('.room-header').after(this.bar.element);
        this.preview = new Preview(client, store, this.bar);
        this.panel = new PersonPanel(client, store, () => this.togglePanel());
        this.nothing = h('div', { class: 'nothing' }, mark(), h('p', { t: 'desk_nothing' }), h('p', { class: 'quiet', t: 'desk_nothing_hint' }));
        const main = h('main', { class: 'desk-main' }, this.nothing, this.conversation.element, this.preview.element);
        this.element = h('div', { class: 'desk is-console' }, document.createElement('vt-banner'), this.lists.element, main, this.panel.element);
        this.onKey = (event) => this.#key(event);
        this.onAddress = () => this.#follow();
        this.wantsPanel = window.matchMedia('(min-width: 1100px)').matches;
    }

    begin() {
        setTitle('Vitrine');
        this.element.querySelector('vt-banner').follow(this.client);
        acceptDrops(this.element, () => (this.conversation.roomId ? this.conversation.composer : null));
        document.addEventListener('keydown', this.onKey);
        window.addEventListener('hashchange', this.onAddress);
        this.conversation.composer.addEventListener('vt-escape', () => this.open(null));
        this.conversation.composer.addEventListener('input', () => this.bar.offerCanned());
        this.conversation.composer.addEventListener('vt-typing', ({ detail }) => { this.bar.looking.typing = detail.typing; });
        this.store.addEventListener('changed', () => this.#changed());
        this.client.addEventListener('room', ({ detail }) => {
            if (detail.id === this.store.byNumber(this.#number)?.room_id) this.#show();
        });
        this.lists.draw();
        this.#follow();
    }

    end() {
        this.store.end();
        this.bar.looking.show(null);
        document.removeEventListener('keydown', this.onKey);
        window.removeEventListener('hashchange', this.onAddress);
        setTitleCount(0);
        closeMenu();
    }

    open(number) {
        const wanted = number === null ? '' : `#/${number}`;
        if (window.location.hash === wanted) this.#follow();
        else window.location.hash = wanted;
    }

    togglePanel() {
        this.wantsPanel = this.panel.element.hidden;
        this.#drawPanel();
    }

    #follow() {
        const number = Number(window.location.hash.replace(/^#\/?/, '')) || null;
        this.#number = number;
        this.store.shown = number;
        this.lists.current = number;
        if (number && !this.store.byNumber(number)) this.store.refresh();
        this.lists.draw();
        this.#show();
    }

    #changed() {
        const waiting = this.store.list('waiting').length;
        setTitleCount(waiting + this.store.list('mine').reduce((sum, each) => sum + (this.store.get(each.room_id)?.unread ?? 0), 0));
        this.#show();
    }

    // The room itself where the agent is in it; else what can be seen from outside.
    #show() {
        const found = this.store.byNumber(this.#number);
        const isInside = found !== null && (this.client.rooms.get(found.room_id)?.hasState ?? false);
        this.element.dataset.screen = found ? 'room' : 'list';
        this.nothing.hidden = found !== null;
        this.bar.show(found);
        if (isInside) {
            this.preview.hide();
            if (this.conversation.roomId !== found.room_id) this.conversation.open(found.room_id);
        } else {
            if (this.conversation.roomId) this.conversation.shut();
            if (found) this.preview.show(found);
            else this.preview.hide();
        }
        this.#drawPanel();
    }

    #drawPanel() {
        const found = this.store.byNumber(this.#number);
        this.panel.element.hidden = !found || !this.wantsPanel;
        setAttribute(this.conversation.infoButton, 'aria-pressed', String(!this.panel.element.hidden));
        if (!this.panel.element.hidden) this.panel.show(found);
    }

    #key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
        if (document.querySelector('dialog[open], .menu') || isTyping(document.activeElement)) return;
        const action = {
            j: () => this.lists.move(1), k: () => this.lists.move(-1), 1: () => this.lists.choose('mine'),
            2: () => this.lists.choose('waiting'), 3: () => this.lists.choose('all'), i: () => this.togglePanel(),
            a: () => this.bar.press('take'), r: () => this.bar.press('resolve'), t: () => this.bar.press('transfer'),
            s: () => this.bar.press('snooze'), c: () => this.bar.press('card'), l: () => this.bar.press('tags'),
            m: () => this.bar.press('macros'), w: () => this.bar.press('whisper'), n: () => this.panel.focusNote(),
            '?': () => showKeys(), Escape: () => this.open(null),
        }[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    }
}
