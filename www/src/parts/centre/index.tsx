import { membership } from '../../answers';
import { household } from '../../session';
import { words } from '../../words';
import { choosing } from '../household';
import { AboutYou } from './about-you';
import { Ahead } from './ahead';
import { Arms } from './arms';
import { Benefits } from './benefits';
import { GrowthBlocks } from './growth';
import { Points } from './points';

/** All that membership is: beside the card, what there is of points, dates, benefits, and what is known. */
export function MemberCentre() {
  const all = words();
  const answer = membership.value;
  if (household.value === null) {
    return (
      <section class="empty">
        <p>{all.member.guestWhy}</p>
        <button class="button quiet" type="button" aria-haspopup="dialog" onClick={() => (choosing.value = true)}>
          {all.household.choose}
        </button>
      </section>
    );
  }
  return (
    <section class="centre" aria-labelledby="centre-title">
      <h2 id="centre-title" class="view-title">
        {all.centre.title}
      </h2>
      {answer && 'value' in answer && answer.value ? (
        <>
          {answer.value.points.lots.length > 0 || answer.value.tier.id !== '' ? <Points points={answer.value.points} /> : null}
          <Ahead calendar={answer.value.calendar} />
          {answer.value.tier.id === '' && answer.value.benefits.length === 0 ? null : <Benefits benefits={answer.value.benefits} />}
          <GrowthBlocks />
          <AboutYou member={answer.value} />
          <Arms />
        </>
      ) : (
        <p class="empty">{all.noAnswer}</p>
      )}
    </section>
  );
}
