//! `nextActions`: of all that could be said now, what is said on a surface.

mod candidate;
mod held;
mod score;

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use self::candidate::{Candidate, Sources};
use super::cart::CartRequest;
use super::catalog::Surroundings;
use super::seen::{Known, Seen};
use super::{CartLine, Engine, EngineError, NextActionsRequest};
use crate::domain::{AddAll, Arrange, Catalog, DAY, Item, Listed, Member, Reason};
use crate::loyalty::{Message, Topic};
use crate::offers::{OfferStatus, statuses};
use crate::recommend::{self, Request, Strategy};
use crate::snapshot::Snapshot;

/// Items that a reminder to buy again chooses from.
const MOST_REMINDERS: usize = 3;

/// Something that can be said now.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct NextAction {
    /// Names it: the message's id, with what it is about behind a colon where a message becomes several. Track an `impression`
    /// with this as `message` and the `surface` when it is shown, and a `dismiss` when the member closes it.
    pub id: String,
    /// `offer`, `coupon-ends`, `expiring-points`, `tier-nudge`, `tier-keep`, `task`, `buy-again`, `welcome`, `care`, `win-back`,
    /// `content`, `activity`, `reminder`, ...
    pub kind: String,
    /// Never rises along the list; 0 where it is held back.
    pub score: f64,
    /// The message's own id.
    pub message: String,
    /// The offer it is about.
    pub offer: Option<String>,
    /// The task it is about.
    pub task: Option<String>,
    /// The benefit it is about.
    pub benefit: Option<String>,
    /// The item or article it is about.
    pub item: Option<String>,
    /// When what it is about ends (exclusive).
    pub ends_at: Option<i64>,
    /// Whether it is held back: only where the request asks for an explanation.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub held: bool,
    /// Why it is said, or what holds it back.
    ///
    /// | code | facts | why it is said |
    /// |---|---|---|
    /// | `for-stage` | `stage` | the stage of the membership |
    /// | `for-segment` | `segment` | whom it is for |
    /// | `for-tier` | `tier` | whom it is for |
    /// | `fits` | | its condition holds |
    /// | `saves` | `amount` | what the offer saves on the cart |
    /// | `below-amount`, `below-quantity`, `below-lines` | `needed`, `actual`, `missing` | what the cart lacks |
    /// | `coupon-ends` | `offer`, `at` | |
    /// | `points-expire` | `amount`, `wallet`, `at` | |
    /// | `next-tier` | `tier` | with what is missing to it |
    /// | `keep-tier` | `tier`, `by` | with what is missing to keep it |
    /// | `task-progress` | `task`, `have`, `need` | |
    /// | `task-at-stake` | `task` | a streak breaks unless something is done today |
    /// | `benefit-left` | `benefit`, `left` | |
    /// | `from-your-category` | `category` | |
    /// | `due-now` | `everyDays`, `sinceDays` | why it is time to buy it again, with the other reasons of `recommend` |
    /// | `ends-soon` | `at` | within 7 days |
    /// | `seen` | `times` | in the last 7 days: moves it down |
    ///
    /// | code | facts | what holds it back |
    /// |---|---|---|
    /// | `quiet-hours` | `until` | on surfaces that interrupt |
    /// | `cap-reached` | `count`, `resetsAt` | so much was said already on surfaces that interrupt |
    /// | `quota-used` | `count`, `resetsAt` | the message was seen so often |
    /// | `dismissed` | `until` | |
    /// | `not-personalised` | | it reads traits, tags or history |
    /// | `purpose-refused` | `purpose` | the member refused `marketing`: only what would be lost is said |
    /// | `not-started`, `ended` | `at` | its time |
    /// | `needs-tier` | `needed` | its audience |
    /// | `needs-segment`, `condition` | | its audience |
    /// | `other-stage` | `stage`, `needed` | |
    /// | `offer-not-for-you` | `offer` | not eligible, and no more in the cart would make it so |
    /// | `task-not-open` | `task` | |
    /// | `benefit-not-held` | `benefit` | |
    /// | `item-excluded`, `item-out-of-stock` | `item` | |
    /// | `nothing-to-say` | | no points end, no tier is near, ... |
    /// | `said-better` | `by` | another says the same with a higher score |
    pub reasons: Vec<Reason>,
}

impl Engine {
    /// What to say next on `request.surface`, best first: never more than the caps leave on a surface that interrupts,
    /// nothing there in quiet hours, and nothing that does not fit the member. Without personalisation nothing is said
    /// that reads traits, tags or history; what the contract says (points that end, a tier within reach) still is.
    ///
    /// Of several that are about the same offer, task or item only the best is said. Equal scores go by id.
    ///
    /// # Errors
    /// `no-catalog`, `no-member`.
    pub fn next_actions(&mut self, request: &NextActionsRequest, clock: i64) -> Result<Vec<NextAction>, EngineError> {
        let snapshot = self.snapshot()?;
        let member = self.member()?;
        let now = self.now(request.now, clock);
        let contact = &snapshot.programme().contact;
        let interrupts = contact.interrupts(&request.surface);
        let suits = |message: &&Message| {
            let anywhere = message.surfaces.is_empty() && !(message.calm && interrupts);
            anywhere || message.surfaces.contains(&request.surface)
        };
        let messages: Vec<&Message> = contact.messages.iter().filter(suits).listed();
        let asks = |topic: Topic| messages.iter().any(|message| message.topic == topic);
        let reminders = if asks(Topic::BuyAgain) && self.is_personalised() {
            self.due_again(&snapshot, now, &request.cart, request.surroundings())
        } else {
            Vec::new()
        };
        let offers = if asks(Topic::Offer) || asks(Topic::CouponEnds) || messages.iter().any(|message| message.offer.is_some()) {
            self.offers_for(&snapshot, request, now)
        } else {
            Vec::new()
        };
        let view = self.view(Some(&snapshot));
        let seen = Seen { snapshot: &snapshot, view: &view, now, horizon: now, kept: Some(&self.kept) };
        let (attributes, stood) = self.standing_at(seen, request.surroundings());
        let (standing, ledgers) = (&stood.standing, &*stood.ledgers);
        let segments = self.segments_of(&snapshot, &attributes);
        let known = Known { attributes: &attributes, segments: &segments, tier: standing.tier };
        let sources = Sources {
            tasks: if asks(Topic::Task) || messages.iter().any(|message| message.task.is_some()) { seen.tasks(known) } else { Vec::new() },
            seen,
            known,
            member: &member,
            standing,
            ledgers,
            offers: &offers,
            reminders: &reminders,
            marketing: self.device.privacy.allows("marketing"),
            stage: self.is_personalised().then(|| snapshot.programme().lifecycle.stage(&view, seen.zone(), now).name()),
        };
        let mut candidates: Vec<Candidate<'_>> = messages.iter().flat_map(|message| sources.candidates(message)).listed();
        let surface = if interrupts { sources.surface() } else { held::Surface::default() };
        for candidate in &mut candidates {
            sources.hold_back(candidate, surface.reason.as_ref());
            if candidate.held.is_empty() {
                sources.score(candidate);
            }
        }
        candidates.arrange_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id)));
        held::say_once(&mut candidates);
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX).min(surface.left.unwrap_or(usize::MAX));
        let (said, held): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| candidate.held.is_empty());
        let mut actions: Vec<NextAction> = said.into_iter().take(limit).map(Candidate::into_action).listed();
        if request.explain {
            actions.add_all(held.into_iter().map(Candidate::into_action));
        }
        self.put_into_words(actions.iter_mut().flat_map(|action| &mut action.reasons));
        Ok(actions)
    }

    /// Items bought before whose time has come, with why.
    fn due_again(
        &mut self,
        snapshot: &Snapshot,
        now: i64,
        cart: &[CartLine],
        surroundings: Surroundings<'_>,
    ) -> Vec<(String, Vec<Reason>)> {
        let fitting = self.fitting(snapshot, now, surroundings);
        let catalog = &snapshot.catalog;
        let suits = |item: Item| fitting.as_ref().is_none_or(|fitting| fitting.allows(catalog, item));
        let given: Vec<Item> = cart.iter().filter_map(|line| catalog.find(&line.item)).listed();
        let (signals, left, scratch) = self.recommender.signals(catalog, &self.visible, &self.device);
        let request = Request {
            cart: if given.is_empty() { left } else { &given },
            filter: fitting.is_some().then_some(&suits as &dyn Fn(Item) -> bool),
            ..Request::new(Strategy::BuyAgain, MOST_REMINDERS, now)
        };
        let due = recommend::due(catalog, &snapshot.knowledge, signals, &request, scratch);
        due.into_iter().map(|found| (catalog.id(found.item).into(), found.reasons)).listed()
    }

    fn offers_for(&self, snapshot: &Snapshot, request: &NextActionsRequest, now: i64) -> Vec<OfferStatus> {
        let cart = CartRequest { lines: &request.cart, surroundings: request.surroundings(), ..CartRequest::default() };
        self.with_cart(snapshot, cart, now, |input| statuses(snapshot.offers(), input)).0
    }
}

impl NextActionsRequest {
    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { context: Some(&self.context), store: self.store.as_deref(), channel: self.channel.as_deref() }
    }
}

/// The share of the member's purchases of the last year that fell on the category of `item`; 0 where it has none.
#[allow(clippy::cast_precision_loss)] // a share
fn share_of_category<'c>(catalog: &'c Catalog, member: &Member, item: &str, now: i64) -> Option<(&'c str, f64)> {
    let category = |id: &str| {
        let place = catalog.find(id)?;
        catalog.items.category.get(place.index()).filter(|term| *term != crate::domain::Terms::NONE)
    };
    let wanted = category(item)?;
    let (mut all, mut mine) = (0_u32, 0_u32);
    let recent = member.history.iter().filter(|basket| basket.at <= now && now.saturating_sub(basket.at) < DAY.saturating_mul(365));
    for line in recent.flat_map(|basket| &basket.lines).filter(|line| line.quantity > 0) {
        all = all.saturating_add(1);
        mine = mine.saturating_add((category(&line.item) == Some(wanted)).into());
    }
    Some((catalog.terms.name(wanted)?, f64::from(mine) / f64::from(all.max(1))))
}

#[cfg(test)]
mod tests;
