import '@fontsource-variable/figtree/index.css';
import '@fontsource-variable/fraunces/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/member.css';
import './styles/products.css';
import './styles/coupons.css';
import './styles/cart.css';
import './styles/centre.css';
import './styles/dialogs.css';
import './styles/shops.css';
import './styles/freshness.css';

import { render } from 'preact';

import { App } from './app';
import { start } from './session';

render(<App />, document.getElementById('shop') as HTMLElement);
void start();
// The page itself opens without network too; what it shows then is the client's business.
if (import.meta.env.PROD) void navigator.serviceWorker?.register('./sw.js').catch(() => {}); // refused: then only online
