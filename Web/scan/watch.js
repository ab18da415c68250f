// "Tell me when it comes": a scan without the very item can wait for it.

import { t } from '../language.js';
import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';

const words = { waiting: 'watch_waiting', answered: 'watch_answered', cancelled: 'watch_ended', expired: 'watch_ended' };

/** The offer to wait, or how the waiting stands; `hooks`: `wait()` and `stop()`, each answers the new state. */
export function watchOf(answer, hooks) {
    const place = h('section', { class: 'scan-watch', label: 'watch_ask', 'aria-live': 'polite' });
    const act = async (work) => {
        for (const each of place.querySelectorAll('button')) each.disabled = true;
        try {
            show(await work());
        } catch (error) {
            place.append(h('p', { class: 'quiet', role: 'status' }, error.message ?? t('scan_failed')));
            for (const each of place.querySelectorAll('button')) each.disabled = false;
        }
    };
    const button = (shape, key, work) => h('button', {
        type: 'button', class: 'button is-small', on: { click: () => act(work) },
    }, icon(shape), h('span', { t: key }));
    const show = (state) => {
        const isWaiting = state === 'waiting';
        const told = words[state] ? h('p', { class: 'scan-watch-state', t: words[state] }) : null;
        const next = state === 'answered' ? h('a', { class: 'button is-small is-primary', href: '', t: 'watch_look' })
            : isWaiting ? button('close', 'watch_stop', hooks.stop) : button('clock', 'watch_ask', hooks.wait);
        place.replaceChildren(...[told, next].filter(Boolean));
        if (state === 'answered') next.addEventListener('click', (event) => {
            event.preventDefault();
            hooks.look();
        });
    };
    show(answer.watch ?? null);
    return place;
}
