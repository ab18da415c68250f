// The server for the panorama page: one job, its photos, its results.

import { path } from '../matrix/request.js';

const patience = 600_000;

export class PanoramaApi {
    constructor(client, account) {
        this.client = client;
        this.account = account;
        this.id = null;
    }

    #at(rest = '') {
        return path`/api/v1/panoramas/${this.id}` + rest;
    }

    /** Makes the job when there is none yet. */
    async ensure() {
        await this.account();
        this.id ??= (await this.client.request('POST', '/api/v1/panoramas', { body: {} })).job;
        return this.id;
    }

    state() {
        return this.client.request('GET', this.#at());
    }

    /** Uploads a file; answers its number, and how it joins the others when `guide` asks for that. */
    upload(file, { name = file.name || 'photo', guide = false } = {}) {
        return this.client.request('POST', this.#at('/photos'), {
            query: guide ? { name, guide: 'true' } : { name }, form: file, timeout: patience, attempts: guide ? 1 : 3,
        });
    }

    /** What changes hotspots; `viewer` is the address of the manifest they stand in. */
    get spots() {
        const ask = (method, place, body) => this.client.request(method, place, body ? { body } : {});
        const of = (viewer) => viewer.replace(/\/groups\/\d+\/viewer$/, '');
        return {
            add: (viewer, spot) => ask('POST', viewer.replace(/viewer$/, 'spots'), spot),
            change: (viewer, number, spot) => ask('PUT', `${of(viewer)}/spots/${number}`, spot),
            remove: (viewer, number) => ask('DELETE', `${of(viewer)}/spots/${number}`),
            restore: (viewer, number) => ask('POST', `${of(viewer)}/spots/${number}/restore`, {}),
        };
    }

    remove(photo) {
        return this.client.request('DELETE', this.#at(`/photos/${photo}`));
    }

    mask(photo, areas) {
        return this.client.request('PUT', this.#at(`/photos/${photo}/mask`), { body: { areas } });
    }

    change(options) {
        return this.client.request('PATCH', this.#at(), { body: options });
    }

    thing(address, thing, wish) {
        return this.client.request('PUT', `${address}/${thing}`, { body: wish });
    }

    start() {
        return this.client.request('POST', this.#at('/start'), { body: {} });
    }

    cancel() {
        return this.client.request('POST', this.#at('/cancel'), { body: {} });
    }

    delete() {
        return this.client.request('DELETE', this.#at());
    }

    restore() {
        return this.client.request('POST', this.#at('/restore'), { body: {} });
    }

    share() {
        return this.client.request('POST', this.#at('/share'), { body: {} });
    }

    graph() {
        return this.client.request('GET', this.#at('/graph'));
    }

    json(address) {
        return this.client.request('GET', address);
    }

    async picture(address) {
        return URL.createObjectURL(await this.client.request('GET', address, { blob: true, timeout: patience }));
    }

    thumbnail(photo) {
        return this.picture(this.#at(`/photos/${photo}/thumbnail`));
    }

    file(rest) {
        return this.picture(this.#at(rest));
    }
}
