//! What the events of this device may earn once the server confirms it: a preview, never a grant.

use alloc::string::String;
use alloc::vec::Vec;

use super::catalog::Surroundings;
use super::event::MemberEvent;
use super::seen::price;
use super::{CartLine, Engine};
use crate::domain::{AddAll, Arrange, BasketLine, Listed, Reason, Value, day_number};
use crate::loyalty::{EarningLine, MemberView, Occasion, Stretch, earned_by};
use crate::rules::{AttributeSource, Attributes, ItemBinding};
use crate::snapshot::Snapshot;

/// Events that are previewed at most, the latest: a profile that is fetched now and then leaves far fewer.
const MOST_EVENTS: usize = 100;

/// Points that may come, movement by movement.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// The rule, when, and how many points; in order of time.
    earned: Vec<(String, i64, i64)>,
    /// Points of the programme's first wallet.
    pub points: i64,
    pub reasons: Vec<Reason>,
}

impl Expected {
    /// Points and times of the rule `id` over a stretch: what the ledger of `view` has, and what is expected.
    pub fn with_earned(&self, view: &MemberView<'_>, id: &str, stretch: Stretch) -> (i64, u32) {
        let mine = self.earned.iter().filter(|(rule, at, _)| rule == id && stretch.contains(*at));
        mine.fold(earned_by(view, id, stretch), |(sum, times), (_, _, points)| (sum.saturating_add(*points), times.saturating_add(1)))
    }
}

impl Engine {
    /// What the events here up to `now` may earn. `attributes` are the member's now; conditions over time are asked at each
    /// event's own.
    pub(super) fn expected(&self, snapshot: &Snapshot, view: &MemberView, attributes: &Attributes<'_>, now: i64) -> Expected {
        let mut expected = Expected::default();
        let rules = &snapshot.programme().earning.rules;
        let counts = |event: &&MemberEvent| event.at <= now && event.is_believed() && rules.iter().any(|rule| rule.on == event.kind);
        let mut events: Vec<&MemberEvent> = self.device.events.iter().filter(counts).listed();
        events.arrange_by_key(|event| (event.at, event.sequence));
        let old = events.len().saturating_sub(MOST_EVENTS);
        for event in events.into_iter().skip(old) {
            self.expect(snapshot, view, attributes, event, &mut expected);
        }
        expected
    }

    fn expect(&self, snapshot: &Snapshot, view: &MemberView, attributes: &Attributes<'_>, event: &MemberEvent, expected: &mut Expected) {
        let zone = &snapshot.info.zone;
        let (earning, source) = (&snapshot.programme().earning, event.text("order").or_else(|| event.text("id")));
        // What the ledger has of this order or action is confirmed already.
        if source.is_some() && view.ledger.iter().any(|entry| entry.kind == "earn" && entry.source.as_deref() == source) {
            return;
        }
        let then = snapshot.programme().is_timely.then(|| self.attributes(snapshot, event.at, Surroundings::default()));
        let member: &dyn AttributeSource = then.as_ref().unwrap_or(attributes);
        let before = |id: &str, stretch| expected.with_earned(view, id, stretch);
        let at = Occasion { member, view, before: &before, zone, now: event.at };
        let all = match event.basket() {
            Some(basket) => {
                let lines: Vec<CartLine> = basket.lines.iter().map(|line| cart_line(snapshot, line)).listed();
                let binding = ItemBinding::new(snapshot.attributes(), &snapshot.catalog);
                let sources: Vec<_> = lines.iter().map(|line| super::cart::line_attributes(snapshot, &binding, line)).listed();
                let lines: Vec<EarningLine> = lines.iter().zip(&sources).map(|(line, goods)| earning_line(line, goods)).listed();
                earning.by_purchase(&lines, &at)
            }
            None => earning.by_action(&event.kind, streak(view, event, zone), &at),
        };
        let reasons: Vec<Reason> = all.iter().flat_map(|earned| earned.reasons(source, &at)).listed();
        for earned in all {
            if earned.rule.wallet == 0 {
                expected.points = expected.points.saturating_add(earned.points);
            }
            if earned.points > 0 {
                expected.earned.push((earned.rule.id.clone(), event.at, earned.points));
            }
        }
        expected.reasons.add_all(reasons);
    }
}

/// On how many consecutive days the action was done, this one the last; 0 where it was done on this day before.
fn streak(view: &MemberView, event: &MemberEvent, zone: &crate::domain::Zone) -> u32 {
    let day = |at| day_number(zone.local(at).date);
    let today = day(event.at);
    let mut wanted = today;
    let mut streak = 0_u32;
    let earlier = view.activities.iter().rev().filter(|activity| activity.kind == event.kind && activity.at <= event.at);
    let mut of_today = 0_u32;
    for activity in earlier {
        let on = day(activity.at);
        if on == today {
            of_today = of_today.saturating_add(1);
        }
        if on == wanted {
            streak = streak.saturating_add(1);
            wanted = wanted.saturating_sub(1);
        } else if on < wanted {
            break;
        }
    }
    // The event itself is among the activities.
    if of_today > 1 { 0 } else { streak.max(1) }
}

fn cart_line(snapshot: &Snapshot, line: &BasketLine) -> CartLine {
    let quantity = line.quantity.max(1);
    let paid = line.paid.or_else(|| price(snapshot)(&line.item).map(|price| price.saturating_mul(quantity.into()))).unwrap_or(0);
    CartLine { item: line.item.clone(), quantity, unit_price: paid.checked_div(quantity.into()), attributes: Value::Null }
}

/// What was paid stands for the price before and after discounts: an event tells no more.
fn earning_line<'a>(line: &CartLine, goods: &'a dyn AttributeSource) -> EarningLine<'a> {
    let paid = line.unit_price.unwrap_or(0).saturating_mul(line.quantity.into());
    EarningLine { before: paid, after: paid, paid, goods }
}
