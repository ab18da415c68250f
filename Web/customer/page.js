// <vt-customer>: the whole customer page.

import { t } from '../language.js';
import { isSpeech } from '../matrix/event.js';
import { sendPicture, sendText } from '../matrix/actions.js';
import { loadMembers } from '../matrix/history.js';
import '../parts/banner.js';
import '../parts/composer.js';
import { confirmed } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { acceptDrops } from '../parts/drop.js';
import { answerMessages } from '../parts/message-actions.js';
import { ReadMarker } from '../parts/read-marker.js';
import '../parts/timeline-view.js';
import { setTitle, setTitleCount } from '../parts/title-badge.js';
import { prepareToasts, toast } from '../parts/toast.js';
import { TypingLine, TypingSender } from '../parts/typing.js';
import { findAndTell } from '../scan/dialog.js';
import { findEntries } from '../scan/find.js';
import { ShopHeader } from './header.js';
import { Visit } from './visit.js';
import { welcome } from './welcome.js';

class CustomerPage extends HTMLElement {
    connectedCallback() {
        this.visit = new Visit();
        this.client = this.visit.client;
        this.header = new ShopHeader(this.client, () => this.#forget(), () => setTitle(this.header.title));
        this.banner = document.createElement('vt-banner');
        this.timeline = document.createElement('vt-timeline');
        this.composer = document.createElement('vt-composer');
        this.typingLine = new TypingLine();
        this.typing = new TypingSender(this.client);
        this.welcome = welcome((words) => this.#send({ text: words, parts: [], mode: null }));
        const talk = [this.welcome, this.timeline, this.typingLine.element, this.composer];
        const room = h('main', { class: 'shop-room' }, talk);
        this.append(h('div', { class: 'shop-window' }, this.header.element, this.banner, room));
        prepareToasts();
        this.#wire();
        this.composer.configure();
        this.composer.openDraft('customer');
        this.#showRoom();
        this.visit.resume();
    }

    #wire() {
        const { client, timeline } = this;
        this.banner.follow(client);
        timeline.configure(client, {
            client, showsFaces: true, showNotices: false, personOf: (user) => this.#personOf(user),
            readLine: () => t('state_read'), startLine: () => t('start_with', { name: this.header.title }),
        });
        new ReadMarker(client, timeline, () => setTitleCount(0));
        acceptDrops(this, () => this.composer);
        client.addEventListener('started', () => {
            this.#showRoom();
            loadMembers(client, this.visit.room);
        });
        client.addEventListener('rooms', () => this.#refresh());
        client.addEventListener('room', ({ detail }) => this.#noticed(detail.fresh));
        client.addEventListener('over', ({ detail }) => this.#over(detail.reason));
        timeline.addEventListener('vt-drawn', () => this.#chooseFace());
        const find = (media) => findAndTell(client, this.visit.roomId, media);
        answerMessages(client, timeline, (item) => ({ composer: this.composer, extra: findEntries(item, find) }));
        timeline.addEventListener('vt-find', ({ detail }) => find(detail.media));
        this.composer.addEventListener('vt-send', ({ detail }) => this.#send(detail));
        this.composer.addEventListener('vt-typing', ({ detail }) => this.typing.set(this.visit.roomId, detail.typing));
        document.addEventListener('vitrine:language', () => this.#refresh());
    }

    #personOf(user) {
        const room = this.visit.room;
        return room ? room.member(user) : { id: user, name: this.header.title, avatar: null };
    }

    #showRoom() {
        this.timeline.open(this.visit.room);
        this.#refresh();
    }

    #refresh() {
        const { room } = this.visit;
        this.header.show(room);
        setTitle(this.header.title);
        this.typingLine.show([...(room?.typing ?? [])].map((user) => this.#personOf(user).name));
    }

    // The greeting gives way as soon as there is, or is about to be, a conversation.
    #chooseFace() {
        const talking = this.timeline.items.some((item) => item.kind === 'message');
        const resuming = this.visit.roomId !== null && this.client.sync.state === 'starting';
        this.welcome.hidden = talking || resuming;
        this.timeline.hidden = !talking;
        this.dataset.face = talking ? 'talk' : 'welcome';
    }

    #noticed(fresh) {
        const { room } = this.visit;
        const spoken = fresh.some((event) => isSpeech(event) && event.sender !== room?.ownUser);
        if (spoken && !document.hasFocus()) setTitleCount(Math.max(1, room.unread));
        this.#chooseFace();
    }

    async #send({ text, parts, mode }) {
        for (const { picture } of parts) if (picture) await sendPicture(this.client, null, picture);
        if (text) await sendText(this.client, null, text, mode?.kind === 'reply' ? mode.event : null);
        this.timeline.keeper.toEnd();
        this.composer.offerFocus();
    }

    #over(reason) {
        this.#showRoom();
        if (reason !== 'logout') toast('visit_ended');
    }

    async #forget() {
        if (await confirmed('forget_chat', 'forget_question', 'forget_yes')) await this.visit.forget();
    }
}

customElements.define('vt-customer', CustomerPage);
