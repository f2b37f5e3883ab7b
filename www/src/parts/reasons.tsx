import type { Reason } from 'regulars';

/** A reason in words, from the snapshot's templates. One without a template shows its code: nothing is made up here. */
export function inWords(reason: Reason): string {
  return reason.text ?? reason.code;
}

export function Reasons({ reasons }: { reasons: Reason[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {reasons.map((reason, place) => (
        <li key={place}>{inWords(reason)}</li>
      ))}
    </ul>
  );
}
