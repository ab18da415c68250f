// The customer's page: opens at once, asks nothing, and makes an account only when the first message is sent.

import './customer/page.js';
