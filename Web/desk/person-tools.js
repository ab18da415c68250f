// What can be done with a customer: the profile written, messages refused, two ids joined by hand or parted again, and
// everything erased on request.

import { t } from '../language.js';
import { deskDelete, deskPost, deskPut } from '../matrix/desk.js';
import { confirmed, openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { openMenu } from '../parts/menu.js';
import { toast } from '../parts/toast.js';
import { tried } from './parts.js';

const fields = ['name', 'phone', 'email', 'language', 'remarks'];

/** A dialog with fields `[id, text key, input]`; `done(values)` answers null when it was refused. */
function ask(title, parts, button, done) {
    const form = h('form', { class: 'become' }, parts.map(([id, words, input]) => h('div', { class: 'field' }, h('label', { for: `person-${id}`, t: words }), input)),
        h('div', { class: 'become-actions' }, h('button', { type: 'submit', class: 'button is-primary', t: button })));
    for (const [id, , input] of parts) input.id = `person-${id}`;
    const dialog = openDialog(title, form, { className: 'is-small' });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const values = Object.fromEntries(parts.map(([id, , input]) => [id, input.value.trim()]));
        if (await tried(() => done(values))) dialog.close();
    });
    form.querySelector('input, textarea')?.focus();
}

const line = (more = {}) => h('input', { class: 'input', maxlength: 120, autocomplete: 'off', ...more });
const area = (more = {}) => h('textarea', { class: 'input', rows: 3, maxlength: 900, ...more });

/** The profile as it is known, and a button to what can be done. `changed()` looks again. */
export function profilePart(store, found, person, changed) {
    const profile = person.profile ?? {};
    const known = fields.filter((name) => profile[name]);
    const more = h('button', { type: 'button', class: 'button is-small', t: 'more', 'aria-haspopup': 'menu', 'aria-expanded': 'false', data: { person: 'more' }, on: { click: () => openMenu(more, entries(), 'more') } });
    const entries = () => {
        const all = [person.block ? { icon: 'check', t: 'desk_unblock', action: unblock } : { icon: 'bellOff', t: 'desk_block', danger: true, action: block }];
        if (!store.supervises(found)) return person.block ? [] : all;
        return [...all, { icon: 'devices', t: 'desk_join', action: join }, { icon: 'trash', t: 'desk_erase', danger: true, action: erase }];
    };
    const { client } = store;
    const again = async () => {
        await changed();
        return true;
    };
    const edit = () => ask('desk_profile', fields.map((name) => {
        const input = name === 'remarks' ? area() : line({ type: name === 'email' ? 'email' : 'text' });
        input.value = profile[name] ?? '';
        return [name, `desk_profile_${name}`, input];
    }), 'desk_keep', async (values) => {
        await deskPut(client, `persons/${found.person}/profile`, values);
        return again();
    });
    const block = () => ask('desk_block', [['reason', 'desk_reason', area({ required: true })]], 'desk_block', async (values) => {
        await deskPut(client, `persons/${found.person}/block`, values);
        await store.refresh();
        return again();
    });
    const unblock = () => tried(async () => {
        await deskDelete(client, `persons/${found.person}/block`);
        return again();
    });
    const visitor = (person.users ?? []).find((user) => user.anonymous)?.user_id ?? '';
    const join = () => ask('desk_join', [['visitor', 'desk_join_visitor', line({ required: true, value: visitor })], ['account', 'desk_join_account', line({ required: true, placeholder: '@name:…' })],
        ['evidence', 'desk_reason', area({ required: true })]], 'desk_join', async (values) => {
        await deskPost(client, 'persons/merge', values);
        await store.refresh();
        return again();
    });
    const erase = async () => {
        if (!await confirmed('desk_erase', 'desk_erase_question', 'desk_erase')) return;
        await tried(async () => {
            const { accounts, files } = await deskDelete(client, `persons/${found.person}`);
            toast('desk_erased', { accounts, files });
            await store.refresh();
            return again();
        });
    };
    return h('section', { class: 'panel-part' }, h('h3', { class: 'section-title', t: 'desk_profile' }),
        person.block ? h('p', { class: 'desk-blocked' }, t('desk_blocked', { reason: person.block.reason })) : null,
        profile.erased_ts ? h('p', { class: 'quiet', t: 'desk_was_erased' }) : null,
        known.length ? h('dl', { class: 'facts' }, known.flatMap((name) => [h('dt', { t: `desk_profile_${name}` }), h('dd', { dir: 'auto' }, profile[name])])) : null,
        h('div', { class: 'panel-tools' }, h('button', { type: 'button', class: 'button is-small', t: 'desk_edit', data: { person: 'edit' }, on: { click: edit } }), entries().length ? more : null));
}

/** Merges that joined this person, each with a way back for supervisors. */
export function mergesPart(store, found, person, changed) {
    const merges = (person.merges ?? []).filter((merge) => !merge.undone_ts);
    if (!merges.length || !store.supervises(found)) return null;
    const nameOf = (number) => person.users?.find((user) => user.user === number)?.user_id ?? String(number);
    const undo = (merge) => ask('desk_part', [['reason', 'desk_reason', area({ required: true })]], 'desk_part', async (values) => {
        await deskPost(store.client, `persons/merges/${merge.merge}/undo`, values);
        await store.refresh();
        await changed();
        return true;
    });
    return h('section', { class: 'panel-part' }, h('h3', { class: 'section-title', t: 'desk_merges' }),
        h('ul', { class: 'panel-list' }, merges.map((merge) => h('li', {}, h('span', { dir: 'auto' }, nameOf(merge.user)),
            h('button', { type: 'button', class: 'link', t: 'desk_part', on: { click: () => undo(merge) } })))));
}
