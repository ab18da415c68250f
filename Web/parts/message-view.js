// <vt-message>: one message. It redraws only the parts that changed, so a receipt does not reload a picture.

import { clock, full } from '../dates.js';
import { counted, language, t } from '../language.js';
import { replyTarget, isRedacted } from '../matrix/event.js';
import { findEvent } from '../matrix/history.js';
import { avatarOf } from './avatar.js';
import { h, setText } from './dom.js';
import { icon } from './icons.js';
import { bodyOf, summaryOf } from './message-body.js';

const stateIcons = { sending: 'clock', sent: 'check', read: 'checks', failed: 'warning' };

export class MessageView extends HTMLElement {
    #drawn = {};

    constructor() {
        super();
        this.bubble = h('div', { class: 'bubble' });
        this.quote = h('div', { class: 'quote-slot' });
        this.body = h('div', { class: 'body' });
        this.meta = h('div', { class: 'meta' });
        this.reactions = h('div', { class: 'reactions' });
        this.after = h('div', { class: 'after' });
        this.senderLine = h('div', { class: 'sender', dir: 'auto' });
        this.face = h('div', { class: 'face' });
        this.more = h('button', {
            type: 'button', class: 'icon-button message-more', label: 'message_options', tip: 'message_options',
            'aria-haspopup': 'menu', 'aria-expanded': 'false', tabindex: -1, on: { click: () => this.openMenu() },
        }, icon('more'));
        this.bubble.append(this.quote, this.body, this.meta);
    }

    connectedCallback() {
        if (this.firstChild) return;
        this.setAttribute('role', 'article');
        this.tabIndex = -1;
        const line = h('div', { class: 'bubble-line' }, this.bubble, this.more);
        this.append(this.face, h('div', { class: 'column' }, this.senderLine, line, this.reactions, this.after));
        this.addEventListener('contextmenu', (event) => {
            if (window.getSelection()?.isCollapsed === false || event.target.closest('a, img')) return;
            event.preventDefault();
            this.openMenu();
        });
    }

    /** Shows `item` (of `buildItems`) in `context`: `{client, room, personOf(user), showsFaces, readLine(item)}`. */
    show(item, context) {
        this.item = item;
        this.context = context;
        const classes = `message ${item.mine ? 'is-mine' : 'is-theirs'}${item.grouped ? ' is-grouped' : ''}`;
        const bare = !item.redacted && item.content.msgtype === 'm.image';
        this.className = classes + (bare ? ' is-picture' : '') + (item.redacted ? ' is-recalled' : '');
        this.dataset.state = item.state ?? '';
        this.dataset.event = item.event?.event_id ?? '';
        this.more.hidden = item.redacted || !item.event;
        const local = item.content.url ?? item.entry?.txn ?? '';
        this.#part('sender', [item.grouped, item.mine, item.sender, context.personOf(item.sender)], () => this.#drawSender());
        this.#part('quote', [item.redacted, item.event ? replyTarget(item.event) : null], () => this.#drawQuote());
        this.#part('body', [item.edit, item.redacted, local !== '' && item.content.msgtype === 'm.image' ? 'image' : local,
            item.content.body], () => this.body.replaceChildren(bodyOf(item, context.client)));
        if (bare) this.#adoptAddress();
        this.#part('meta', [item.ts, item.edit, item.state], () => this.#drawMeta());
        this.#part('reactions', item.reactions.map(({ key, senders }) => [key, ...senders.keys()]), () => this.#drawReactions());
        this.#part('after', [item.state, item.isLastRead, item.isLastRead && context.readLine(item)], () => this.#drawAfter());
        this.#name();
    }

    openMenu() {
        if (!this.more.hidden) this.#tell('vt-menu', { item: this.item, anchor: this.more });
    }

    setProgress(part) {
        this.style.setProperty('--progress', String(part));
        this.dataset.progress = 'yes';
    }

    // MARK: Parts

    #part(name, inputs, draw) {
        const key = JSON.stringify([language(), inputs]);
        if (this.#drawn[name] === key) return;
        this.#drawn[name] = key;
        draw();
    }

    #tell(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
    }

    // An own picture that was shown from local bytes keeps its element when its address becomes known.
    #adoptAddress() {
        const picture = this.body.querySelector('vt-picture');
        const { url, info, body } = this.item.content;
        if (url) picture?.configure({ client: this.context.client, source: { mxc: url }, info, name: String(body ?? '') });
    }

    #drawSender() {
        const { item, context } = this;
        const shown = !item.mine && !item.grouped;
        const person = context.personOf(item.sender);
        this.face.replaceChildren(...(shown && context.showsFaces ? [avatarOf({ ...person, client: context.client })] : []));
        this.senderLine.hidden = !shown || !context.showsFaces;
        setText(this.senderLine, shown ? person.name : '');
    }

    async #drawQuote() {
        const target = this.item.redacted || !this.item.event ? null : replyTarget(this.item.event);
        this.quote.replaceChildren();
        if (!target) return;
        const { client, room, personOf } = this.context;
        const event = await findEvent(client, room, target);
        const words = event ? summaryOf(room.timeline.relations.contentOf(event).content, isRedacted(event)) : t('message_gone');
        this.quote.replaceChildren(h('button', {
            type: 'button', class: 'quote', on: { click: () => this.#tell('vt-jump', { eventId: target }) },
        }, event ? h('strong', { dir: 'auto' }, personOf(event.sender).name) : null, h('span', { dir: 'auto' }, words)));
    }

    #drawMeta() {
        const { item } = this;
        const time = h('time', { datetime: new Date(item.ts).toISOString(), title: full(item.ts) }, clock(item.ts));
        const parts = [time];
        if (item.edit && !item.redacted) parts.unshift(h('span', { class: 'edited', t: 'edited' }));
        if (item.state && !item.redacted) {
            const name = t(`state_${item.state}`);
            parts.push(h('span', { class: `state is-${item.state}`, role: 'img', 'aria-label': name, title: name },
                icon(stateIcons[item.state])));
        }
        this.meta.replaceChildren(...parts);
    }

    #drawReactions() {
        const own = this.context.client.session.userId;
        this.reactions.replaceChildren(...this.item.reactions.map(({ key, senders }) => h('button', {
            type: 'button', class: 'reaction', 'aria-pressed': String(senders.has(own)),
            'aria-label': counted('reaction', senders.size, { key }),
            title: [...senders.keys()].map((user) => this.context.personOf(user).name).join(', '),
            on: { click: () => this.#tell('vt-react', { item: this.item, key }) },
        }, h('span', { class: 'reaction-key' }, key), h('span', {}, String(senders.size)))));
    }

    #drawAfter() {
        const { item } = this;
        if (item.state === 'failed') {
            const retry = h('button', { type: 'button', class: 'link', t: 'try_again', on: { click: () => this.#tell('vt-retry', { item }) } });
            const drop = h('button', { type: 'button', class: 'link', t: 'discard', on: { click: () => this.#tell('vt-discard', { item }) } });
            this.after.replaceChildren(h('span', { class: 'failed', t: 'not_sent' }), retry, drop);
            return;
        }
        const line = item.isLastRead ? this.context.readLine(item) : null;
        this.after.replaceChildren(...(line ? [h('span', { class: 'read-line' }, line)] : []));
        if (item.state !== 'sending') delete this.dataset.progress;
    }

    #name() {
        const { item, context } = this;
        const sender = item.mine ? t('you') : context.personOf(item.sender).name;
        const state = item.state && !item.redacted ? `, ${t(`state_${item.state}`)}` : '';
        const name = `${sender}, ${clock(item.ts)}: ${summaryOf(item.content, item.redacted)}${state}`;
        if (this.getAttribute('aria-label') !== name) this.setAttribute('aria-label', name);
    }
}

customElements.define('vt-message', MessageView);
