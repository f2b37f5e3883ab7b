// Flat drawings on a 64 by 64 field: two or three tones of one hue, light from the upper left, standing on y = 54.
// `tint` names the field's colour in styles/tokens.css.

export interface Drawing {
  tint: 'sage' | 'butter' | 'peach' | 'sky' | 'lilac' | 'sand';
  shapes: string;
}

export const food: Record<string, Drawing> = {
  apple: {
    tint: 'sage',
    shapes:
      '<path fill="#c94a3b" d="M32 22c5-5 18-3 18 12 0 11-7 20-12 20-3 0-4-1-6-1s-3 1-6 1c-5 0-12-9-12-20 0-15 13-17 18-12z"/><path fill="#e0705c" d="M24 24c-5 1-7 6-6 12 0 2 3 2 3 0 0-4 1-7 4-9 2-1 1-3-1-3z"/><path fill="none" stroke="#6b4a2f" stroke-width="3" stroke-linecap="round" d="M32 22c0-5 1-8 4-11"/><path fill="#6f9b57" d="M35 16c3-6 9-7 13-5-2 5-8 8-13 5z"/>',
  },
  banana: {
    tint: 'butter',
    shapes:
      '<path fill="#e7b93c" d="M14 14c-2 16 6 34 30 38 4 0 6-3 4-6C32 42 22 30 20 14c-1-3-6-3-6 0z"/><path fill="#f3d370" d="M23 13c1 14 10 26 27 29 4 0 5-4 2-6-13-3-21-12-23-24-1-3-6-2-6 1z"/><path fill="#6b4a2f" d="M14 14c0-4 2-6 6-7h6l3 5c-5 1-10 2-15 2z"/>',
  },
  citrus: {
    tint: 'peach',
    shapes:
      '<circle cx="32" cy="34" r="20" fill="#ea9336"/><circle cx="32" cy="34" r="16.5" fill="#fbe3bd"/><g fill="#f2aa4c"><path d="M31 32V19.500a14.500 14.500 0 0 0-10 5z"/><path d="M33 32V19.500a14.500 14.500 0 0 1 10 5z"/><path d="M34.500 33l9-7a14.500 14.500 0 0 1 3 8z" /><path d="M29.500 33l-9-7a14.500 14.500 0 0 0-3 8z"/><path d="M30 35.500H17.600a14.500 14.500 0 0 0 5 9.500z"/><path d="M34 35.500h12.400a14.500 14.500 0 0 1-5 9.500z"/><path d="M32 37l-7 9.500a14.500 14.500 0 0 0 14 0z"/></g>',
  },
  grapes: {
    tint: 'lilac',
    shapes:
      '<g fill="#6a4d8f"><circle cx="22" cy="28" r="7"/><circle cx="42" cy="28" r="7"/><circle cx="27" cy="40" r="7"/><circle cx="37" cy="40" r="7"/></g><circle cx="32" cy="28" r="7.500" fill="#8567ad"/><circle cx="32" cy="49" r="6" fill="#8567ad"/><g fill="#b9a3d6"><circle cx="30" cy="25" r="2"/><circle cx="20" cy="25" r="2"/><circle cx="25" cy="37" r="2"/><circle cx="40" cy="25" r="2"/></g><path fill="none" stroke="#6b4a2f" stroke-width="3" stroke-linecap="round" d="M32 21V11"/><path fill="#6f9b57" d="M32 15c4-6 10-7 15-4-3 6-9 8-15 4z"/>',
  },
  berry: {
    tint: 'peach',
    shapes:
      '<path fill="#cf3f46" d="M32 56C21 51 13 39 15 29c1-6 8-9 17-9s16 3 17 9c2 10-6 22-17 27z"/><path fill="#e2656a" d="M19 30c0-4 4-6 9-6 3 0 3 3 0 3-4 1-6 2-7 5 0 2-2 1-2-2z"/><g fill="#f7d9a8"><ellipse cx="25" cy="36" rx="1.300" ry="1.900"/><ellipse cx="33" cy="32" rx="1.300" ry="1.900"/><ellipse cx="41" cy="35" rx="1.300" ry="1.900"/><ellipse cx="29" cy="44" rx="1.300" ry="1.900"/><ellipse cx="37" cy="43" rx="1.300" ry="1.900"/></g><path fill="#5f8f4d" d="M32 24c-6 1-12-1-15-5 5-2 9-2 12 0 0-4 1-7 3-10 2 3 3 6 3 10 3-2 7-2 12 0-3 4-9 6-15 5z"/>',
  },
  melon: {
    tint: 'sage',
    shapes:
      '<path fill="#4f8a55" d="M8 26a24 24 0 0 0 48 0z"/><path fill="#dfeccb" d="M12 26a20 20 0 0 0 40 0z"/><path fill="#d9574a" d="M15 26a17 17 0 0 0 34 0z"/><g fill="#3c2a20"><ellipse cx="24" cy="31" rx="1.300" ry="2.200"/><ellipse cx="32" cy="35" rx="1.300" ry="2.200"/><ellipse cx="40" cy="31" rx="1.300" ry="2.200"/></g>',
  },
  tomato: {
    tint: 'peach',
    shapes:
      '<ellipse cx="32" cy="37" rx="20" ry="17" fill="#cf4635"/><path fill="#e4705d" d="M17 34c1-6 5-9 9-10 2 0 2 2 1 3-4 2-6 4-7 8-1 2-3 1-3-1z"/><path fill="#5f8f4d" d="M32 24c-4-1-9 1-12 5 5 0 8-1 10-2-1 2-1 4 0 7 2-2 3-5 3-7 2 2 5 3 10 3-2-4-6-6-10-6l2-7-3-1z"/>',
  },
  carrot: {
    tint: 'butter',
    shapes:
      '<path fill="#e07f35" d="M38 22c6 3 7 8 4 12L17 54c-4 3-8-1-6-5l16-25c3-4 7-5 11-2z"/><g fill="none" stroke="#b95f1f" stroke-width="2" stroke-linecap="round"><path d="M25 32l6 3M20 40l5 3M34 29l4 4"/></g><path fill="#5f8f4d" d="M37 24c-3-6-2-12 2-15 3 4 3 9 1 13 3-5 8-7 13-6-1 5-6 9-11 9 4 0 8 2 10 6-5 2-12 0-15-7z"/>',
  },
  potato: {
    tint: 'sand',
    shapes:
      '<path fill="#b98a55" d="M14 40c-2-10 6-22 18-24s20 6 20 16-8 20-19 21-17-5-19-13z"/><path fill="#d0a672" d="M19 36c0-7 6-14 13-16 2 0 3 2 1 3-5 2-10 7-10 12-1 3-4 3-4 1z"/><g fill="#94683a"><circle cx="34" cy="30" r="1.800"/><circle cx="42" cy="35" r="1.500"/><circle cx="28" cy="42" r="1.800"/><circle cx="38" cy="45" r="1.500"/></g>',
  },
  greens: {
    tint: 'sage',
    shapes:
      '<path fill="#4f8a4f" d="M32 54C16 50 8 38 14 24c4-1 8 0 11 3-1-7 1-13 7-18 6 5 8 11 7 18 3-3 7-4 11-3 6 14-2 26-18 30z"/><path fill="#79b06a" d="M32 50c-5-8-6-22 0-34 6 12 5 26 0 34z"/><path fill="none" stroke="#d8e8c6" stroke-width="2" stroke-linecap="round" d="M32 52V26M32 38l-6-6M32 44l7-7"/>',
  },
  mushroom: {
    tint: 'sand',
    shapes:
      '<path fill="#ead9c2" d="M26 34h12l2 14c0 4-3 6-8 6s-8-2-8-6z"/><path fill="#a9744f" d="M10 34c0-13 10-22 22-22s22 9 22 22c0 3-4 4-22 4s-22-1-22-4z"/><g fill="#c99c78"><ellipse cx="24" cy="22" rx="4" ry="3"/><ellipse cx="38" cy="26" rx="5" ry="3.500"/></g>',
  },
  milk: {
    tint: 'sky',
    shapes:
      '<path fill="#f7fafc" d="M18 26h28v28H18z"/><path fill="#d5e2ea" d="M36 26h10v28H36z"/><path fill="#5f95b5" d="M18 36h28v9H18z"/><path fill="#4c7f9f" d="M36 36h10v9H36z"/><path fill="#e7f0f5" d="M18 26l6-12h16l6 12z"/><path fill="#c3d5df" d="M40 14l6 12H36z"/><path fill="#5f95b5" d="M24 8h16v6H24z"/>',
  },
  yogurt: {
    tint: 'lilac',
    shapes:
      '<path fill="#f8f4fa" d="M17 26h30l-4 26c0 1-1 2-2 2H23c-1 0-2-1-2-2z"/><path fill="#dccfe6" d="M39 26h8l-4 26c0 1-1 2-2 2h-5z"/><path fill="#c2608a" d="M19 36h27l-1.500 9h-24z"/><rect x="14" y="20" width="36" height="7" rx="3" fill="#9a7bb8"/><path fill="#d9c7e8" d="M32 20c3-8 9-9 14-8-1 4-4 8-14 8z"/>',
  },
  cheese: {
    tint: 'butter',
    shapes:
      '<path fill="#efc04f" d="M8 36L44 16c7 1 12 8 12 20z"/><path fill="#dca631" d="M8 36h48v16H8z"/><g fill="#c48d1f"><circle cx="20" cy="44" r="4"/><circle cx="38" cy="46" r="3"/><circle cx="50" cy="40" r="2.500"/></g><ellipse cx="40" cy="28" rx="5" ry="3.500" fill="#dca631"/><ellipse cx="26" cy="32" rx="2.500" ry="1.500" fill="#dca631"/>',
  },
  butter: {
    tint: 'butter',
    shapes:
      '<path fill="#f2d16a" d="M12 30l10-10h32L44 30z"/><path fill="#e7bd46" d="M44 30l10-10v16L44 46z"/><path fill="#f7e3a0" d="M12 30h32v16H12z"/><path fill="#e4ded3" d="M6 46h46c0 5-3 8-7 8H13c-4 0-7-3-7-8z"/><path fill="none" stroke="#dcb43d" stroke-width="2" d="M22 30v16M32 30v16"/>',
  },
  eggs: {
    tint: 'sand',
    shapes:
      '<path fill="#f6e6d2" d="M22 16c5 0 9 9 9 16s-4 10-9 10-9-3-9-10 4-16 9-16z"/><path fill="#e2b48c" d="M42 16c5 0 9 9 9 16s-4 10-9 10-9-3-9-10 4-16 9-16z"/><path fill="#fdf6ec" d="M19 22c-2 3-3 7-3 9 0 2 2 2 2 0 0-3 1-5 3-8 0-2-1-2-2-1z"/><path fill="#8b9a8e" d="M8 36h48l-3 14c0 2-2 4-4 4H15c-2 0-4-2-4-4z"/><path fill="#74847a" d="M8 36h48l-1 5H9z"/>',
  },
  bread: {
    tint: 'sand',
    shapes:
      '<path fill="#b9763c" d="M10 28c-2-8 4-14 12-14h22c8 0 13 6 11 13-1 3-3 4-3 6v17c0 2-2 4-4 4H16c-2 0-4-2-4-4V33c0-2-1-3-2-5z"/><path fill="#e5b981" d="M14 28c-1-6 3-10 9-10h18c6 0 9 4 8 9-1 3-3 4-3 6v14c0 2-1 3-3 3H20c-2 0-3-1-3-3V33c0-2-2-3-3-5z"/><g fill="none" stroke="#c98f52" stroke-width="2.500" stroke-linecap="round"><path d="M25 25l5 5M33 25l5 5"/></g>',
  },
  cookie: {
    tint: 'sand',
    shapes:
      '<circle cx="32" cy="34" r="20" fill="#c68a4e"/><path fill="#d9a267" d="M15 32a17 17 0 0 1 17-15c3 0 3 3 0 3-8 1-13 6-14 12 0 3-3 2-3 0z"/><g fill="#59351f"><circle cx="25" cy="28" r="3"/><circle cx="38" cy="26" r="2.500"/><circle cx="42" cy="38" r="3"/><circle cx="30" cy="40" r="2.500"/><circle cx="22" cy="38" r="2"/><circle cx="36" cy="47" r="2"/></g>',
  },
  cake: {
    tint: 'peach',
    shapes:
      '<path fill="#f6dfcf" d="M10 32h44v20c0 1-1 2-2 2H12c-1 0-2-1-2-2z"/><path fill="#d98a6a" d="M10 40h44v5H10z"/><path fill="#c65f6d" d="M10 30c0-5 4-8 9-8h26c5 0 9 3 9 8v4c-2 3-6 3-8 0-2 3-6 3-8 0-2 3-6 3-8 0-2 3-6 3-8 0-2 3-6 3-8 0-1 1-2 1-4-1z"/><circle cx="32" cy="17" r="5" fill="#a6323f"/><path fill="none" stroke="#5f8f4d" stroke-width="2" stroke-linecap="round" d="M33 12c1-3 3-4 6-4"/>',
  },
  icecream: {
    tint: 'lilac',
    shapes:
      '<path fill="#c98f52" d="M21 34h22L32 58z"/><path fill="none" stroke="#a86f38" stroke-width="1.500" d="M25 36l11 12M39 36L28 48M32 35l6 9M32 35l-6 9"/><circle cx="24" cy="28" r="9" fill="#e69bb0"/><circle cx="40" cy="28" r="9" fill="#f3e2c0"/><circle cx="32" cy="19" r="10" fill="#8a5c45"/><path fill="#a97b63" d="M25 17c1-3 3-4 5-5 2 0 2 2 1 2-2 1-3 2-4 4-1 1-2 0-2-1z"/>',
  },
  candy: {
    tint: 'peach',
    shapes:
      '<path fill="#e3a13b" d="M20 32L8 22c-1 7-1 13 0 20zM44 32l12-10c1 7 1 13 0 20z"/><circle cx="32" cy="32" r="14" fill="#cc4f63"/><path fill="none" stroke="#f4c8cf" stroke-width="4" stroke-linecap="round" d="M24 24c6 2 8 8 6 16M33 20c7 4 9 12 6 21"/>',
  },
  chips: {
    tint: 'butter',
    shapes:
      '<path fill="#d9573f" d="M16 10h32l-2 6 2 34-2 6H18l-2-6 2-34z"/><path fill="#b94530" d="M40 10h8l-2 6 2 34-2 6h-6z"/><circle cx="31" cy="33" r="11" fill="#f5dc8c"/><path fill="#e2b548" d="M23 34c4-6 11-8 16-5-1 6-9 10-16 5z"/><path fill="#f7e9c2" d="M18 16h28v3H18z"/>',
  },
  cereal: {
    tint: 'butter',
    shapes:
      '<path fill="#e08b3a" d="M16 8h28v46H16z"/><path fill="#bf6f25" d="M44 8l6 4v38l-6 4z"/><path fill="#fbeed0" d="M20 32h20c0 8-4 13-10 13s-10-5-10-13z"/><g fill="none" stroke="#c98736" stroke-width="2.500"><circle cx="25" cy="29" r="2.800"/><circle cx="32" cy="27" r="2.800"/><circle cx="37" cy="30" r="2.300"/></g><path fill="#fbeed0" d="M20 14h20v5H20z"/>',
  },
  pasta: {
    tint: 'sand',
    shapes:
      '<g stroke="#e6bd5a" stroke-width="3" stroke-linecap="round"><path d="M22 8l4 24M27 7l3 25M32 6v26M37 7l-3 25M42 8l-4 24"/></g><path fill="#a8432f" d="M24 28h16v8H24z"/><g stroke="#d2a23b" stroke-width="3" stroke-linecap="round"><path d="M26 36l-5 20M30 36l-3 21M34 36l3 21M38 36l5 20"/></g>',
  },
  tin: {
    tint: 'peach',
    shapes:
      '<path fill="#b9c2c4" d="M16 14h32v40H16z"/><path fill="#c64c3a" d="M16 21h32v26H16z"/><path fill="#a83b2b" d="M40 21h8v26h-8z"/><ellipse cx="32" cy="14" rx="16" ry="5" fill="#d9dfe0"/><ellipse cx="32" cy="14" rx="12" ry="3" fill="#a5afb2"/><path fill="#b9c2c4" d="M16 47h32v4c0 3-7 5-16 5s-16-2-16-5z"/><circle cx="29" cy="34" r="8" fill="#f7e8cf"/><path fill="#6f9b57" d="M25 35c2-5 6-6 9-5-1 5-5 7-9 5z"/>',
  },
  jar: {
    tint: 'peach',
    shapes:
      '<path fill="#c4482f" d="M17 24c0-3 2-5 5-5h20c3 0 5 2 5 5v26c0 3-2 5-5 5H22c-3 0-5-2-5-5z"/><path fill="#a93a25" d="M40 19h2c3 0 5 2 5 5v26c0 3-2 5-5 5h-2z"/><rect x="19" y="9" width="26" height="9" rx="2.500" fill="#3f6650"/><path fill="#faeeda" d="M17 30h30v15H17z"/><circle cx="32" cy="37.500" r="4.500" fill="#d9573f"/><path fill="#5f8f4d" d="M32 34c2-3 5-3 6-2-1 3-4 4-6 2z"/>',
  },
  flour: {
    tint: 'sand',
    shapes:
      '<path fill="#f5ecdd" d="M18 18h28l3 34c0 1-1 2-2 2H17c-1 0-2-1-2-2z"/><path fill="#dfd0b8" d="M40 18h6l3 34c0 1-1 2-2 2h-6z"/><path fill="#c9b693" d="M17 10h30l-1 8H18z"/><path fill="none" stroke="#b98a3f" stroke-width="2.500" stroke-linecap="round" d="M30 46V28"/><g fill="#d2a23b"><path d="M30 30c-4 0-6-2-6-5 4 0 6 2 6 5zM30 30c4 0 6-2 6-5-4 0-6 2-6 5zM30 37c-4 0-6-2-6-5 4 0 6 2 6 5zM30 37c4 0 6-2 6-5-4 0-6 2-6 5zM30 44c-4 0-6-2-6-5 4 0 6 2 6 5zM30 44c4 0 6-2 6-5-4 0-6 2-6 5z"/></g>',
  },
  oil: {
    tint: 'butter',
    shapes:
      '<path fill="#e3b53a" d="M24 24c-4 3-6 7-6 12v14c0 2 2 4 4 4h20c2 0 4-2 4-4V36c0-5-2-9-6-12V14H24z"/><path fill="#c89a24" d="M40 24c4 3 6 7 6 12v14c0 2-2 4-4 4h-3V22z"/><rect x="23" y="7" width="18" height="8" rx="2" fill="#5f7f4a"/><rect x="18" y="35" width="28" height="12" fill="#f8f1de"/><path fill="#7f9c4f" d="M26 41c3-4 8-5 12-2-3 4-8 5-12 2z"/>',
  },
  beef: {
    tint: 'peach',
    shapes:
      '<path fill="#f1ddd0" d="M12 36c-2-12 8-22 22-22s20 8 18 18-10 10-14 14-6 8-13 8-11-8-13-18z"/><path fill="#b9404a" d="M17 36c-2-9 7-17 17-17s14 5 13 12-8 8-13 12-5 6-9 6-7-5-8-13z"/><circle cx="37" cy="28" r="4.500" fill="#f1ddd0"/><path fill="none" stroke="#db7d82" stroke-width="2" stroke-linecap="round" d="M23 34c1-4 3-6 6-7M25 42c2-3 4-4 7-5"/>',
  },
  chicken: {
    tint: 'butter',
    shapes:
      '<path fill="#c27a3a" d="M28 14c11-4 22 4 22 15s-9 17-17 14c-3-1-5 0-7 3L16 40c3-2 4-4 3-8-1-8 2-15 9-18z"/><path fill="#dc9b58" d="M29 18c5-2 9-1 12 1 2 1 1 3-1 3-4-1-7 0-9 1-3 1-5-3-2-5z"/><path fill="#f4e9da" d="M18 41l7 6-6 6c1 3-2 5-4 3-1-1-1-2-2-2s-2-1-3-2c-2-2 0-5 3-4z"/>',
  },
  ham: {
    tint: 'peach',
    shapes:
      '<ellipse cx="30" cy="34" rx="20" ry="18" fill="#c96a6c"/><ellipse cx="36" cy="34" rx="18" ry="17" fill="#f4d8cf"/><ellipse cx="36" cy="34" rx="14.500" ry="13.500" fill="#e59a98"/><circle cx="38" cy="31" r="4" fill="#f4d8cf"/><path fill="none" stroke="#f4d8cf" stroke-width="2" stroke-linecap="round" d="M27 38c3 4 8 5 13 3M29 27c1-2 3-3 5-3"/>',
  },
  fish: {
    tint: 'sky',
    shapes:
      '<path fill="#5d93ad" d="M8 34c6-11 20-16 32-9l12-8c-1 6-2 10-1 17-1 6 0 11 2 17l-13-8c-12 7-26 2-32-9z"/><path fill="#86b4c8" d="M10 33c6-8 18-12 28-7-6 1-18 2-28 7z"/><circle cx="19" cy="32" r="2.200" fill="#1f2d33"/><path fill="none" stroke="#41768f" stroke-width="2" stroke-linecap="round" d="M27 28c2 4 2 8 0 12M35 31l4 3-4 3"/>',
  },
  frozen: {
    tint: 'sky',
    shapes:
      '<rect x="10" y="16" width="44" height="38" rx="3" fill="#5b8fb0"/><path fill="#47799a" d="M46 16h5a3 3 0 0 1 3 3v32a3 3 0 0 1-3 3h-5z"/><path fill="#dfeef5" d="M10 16h44v7H10z"/><g stroke="#eef7fb" stroke-width="2.500" stroke-linecap="round"><path d="M28 29v18M20 33.500l16 9M36 33.500l-16 9"/></g>',
  },
  pizza: {
    tint: 'butter',
    shapes:
      '<path fill="#c98f4a" d="M8 18c14-9 34-9 48 0l-3 6H11z"/><path fill="#efc765" d="M12 22c12-6 28-6 40 0L32 57z"/><g fill="#c4482f"><circle cx="27" cy="28" r="4"/><circle cx="39" cy="29" r="3.500"/><circle cx="32" cy="41" r="3.500"/></g><g fill="#5f8f4d"><path d="M32 22l4 2-4 1zM24 36l3 1-2 2zM38 37l2-2 1 3z"/></g>',
  },
  soup: {
    tint: 'sand',
    shapes:
      '<path fill="#3f6650" d="M8 30h48c0 13-9 22-20 22h-8C17 52 8 43 8 30z"/><ellipse cx="32" cy="30" rx="24" ry="6" fill="#53806a"/><ellipse cx="32" cy="30" rx="20" ry="4" fill="#e19a45"/><path fill="#3f6650" d="M22 50h20v4H22z"/><g fill="none" stroke="#b9b0a2" stroke-width="2.500" stroke-linecap="round"><path d="M24 20c-3-4 3-6 0-10M32 20c-3-4 3-6 0-10M40 20c-3-4 3-6 0-10"/></g>',
  },
  salad: {
    tint: 'sage',
    shapes:
      '<g fill="#6ca35b"><circle cx="20" cy="26" r="9"/><circle cx="32" cy="21" r="10"/><circle cx="44" cy="26" r="9"/></g><circle cx="26" cy="27" r="5" fill="#cf4635"/><path fill="#f2aa4c" d="M35 24l10 4-9 4z"/><path fill="#f4efe4" d="M8 30h48c0 13-9 22-20 22h-8C17 52 8 43 8 30z"/><path fill="#ddd3c0" d="M46 30h10c0 13-9 22-20 22h-4c9-3 14-11 14-22z"/>',
  },
};
