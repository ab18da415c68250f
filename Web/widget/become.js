// Logging in without losing the talk.

import { NetworkError } from '../matrix/request.js';
import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h, setText } from '../parts/dom.js';
import { toast } from '../parts/toast.js';

function reasonOf(error) {
    if (error instanceof NetworkError) return t('login_no_network');
    if (error.code === 'M_USER_IN_USE') return t('become_taken');
    if (error.status === 403) return t('login_wrong');
    return error.message;
}

/** Asks for name and password; `visit.become` does the rest. */
export function askToBecome(visit) {
    const problem = h('p', { class: 'form-error', role: 'alert' });
    const field = (name, label, type, complete) => h('div', { class: 'field' }, h('label', { for: `become-${name}`, t: label }),
        h('input', { id: `become-${name}`, name, type, class: 'input', required: true, autocomplete: complete, autocapitalize: 'none', spellcheck: 'false' }));
    const enter = h('button', { type: 'submit', class: 'button is-primary', t: 'log_in' });
    const make = h('button', { type: 'submit', class: 'button', t: 'become_new', data: { new: 'yes' } });
    const form = h('form', { class: 'become' }, h('p', { class: 'quiet', t: 'become_text' }),
        field('name', 'user_name', 'text', 'username'), field('password', 'password', 'password', 'current-password'), problem,
        h('div', { class: 'become-actions' }, make, enter));
    const dialog = openDialog('become_title', form, { className: 'is-small' });
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const isNew = event.submitter?.dataset.new === 'yes';
        enter.disabled = make.disabled = true;
        setText(problem, '');
        try {
            await visit.become(form.elements.name.value.trim(), form.elements.password.value, isNew);
            dialog.close();
            toast('become_done');
        } catch (error) {
            setText(problem, reasonOf(error));
        } finally {
            enter.disabled = make.disabled = false;
        }
    });
}
