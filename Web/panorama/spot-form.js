// What a hotspot says and where it leads, asked in a dialog.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';

/** Asks; answers the hotspot, `'remove'`, or null. `tours` are the panoramas that it may lead to. */
export function askSpot(spot, tours) {
    return new Promise((resolve) => {
        let answer = null;
        const field = (name, element) => h('label', { class: 'pano-field' }, h('span', { t: name }), element);
        const label = h('input', { class: 'input', name: 'label', maxlength: 120, required: true });
        const kind = h('select', { class: 'input', name: 'kind' },
            ['text', 'item', 'panorama'].map((value) => h('option', { value, t: `panorama_spot_${value}` })));
        const words = h('textarea', { class: 'input', name: 'text', maxlength: 2000, rows: 4 });
        const item = h('input', { class: 'input', name: 'item', maxlength: 200 });
        const tour = h('select', { class: 'input', name: 'panorama' }, tours.map(({ job, group, created, photos }) => h('option',
            { value: `${job}/${group}` }, t('panorama_spot_tour', { when: new Date(created).toLocaleString(document.documentElement.lang), photos, group }))));
        const parts = {
            text: field('panorama_spot_words', words), item: field('panorama_spot_sku', item), panorama: field('panorama_spot_where', tour),
        };
        label.value = spot.label ?? '';
        kind.value = spot.kind ?? 'text';
        words.value = spot.text ?? '';
        item.value = spot.item ?? '';
        if (spot.panorama) tour.value = `${spot.panorama}/${spot.group ?? 1}`;
        const draw = () => { for (const [name, part] of Object.entries(parts)) part.hidden = name !== kind.value; };
        kind.addEventListener('change', draw);
        draw();
        const form = h('form', { class: 'pano-spot-form', method: 'dialog' }, field('panorama_spot_label', label),
            field('panorama_spot_kind', kind), Object.values(parts));
        const save = h('button', { type: 'button', class: 'button is-primary pano-spot-save', t: 'panorama_mask_save' });
        const remove = spot.spot ? h('button', { type: 'button', class: 'button pano-spot-remove', t: 'panorama_spot_remove' }) : null;
        const dialog = openDialog('panorama_spot', form, { className: 'is-small', actions: [remove, save].filter(Boolean) });
        const finish = () => {
            const [panorama, group] = (tour.value || '/1').split('/');
            const target = { text: { text: words.value.trim() }, item: { item: item.value.trim() }, panorama: { panorama, group: Number(group) } }[kind.value];
            if (!label.value.trim() || !Object.values(target)[0]) {
                form.classList.add('is-short');
                label.focus();
                return;
            }
            answer = { yaw: spot.yaw, pitch: spot.pitch, kind: kind.value, label: label.value.trim(), ...target };
            dialog.close();
        };
        save.addEventListener('click', finish);
        form.addEventListener('submit', (event) => { event.preventDefault(); finish(); });
        remove?.addEventListener('click', () => { answer = 'remove'; dialog.close(); });
        dialog.addEventListener('close', () => resolve(answer));
        label.focus();
    });
}
