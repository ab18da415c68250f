// The login form.

import { NetworkError } from '../matrix/request.js';
import { t } from '../language.js';
import { h, setText } from '../parts/dom.js';
import { mark } from '../parts/icons.js';
import { languageButton, themeButton } from '../parts/preferences.js';

function deviceName() {
    const agent = navigator.userAgent;
    const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(`${name}/`)) ?? 'Browser';
    const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'].find((name) => agent.includes(name)) ?? '';
    return `${browser === 'Edg' ? 'Edge' : browser}${system ? ` · ${system}` : ''}`;
}

function reasonOf(error) {
    if (error instanceof NetworkError) return t('login_no_network');
    if (error.status === 429) return t('login_too_often');
    return error.status === 403 ? t('login_wrong') : t('login_failed', { reason: error.message });
}

function field(name, label, type, autocomplete) {
    const input = h('input', {
        id: name, name, type, autocomplete, required: true, class: 'input', autocapitalize: 'none', spellcheck: 'false',
        'aria-describedby': 'login-error',
    });
    return h('div', { class: 'field' }, h('label', { for: name, t: label }), input);
}

/** The form; `done()` is called when the session is open. */
export function loginForm(client, done) {
    const problem = h('p', { id: 'login-error', class: 'form-error', role: 'alert' });
    const button = h('button', { type: 'submit', class: 'button is-primary', t: 'log_in' });
    const form = h('form', { class: 'login-form', label: 'log_in' },
        h('div', { class: 'login-brand' }, mark(), h('h1', {}, 'Vitrine')),
        h('p', { class: 'login-text', t: 'login_text' }),
        field('user', 'user_name', 'text', 'username'), field('password', 'password', 'password', 'current-password'),
        problem, button);
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        button.disabled = true;
        setText(problem, '');
        try {
            await client.login(form.elements.user.value.trim(), form.elements.password.value, deviceName());
            done();
        } catch (error) {
            setText(problem, reasonOf(error));
            form.elements.password.select();
        } finally {
            button.disabled = false;
        }
    });
    return h('main', { class: 'login' }, h('div', { class: 'login-tools' }, languageButton(), themeButton()), form);
}
