import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { words } from '../words';
import { Icon } from './icons';

/** A modal over the page: Escape, the cross and a press beside it close it, and focus returns to where it was. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const name = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    // A dialog that is taken away gives no focus back; and what was pressed may be gone by now, with the answer it was in.
    return () => {
      const back = before instanceof HTMLElement && before.isConnected ? before : document.getElementById('main');
      back?.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2 id={name}>{title}</h2>
          <button class="round-button" type="button" aria-label={words().household.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
