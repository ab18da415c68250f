// <vt-agent>: the login, or the desk once somebody is logged in.

import { StaffEntrance } from '../staff/entrance.js';
import { Desk } from './desk.js';

class AgentPage extends StaffEntrance {
    static connection = { timelineLimit: 10 };

    work() {
        this.desk = new Desk(this.client);
        this.replaceChildren(this.desk.element);
        this.desk.begin();
        this.client.start();
    }

    leave() {
        this.desk?.end();
        this.desk = null;
    }
}

customElements.define('vt-agent', AgentPage);
