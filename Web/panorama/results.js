// What came out: each panorama with its picture, its grade and what can be done with it.

import { t } from '../language.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { toast } from '../parts/toast.js';
import { graphDrawing } from './graph.js';
import { thingPanel } from './things.js';
import { ViewerHost } from './viewer-host.js';

/** Saves what lies at an address of this page under a name. */
function save(address, name) {
    const link = h('a', { href: address, download: name, hidden: true });
    document.body.append(link);
    link.click();
    link.remove();
}

/** Opens the viewer over the page. */
async function look(api, address) {
    const host = new ViewerHost({
        json: (place) => api.json(place), picture: (place) => api.picture(place), search: { client: api.client, account: api.account },
        edit: api.spots,
    });
    openDialog('panorama_title', host.viewer, { className: 'pano-viewer-dialog' });
    await host.show(address);
}

export class Results {
    /** `again` makes the panoramas once more after a change. */
    constructor(api, failed, again = null) {
        this.api = api;
        this.failed = failed;
        this.again = again;
        this.element = h('section', { class: 'pano-results', 'aria-live': 'polite' });
    }

    /** Shows the panoramas of a state. */
    draw(state) {
        const ended = ['done', 'failed', 'cancelled'].includes(state.state);
        if (!ended) return this.element.replaceChildren();
        const groups = state.groups ?? [];
        const nothing = groups.length ? null : h('div', { class: 'pano-note' },
            h('h2', { t: state.state === 'cancelled' ? 'panorama_cancelled' : 'panorama_nothing' }),
            state.state === 'failed' && state.reason ? h('p', { class: 'quiet' }, state.reason) : null);
        const graph = h('details', { class: 'pano-details' }, h('summary', { t: 'panorama_graph' }));
        graph.addEventListener('toggle', () => this.#graph(graph, state), { once: true });
        this.element.replaceChildren(...[nothing, ...groups.map((group) => this.#group(group, state)),
            groups.length || state.state === 'failed' ? graph : null].filter(Boolean));
        return undefined;
    }

    #group(group, state) {
        const image = h('img', { class: 'pano-picture', alt: t('panorama_title'), width: group.size[0], height: group.size[1] });
        this.#show(image, group.links.preview);
        const facts = [t('panorama_facts', { used: group.used, width: group.size[0], height: group.size[1] }),
            group.fovDegrees ? t('panorama_angles', { across: group.fovDegrees[0], down: group.fovDegrees[1] }) : t('panorama_flat'),
            group.closed ? t('panorama_round') : null, t('panorama_residual', { px: group.residualPx.median })];
        const seams = h('button', { type: 'button', class: 'button is-small', t: 'panorama_seams', 'aria-pressed': 'false' });
        seams.addEventListener('click', () => {
            const shown = seams.getAttribute('aria-pressed') !== 'true';
            seams.setAttribute('aria-pressed', String(shown));
            this.#show(image, shown ? group.links.seams : group.links.preview);
        });
        const action = (name, className, work) => h('button', {
            type: 'button', class: `button is-small ${className}`, t: name, on: { click: () => this.#tried(work) },
        });
        const ending = { png16: 'png' }[state.options?.format] ?? state.options?.format ?? 'jpg';
        return h('article', { class: 'pano-group', data: { group: group.group } },
            h('button', { type: 'button', class: 'pano-open', label: 'panorama_view', on: { click: () => this.#tried(() => this.#look(group)) } }, image),
            h('div', { class: 'pano-group-words' },
                h('span', { class: `tag pano-grade is-${group.grade}`, t: `panorama_grade_${group.grade}` }),
                h('p', { class: 'quiet' }, facts.filter(Boolean).join(' · ')),
                group.warnings?.length ? h('ul', { class: 'pano-warnings quiet' }, group.warnings.map((words) => h('li', {}, words))) : null),
            h('div', { class: 'pano-actions' },
                action('panorama_view', 'is-primary pano-look', () => this.#look(group)),
                action('panorama_download', 'pano-download', async () => save(await this.api.picture(group.links.image), `panorama-${group.group}.${ending}`)),
                seams,
                action('panorama_share', 'pano-share', () => this.#share(group)),
                group.links.layers ? action('panorama_layers', 'pano-layers', async () => save(await this.api.picture(group.links.layers), `layers-${group.group}.zip`)) : null,
                group.fovDegrees ? action('panorama_hugin', 'pano-hugin', async () => save(await this.api.picture(group.links.cameras), `panorama-${group.group}.pto`)) : null,
                action('panorama_report', '', async () => save(await this.api.file('/report'), 'report.html'))),
            group.links.things && this.again ? this.#things(group, state) : null);
    }

    #things(group, state) {
        return thingPanel(group, state, {
            list: (address) => this.api.json(address), picture: (address) => this.api.picture(address),
            tried: (work) => this.#tried(work),
            changed: (thing, wish) => this.#tried(async () => {
                await this.api.thing(group.links.things, thing, wish);
                await this.again();
            }),
        });
    }

    #look(group) {
        return look(this.api, group.links.viewer);
    }

    async #share(group) {
        const { share } = await this.api.share();
        const link = new URL(`/panorama?share=${share}&group=${group.group}`, window.location.origin).href;
        try {
            await navigator.clipboard.writeText(link);
            toast('panorama_shared');
        } catch {
            toast('panorama_link', { link });
        }
    }

    async #graph(details, state) {
        await this.#tried(async () => {
            const graph = await this.api.graph();
            details.append(graphDrawing(graph, (state.photos ?? []).map((photo) => photo.group)));
        });
    }

    #show(image, address) {
        image.classList.remove('is-loaded');
        image.addEventListener('load', () => image.classList.add('is-loaded'), { once: true });
        this.api.picture(address).then((url) => { image.src = url; }, () => image.classList.add('is-missing'));
    }

    async #tried(work) {
        try {
            await work();
        } catch (error) {
            this.failed(error);
        }
    }
}
