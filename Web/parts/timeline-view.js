// <vt-timeline>: the scrolling list of a conversation. Draws the items of `buildItems`, keeps elements by key, loads
// older pages and holes as they come into view, and says what is new.

import { day } from '../dates.js';
import { counted, t } from '../language.js';
import { fillBefore, loadAround, loadOlder, repair } from '../matrix/history.js';
import { isRedacted, sequenceOf } from '../matrix/event.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { buildItems } from './items.js';
import { summaryOf } from './message-body.js';
import { MessageFocus } from './message-focus.js';
import './message-view.js';
import { ScrollKeeper } from './scroll.js';

const smallHole = 200;

export class TimelineView extends HTMLElement {
    #elements = new Map();
    #room = null;
    #below = 0;
    #scheduled = false;

    constructor() {
        super();
        this.list = h('div', { class: 'timeline-list', role: 'group', label: 'conversation' });
        this.scroller = h('div', { class: 'timeline-scroller', tabindex: -1 }, this.list);
        this.jump = h('button', { type: 'button', class: 'jump', hidden: true, on: { click: () => this.toNewest() } });
        this.spoken = h('div', { class: 'visually-hidden', role: 'log', 'aria-live': 'polite', label: 'new_messages' });
        this.focusing = new MessageFocus(this.list);
        this.keeper = new ScrollKeeper(this.scroller, this.list);
        const nearby = { root: this.scroller, rootMargin: '400px 0px' };
        this.seen = new IntersectionObserver((all) => this.#cameIntoView(all), nearby);
    }

    connectedCallback() {
        if (this.firstChild) return;
        this.append(this.scroller, this.jump, this.spoken);
        this.keeper.watch();
        this.scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
        this.addEventListener('vt-jump', (event) => this.showEvent(event.detail.eventId));
        document.addEventListener('vitrine:language', () => this.draw());
    }

    /** `context` as `MessageView.show` takes it, without room; `showNotices` as `buildItems` takes it. */
    configure(client, context) {
        this.client = client;
        this.context = context;
        client.addEventListener('room', ({ detail }) => {
            if (detail.id !== this.#room?.id) return;
            this.#repairSmallHoles();
            this.#announce(detail.fresh);
            this.drawSoon();
        });
        client.addEventListener('outbox', () => this.drawSoon());
        client.addEventListener('progress', ({ detail }) => this.#elements.get(detail.txn)?.setProgress?.(detail.part));
    }

    get room() {
        return this.#room;
    }

    /** Shows `room` from its newest message. `unreadAfter`: see `buildItems`. */
    open(room, { unreadAfter = null } = {}) {
        this.#room = room;
        this.unreadAfter = unreadAfter;
        this.#elements.clear();
        this.list.replaceChildren();
        this.spoken.replaceChildren();
        this.#setBelow(0);
        this.keeper.atEnd = true;
        this.draw();
        this.#repairSmallHoles();
    }

    toNewest() {
        this.keeper.toEnd({ smooth: true });
        this.#setBelow(0);
    }

    /** Brings an event into view, fetching it if need be, and shows for a moment which it is. */
    async showEvent(eventId) {
        const room = this.#room;
        const known = await loadAround(this.client, room, eventId);
        if (!known || room !== this.#room) return false;
        this.keeper.atEnd = false;
        this.draw();
        const element = this.#elementOf(eventId);
        element?.scrollIntoView({ block: 'center' });
        element?.classList.add('is-found');
        setTimeout(() => element?.classList.remove('is-found'), 2500);
        element?.focus({ preventScroll: true });
        return Boolean(element);
    }

    // MARK: Drawing

    drawSoon() {
        if (this.#scheduled) return;
        this.#scheduled = true;
        queueMicrotask(() => {
            this.#scheduled = false;
            this.draw();
        });
    }

    draw() {
        const entries = this.client.outbox.of(this.#room?.id ?? null);
        const { showNotices, personOf } = this.context;
        const nameOf = (user) => personOf(user).name;
        this.items = buildItems(this.#room, entries, { showNotices, unreadAfter: this.unreadAfter, nameOf });
        this.keeper.keeping(() => this.#reconcile());
        this.#forgetRecalled();
        this.dispatchEvent(new Event('vt-drawn'));
    }

    #reconcile() {
        const kept = new Set(this.items.map((item) => item.key));
        for (const [key, element] of this.#elements) {
            if (kept.has(key)) continue;
            this.seen.unobserve(element);
            element.remove();
            this.#elements.delete(key);
        }
        let at = this.list.firstChild;
        for (const item of this.items) {
            const element = this.#elementFor(item);
            if (element === at) at = at.nextSibling;
            else this.list.insertBefore(element, at);
            if (item.kind === 'message') element.show(item, { ...this.context, room: this.#room });
            else this.#fill(element, item);
        }
        this.focusing.keepOneTabStop();
    }

    #elementFor(item) {
        let element = this.#elements.get(item.key);
        if (element) return element;
        element = item.kind === 'message' ? h('vt-message') : h('div', { class: `line is-${item.kind}` });
        if (item.kind === 'gap' || item.kind === 'older') {
            element.dataset.loads = item.eventId ?? 'older';
            this.seen.observe(element);
        }
        this.#elements.set(item.key, element);
        return element;
    }

    #fill(element, item) {
        const words = {
            day: () => day(item.ts), unread: () => t('unread_from_here'), older: () => t('loading_older'),
            gap: () => t('loading_gap'), start: () => this.context.startLine?.() ?? t('conversation_start'),
            notice: () => t(item.t, { name: item.names?.join(', ') }),
        }[item.kind]();
        if (element.dataset.words === words) return;
        element.dataset.words = words;
        element.replaceChildren(h('span', {}, words));
        if (item.kind === 'day') element.setAttribute('role', 'separator');
    }

    #elementOf(eventId) {
        const item = this.items.find((each) => each.event?.event_id === eventId);
        return item ? this.#elements.get(item.key) : null;
    }

    // MARK: Loading

    #cameIntoView(all) {
        for (const { target, isIntersecting } of all) {
            if (!isIntersecting || !target.isConnected) continue;
            const { loads } = target.dataset;
            const [client, room] = [this.client, this.#room];
            const work = loads === 'older' ? loadOlder(client, room) : fillBefore(client, room, loads);
            // Ask again about a marker that is still in view after its page came (short messages, tall screens).
            work.then(() => this.#lookAgain(target), () => setTimeout(() => this.#lookAgain(target), 3000));
        }
    }

    #lookAgain(marker) {
        this.seen.unobserve(marker);
        if (marker.isConnected) this.seen.observe(marker);
    }

    #repairSmallHoles() {
        const room = this.#room;
        const events = room?.timeline.events ?? [];
        for (const hole of room?.timeline.holes() ?? []) {
            const above = events[events.indexOf(hole) - 1];
            if (!above) continue;
            const missing = (sequenceOf(hole) ?? Infinity) - (sequenceOf(above) ?? 0);
            if (missing <= smallHole) repair(this.client, room, hole.event_id).catch(() => null);
        }
    }

    // MARK: New messages

    #announce(fresh) {
        const spoken = fresh.filter((event) => event.type === 'm.room.message' && event.sender !== this.#room.ownUser
            && event.content['m.relates_to']?.rel_type !== 'm.replace');
        for (const event of spoken.slice(-3)) {
            const words = `${this.context.personOf(event.sender).name}: ${summaryOf(event.content, false)}`;
            this.spoken.append(h('p', { data: { spoken: event.event_id } }, words));
        }
        while (this.spoken.children.length > 6) this.spoken.firstChild.remove();
        if (!this.keeper.atEnd) this.#setBelow(this.#below + spoken.length);
    }

    // What was recalled may not stand in the hidden announcements either.
    #forgetRecalled() {
        for (const line of [...this.spoken.children]) {
            const event = this.#room?.timeline.get(line.dataset.spoken);
            if (!event || isRedacted(event)) line.remove();
        }
    }

    #scrolled() {
        if (this.keeper.atEnd) this.#setBelow(0);
        this.jump.hidden = this.keeper.atEnd;
    }

    #setBelow(count) {
        this.#below = count;
        this.jump.hidden = this.keeper.atEnd;
        this.jump.replaceChildren(icon('down'), h('span', {}, count ? counted('new_below', count) : t('jump_newest')));
        this.jump.classList.toggle('has-new', count > 0);
    }
}

customElements.define('vt-timeline', TimelineView);
