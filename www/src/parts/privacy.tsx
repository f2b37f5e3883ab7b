import { useId } from 'preact/hooks';

import { personalised, say, setPersonalised } from '../session';
import { words } from '../words';

export function Privacy() {
  const name = useId();
  const why = useId();
  const all = words();
  const on = personalised.value;
  const turn = () => {
    setPersonalised(!on);
    say(on ? all.said.neutral : all.said.personalised);
  };
  return (
    <section class="privacy">
      <div>
        <h2 id={name}>{all.privacy.title}</h2>
        <p id={why} class="soft">
          {on ? all.privacy.on : all.privacy.off}
        </p>
      </div>
      <button class="switch" type="button" role="switch" aria-checked={on} aria-labelledby={name} aria-describedby={why} onClick={turn}>
        <span />
      </button>
    </section>
  );
}
