// Small things that several parts of the console use.

import { h } from '../parts/dom.js';
import { icon, mark } from '../parts/icons.js';
import { languageButton, themeButton } from '../parts/preferences.js';
import { toast } from '../parts/toast.js';

/** The mark, the name of the page and the two settings every page has; for who may, the way to those of the desk. */
export function brand(mayManage = false) {
    return [h('div', { class: 'brand' }, mark(), h('h1', { t: 'desk_title' })),
        h('div', { class: 'side-tools' }, mayManage ? h('a', { class: 'icon-button', href: '/desk/settings', label: 'desk_settings', tip: 'desk_settings' }, icon('tune')) : null,
            languageButton(), themeButton())];
}

/** Does something and says in a sentence when it was refused. */
export async function tried(work) {
    try {
        return await work();
    } catch (error) {
        if (!error.isSessionOver) toast('desk_refused', { words: error.message });
        return null;
    }
}

/** A number in milliseconds since 1970 as `<time>` with words. */
export function moment(ts, words) {
    return h('time', { datetime: new Date(ts).toISOString() }, words);
}
