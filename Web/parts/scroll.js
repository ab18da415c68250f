// Keeps a scrolling list where the reader is: at the newest message if they were there, else on the message they read,
// whatever grows above or below it.

const nearEnd = 80;

export class ScrollKeeper {
    constructor(scroller, content) {
        this.scroller = scroller;
        this.content = content;
        this.atEnd = true;
        this.follows = new ResizeObserver(() => {
            if (this.atEnd) this.toEnd();
        });
        scroller.addEventListener('scroll', () => this.#noticed(), { passive: true });
    }

    watch() {
        this.follows.observe(this.content);
        this.follows.observe(this.scroller);
    }

    unwatch() {
        this.follows.disconnect();
    }

    #noticed() {
        const { scrollTop, scrollHeight, clientHeight } = this.scroller;
        this.atEnd = scrollHeight - clientHeight - scrollTop < nearEnd;
    }

    toEnd({ smooth = false } = {}) {
        this.atEnd = true;
        const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
        this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
    }

    /** Runs `change` and puts the first visible element back to where it was. */
    keeping(change) {
        const wasAtEnd = this.atEnd;
        const anchor = wasAtEnd ? null : this.#firstVisible();
        const before = anchor?.getBoundingClientRect().top;
        change();
        if (wasAtEnd) this.toEnd();
        else if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    }

    #firstVisible() {
        const top = this.scroller.getBoundingClientRect().top;
        for (const child of this.content.children) {
            // Markers of what is still to load give way to what they load, so they are no anchor.
            if (child.getBoundingClientRect().bottom > top && !child.dataset.loads) return child;
        }
        return null;
    }
}
