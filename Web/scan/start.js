// Where a scan begins: the camera, a file, a drop or a paste.

import { h } from '../parts/dom.js';
import { icon } from '../parts/icons.js';
import { Camera } from './camera.js';

/** The panel; `hooks`: `camera()` and `files(list)`. */
export function startPanel(hooks) {
    const input = h('input', { type: 'file', accept: 'image/*', hidden: true, tabindex: -1, class: 'scan-file' });
    input.addEventListener('change', () => {
        hooks.files(input.files);
        input.value = '';
    });
    const camera = Camera.isPossible ? h('button', {
        type: 'button', class: 'button is-primary scan-big', on: { click: hooks.camera },
    }, icon('camera'), h('span', { t: 'scan_use_camera' })) : null;
    return h('div', { class: 'scan-start' },
        h('div', { class: 'scan-start-sign', 'aria-hidden': 'true' }, icon('scan')),
        h('h2', { class: 'scan-start-title', t: 'scan_start' }),
        h('p', { class: 'quiet', t: 'scan_start_text' }),
        h('div', { class: 'scan-start-buttons' }, camera,
            h('button', {
                type: 'button', class: `button scan-big${camera ? '' : ' is-primary'}`, on: { click: () => input.click() },
            }, icon('picture'), h('span', { t: 'scan_choose_file' }))),
        h('p', { class: 'scan-start-drop quiet', t: 'scan_drop' }), input);
}
