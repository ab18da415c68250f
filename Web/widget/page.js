// <vt-widget>: the chat as it stands in a shop's page.

import { addText, t } from '../language.js';
import { sendFile, sendPicture, sendText } from '../matrix/actions.js';
import { isSpeech } from '../matrix/event.js';
import { loadMembers } from '../matrix/history.js';
import '../parts/banner.js';
import { iconButton, menuButton } from '../parts/buttons.js';
import '../parts/composer.js';
import { confirmed } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { acceptDrops } from '../parts/drop.js';
import { mark } from '../parts/icons.js';
import { openMenu } from '../parts/menu.js';
import { answerMessages } from '../parts/message-actions.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { ReadMarker } from '../parts/read-marker.js';
import '../parts/timeline-view.js';
import { setTitle } from '../parts/title-badge.js';
import { prepareToasts } from '../parts/toast.js';
import { TypingLine, TypingSender } from '../parts/typing.js';
import { askToBecome } from './become.js';
import { ClosedForm } from './closed-form.js';
import { itemHeader } from './item-header.js';
import { WidgetNotices } from './notices.js';
import { sceneOfAddress } from './scene.js';
import { StateBar } from './state-bar.js';
import { text } from './text.js';
import { downloadTranscript } from './transcript.js';
import { DeskVisit } from './visit.js';

addText(text);

class WidgetPage extends HTMLElement {
    connectedCallback() {
        this.visit = new DeskVisit(sceneOfAddress());
        this.client = this.visit.client;
        this.banner = document.createElement('vt-banner');
        this.timeline = document.createElement('vt-timeline');
        this.composer = document.createElement('vt-composer');
        this.typingLine = new TypingLine();
        this.typing = new TypingSender(this.client);
        this.notices = new WidgetNotices((message) => this.#tellHost(message));
        this.closed = new ClosedForm(this.visit);
        this.state = new StateBar(this.visit);
        this.pinned = h('div', { class: 'pinned-slot' });
        this.hello = this.#hello();
        const room = h('main', { class: 'shop-room' }, this.hello, this.timeline, this.typingLine.element, this.state.element, this.closed.element, this.composer);
        this.append(h('div', { class: 'shop-window' }, this.#header(), this.banner, this.pinned, room));
        prepareToasts();
        this.#wire();
        this.composer.configure({ takesFiles: true });
        this.composer.openDraft(this.visit.place);
        this.#showRoom();
        this.visit.resume();
        if (window.parent !== window) this.visit.listenForGreeting((words) => this.#greeted(words));
        // From here on something can be written: the page around measures it.
        performance.mark('vitrine-ready');
        this.#tellHost({ vitrine: 'ready' });
    }

    #header() {
        this.name = h('h1', { class: 'shop-name', dir: 'auto' }, 'Vitrine');
        this.line = h('p', { class: 'shop-line', t: 'shop_line' });
        this.more = menuButton('more', 'more', (button) => openMenu(button, this.#entries(), 'more'));
        const close = iconButton('down', 'close', () => this.#tellHost({ vitrine: 'close' }));
        close.hidden = window.parent === window;
        setTitle('Vitrine');
        fetch(`/api/v1/shop${this.visit.scene.shop ? `?shop=${this.visit.scene.shop}` : ''}`).then((reply) => reply.json()).then(({ name }) => {
            setText(this.name, String(name || 'Vitrine'));
            setTitle(this.name.textContent);
        }, () => null);
        return h('header', { class: 'shop-header' }, mark(), h('div', { class: 'shop-title' }, this.name, this.line),
            h('div', { class: 'shop-tools' }, languageButton(), themeButton(), this.more, close));
    }

    #entries() {
        const entries = [];
        if (!this.visit.isKnown) entries.push({ icon: 'leave', t: 'become_title', action: () => askToBecome(this.visit) });
        const { sound } = this.notices;
        entries.push({ icon: sound ? 'bell' : 'bellOff', t: sound ? 'sound_off' : 'sound_on', action: () => this.notices.setSound(!sound) });
        if (this.visit.room) entries.push({ icon: 'download', t: 'transcript', action: () => this.#transcript() });
        if (this.client.session.isOpen) entries.push({ icon: 'trash', t: 'forget_chat', danger: true, action: () => this.#forget() });
        return entries;
    }

    #hello() {
        const { item, entry } = this.visit.scene;
        const questions = item ? ['widget_ask_see', 'widget_ask_price', 'widget_ask_state'] : ['ask_stock', 'ask_delivery', 'ask_return'];
        return h('section', { class: 'welcome', label: 'welcome', data: { entry } }, h('div', { class: 'welcome-sign' }, mark()),
            h('h2', { class: 'welcome-title', t: item ? 'widget_hello_item' : 'widget_hello' }),
            h('p', { class: 'welcome-text', t: 'widget_text' }),
            h('ul', { class: 'chips', label: 'suggestions' }, questions.map((key) => h('li', {},
                h('button', { type: 'button', class: 'chip', t: key, on: { click: () => this.#send({ text: t(key), parts: [], mode: null }) } })))));
    }

    #wire() {
        const { client, timeline, visit } = this;
        this.banner.follow(client);
        timeline.configure(client, {
            client, showsFaces: true, showNotices: false, personOf: (user) => this.#personOf(user),
            readLine: () => t('state_read'), startLine: () => t('start_with', { name: this.name.textContent }),
        });
        new ReadMarker(client, timeline, () => this.notices.read());
        acceptDrops(this, () => this.composer);
        client.addEventListener('started', () => {
            this.#showRoom();
            loadMembers(client, visit.room);
        });
        client.addEventListener('rooms', () => this.#refresh());
        client.addEventListener('room', ({ detail }) => this.#noticed(detail.fresh));
        client.addEventListener('over', () => this.#showRoom());
        visit.addEventListener('changed', () => this.#drawPinned());
        timeline.addEventListener('vt-drawn', () => this.#chooseFace());
        answerMessages(client, timeline, () => ({ composer: this.composer }));
        this.composer.addEventListener('vt-send', ({ detail }) => this.#send(detail));
        this.composer.addEventListener('vt-typing', ({ detail }) => {
            if (visit.roomId) this.typing.set(visit.roomId, detail.typing);
        });
        this.composer.addEventListener('vt-escape', () => this.#tellHost({ vitrine: 'close' }));
        document.addEventListener('vitrine:language', () => this.#drawPinned());
        this.#drawPinned();
    }

    #personOf(user) {
        const { room } = this.visit;
        return room ? room.member(user) : { id: user, name: this.name.textContent, avatar: null };
    }

    // The item that this page is about; without one that of the conversation.
    #drawPinned() {
        const header = itemHeader(this.visit.scene.item ?? this.visit.conversation?.item);
        this.pinned.replaceChildren(...(header ? [header] : []));
    }

    #showRoom() {
        this.timeline.open(this.visit.room);
        this.#refresh();
        this.state.draw();
    }

    #refresh() {
        const { room } = this.visit;
        this.typingLine.show([...(room?.typing ?? [])].map((user) => this.#personOf(user).name));
        this.#chooseFace();
    }

    #chooseFace() {
        const talking = this.timeline.items?.some((item) => item.kind === 'message') ?? false;
        const resuming = this.visit.roomId !== null && this.client.sync.state === 'starting';
        this.hello.hidden = talking || resuming;
        this.timeline.hidden = !talking;
        this.dataset.face = talking ? 'talk' : 'welcome';
        this.dataset.known = this.visit.isKnown ? 'yes' : 'no';
    }

    #noticed(fresh) {
        const { room } = this.visit;
        const spoken = fresh.some((event) => isSpeech(event) && event.sender !== room?.ownUser);
        if (spoken && this.client.sync.state === 'online') this.notices.spoken(room?.unread ?? 1, document.hasFocus());
        this.#chooseFace();
    }

    // Nothing of a conversation is told to the page around: only that it is to close, or that something is unread.
    #tellHost(message) {
        if (window.parent !== window) window.parent.postMessage(message, '*');
    }

    async #send({ text: said, parts, mode }) {
        for (const { picture, file } of parts) {
            if (picture) await sendPicture(this.client, null, picture);
            else if (file) await sendFile(this.client, null, file);
        }
        if (said) await sendText(this.client, null, said, mode?.kind === 'reply' ? mode.event : null);
        this.timeline.keeper.toEnd();
        this.composer.offerFocus();
    }

    // The shop speaks first, as its rules say: beside the button while the chat is closed, else where it welcomes.
    #greeted(words) {
        setText(this.hello.querySelector('.welcome-text'), words);
        delete this.hello.querySelector('.welcome-text').dataset.t;
        this.#tellHost({ vitrine: 'greeting', text: words });
    }

    #transcript() {
        const nameOf = (user) => (this.visit.room.isMine(user) ? t('you') : this.#personOf(user).name);
        return downloadTranscript(this.client, this.visit.room, this.name.textContent, nameOf);
    }

    async #forget() {
        if (await confirmed('forget_chat', 'forget_question', 'forget_yes')) await this.visit.forget();
    }
}

customElements.define('vt-widget', WidgetPage);
