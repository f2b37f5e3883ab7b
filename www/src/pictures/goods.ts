import type { Drawing } from './food';

export const goods: Record<string, Drawing> = {
  can: {
    tint: 'sky',
    shapes:
      '<path fill="#c94a3b" d="M19 18h26v32H19z"/><path fill="#a83b2e" d="M39 18h6v32h-6z"/><path fill="#d6dde0" d="M22 10h20l3 8H19z"/><path fill="#bcc6ca" d="M19 50h26l-3 6H22z"/><path fill="#f6e7d8" d="M19 40c8-9 18-2 26-12v8c-8 9-18 3-26 12z"/>',
  },
  bottle: {
    tint: 'sky',
    shapes:
      '<path fill="#a9cfe0" d="M26 18c0 5-7 6-7 14v20c0 2 2 4 4 4h18c2 0 4-2 4-4V32c0-8-7-9-7-14v-4H26z"/><path fill="#7fb2c9" d="M38 18c0 5 7 6 7 14v20c0 2-2 4-4 4h-4z"/><rect x="25" y="7" width="14" height="7" rx="2" fill="#3f7d9c"/><rect x="19" y="34" width="26" height="12" fill="#f2f8fa"/><path fill="none" stroke="#5f9dba" stroke-width="2.500" stroke-linecap="round" d="M23 41c3-4 6-4 9 0s6 4 9 0"/>',
  },
  juice: {
    tint: 'peach',
    shapes:
      '<path fill="#ee9d3f" d="M18 24h28v30H18z"/><path fill="#cf7f25" d="M38 24h8v30h-8z"/><path fill="#f7c178" d="M18 24l5-8h18l5 8z"/><path fill="#4f8a55" d="M34 6h8v11h-8z"/><circle cx="28" cy="39" r="8" fill="#fbe3bd"/><circle cx="28" cy="39" r="5.500" fill="#f2aa4c"/>',
  },
  coffee: {
    tint: 'sand',
    shapes:
      '<path fill="#6d4630" d="M12 26h32v16c0 7-5 12-12 12h-8c-7 0-12-5-12-12z"/><path fill="none" stroke="#6d4630" stroke-width="5" d="M43 30h3c5 0 8 3 8 7s-3 8-8 8h-3"/><ellipse cx="28" cy="26" rx="16" ry="4" fill="#8c6248"/><ellipse cx="28" cy="26" rx="12" ry="2.500" fill="#3a2318"/><g fill="none" stroke="#b9a48f" stroke-width="2.500" stroke-linecap="round"><path d="M22 17c-3-4 3-5 0-9M30 17c-3-4 3-5 0-9"/></g>',
  },
  wine: {
    tint: 'lilac',
    shapes:
      '<path fill="#3d5a45" d="M27 8h10v14c0 4 7 6 7 14v16c0 2-2 4-4 4H24c-2 0-4-2-4-4V36c0-8 7-10 7-14z"/><path fill="#2d4635" d="M37 22c0 4 7 6 7 14v16c0 2-2 4-4 4h-4V8h1z"/><rect x="26" y="6" width="12" height="8" rx="1.500" fill="#8c2f45"/><path fill="#f3e9d8" d="M20 38h24v12H20z"/><path fill="#8c2f45" d="M24 42h16v2H24zM27 46h10v1.500H27z"/>',
  },
  paper: {
    tint: 'sky',
    shapes:
      '<path fill="#f6f7f5" d="M10 22c0-6 5-10 11-10h20c7 0 12 6 12 12v20c0 3-2 5-5 5H21c-6 0-11-4-11-10z"/><path fill="#dfe4e3" d="M41 12c7 0 12 6 12 12v28l-5-3-5 3-5-3V24c0-6 1-12 3-12z"/><ellipse cx="21" cy="30" rx="11" ry="18" fill="#eceeec"/><ellipse cx="21" cy="30" rx="4" ry="7" fill="#b8a58b"/>',
  },
  cleaner: {
    tint: 'sage',
    shapes:
      '<path fill="#3f8f84" d="M22 28h18c4 3 6 7 6 12v12c0 2-2 4-4 4H22c-2 0-4-2-4-4V34c0-3 2-6 4-6z"/><path fill="#2f756b" d="M38 28h2c4 3 6 7 6 12v12c0 2-2 4-4 4h-4z"/><path fill="#f0f5f2" d="M25 20h12v8H25z"/><path fill="#e0864a" d="M20 8h20c5 0 8 2 8 5v3H36v5H26v-5l-10 2v-6z"/><path fill="#f4f7f5" d="M18 38h27v10H18z"/><g fill="#9fc6c0"><circle cx="10" cy="10" r="1.800"/><circle cx="8" cy="16" r="1.500"/><circle cx="12" cy="20" r="1.300"/></g>',
  },
  laundry: {
    tint: 'sky',
    shapes:
      '<path fill="#4d79b5" d="M16 24c0-3 2-5 5-5h10l4-5h8c3 0 5 2 5 5v32c0 2-2 4-4 4H20c-2 0-4-2-4-4z"/><path fill="#3c6299" d="M42 14h1c3 0 5 2 5 5v32c0 2-2 4-4 4h-4z"/><rect x="20" y="10" width="12" height="9" rx="2" fill="#e0864a"/><circle cx="30" cy="38" r="9" fill="#f2f6fb"/><path fill="none" stroke="#4d79b5" stroke-width="2.500" stroke-linecap="round" d="M25 40c2-3 4-3 5-1s4 2 5-1"/><rect x="38" y="20" width="5" height="13" rx="2.500" fill="#c9d8ea"/>',
  },
  care: {
    tint: 'lilac',
    shapes:
      '<path fill="#b487b8" d="M18 30c0-4 3-7 7-7h14c4 0 7 3 7 7v22c0 2-2 4-4 4H22c-2 0-4-2-4-4z"/><path fill="#96699c" d="M38 23h1c4 0 7 3 7 7v22c0 2-2 4-4 4h-4z"/><path fill="#f4eef5" d="M28 16h8v7h-8z"/><path fill="#7a5580" d="M20 9h18c3 0 4 2 4 4v3H26c-3 0-6-1-6-3z"/><path fill="#f6effa" d="M18 34h28v13H18z"/><path fill="#b487b8" d="M32 36c4 3 4 7 0 9-4-2-4-6 0-9z"/>',
  },
  dental: {
    tint: 'sky',
    shapes:
      '<path fill="#f4f8fa" d="M12 22l28-8 10 24-26 12c-3 1-5 0-6-3z"/><path fill="#4d93b8" d="M18 28l24-8 4 10-24 9z"/><path fill="#c94a3b" d="M20 34l24-8 1.500 3.500-24 9z"/><path fill="#5c7683" d="M10 18l5-2 5 14-5 2z" transform="translate(-2 2)"/><path fill="#d7e2e7" d="M44 36l7-4 2 4-7 4z"/>',
  },
  medicine: {
    tint: 'sage',
    shapes:
      '<path fill="#e39a3f" d="M18 24h28v28c0 2-2 4-4 4H22c-2 0-4-2-4-4z"/><path fill="#c67f29" d="M40 24h6v28c0 2-2 4-4 4h-2z"/><rect x="15" y="10" width="34" height="12" rx="3" fill="#f4f6f4"/><path fill="#d9dfda" d="M21 10h2v12h-2zM27 10h2v12h-2zM33 10h2v12h-2zM39 10h2v12h-2z"/><path fill="#fbf4e6" d="M18 31h28v16H18z"/><path fill="#3f8f6a" d="M29.500 33h5v4h4v5h-4v4h-5v-4h-4v-5h4z"/>',
  },
  baby: {
    tint: 'peach',
    shapes:
      '<path fill="#f7fafb" d="M20 26h24v24c0 3-3 6-6 6H26c-3 0-6-3-6-6z"/><path fill="#f1d9c0" d="M20 36h24v14c0 3-3 6-6 6H26c-3 0-6-3-6-6z"/><rect x="17" y="19" width="30" height="8" rx="2.500" fill="#6aa3b5"/><path fill="#e8b79a" d="M24 19c0-4 4-5 4-9 0-3 8-3 8 0 0 4 4 5 4 9z"/><g stroke="#b7c5ca" stroke-width="2" stroke-linecap="round"><path d="M36 32h5M38 38h3M36 44h5"/></g>',
  },
  pet: {
    tint: 'sand',
    shapes:
      '<path fill="#4d8a8f" d="M10 36h44l5 15c0 2-1 3-3 3H8c-2 0-3-1-3-3z"/><path fill="#3c7075" d="M8 44h48l3 7c0 2-1 3-3 3H8c-2 0-3-1-3-3z"/><path fill="#8a5c3c" d="M14 36c1-9 9-14 18-14s17 5 18 14z"/><g fill="#a9744f"><circle cx="24" cy="30" r="4"/><circle cx="34" cy="27" r="4"/><circle cx="42" cy="32" r="3.500"/></g><g fill="#f1e6d6"><circle cx="32" cy="48" r="2.600"/><circle cx="28" cy="44.500" r="1.300"/><circle cx="32" cy="43.500" r="1.300"/><circle cx="36" cy="44.500" r="1.300"/></g>',
  },
  flower: {
    tint: 'sage',
    shapes:
      '<path fill="none" stroke="#5f8f4d" stroke-width="3" stroke-linecap="round" d="M32 30v26"/><path fill="#6f9b57" d="M32 48c-8 1-13-3-15-9 8-1 13 2 15 9zM32 44c7 0 12-4 13-9-7 0-12 3-13 9z"/><g fill="#d9688a"><circle cx="32" cy="12" r="7"/><circle cx="41" cy="19" r="7"/><circle cx="38" cy="29" r="7"/><circle cx="26" cy="29" r="7"/><circle cx="23" cy="19" r="7"/></g><circle cx="32" cy="21" r="6" fill="#efc04f"/>',
  },
  print: {
    tint: 'sand',
    shapes:
      '<path fill="#f7f3ea" d="M14 10h30v46H14z"/><path fill="#e2d9c6" d="M44 16h6v36c0 2-1 4-3 4h-3z"/><path fill="#b94a3f" d="M18 15h22v7H18z"/><path fill="#a8b8b0" d="M18 26h10v12H18z"/><g stroke="#b3a993" stroke-width="2" stroke-linecap="round"><path d="M32 28h8M32 33h8M32 38h6M18 44h22M18 49h16"/></g>',
  },
  home: {
    tint: 'butter',
    shapes:
      '<path fill="#f0c95a" d="M32 8c10 0 17 7 17 16 0 6-3 9-6 13-2 2-3 5-3 7H24c0-2-1-5-3-7-3-4-6-7-6-13 0-9 7-16 17-16z"/><path fill="#f8e3a2" d="M22 22c0-4 3-8 8-9 2 0 2 3 0 3-3 1-5 4-5 7-1 2-3 1-3-1z"/><path fill="#97a0a3" d="M24 44h16v4H24zM25 49h14v4H25zM28 54h8l-2 3h-4z"/>',
  },
  kitchen: {
    tint: 'peach',
    shapes:
      '<path fill="#b4513c" d="M12 30h40v16c0 5-4 9-9 9H21c-5 0-9-4-9-9z"/><path fill="#963f2d" d="M44 30h8v16c0 5-4 9-9 9h-4c3-2 5-5 5-9z"/><path fill="#c96a53" d="M10 24h44v6H10z"/><path fill="#6b4a3d" d="M29 16h6v8h-6z"/><circle cx="32" cy="14" r="4" fill="#6b4a3d"/><path fill="#6b4a3d" d="M4 32h8v5H4zM52 32h8v5h-8z"/>',
  },
  fuel: {
    tint: 'sand',
    shapes:
      '<path fill="#5f7683" d="M14 12c0-2 2-4 4-4h18c2 0 4 2 4 4v44H14z"/><path fill="#dfe8ec" d="M19 14h16v12H19z"/><path fill="#4a5f6b" d="M10 53h34v4H10z"/><path fill="none" stroke="#4a5f6b" stroke-width="3.500" stroke-linecap="round" d="M40 34h4c3 0 4 2 4 4v8c0 5 7 5 7 0V26l-7-8"/><path fill="#e0864a" d="M24 34c4 5 6 7 6 10 0 4-2 6-5 6s-5-2-5-6c0-3 2-5 4-10z" transform="translate(2 -1)"/>',
  },
  basket: {
    tint: 'sand',
    shapes:
      '<path fill="none" stroke="#8a6a44" stroke-width="4" stroke-linecap="round" d="M20 30L28 12M44 30l-8-18"/><path fill="#c79a5e" d="M8 28h48l-5 25c0 2-2 3-4 3H17c-2 0-4-1-4-3z"/><path fill="#ab7f46" d="M8 28h48l-1 6H9z"/><g stroke="#ab7f46" stroke-width="3"><path d="M23 38v14M32 38v14M41 38v14"/></g>',
  },
};
