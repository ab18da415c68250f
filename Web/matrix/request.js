// One HTTP call to the server: JSON in, JSON out, a time-out, Matrix errors as values, and retries where a retry
// cannot do harm (GET, PUT and DELETE name what they change; a POST is retried only when it asks for it).

import { backoff, rest } from './retry.js';

/** The server answered and said no. */
export class MatrixError extends Error {
    constructor(status, body, retryAfter) {
        super(body?.error || `HTTP ${status}`);
        this.name = 'MatrixError';
        this.status = status;
        this.code = body?.errcode ?? 'M_UNKNOWN';
        this.body = body ?? {};
        this.retryAfter = retryAfter;
    }

    /** Whether the same request may work later. */
    get isTemporary() {
        return this.status === 429 || this.status >= 500;
    }

    get isSessionOver() {
        return this.status === 401 && (this.code === 'M_UNKNOWN_TOKEN' || this.code === 'M_MISSING_TOKEN');
    }
}

/** No answer: no network, no server, or it took too long. */
export class NetworkError extends Error {
    constructor(cause) {
        super('The server could not be reached.');
        this.name = 'NetworkError';
        this.cause = cause;
    }
}

export function path(strings, ...parts) {
    return strings.reduce((text, piece, index) => text + encodeURIComponent(parts[index - 1]) + piece);
}

function address(target, query) {
    const url = new URL(target, window.location.origin);
    for (const [key, value] of Object.entries(query ?? {})) {
        if (value !== undefined && value !== null) url.searchParams.set(key, String(value));
    }
    return url;
}

async function once(token, method, target, options) {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (options.body !== undefined) headers['Content-Type'] = 'application/json';
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), options.timeout ?? 20_000);
    const stop = () => control.abort();
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted) stop();
    try {
        const reply = await fetch(address(target, options.query), {
            method, headers, signal: control.signal, cache: 'no-store',
            body: options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
        });
        if (reply.ok && options.blob) return await reply.blob();
        if (reply.ok && options.read) return await options.read(reply.body);
        const body = await reply.json().catch(() => null);
        if (reply.ok && body !== null) return body;
        throw new MatrixError(reply.ok ? 502 : reply.status, body, retryAfter(reply, body));
    } catch (error) {
        throw error instanceof MatrixError ? error : new NetworkError(error);
    } finally {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', stop);
    }
}

function retryAfter(reply, body) {
    const seconds = Number(reply.headers.get('Retry-After'));
    if (seconds > 0) return seconds * 1000;
    return typeof body?.retry_after_ms === 'number' ? body.retry_after_ms : null;
}

/**
 * Sends a request. `options`: `query`, `body`, `timeout` in milliseconds, `signal`, `form` (a FormData
 * instead of a body), `blob` (answer is a Blob) and `attempts` (default 4 for GET, PUT, DELETE and 1 for POST). Throws `MatrixError` or `NetworkError`.
 */
export async function request(token, method, target, options = {}) {
    const attempts = options.attempts ?? (method === 'POST' ? 1 : 4);
    for (let failures = 0; ; failures += 1) {
        try {
            return await once(token, method, target, options);
        } catch (error) {
            const mayRetry = error instanceof NetworkError || error.isTemporary;
            if (!mayRetry || failures + 1 >= attempts || options.signal?.aborted) throw error;
            await rest(error.retryAfter ?? backoff(failures), options.signal);
        }
    }
}
