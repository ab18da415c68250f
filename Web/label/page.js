// <vt-label>: pictures, boxes, what a model sees.

import { definePage } from '../staff/shell.js';
import { LabelView } from './view.js';

definePage('vt-label', {
    title: 'label_title', address: '/label',
    open(main, api) {
        const view = new LabelView(api);
        main.append(view.element);
        view.begin();
        return view;
    },
});
