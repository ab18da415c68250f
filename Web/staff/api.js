// The server for a page about one catalogue: requests that name it, pictures that need the session, jobs that are waited
// for.

import { rest } from '../matrix/retry.js';

const kept = 80;
const pollMilliseconds = 700;

export class Api {
    #pictures = new Map();

    constructor(client, catalogue) {
        this.client = client;
        this.catalogue = catalogue;
    }

    /** Takes the wished catalogue if there is one of that name, else the server's first choice. */
    settle(names) {
        if (!names.includes(this.catalogue)) this.catalogue = names.includes('shop') ? 'shop' : names[0] ?? null;
    }

    get(path, query = {}) {
        return this.client.request('GET', path, { query: { catalogue: this.catalogue, ...query } });
    }

    post(path, body = {}, options = {}) {
        return this.client.request('POST', path, { query: { catalogue: this.catalogue }, body, ...options });
    }

    put(path, body) {
        return this.client.request('PUT', path, { query: { catalogue: this.catalogue }, body });
    }

    /** The address of a picture of the server, for an <img>: pictures need the session, which <img> does not send. */
    picture(path, query = {}) {
        const key = `${this.catalogue} ${path} ${JSON.stringify(query)}`;
        if (this.#pictures.has(key)) return this.#pictures.get(key);
        const loading = this.client.request('GET', path, {
            query: { catalogue: this.catalogue, ...query }, blob: true,
        }).then((blob) => URL.createObjectURL(blob));
        loading.catch(() => this.#pictures.delete(key));
        this.#pictures.set(key, loading);
        if (this.#pictures.size > kept) {
            const [oldest, address] = this.#pictures.entries().next().value;
            this.#pictures.delete(oldest);
            address.then((url) => URL.revokeObjectURL(url), () => null);
        }
        return loading;
    }

    /** Waits for a job; `shown(job)` hears how far it is. Answers the job as it ended. */
    async job(number, shown = () => {}, signal = undefined) {
        for (;;) {
            const job = await this.get(`/api/v1/catalogue/jobs/${number}`);
            shown(job);
            if (['done', 'failed', 'cancelled'].includes(job.state) || signal?.aborted) return job;
            await rest(pollMilliseconds, signal);
        }
    }
}

/** Puts a picture into an <img> when it has come; a picture that does not come leaves its words. */
export function load(image, address) {
    image.classList.remove('is-loaded');
    image.addEventListener('load', () => image.classList.add('is-loaded'), { once: true });
    address.then((url) => { image.src = url; }, () => { image.classList.add('is-missing'); });
    return image;
}
