// What several sections need to know of each other: queues, agents, rules and robots by their numbers.

import { t } from '../language.js';
import { deskGet } from '../matrix/desk.js';

export class Setup {
    constructor(client) {
        this.client = client;
        Object.assign(this, { queues: [], agents: [], rules: [], robots: [], isAdmin: false });
    }

    /** Reads everything anew; refused for who may not set the desk up. */
    async load() {
        const [me, { rules }, { queues }, { agents }, { robots }] = await Promise.all(
            ['me', 'rules', 'queues', 'agents', 'robots'].map((name) => deskGet(this.client, name)));
        Object.assign(this, { rules, queues, agents, robots, isAdmin: me.admin === true });
    }

    queueName(number) {
        return this.queues.find(({ queue }) => queue === number)?.name ?? t('settings_gone', { n: number });
    }

    robotName(user) {
        const robot = this.robots.find((each) => each.user === user || each.user_id === user);
        return robot ? robot.name || robot.id : t('settings_gone', { n: user });
    }

    agentName(agent) {
        return agent.name || agent.user_id || String(agent.agent);
    }

    /** Robots that are in use. */
    get activeRobots() {
        return this.robots.filter((robot) => !robot.retired_ts);
    }
}
