// A page of an article: its words in the reader's language, and a long press on a picture finds the thing in it.

import { translate } from './language.js';

const pressMilliseconds = 550;
const stillPixels = 10;

// A finger that rests on a picture asks for what it shows; one that moves scrolls.
function watch(figure) {
    const picture = figure.querySelector('img');
    const find = () => { window.location.href = figure.dataset.find; };
    let timer = 0;
    let start = null;
    const stop = () => {
        clearTimeout(timer);
        start = null;
        figure.classList.remove('is-pressed');
    };
    picture.addEventListener('pointerdown', (event) => {
        if (event.button !== 0) return;
        start = { x: event.clientX, y: event.clientY };
        figure.classList.add('is-pressed');
        timer = setTimeout(find, pressMilliseconds);
    });
    picture.addEventListener('pointermove', (event) => {
        if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > stillPixels) stop();
    });
    for (const type of ['pointerup', 'pointercancel', 'pointerleave']) picture.addEventListener(type, stop);
    // The menu of the browser would come in between on a touch screen, and only there.
    picture.addEventListener('contextmenu', (event) => {
        if (event.pointerType === 'touch') event.preventDefault();
    });
    picture.draggable = false;
}

translate(document.body);
document.querySelectorAll('.article-figure').forEach(watch);
