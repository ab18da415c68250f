// Who has read a message, and who has not.

import { full } from '../dates.js';
import { readers } from '../matrix/actions.js';
import { avatarOf } from '../parts/avatar.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

/** Opens the dialog for `event` of `room`. */
export async function showReaders(client, room, event) {
    const body = h('div', { class: 'readers', 'aria-live': 'polite' }, h('p', { t: 'loading' }));
    openDialog('who_read', body, { className: 'is-small' });
    try {
        const reply = await readers(client, room.id, event.event_id);
        const read = (reply.read ?? []).filter(({ user }) => user !== event.sender);
        const unread = (reply.unread ?? []).filter((user) => user !== event.sender);
        body.replaceChildren(section('readers_read', read.map(({ user, ts }) => row(client, room, user, ts))),
            section('readers_unread', unread.map((user) => row(client, room, user, null))));
    } catch {
        body.replaceChildren(h('p', { t: 'readers_failed' }));
    }
}

function section(title, rows) {
    return h('section', {}, h('h3', { class: 'section-title', t: title }),
        rows.length ? h('ul', { class: 'people' }, rows) : h('p', { class: 'quiet', t: 'nobody' }));
}

function row(client, room, user, ts) {
    const person = room.member(user);
    return h('li', { class: 'person' }, avatarOf({ ...person, client }),
        h('span', { class: 'person-name', dir: 'auto' }, person.name),
        ts ? h('time', { class: 'quiet' }, full(ts)) : null);
}
