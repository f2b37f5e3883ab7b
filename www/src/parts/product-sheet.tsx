import { nameOf } from '../answers';
import { words } from '../words';
import { Dialog } from './dialog';
import { Picture } from './picture';
import { Price, add, dismiss, shownProduct, titleOf } from './product';
import { Rail } from './rail';
import { Reasons } from './reasons';

export function ProductSheet() {
  const shown = shownProduct.value;
  if (!shown) return null;
  const { item, reasons } = shown;
  const all = words();
  const close = () => {
    shownProduct.value = null;
  };
  return (
    <Dialog key={item.id} title={titleOf(item)} onClose={close}>
      <div class="sheet-top">
        <Picture item={item} />
        <div>
          <Price item={item} />
          <p class="soft">{item.category === null ? null : nameOf('term', item.category)}</p>
          {reasons.length > 0 ? (
            <section class="sheet-why">
              <h3>{all.product.why}</h3>
              <Reasons reasons={reasons} />
            </section>
          ) : null}
        </div>
      </div>
      <div class="sheet-actions">
        <button class="button" type="button" onClick={() => add(item)}>
          {all.product.addShort}
        </button>
        <button
          class="button quiet"
          type="button"
          onClick={() => {
            dismiss(item);
            close();
          }}
        >
          {all.product.dismissShort}
        </button>
      </div>
      <Rail strategy="bought-together" item={item.id} title={all.goesWith} level={3} />
      <Rail strategy="similar" item={item.id} level={3} />
    </Dialog>
  );
}
