// What is said instead of an answer: why there is none, and what can be done.

import { t } from '../language.js';
import { MatrixError, NetworkError } from '../matrix/request.js';
import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';

/** A notice with an icon, a title and a text (already words), and `actions` (elements). */
export function notice(shape, title, text, actions = []) {
    return h('div', { class: 'scan-notice' }, icon(shape),
        h('h2', { class: 'scan-notice-title', tabindex: -1 }, title), h('p', { class: 'quiet' }, text),
        actions.length ? h('div', { class: 'scan-acts' }, actions) : null);
}

export function action(key, run, isPrimary = false) {
    return h('button', {
        type: 'button', class: `button${isPrimary ? ' is-primary' : ''}`, t: key, on: { click: run },
    });
}

/** What an error is to a person: `{kind, shape, title, text}`; kinds: offline, wait, empty, picture, failed. */
export function meaningOf(error) {
    if (error instanceof NetworkError) {
        return { kind: 'offline', shape: 'warning', title: t('scan_offline'), text: t('scan_offline_text') };
    }
    if (!(error instanceof MatrixError)) {
        return { kind: 'picture', shape: 'picture', title: t('scan_unreadable'), text: t('scan_unreadable_text') };
    }
    if (error.status === 429) {
        const seconds = Math.max(1, Math.ceil((error.retryAfter ?? 1000) / 1000));
        return { kind: 'wait', shape: 'clock', seconds, title: t('scan_busy'), text: t('scan_busy_text', { n: seconds }) };
    }
    if (error.code === 'no_catalogue') {
        return { kind: 'empty', shape: 'info', title: t('scan_empty'), text: t('scan_empty_text') };
    }
    if ([413, 415, 422].includes(error.status)) {
        return { kind: 'picture', shape: 'picture', title: t('scan_unreadable'), text: error.message };
    }
    return { kind: 'failed', shape: 'warning', title: t('scan_failed'), text: error.message };
}
