// <vt-models>: the login, or the models once somebody is logged in.

import { addText } from '../language.js';
import { StaffEntrance } from '../staff/entrance.js';
import { Overview } from './overview.js';
import { text } from './text.js';

addText(text);

class ModelsPage extends StaffEntrance {
    work() {
        const overview = new Overview(this.client);
        this.replaceChildren(overview.element);
        overview.load();
    }
}

customElements.define('vt-models', ModelsPage);
