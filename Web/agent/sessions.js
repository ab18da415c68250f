// Where this account is logged in, and ending what should not be.

import { full } from '../dates.js';
import { t } from '../language.js';
import { devices, endDevice } from '../matrix/actions.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { toast } from '../parts/toast.js';

/** Opens the list of sessions. */
export async function showSessions(client) {
    const list = h('ul', { class: 'sessions' });
    const status = h('p', { class: 'quiet', role: 'status', t: 'loading' });
    openDialog('sessions', h('div', {}, status, list));
    const draw = async () => {
        try {
            const reply = await devices(client);
            const all = (reply.devices ?? []).sort((a, b) => (b.last_seen_ts ?? 0) - (a.last_seen_ts ?? 0));
            list.replaceChildren(...all.map((device) => row(client, device, draw)));
            status.hidden = true;
        } catch {
            status.hidden = false;
            setText(status, t('sessions_failed'));
        }
    };
    await draw();
}

function row(client, device, changed) {
    const isOwn = device.device_id === client.session.deviceId;
    const name = device.display_name || device.device_id;
    const end = isOwn ? h('span', { class: 'tag', t: 'this_session' })
        : h('button', {
            type: 'button', class: 'button is-small', t: 'end_session',
            'aria-describedby': `device-${device.device_id}`,
        });
    const seen = device.last_seen_ts ? t('last_seen', { when: full(device.last_seen_ts) }) : t('never_seen');
    const item = h('li', { class: 'session' }, h('div', { class: 'session-text' },
        h('strong', { id: `device-${device.device_id}`, dir: 'auto' }, name),
        h('span', { class: 'quiet' }, seen)), end);
    if (!isOwn) end.addEventListener('click', () => askPassword(client, device, item, end, changed));
    return item;
}

// The server asks for the password before it ends somebody's session; the form appears in the row itself.
async function askPassword(client, device, item, button, changed) {
    button.disabled = true;
    let session = null;
    try {
        await endDevice(client, device.device_id);
        return changed();
    } catch (error) {
        button.disabled = false;
        session = error.status === 401 ? error.body?.session : null;
        if (!session) return toast('end_failed');
    }
    const input = h('input', {
        type: 'password', class: 'input', label: 'password', hint: 'password', autocomplete: 'current-password',
        required: true,
    });
    // Password managers, and the people who use them, want to know whose password it is.
    const whose = h('input', {
        type: 'text', autocomplete: 'username', value: client.session.userId, readonly: true, hidden: true,
    });
    const submit = h('button', { type: 'submit', class: 'button is-small is-danger', t: 'end_session' });
    const form = h('form', { class: 'session-form' }, whose, input, submit);
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        try {
            await endDevice(client, device.device_id, input.value, session);
            toast('session_was_ended');
            changed();
        } catch (error) {
            toast(error.status === 401 || error.status === 403 ? 'password_wrong' : 'end_failed');
            input.select();
        }
    });
    button.replaceWith(form);
    input.focus();
    return undefined;
}
