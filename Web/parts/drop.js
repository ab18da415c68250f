// Files dropped anywhere on the page go to the composer.

import { h } from './dom.js';
import { icon } from './icons.js';

/** `target()` answers the composer that takes files now, or null. */
export function acceptDrops(host, target) {
    const veil = h('div', { class: 'drop-veil', hidden: true, 'aria-hidden': 'true' },
        icon('picture'), h('span', { t: 'drop_here' }));
    host.append(veil);
    let depth = 0;
    const carriesFiles = (event) => target() !== null && [...(event.dataTransfer?.types ?? [])].includes('Files');
    const over = (on) => {
        depth = on ? depth : 0;
        veil.hidden = !on;
    };
    host.addEventListener('dragenter', (event) => {
        if (!carriesFiles(event)) return;
        depth += 1;
        over(true);
    });
    host.addEventListener('dragleave', () => {
        depth -= 1;
        if (depth <= 0) over(false);
    });
    host.addEventListener('dragover', (event) => {
        if (carriesFiles(event)) event.preventDefault();
    });
    host.addEventListener('drop', (event) => {
        over(false);
        if (!carriesFiles(event)) return;
        event.preventDefault();
        target().addFiles(event.dataTransfer.files);
    });
}
