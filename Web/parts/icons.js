// The icons, drawn on a 24 x 24 grid with round 1.75 strokes. Always decoration: the control that holds one has a name.

const shapes = {
    send: ['M4.5 12 20 4.5 15.5 20l-3.2-6.2z', 'M12.3 13.8 20 4.5'],
    picture: ['M5.5 4.5h13a1.5 1.5 0 0 1 1.5 1.5v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18V6a1.5 1.5 0 0 1 1.5-1.5z',
        'm4.5 17 4.6-4.8a1 1 0 0 1 1.4 0l3.5 3.6 1.7-1.7a1 1 0 0 1 1.4 0l2.9 2.9', 'M15.5 9.2h.01'],
    attach: ['m19.5 11.5-7.6 7.6a5 5 0 0 1-7-7l8-8a3.4 3.4 0 0 1 4.8 4.8l-7.9 7.9a1.7 1.7 0 0 1-2.5-2.4l7.2-7.2'],
    smile: ['M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z', 'M8.5 14.2a4.3 4.3 0 0 0 7 0', 'M9 9.5h.01', 'M15 9.5h.01'],
    more: ['M6 12h.01', 'M12 12h.01', 'M18 12h.01'],
    moon: ['M19.5 14.2A7.8 7.8 0 0 1 9.8 4.5a7.8 7.8 0 1 0 9.7 9.7z'],
    sun: ['M12 16.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4z', 'M12 3v1.6M12 19.4V21M3 12h1.6M19.4 12H21M5.6 5.6l1.2 1.2M17.2 17.2l1.2 1.2M18.4 5.6l-1.2 1.2M6.8 17.2l-1.2 1.2'],
    clock: ['M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z', 'M12 7.8V12l2.6 1.7'],
    check: ['m5.5 12.6 4.2 4.1L18.5 7.5'],
    checks: ['m2.5 12.8 3.9 3.9 8.3-9', 'm10.6 15.7 1.1 1 8.9-9.2'],
    warning: ['M12 8.5v4.2', 'M12 16h.01', 'M10.4 4.6 3.1 17.4A1.8 1.8 0 0 0 4.7 20h14.6a1.8 1.8 0 0 0 1.6-2.6L13.6 4.6a1.8 1.8 0 0 0-3.2 0z'],
    back: ['M14.5 5.5 8 12l6.5 6.5'],
    close: ['m6.5 6.5 11 11', 'm17.5 6.5-11 11'],
    down: ['M12 5v13.5', 'm6.2 12.8 5.8 5.9 5.8-5.9'],
    search: ['M10.8 17.6a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6z', 'm15.8 15.8 4.2 4.2'],
    reply: ['M9.5 6 4.5 11l5 5', 'M4.5 11h9a6 6 0 0 1 6 6v1'],
    edit: ['m4.5 19.5.9-4L15.9 5a1.9 1.9 0 0 1 2.7 0l.4.4a1.9 1.9 0 0 1 0 2.7L8.5 18.6z', 'm14 7 3 3'],
    recall: ['M4.5 9.5h9.8a5.2 5.2 0 0 1 0 10.4H8', 'M8.5 5.5l-4 4 4 4'],
    copy: ['M9 8.5h9a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 19v-9A1.5 1.5 0 0 1 9 8.5z', 'M16 5.5v-.3A1.7 1.7 0 0 0 14.3 3.5H5.2A1.7 1.7 0 0 0 3.5 5.2v9.1A1.7 1.7 0 0 0 5.2 16h.3'],
    eye: ['M2.8 12S6 5.8 12 5.8 21.2 12 21.2 12 18 18.2 12 18.2 2.8 12 2.8 12z', 'M12 14.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z'],
    download: ['M12 4v11', 'm7.2 10.7 4.8 4.8 4.8-4.8', 'M5 19.5h14'],
    file: ['M13.5 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8.5z', 'M13.5 3.5v5h5'],
    info: ['M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z', 'M12 11.3v4.9', 'M12 8h.01'],
    bell: ['M6.5 10.2a5.5 5.5 0 0 1 11 0c0 5 2 6.3 2 6.3h-15s2-1.3 2-6.3z', 'M10.3 19.5a2 2 0 0 0 3.4 0'],
    bellOff: ['M6.7 9a5.5 5.5 0 0 1 10.8 1.2c0 5 2 6.3 2 6.3H8.5', 'M6.5 12.5c-.4 2.7-2 4-2 4', 'M10.3 19.5a2 2 0 0 0 3.4 0', 'm3.5 3.5 17 17'],
    unread: ['M4.5 6.5h9', 'M4.5 12h15', 'M4.5 17.5h15', 'M18.5 6.5h.01'],
    devices: ['M4.5 16V6.5A1.5 1.5 0 0 1 6 5h10a1.5 1.5 0 0 1 1.5 1.5V8', 'M2.5 18.5h10', 'M16 10.5h3.5A1.5 1.5 0 0 1 21 12v6a1.5 1.5 0 0 1-1.5 1.5H16a1.5 1.5 0 0 1-1.5-1.5v-6a1.5 1.5 0 0 1 1.5-1.5z'],
    keyboard: ['M4 6.5h16A1.5 1.5 0 0 1 21.5 8v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 16V8A1.5 1.5 0 0 1 4 6.5z', 'M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8'],
    leave: ['M10 4.5H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.5h4', 'M14.5 8l4 4-4 4', 'M18.5 12h-9'],
    retry: ['M19.5 12a7.5 7.5 0 1 1-2.3-5.4', 'M19.5 4v4h-4'],
    language: ['M4 6.5h9', 'M8.5 4.5v2', 'M11.2 6.5c-.8 3.3-3 5.9-6.2 7.5', 'M6 9.5c1.3 2.1 3 3.6 5 4.5', 'm11.5 19.5 4-9 4 9', 'M12.8 16.5h5.4'],
    tune: ['M4.5 7.5h8M16.5 7.5h3', 'M4.5 16.5h3M11.5 16.5h8', 'M14.5 9.6a2.1 2.1 0 1 0 0-4.2 2.1 2.1 0 0 0 0 4.2z', 'M9.5 18.6a2.1 2.1 0 1 0 0-4.2 2.1 2.1 0 0 0 0 4.2z'],
    trash: ['M4.5 7h15', 'M9.5 7V4.5h5V7', 'm6.5 7 .8 12.5h9.4L17.5 7', 'M10.3 10.8v5.2M13.7 10.8v5.2'],
    scan: ['M4 8.5V6a2 2 0 0 1 2-2h2.5', 'M15.5 4H18a2 2 0 0 1 2 2v2.5', 'M20 15.5V18a2 2 0 0 1-2 2h-2.5', 'M8.5 20H6a2 2 0 0 1-2-2v-2.5', 'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z'],
    camera: ['M8.8 6.5 10 4.8h4l1.2 1.7h3.3A1.5 1.5 0 0 1 20 8v9.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5V8a1.5 1.5 0 0 1 1.5-1.5z', 'M12 15.8a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z'],
    chat: ['M4.5 5.5h15A1.5 1.5 0 0 1 21 7v8.5a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-2A1.5 1.5 0 0 1 3 15.5V7a1.5 1.5 0 0 1 1.5-1.5z'],
    cart: ['M3.5 5h2.2l2.1 10.2h9.7l2-7.2H6.5', 'M9.5 19.2h.01M16 19.2h.01'],
    code: ['M4.5 4.5h5.5v5.5H4.5zM14 4.5h5.5v5.5H14zM4.5 14h5.5v5.5H4.5z', 'M14 14h2v2h-2zM17.8 17.8h1.7v1.7h-1.7M17.8 14h1.7M14 19.5v-1'],
    plusSmile: ['M19.3 10.2A8 8 0 1 1 13.8 4.7', 'M8.7 14.2a4.2 4.2 0 0 0 6.6 0', 'M9 9.8h.01', 'M15 9.8h.01', 'M19 2.5v5M16.5 5h5'],
};

const space = 'http://www.w3.org/2000/svg';

/** A new `<svg>` of the icon, hidden from assistive technology. */
export function icon(name) {
    const drawing = document.createElementNS(space, 'svg');
    drawing.setAttribute('viewBox', '0 0 24 24');
    drawing.setAttribute('class', 'icon');
    drawing.setAttribute('aria-hidden', 'true');
    drawing.dataset.icon = name;
    for (const line of shapes[name] ?? []) {
        const shape = document.createElementNS(space, 'path');
        shape.setAttribute('d', line);
        drawing.append(shape);
    }
    return drawing;
}

/** The mark of the house: an arched shop window with a lamp lit in it. */
export function mark() {
    const drawing = document.createElementNS(space, 'svg');
    drawing.setAttribute('viewBox', '0 0 32 32');
    drawing.setAttribute('class', 'mark');
    drawing.setAttribute('aria-hidden', 'true');
    const parts = [
        ['path', { class: 'mark-frame', d: 'M5 30V13a11 11 0 0 1 22 0v17z' }],
        ['path', { class: 'mark-pane', d: 'M8.2 27V13a7.8 7.8 0 0 1 15.6 0v14z' }],
        ['path', { class: 'mark-light', d: 'M16 9.5v4.2M11.3 18.7a4.7 4.7 0 0 1 9.4 0z' }],
        ['path', { class: 'mark-sill', d: 'M3 29.5h26' }],
    ];
    for (const [tag, attributes] of parts) {
        const shape = document.createElementNS(space, tag);
        for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
        drawing.append(shape);
    }
    return drawing;
}
