import type { ItemInfo } from 'regulars';

import { drawing, drawingFor } from '../pictures';

/** The drawing of an item's category. The title beside it says what it is, so that it needs no words of its own. */
export function Picture({ item }: { item: ItemInfo }) {
  const { tint, shapes } = drawing(drawingFor([item.category, item.kind].filter(Boolean).join(' '), item.department ?? ''));
  return (
    <span class="picture" style={{ background: `var(--tint-${tint})` }}>
      <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false" dangerouslySetInnerHTML={{ __html: shapes }} />
    </span>
  );
}
