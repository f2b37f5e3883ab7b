import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A part of the member centre, under its own heading. */
export function Block({ title, why, kind, children }: { title: string; why?: string | undefined; kind: string; children: ComponentChildren }) {
  const name = useId();
  return (
    <section class="block" aria-labelledby={name} data-block={kind}>
      <h3 id={name}>{title}</h3>
      {why ? <p class="soft">{why}</p> : null}
      {children}
    </section>
  );
}
