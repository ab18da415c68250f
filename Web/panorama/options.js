// What may be said about a panorama before it is made.

import { h } from '../parts/dom.js';

const choices = {
    model: ['auto', 'rotation', 'plane', 'scan'],
    surface: ['auto', 'plane', 'cylinder', 'sphere', 'mercator', 'panini', 'planet', 'stereographic', 'fisheye'],
};

/** The controls; `changed(options)` hears every change. */
export function optionPanel(options, changed) {
    const select = (name, values, words) => {
        const element = h('select', { class: 'input', name }, values.map((value) => h('option', words ? { value, t: `${words}_${value}` } : { value }, words ? null : value.toUpperCase())));
        element.value = options[name] ?? values[0];
        element.addEventListener('change', () => changed({ [name]: element.value }));
        return element;
    };
    const check = (name, usual, words) => {
        const box = h('input', { type: 'checkbox', name });
        box.checked = options[name] ?? usual;
        box.addEventListener('change', () => changed({ [name]: box.checked }));
        return h('label', { class: 'pano-check' }, box, h('span', { t: words }));
    };
    return h('details', { class: 'pano-details pano-options' }, h('summary', { t: 'panorama_options' }),
        h('div', { class: 'pano-option-grid' },
            h('label', {}, h('span', { t: 'panorama_model' }), select('model', choices.model, 'panorama_model')),
            h('label', {}, h('span', { t: 'panorama_surface' }), select('surface', choices.surface, 'panorama_surface')),
            h('label', {}, h('span', { t: 'panorama_format' }), select('format', ['jpg', 'png', 'webp', 'png16', 'hdr'], null)),
            check('crop', true, 'panorama_crop'), check('layers', false, 'panorama_layers_wish')));
}
