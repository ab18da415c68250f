// The panel on the right: whom one talks to.

import { full } from '../dates.js';
import { avatarOf } from '../parts/avatar.js';
import { iconButton } from '../parts/buttons.js';
import { h } from '../parts/dom.js';

export class CustomerInfo {
    constructor(client, inbox, close) {
        this.client = client;
        this.inbox = inbox;
        this.body = h('div', { class: 'info-body' });
        this.element = h('aside', { class: 'info', label: 'customer_info', hidden: true },
            h('header', { class: 'info-head' }, h('h2', { t: 'customer_info' }),
                iconButton('close', 'close', close)), this.body);
    }

    /** Shows the customer of `room` (null: nobody). */
    show(room) {
        if (!room) {
            this.body.replaceChildren();
            return;
        }
        const customer = room.customer;
        const name = this.inbox.titleOf(room.id) ?? '…';
        const people = room.members().filter((member) => member.id !== customer?.id);
        this.body.replaceChildren(
            h('div', { class: 'info-face' }, this.#face({ id: room.id, name, avatar: customer?.avatar }),
                h('p', { class: 'info-name', dir: 'auto' }, name)),
            h('dl', { class: 'facts' }, this.#facts(room, customer)),
            h('h3', { class: 'section-title', t: 'people_here' }),
            h('ul', { class: 'people' }, people.map((person) => h('li', { class: 'person' }, this.#face(person),
                h('span', { class: 'person-name', dir: 'auto' }, person.name),
                person.id === room.ownUser ? h('span', { class: 'tag', t: 'you' }) : null))));
    }

    #face(person) {
        return avatarOf({ ...person, client: this.client });
    }

    #facts(room, customer) {
        const joined = customer ? room.stateEvent('m.room.member', customer.id)?.origin_server_ts : null;
        const seen = room.timeline.events.findLast((event) => event.sender === customer?.id)?.origin_server_ts;
        const facts = [
            ['first_seen', room.createdAt ?? joined, full], ['last_wrote', seen, full],
            ['user_id', customer?.id, String],
        ];
        const known = facts.filter(([, value]) => value);
        return known.flatMap(([key, value, write]) => [h('dt', { t: key }), h('dd', { dir: 'auto' }, write(value))]);
    }
}
