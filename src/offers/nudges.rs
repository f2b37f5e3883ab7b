//! What to do next so that offers save more: steps that were tried, each by quoting the changed cart.

use alloc::vec::Vec;

use super::apply::apply;
use super::combine::{Choice, Combiner};
use super::eligibility::{Obstacle, ObstacleKind, Standing};
use super::offer::{Kind, Offer, Threshold};
use super::prepare::{Case, LiveEffect};
use super::state::State;
use super::{Filter, Line, Measure, Mode, PriceBase, QuoteInput, Selection};
use crate::domain::{AddAll, Arrange, Fact, Listed, Reason};

/// Steps that are tried for one that is told, at most.
const TRIED: usize = 2;
/// All searches of one quote look at no more combinations than so many quarters of what one may: what is left of that when the
/// cart's own is done goes to the tries, each of which may need a whole search. So a quote stays within a frame with its nudges
/// as well; a cart whose own search is long gets none.
const QUARTERS: u32 = 6;

/// A change of the cart, or of when and by whom it is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step<'a> {
    /// So much more spent on goods like those of the line.
    Spend { amount: i64, line: usize },
    /// So many pieces more of the line, which cost so much.
    Pieces { cost: i64, line: usize, quantity: u32 },
    /// So many pieces of what is proposed at the place beside the cart.
    Add { cost: i64, place: usize, quantity: u32 },
    /// Buying then.
    Wait { at: i64 },
    /// Another tier.
    Rise { tier: &'a str },
}

/// A step, and the offer it is for.
struct Idea<'a> {
    step: Step<'a>,
    offer: &'a str,
}

/// At most `limit` steps that make offers save more than `choice` does, the most worthwhile first: those that cost
/// something by how much is saved for each unit spent, then waiting, then rising.
///
/// | code | facts | means |
/// |---|---|---|
/// | `spend-more` | `amount`, `saves`, `total`, `offer`, `item` | spending `amount` more (before offers) on goods like `item` saves `saves` more in all |
/// | `add-pieces` | `item`, `quantity`, `amount`, `saves`, `total`, `offer` | so many pieces more of the item, which cost `amount` before offers, save `saves` more in all |
/// | `add-item` | `item`, `quantity`, `amount`, `saves`, `total`, `offer` | as `add-pieces`, of an item that is not in the cart |
/// | `wait` | `at`, `saves`, `total`, `offer` | the same cart saves `saves` more at `at` |
/// | `rise` | `tier`, `saves`, `total`, `offer` | the same cart saves `saves` more for members of `tier` |
///
/// `total` is what the changed cart costs with its offers, shipping included, before points and tax upon it. `offer` is
/// the one that the step is for. What is told was tried: the changed cart was quoted, with the same search as when it is
/// asked for, so that it costs exactly that.
pub(super) fn nudges(case: &Case<'_>, choice: &Choice, limit: usize) -> Vec<Reason> {
    if limit == 0 || case.input.selection != Selection::Programme || case.input.lines.is_empty() {
        return Vec::new();
    }
    let mut ideas = ideas(case, choice);
    // A step that costs more than the cart is no small step; the smallest come first.
    let goods = case.subtotals().iter().copied().fold(0, i64::saturating_add);
    ideas.retain(|idea| idea.step.cost() <= goods);
    ideas
        .sort_by(|left, right| left.step.rank().cmp(&right.step.rank()).then(left.step.cmp(&right.step)).then(left.offer.cmp(right.offer)));
    ideas.dedup_by(|next, first| next.step == first.step);
    let mut found: Vec<(i64, i64, Reason)> = Vec::new();
    let mut left = (case.book.search_budget(case).saturating_mul(QUARTERS) / 4).saturating_sub(choice.looked_at);
    for idea in ideas.iter().take(limit.saturating_mul(TRIED)) {
        if found.len() >= limit {
            break;
        }
        found.add_all(tried(case, choice, idea, &mut left));
    }
    // Saved for each unit spent, without dividing.
    let product = |saves: i64, cost: i64| i128::from(saves).saturating_mul(i128::from(cost));
    found.arrange_by(|(saves, cost, _), (other_saves, other_cost, _)| {
        let free = |cost: i64| cost == 0;
        free(*cost).cmp(&free(*other_cost)).then(product(*other_saves, *cost).cmp(&product(*saves, *other_cost)))
    });
    found.into_iter().map(|(.., reason)| reason).listed()
}

impl Step<'_> {
    fn cost(self) -> i64 {
        match self {
            Step::Spend { amount, .. } => amount,
            Step::Pieces { cost, .. } | Step::Add { cost, .. } => cost,
            Step::Wait { .. } | Step::Rise { .. } => 0,
        }
    }

    /// What is tried first: what costs little, then waiting, then rising.
    fn rank(self) -> (u8, i64) {
        match self {
            Step::Spend { .. } | Step::Pieces { .. } | Step::Add { .. } => (0, self.cost()),
            Step::Wait { at } => (1, at),
            Step::Rise { .. } => (2, 0),
        }
    }
}

/// Quotes the changed cart: how much more is saved, what the step costs, and the reason; nothing where nothing is gained,
/// or where of the combinations that may be looked at too few are `left` for a whole search.
fn tried(case: &Case<'_>, choice: &Choice, idea: &Idea<'_>, left: &mut u32) -> Option<(i64, i64, Reason)> {
    let mut input: QuoteInput<'_> = case.input.clone();
    input.points = None;
    match idea.step {
        Step::Spend { amount, line } => {
            let like = *input.lines.get(line)?;
            // Goods like these, at a price that no offer on reduced goods or by the item's floor treats otherwise.
            input.lines.push(Line { quantity: 1, unit_price: amount, base_price: None, floor: 0, ..like });
        }
        Step::Pieces { line, quantity, .. } => {
            let line = input.lines.get_mut(line)?;
            line.quantity = line.quantity.checked_add(quantity)?;
        }
        Step::Add { place, quantity, .. } => {
            let (_, line) = *input.beside.get(place)?;
            input.lines.push(Line { quantity, ..line });
        }
        Step::Wait { at } => input.now = at,
        Step::Rise { tier } => input.tier = Some(tier),
    }
    let changed = case.changed(&input);
    let mut combiner = Combiner::new(&changed);
    if case.book.stacking.mode == Mode::Best {
        let applied: Vec<usize> = choice.applied.iter().filter_map(|live| case.live.get(*live)).map(|live| live.place).listed();
        // Where the offers chosen here and the one of the step gain no more, a search seldom finds more.
        let near = combiner.near(&applied, case.book.find(idea.offer)?, true);
        if near.gain.saving <= choice.gain.saving || case.book.search_budget(&changed) > *left {
            return None;
        }
        combiner.begin_again();
    }
    let better = combiner.choose();
    *left = left.saturating_sub(better.looked_at);
    let saves = better.gain.saving.saturating_sub(choice.gain.saving);
    // The step must be what the offer needs, not only more of what is reduced anyway.
    let gained = |id: &str| case.book.find(id).is_some_and(|place| better.entries.iter().any(|entry| entry.offer == place));
    if saves <= 0 || !gained(idea.offer) {
        return None;
    }
    let total = better.state.as_ref().map_or(0, State::total);
    let item = |line: usize| case.input.lines.get(line).map_or("", |line| line.item);
    let reason = match idea.step {
        Step::Spend { amount, line } => Reason::new("spend-more")
            .with("amount", amount)
            .with("saves", saves)
            .with("total", total)
            .with("offer", idea.offer)
            .with("item", item(line)),
        Step::Pieces { cost, line, quantity } => Reason::new("add-pieces")
            .with("item", item(line))
            .with("quantity", quantity)
            .with("amount", cost)
            .with("saves", saves)
            .with("total", total)
            .with("offer", idea.offer),
        Step::Add { cost, place, quantity } => Reason::new("add-item")
            .with("item", case.input.beside.get(place).map_or("", |(_, line)| line.item))
            .with("quantity", quantity)
            .with("amount", cost)
            .with("saves", saves)
            .with("total", total)
            .with("offer", idea.offer),
        Step::Wait { at } => Reason::new("wait").with("at", at).with("saves", saves).with("total", total).with("offer", idea.offer),
        Step::Rise { tier } => Reason::new("rise").with("tier", tier).with("saves", saves).with("total", total).with("offer", idea.offer),
    };
    Some((saves, idea.step.cost(), reason))
}

fn ideas<'a>(case: &Case<'a>, choice: &Choice) -> Vec<Idea<'a>> {
    let mut ideas = Vec::new();
    for (offer, standing) in case.book.offers.iter().zip(&case.standings) {
        if let Some(step) = missing(case, offer, standing) {
            ideas.push(Idea { step, offer: &offer.id });
        }
    }
    // The next step of what applies already, on the prices at its turn.
    let mut state = State::new(case);
    for live in &choice.applied {
        let Some(live) = case.live.get(*live) else { continue };
        let Some(offer) = case.offer(live) else { continue };
        for (effect, lines) in offer.effects.iter().zip(&live.effects) {
            for step in further(case, effect.base, &effect.kind, lines, &state) {
                ideas.push(Idea { step, offer: &offer.id });
            }
        }
        apply(case, live, &mut state, None);
    }
    // And the first step of what does not.
    let before = State::new(case);
    for (place, live) in case.live.iter().enumerate().filter(|(place, _)| !choice.applied.contains(place)) {
        let Some(offer) = case.offer(live) else { continue };
        let _ = place;
        for (effect, lines) in offer.effects.iter().zip(&live.effects) {
            for step in further(case, effect.base, &effect.kind, lines, &before) {
                ideas.push(Idea { step, offer: &offer.id });
            }
        }
    }
    ideas
}

/// The one step that makes an offer eligible; none where there is more than one thing to do.
fn missing<'a>(case: &Case<'_>, offer: &'a Offer, standing: &Standing) -> Option<Step<'a>> {
    let obstacles = &standing.obstacles;
    let of_kind = |kind: ObstacleKind| obstacles.iter().all(|obstacle| obstacle.kind == kind);
    if obstacles.is_empty() {
        return None;
    }
    if of_kind(ObstacleKind::Later) {
        let opens = |obstacle: &Obstacle| match obstacle.reason.fact("at") {
            Some(Fact::Integer(at)) => Some(*at),
            _ => None,
        };
        return obstacles.iter().map(opens).collect::<Option<Vec<i64>>>()?.into_iter().max().map(|at| Step::Wait { at });
    }
    if !of_kind(ObstacleKind::Missing) {
        return None;
    }
    if let [only] = obstacles.as_slice()
        && only.reason.code == "needs-tier"
    {
        return offer.tiers.first().map(|tier| Step::Rise { tier });
    }
    let in_cart = |obstacle: &Obstacle| matches!(&*obstacle.reason.code, "below-amount" | "below-quantity");
    if !obstacles.iter().all(in_cart) {
        return None;
    }
    // One line whose goods count for every threshold; with `perLine`, the one that has most.
    let counts = |line: &usize| offer.thresholds.iter().all(|threshold| case.goods(threshold.goods).contains(line));
    let lines: Vec<usize> = (0..case.input.lines.len()).filter(counts).listed();
    if let ([], [threshold]) = (lines.as_slice(), offer.thresholds.as_slice()) {
        return first_of(case, threshold);
    }
    let short = |line: usize| offer.thresholds.iter().map(move |threshold| shortage(case, threshold, line));
    let pieces_short = |line: usize| short(line).map(|(_, pieces)| pieces).max().unwrap_or(0);
    let money_short = |line: usize| short(line).map(|(money, _)| money).max().unwrap_or(0);
    let per_line = offer.thresholds.iter().any(|threshold| threshold.per_line);
    let steps = lines.iter().filter_map(|line| {
        let (money, pieces) = (money_short(*line), pieces_short(*line));
        if pieces == 0 && !per_line {
            return Some(Step::Spend { amount: money, line: *line });
        }
        let unit = case.unit_price(*line);
        let for_money = if money > 0 { money.saturating_add(unit).saturating_sub(1).checked_div(unit)? } else { 0 };
        more_pieces(case, *line, for_money.max(pieces))
    });
    steps.min_by_key(|step| step.rank())
}

/// What the goods of `threshold` lack, in money and in pieces, where `line` is to make it up.
fn shortage(case: &Case<'_>, threshold: &Threshold, line: usize) -> (i64, i64) {
    let goods = case.goods(threshold.goods);
    let measured = |of: &dyn Fn(usize) -> i64| {
        if threshold.per_line { of(line) } else { goods.iter().map(|line| of(*line)).fold(0, i64::saturating_add) }
    };
    let lack = |needed: Option<i64>, actual: i64| needed.map_or(0, |needed| needed.saturating_sub(actual).max(0));
    let pieces = lack(threshold.quantity.map(i64::from), measured(&|line| case.quantity(line).into()));
    (lack(threshold.amount, measured(&|line| case.subtotal(line))), pieces)
}

/// Enough of what is proposed for the goods of `threshold`, of which the cart holds none.
fn first_of(case: &Case<'_>, threshold: &Threshold) -> Option<Step<'static>> {
    let (_, line) = case.input.beside.iter().find(|(goods, _)| *goods == threshold.goods)?;
    let needed = threshold.amount.unwrap_or(0).max(0);
    let for_money = needed.saturating_add(line.unit_price).saturating_sub(1).checked_div(line.unit_price)?;
    add_item(case, threshold.goods, for_money.max(threshold.quantity.unwrap_or(0).into()))
}

fn add_item(case: &Case<'_>, goods: Filter, pieces: i64) -> Option<Step<'static>> {
    let place = case.input.beside.iter().position(|(proposed, _)| *proposed == goods)?;
    let quantity = u32::try_from(pieces).ok().filter(|pieces| *pieces > 0)?;
    let price = case.input.beside.get(place).map_or(0, |(_, line)| line.unit_price);
    Some(Step::Add { cost: price.saturating_mul(pieces), place, quantity })
}

fn more_pieces(case: &Case<'_>, line: usize, pieces: i64) -> Option<Step<'static>> {
    let quantity = u32::try_from(pieces).ok().filter(|pieces| *pieces > 0)?;
    Some(Step::Pieces { cost: case.unit_price(line).saturating_mul(pieces), line, quantity })
}

/// Steps to the next step of an effect.
fn further(case: &Case<'_>, base: PriceBase, kind: &Kind, lines: &LiveEffect, state: &State) -> Vec<Step<'static>> {
    let price = |line: &usize| match base {
        PriceBase::Original => case.subtotal(*line),
        _ => state.lines.get(*line).map_or(0, |line| line.left),
    };
    let amount = || lines.lines.iter().map(price).fold(0, i64::saturating_add);
    let quantity = |lines: &[usize]| lines.iter().map(|line| i64::from(case.quantity(*line))).fold(0, i64::saturating_add);
    let cheapest = |lines: &[usize]| lines.iter().copied().min_by_key(|line| (case.unit_price(*line), *line));
    let spend = |amount: i64| lines.lines.first().filter(|_| amount > 0).map(|line| Step::Spend { amount, line: *line });
    let pieces = |of: &[usize], count: i64| cheapest(of).and_then(|line| more_pieces(case, line, count));
    let until_full = |has: i64, full: i64| full.saturating_sub(has.checked_rem_euclid(full).unwrap_or(0));
    let step = match kind {
        Kind::Ladder { steps, by: Measure::Amount } => {
            steps.iter().map(|(from, _)| from.saturating_sub(amount())).find(|missing| *missing > 0).and_then(spend)
        }
        Kind::Ladder { steps, by: Measure::Quantity } => {
            let has = quantity(&lines.lines);
            steps
                .iter()
                .map(|(from, _)| from.saturating_sub(has))
                .find(|missing| *missing > 0)
                .and_then(|count| pieces(&lines.lines, count))
        }
        Kind::EachFull { full, by: Measure::Amount, .. } => spend(until_full(amount(), *full)),
        Kind::EachFull { full, by: Measure::Quantity, .. } => pieces(&lines.lines, until_full(quantity(&lines.lines), *full)),
        Kind::NthPiece { by: Measure::Amount | Measure::Quantity, .. } => pieces(&lines.lines, 1),
        // Each line by itself: one piece more of one of them.
        Kind::NthPiece { .. } => return lines.lines.iter().filter_map(|line| more_pieces(case, *line, 1)).listed(),
        Kind::BuyGet(terms) if terms.buy.amount.is_none() => {
            let (buy, get) = (lines.set(0), lines.set(1));
            let set = i64::from(terms.buy.quantity).saturating_add(terms.get.quantity.into());
            if buy == get {
                pieces(get, until_full(quantity(get), set))
            } else if buy.is_empty() == get.is_empty() {
                pieces(get, i64::from(terms.get.quantity)).or_else(|| pieces(buy, i64::from(terms.buy.quantity)))
            } else {
                let part = if get.is_empty() { terms.get } else { terms.buy };
                add_item(case, part.goods, part.quantity.into())
            }
        }
        Kind::Bundle(terms) => match terms.sets.as_slice() {
            [set] => pieces(lines.set(0), until_full(quantity(lines.set(0)), set.quantity.into())),
            // The part of which there are fewest sets is what lacks.
            sets => {
                let held = |part: usize, needed: u32| quantity(lines.set(part)).checked_div(needed.into()).unwrap_or(0);
                let scarcest = sets.iter().enumerate().min_by_key(|(part, set)| (held(*part, set.quantity), *part));
                scarcest.and_then(|(part, set)| match lines.set(part) {
                    [] => add_item(case, set.goods, set.quantity.into()),
                    held => pieces(held, until_full(quantity(held), set.quantity.into())),
                })
            }
        },
        _ => None,
    };
    step.into_iter().listed()
}
