// Media needs the Authorization header, so an <img> cannot ask for it: bytes are fetched, turned into object URLs,
// shared between all who show the same picture, and revoked when nobody does (the last few are kept for scrolling).

import { MatrixError, NetworkError, path } from './request.js';

const keptUnused = 40;

function split(mxc) {
    const found = /^mxc:\/\/([^/]+)\/([A-Za-z0-9_.~-]+)$/.exec(mxc ?? '');
    return found ? { server: found[1], id: found[2] } : null;
}

export class MediaStore {
    #client;
    #held = new Map();

    constructor(client) {
        this.#client = client;
    }

    /**
     * An object URL for `mxc`, at `size` (`{width, height, method}`) or full. Answers `{url, release}`; the URL is
     * good until `release()`. Throws `MatrixError` or `NetworkError`.
     */
    async acquire(mxc, size = null) {
        const fetched = size ? `${mxc} ${size.width}x${size.height} ${size.method}` : `${mxc} full`;
        const key = this.#held.has(`${mxc} local`) ? `${mxc} local` : fetched;
        let entry = this.#held.get(key);
        if (!entry) {
            entry = { users: 0, url: this.#fetch(mxc, size).then((blob) => URL.createObjectURL(blob)) };
            this.#held.set(key, entry);
            entry.url.catch(() => this.#held.delete(key));
        }
        entry.users += 1;
        let released = false;
        const release = () => {
            if (released) return;
            released = true;
            entry.users -= 1;
            this.#trim();
        };
        // Most recently used last: the trimming below starts with what was not wanted for longest.
        if (this.#held.delete(key)) this.#held.set(key, entry);
        return { url: await entry.url, release };
    }

    /** Remembers the bytes of a picture that was just uploaded from here, so it is not fetched again. */
    adopt(mxc, blob) {
        if (!blob.type.startsWith('image/')) return;
        this.#held.set(`${mxc} local`, { users: 0, url: Promise.resolve(URL.createObjectURL(blob)) });
        this.#trim();
    }

    /** The bytes themselves, for saving. */
    fetchFull(mxc) {
        return this.#fetch(mxc, null);
    }

    /** Revokes everything; after this the store is empty. */
    clear() {
        for (const key of [...this.#held.keys()]) this.#revoke(key);
    }

    #trim() {
        const unused = [...this.#held].filter(([, entry]) => entry.users === 0).map(([key]) => key);
        for (const key of unused.slice(0, Math.max(0, unused.length - keptUnused))) this.#revoke(key);
    }

    #revoke(key) {
        const entry = this.#held.get(key);
        this.#held.delete(key);
        entry?.url.then((url) => URL.revokeObjectURL(url), () => {});
    }

    #fetch(mxc, size) {
        const at = split(mxc);
        if (!at) return Promise.reject(new MatrixError(404, { errcode: 'M_NOT_FOUND' }));
        const options = { blob: true, timeout: 60_000 };
        const target = size ? path`/_matrix/client/v1/media/thumbnail/${at.server}/${at.id}`
            : path`/_matrix/client/v1/media/download/${at.server}/${at.id}`;
        return this.#client.request('GET', target, { ...options, query: size });
    }

    /** Uploads bytes; `progressed` hears of parts from 0 to 1. Answers the `mxc:` address. */
    upload(blob, name, progressed) {
        return new Promise((resolve, reject) => {
            const call = new XMLHttpRequest();
            const { token } = this.#client.session;
            call.open('POST', `/_matrix/media/v3/upload?filename=${encodeURIComponent(name ?? 'file')}`);
            call.setRequestHeader('Authorization', `Bearer ${token}`);
            call.setRequestHeader('Content-Type', blob.type || 'application/octet-stream');
            call.responseType = 'json';
            call.timeout = 300_000;
            call.upload.onprogress = (event) => {
                if (event.lengthComputable) progressed(event.loaded / event.total);
            };
            call.onload = () => {
                const { status, response } = call;
                if (status === 200 && split(response?.content_uri)) return resolve(response.content_uri);
                const error = new MatrixError(status, response, response?.retry_after_ms);
                return reject(this.#client.noticed(error, token));
            };
            call.onerror = call.ontimeout = call.onabort = () => reject(new NetworkError());
            call.send(blob);
        });
    }
}
