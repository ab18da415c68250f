// What photos show differently: somebody who walked on, a car. Each can stand as one photo shows it, or go.

import { t } from '../language.js';
import { h } from '../parts/dom.js';

// Under this share of the picture it is hardly a thing that anybody means.
const leastArea = 0.003;

/** A fold with the things of a panorama; `changed(thing, wish)` hears what is to become of one. */
export function thingPanel(group, state, { list, picture, changed, tried }) {
    const details = h('details', { class: 'pano-details pano-things' }, h('summary', { t: 'panorama_things' }));
    details.addEventListener('toggle', () => tried(async () => {
        const { things: all } = await list(group.links.things);
        const things = all.filter(({ box }) => box[2] * box[3] >= leastArea);
        const wishes = (state.options?.things ?? []).filter((wish) => wish.group === group.group);
        if (!things.length) details.append(h('p', { class: 'quiet', t: 'panorama_things_none' }));
        else {
            details.append(h('p', { class: 'quiet', t: 'panorama_things_how' }),
                h('ul', { class: 'pano-thing-list' }, things.map((thing, place) => row(group, thing, place,
                    wishes.find((wish) => wish.thing === thing.thing), { picture, changed }))));
        }
    }), { once: true });
    return details;
}

function row(group, thing, place, wish, { picture, changed }) {
    const choice = (pressed, label, work, ...inside) => h('button', {
        type: 'button', class: 'button is-small pano-thing-choice', 'aria-pressed': String(pressed), label, on: { click: work },
    }, ...inside);
    const shots = thing.photos.map((photo) => {
        const image = h('img', { class: 'pano-thing-shot', alt: '' });
        picture(`${group.links.things}/${thing.thing}/${photo}`).then((url) => { image.src = url; }, () => image.classList.add('is-missing'));
        return choice(thing.shown === photo, 'panorama_thing_keep', () => changed(thing.thing, { keep: photo }), image);
    });
    const name = t('panorama_thing', { number: place + 1 });
    return h('li', { class: 'pano-thing', data: { thing: thing.thing } }, h('span', { class: 'pano-thing-name' }, name),
        h('div', { class: 'pano-thing-shots', role: 'group', 'aria-label': name }, shots),
        h('div', { class: 'pano-thing-end' },
            h('button', { type: 'button', class: 'button is-small pano-thing-remove', t: 'panorama_thing_remove', on: { click: () => changed(thing.thing, { remove: true }) } }),
            wish ? h('button', { type: 'button', class: 'button is-small', t: 'panorama_thing_back', on: { click: () => changed(thing.thing, {}) } }) : null));
}
