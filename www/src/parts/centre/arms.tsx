import type { FeatureResult } from 'regulars';

import { features, forced } from '../../answers';
import { revision } from '../../session';
import { words } from '../../words';
import { Block } from './block';

interface Experiment {
  key: string;
  variations: unknown[];
  meta?: { key?: string; name?: string }[];
}

/** Forces an arm, or leaves it as it falls. */
function force(experiment: string, arm: number | null): void {
  const { [experiment]: _, ...others } = forced.value;
  forced.value = arm === null ? others : { ...others, [experiment]: arm };
  revision.value += 1;
}

function Arm({ name, result }: { name: string; result: FeatureResult }) {
  const all = words().arms;
  const experiment = result.experiment as Experiment | undefined;
  const now = experiment ? forced.value[experiment.key] : undefined;
  const choice = (arm: number | null, text: string) => (
    <button key={text} class="arm" type="button" aria-pressed={arm === null ? now === undefined : now === arm} onClick={() => experiment && force(experiment.key, arm)}>
      {text}
    </button>
  );
  return (
    <li>
      <p>
        <code>{name}</code> <span class="soft">{all.from(result.source)}</span>
      </p>
      <p class="arm-value">{JSON.stringify(result.value)}</p>
      {experiment ? (
        <div class="arms-choice" role="group" aria-label={all.force(name)}>
          {choice(null, all.assigned)}
          {experiment.variations.map((_, arm) => choice(arm, experiment.meta?.[arm]?.name ?? all.arm(arm)))}
        </div>
      ) : null}
    </li>
  );
}

/** For those who build the shop: what each feature is for this member and why, and how it would be in another arm. */
export function Arms() {
  const all = words().arms;
  const answer = features.value;
  if (!answer || 'error' in answer) return null;
  return (
    <Block title={all.title} why={all.why} kind="arms">
      <ul class="arms">
        {Object.entries(answer.value).map(([name, result]) => (
          <Arm key={name} name={name} result={result} />
        ))}
      </ul>
    </Block>
  );
}
