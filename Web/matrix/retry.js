// When to try again: exponential back-off with jitter, cut short as soon as the network is back.

/** Milliseconds before try number `failures + 1`: 0.5 s doubling up to `most`, then anywhere from half to all of it. */
export function backoff(failures, most = 30_000) {
    const full = Math.min(most, 500 * 2 ** Math.min(failures, 10));
    return full / 2 + Math.random() * (full / 2);
}

/** Waits, but no longer than until the browser says it is online again or `signal` is aborted. */
export function rest(milliseconds, signal) {
    return new Promise((resolve) => {
        const finish = () => {
            clearTimeout(timer);
            window.removeEventListener('online', finish);
            signal?.removeEventListener('abort', finish);
            resolve();
        };
        const timer = setTimeout(finish, milliseconds);
        window.addEventListener('online', finish);
        signal?.addEventListener('abort', finish);
        if (signal?.aborted) finish();
    });
}
