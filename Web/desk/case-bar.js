// Above the conversation: what it is about, where it stands, and what can be done with it.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { openMenu } from '../parts/menu.js';
import { itemHeader } from '../widget/item-header.js';
import { composeCard } from './card-composer.js';
import { Drafts } from './drafts.js';
import { Looking } from './looking.js';
import { tried } from './parts.js';
import { askTags } from './tags.js';
import { askTransfer } from './transfer.js';
import { askWhisper } from './whisper.js';

const hour = 3_600_000;

export class CaseBar {
    #buttons = new Map();

    constructor(client, store, conversation) {
        this.client = client;
        this.store = store;
        this.conversation = conversation;
        this.found = null;
        this.item = h('div', { class: 'pinned-slot' });
        this.facts = h('span', { class: 'case-part' });
        this.acts = h('span', { class: 'case-acts' });
        this.tools = h('div', { class: 'case-tools', role: 'toolbar', label: 'desk_tools' }, this.facts, this.acts);
        this.looking = new Looking(client);
        this.drafts = new Drafts(client, (text) => {
            conversation.composer.setText(text);
            conversation.composer.focusField();
        }, () => conversation.timeline.items?.findLast((item) => item.kind === 'message' && item.mine && item.event)?.event.origin_server_ts);
        this.element = h('div', { class: 'case-bar', hidden: true }, this.item, this.tools, this.looking.element, this.drafts.element);
    }

    show(found) {
        this.looking.show(found && found.status !== 'resolved' ? found.number : null);
        this.drafts.show(found?.owner === this.store.ownNumber && found.status !== 'resolved' ? found : null);
        const key = JSON.stringify([found, document.documentElement.lang]);
        if (this.key === key) return;
        this.key = key;
        this.found = found;
        this.element.hidden = found === null;
        if (!found) return;
        const item = itemHeader(found.item);
        this.item.replaceChildren(...(item ? [item] : []));
        this.facts.replaceChildren(h('span', { class: `desk-state is-${found.status}`, t: `desk_state_${found.status}` }),
            found.entry ? h('span', { class: 'tag' }, found.entry) : '', h('span', { class: 'tag' }, found.queue_name ?? ''),
            ...(found.tags ?? []).map((tag) => h('span', { class: 'tag is-label' }, tag)));
        this.#drawActs();
    }

    // Buttons that stay the same stay where they are: one that is just being pressed must not go from under the finger.
    #drawActs() {
        const actions = this.#actions();
        const key = JSON.stringify([this.found.number, actions.map(([name, words]) => [name, words])]);
        if (this.actsKey === key) return;
        this.actsKey = key;
        this.#buttons = new Map(actions.map(([name, words, , primary]) => [name, h('button', {
            type: 'button', class: `button is-small${primary ? ' is-primary' : ''}`, t: words, data: { act: name },
            on: { click: (event) => this.#actions().find(([each]) => each === name)?.[2](event.currentTarget) },
        })]));
        this.acts.replaceChildren(...this.#buttons.values());
    }

    /** Presses a button by its name, if it is there: for the keys. */
    press(name) {
        this.#buttons.get(name)?.click();
    }

    #actions() {
        const { found, store } = this;
        const isMine = found.owner === store.ownNumber;
        const does = (what, body) => () => tried(() => store.command(found.number, what, body));
        if (found.status === 'offered' && isMine) {
            return [['take', 'desk_accept', does('accept'), true], ['decline', 'desk_decline', does('decline')]];
        }
        if (found.status === 'resolved') return [['take', 'reopen', does('reopen'), true]];
        if (!isMine) {
            const queue = store.of(found).queues.find((each) => each.queue === found.queue);
            if (found.status === 'queued' && queue?.mode === 'pick') return [['take', 'desk_pick', does('pick'), true]];
            return store.supervises(found) ? [['take', 'desk_take_over', does('take-over'), true],
                ...(found.owner && !found.is_robot ? [['whisper', 'desk_whisper', () => askWhisper(store, found)]] : []),
                ['transfer', 'desk_transfer', () => askTransfer(store, found)]] : [];
        }
        return [
            ['card', 'desk_card', () => composeCard(this.client, store, found)],
            ['canned', 'desk_canned', (button) => this.#chooseCanned(button)],
            ...(store.of(found).macros.length ? [['macros', 'desk_macros', (button) => this.#chooseMacro(button)]] : []),
            ['tags', 'desk_tags', () => askTags(store, found)],
            ['transfer', 'desk_transfer', () => askTransfer(store, found)],
            ['snooze', 'desk_snooze', (button) => this.#snooze(button)],
            ['resolve', 'desk_resolve', does('resolve'), true],
        ];
    }

    #snooze(button) {
        const until = (hours) => () => tried(() => this.store.command(this.found.number, 'snooze', {
            until_ts: Date.now() + hours * hour,
        }));
        openMenu(button, [1, 4, 24, 72].map((hours) => ({ icon: 'clock', text: t('desk_hours', { n: hours }), action: until(hours) })), 'desk_snooze');
    }

    #chooseMacro(button) {
        const { found, store } = this;
        openMenu(button, store.of(found).macros.map(({ name }) => ({
            icon: 'check', text: name, action: () => tried(() => store.command(found.number, `macros/${encodeURIComponent(name)}`)),
        })), 'desk_macros');
    }

    // MARK: Canned replies

    #filled(text) {
        const { found, store } = this;
        const values = { customer: store.nameOf(found), agent: found.owner_name ?? '', item: found.item?.title ?? found.topic };
        return text.replace(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);
    }

    #chooseCanned(button) {
        const { canned } = this.store.of(this.found);
        const entries = canned.map(({ name, text }) => ({ icon: 'copy', text: name, action: () => this.#insert(text) }));
        openMenu(button, entries.length ? entries : [{ text: t('desk_no_canned'), action: () => null }], 'desk_canned');
    }

    #insert(text) {
        this.conversation.composer.setText(this.#filled(text));
        this.conversation.composer.focusField();
    }

    /** `/name` and a space become the canned reply of that name. */
    offerCanned() {
        const typed = this.conversation.composer.field.value.match(/^\/(\S+)\s$/);
        const reply = typed && this.found && this.store.of(this.found).canned.find((each) => each.name === typed[1]);
        if (reply) this.#insert(reply.text);
    }
}
