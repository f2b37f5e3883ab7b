import type { Growth } from 'regulars';

import { growth, nameOf } from '../../answers';
import { count, lastDay, money, percent } from '../../format';
import { shop } from '../../session';
import { words } from '../../words';
import { Icon } from '../icons';
import { Reasons } from '../reasons';
import { Block } from './block';

/** Beyond so much, a share says more than a count: minor units, mostly. */
const MANY = 100;

/** What a task brings, in words. */
function brings({ points = 0, offer, draw, badge }: Growth['tasks'][number]['reward']): string {
  const all = words().growth;
  return [points > 0 ? all.points(count(points)) : null, offer ? nameOf('offer', offer) : null, draw ? nameOf('draw', draw) : null, badge ? all.badge : null].filter(Boolean).join(words().centre.comma);
}

function Task({ task }: { task: Growth['tasks'][number] }) {
  const all = words().growth;
  const open = shop.value;
  if (!open) return null;
  const name = nameOf('task', task.id);
  return (
    <li data-done={task.done}>
      <Icon name={task.done ? 'check' : 'flag'} />
      <div>
        <p>{name}</p>
        <progress value={task.progress} max={1} aria-label={name} />
        <p class="soft small">
          {[brings(task.reward), task.atStake ? all.atStake : null, task.endsAt === null ? null : all.until(lastDay(task.endsAt, open.now(), open.zone))].filter(Boolean).join(' · ')}
        </p>
      </div>
      <span class="left">{task.done ? all.done : task.need > MANY ? percent(task.progress) : all.soFar(count(task.have), count(task.need))}</span>
    </li>
  );
}

export function Tasks({ tasks }: { tasks: Growth['tasks'] }) {
  const all = words().growth;
  if (tasks.length === 0) return null;
  return (
    <Block title={all.tasks} why={all.tasksWhy} kind="tasks">
      <ul class="tasks">
        {tasks.map((task) => (
          <Task key={task.id} task={task} />
        ))}
      </ul>
    </Block>
  );
}

export function Rewards({ rewards }: { rewards: Growth['rewards'] }) {
  const all = words().growth;
  if (rewards.length === 0) return null;
  return (
    <Block title={all.rewards} why={all.rewardsWhy} kind="rewards">
      <ul class="tasks">
        {rewards.map((reward) => (
          <li key={reward.id} data-done={reward.open}>
            <Icon name={reward.open ? 'check' : 'lock'} />
            <div>
              <p>{nameOf('reward', reward.id)}</p>
              {reward.open ? null : (
                <div class="soft small">
                  <Reasons reasons={reward.reasons} />
                </div>
              )}
            </div>
            <span class="left">
              {all.points(count(reward.cost))}
              {reward.price > 0 ? ` + ${money(reward.price)}` : null}
            </span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

/** Draws with the odds that the shop published. The server draws. */
export function Draws({ draws }: { draws: Growth['draws'] }) {
  const all = words().growth;
  const open = shop.value;
  if (draws.length === 0 || !open) return null;
  return (
    <Block title={all.draws} why={all.drawsWhy} kind="draws">
      {draws.map((draw) => (
        <div key={draw.id} class="draw">
          <p>
            <strong>{nameOf('draw', draw.id)}</strong> <span class="soft">{all.aTry(count(draw.cost))}</span>
          </p>
          <ul class="odds">
            {draw.prizes.map((prize) => (
              <li key={prize.id}>
                <span>{nameOf('prize', prize.id)}</span>
                <span class="soft">{prize.odds === null ? (prize.stock === null ? '' : all.pieces(count(prize.stock))) : percent(prize.odds)}</span>
              </li>
            ))}
          </ul>
          {draw.open ? null : <Reasons reasons={draw.reasons} />}
          <p class="soft small">{all.rules(draw.rulesVersion)}</p>
        </div>
      ))}
    </Block>
  );
}

export function GrowthBlocks() {
  const answer = growth.value;
  if (!answer || 'error' in answer || !answer.value) return null;
  return (
    <>
      <Tasks tasks={answer.value.tasks} />
      <Rewards rewards={answer.value.rewards} />
      <Draws draws={answer.value.draws} />
    </>
  );
}
