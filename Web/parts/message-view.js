// <vt-message>: one message. It redraws only the parts that changed, so a receipt does not reload a picture.

import { clock, full } from '../dates.js';
import { counted, language, t } from '../language.js';
import { replyTarget, isRedacted } from '../matrix/event.js';
import { readBusinessCard } from '../matrix/desk.js';
import { findEvent } from '../matrix/history.js';
import { avatarOf } from './avatar.js';
import { linkButton, menuButton } from './buttons.js';
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
        const small = { className: 'message-more', tabindex: -1 };
        this.more = menuButton('more', 'message_options', () => this.openMenu(), small);
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
        const card = item.redacted ? null : readBusinessCard(item.content);
        const bare = !item.redacted && item.content.msgtype === 'm.image';
        this.className = classes + (bare ? ' is-picture' : '') + (item.redacted ? ' is-recalled' : '')
            + (card ? ' is-card' : '');
        this.dataset.state = item.state ?? '';
        this.dataset.event = item.event?.event_id ?? '';
        this.more.hidden = item.redacted || !item.event;
        const { edit, redacted, content, state } = item;
        const person = context.personOf(item.sender);
        this.#part('sender', [item.grouped, item.mine, person], () => this.#drawSender(person));
        this.#part('quote', [redacted, item.event ? replyTarget(item.event) : null], () => this.#drawQuote());
        // The address of an own picture comes after its upload and is no reason to draw it again.
        this.#part('body', [edit, redacted, content.msgtype, content.body, bare ? null : content.url, card?.rev],
            () => this.body.replaceChildren(bodyOf(item, context.client)));
        if (bare) this.#adoptAddress();
        this.#part('meta', [item.ts, edit, state], () => this.#drawMeta());
        const reactions = item.reactions.map((each) => [each.key, ...each.senders.keys()]);
        this.#part('reactions', reactions, () => this.#drawReactions());
        const readLine = item.isLastRead ? context.readLine(item) : null;
        this.#part('after', [state, readLine], () => this.#drawAfter(readLine));
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
        const { client } = this.context;
        if (url) picture?.configure({ client, source: { mxc: url }, info, name: String(body ?? '') });
    }

    #drawSender(person) {
        const { item, context } = this;
        const shown = !item.mine && !item.grouped && context.showsFaces;
        this.face.replaceChildren(...(shown ? [avatarOf({ ...person, client: context.client })] : []));
        this.senderLine.hidden = !shown;
        const badge = shown && person.badge ? h('span', { class: 'tag', t: person.badge }) : null;
        this.senderLine.replaceChildren(...(shown ? [h('span', {}, person.name), badge].filter(Boolean) : []));
    }

    async #drawQuote() {
        const target = this.item.redacted || !this.item.event ? null : replyTarget(this.item.event);
        this.quote.replaceChildren();
        if (!target) return;
        const { client, room, personOf } = this.context;
        const event = await findEvent(client, room, target);
        const quoted = event ? room.timeline.relations.contentOf(event).content : null;
        const words = quoted ? summaryOf(quoted, isRedacted(event)) : t('message_gone');
        const jump = () => this.#tell('vt-jump', { eventId: target });
        this.quote.replaceChildren(h('button', { type: 'button', class: 'quote', on: { click: jump } },
            event ? h('strong', { dir: 'auto' }, personOf(event.sender).name) : null,
            h('span', { dir: 'auto' }, words)));
    }

    #drawMeta() {
        const { item } = this;
        const time = h('time', { datetime: new Date(item.ts).toISOString(), title: full(item.ts) }, clock(item.ts));
        const parts = [time];
        if (item.edit && !item.redacted && !readBusinessCard(item.content)) parts.unshift(h('span', { class: 'edited', t: 'edited' }));
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

    #drawAfter(line) {
        const { item } = this;
        if (item.state === 'failed') {
            this.after.replaceChildren(h('span', { class: 'failed', t: 'not_sent' }),
                linkButton('try_again', () => this.#tell('vt-retry', { item: this.item })),
                linkButton('discard', () => this.#tell('vt-discard', { item: this.item })));
            return;
        }
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
