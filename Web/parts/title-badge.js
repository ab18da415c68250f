// The number of unread messages in front of the page's title, where a person in another tab sees it.

let name = 'Vitrine';
let count = 0;

function draw() {
    const title = count > 0 ? `(${count > 99 ? '99+' : count}) ${name}` : name;
    if (document.title !== title) document.title = title;
}

export function setTitle(next) {
    name = next;
    draw();
}

export function setTitleCount(next) {
    count = next;
    draw();
}
