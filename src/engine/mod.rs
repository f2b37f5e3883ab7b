//! One handle over a snapshot, a member and what happened on this device.
//!
//! Everything is pure: the host gives its clock with each call, fetches, stores and sends. One file an answer.

mod abuse;
mod affinity;
mod appeal;
mod benefits;
mod beside;
mod calendar;
mod cart;
mod cart_effect;
mod catalog;
mod describe;
mod device;
mod error;
mod event;
mod expected;
mod experiment_context;
mod exposure;
mod facts;
mod fairness;
mod features;
mod fit;
mod growth;
mod json;
mod kept;
mod load;
mod made;
mod membership;
mod nearest;
mod next_actions;
mod offers;
mod outbox;
mod parameters;
mod persist;
mod points;
mod portrait;
mod precedence;
mod privacy;
mod profile;
mod quote;
mod recommend;
mod request;
mod returns;
mod said;
mod seen;
mod sensitive;
mod signals;
mod slots;
mod stores;
#[cfg(test)]
mod testing;
mod transparency;
mod wallets;
mod words;

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

pub use affinity::{Affinities, Affinity};
pub use calendar::Ahead;
pub use catalog::{CatalogOptions, CatalogSource};
pub use describe::ItemInfo;
pub use device::Device;
pub use error::EngineError;
pub use event::MemberEvent;
pub use facts::Facts;
pub use fairness::Fairness;
pub use fit::ItemFit;
pub use growth::Growth;
pub use json::to_json;
pub use load::SnapshotInfo;
pub use membership::{Membership, TierHeld};
pub use nearest::{NearItem, NearestRequest, NearestResult};
pub use next_actions::NextAction;
pub use offers::OffersResult;
pub use outbox::{CAPACITY, EventBatch, Outbox, SURPLUS};
pub use portrait::{Export, MemberTag, Portrait};
pub use privacy::Privacy;
pub use profile::{MEMBER_FORMAT, Profile, ProfileHead};
pub use recommend::{RecommendResult, RecommendedItem};
pub use request::{
    CartLine, ExperimentRequest, GrowthRequest, MembershipRequest, NextActionsRequest, OffersRequest, PortraitRequest, Position,
    PrivacySettings, QuoteRequest, RecommendRequest, ShippingLine, SlotRequest, StoresRequest,
};
pub use returns::{ReturnedLine, ReturnsRequest};
pub use slots::SlotChoice;
pub use stores::{StoreNearby, Stores};
pub use transparency::Transparency;
pub use wallets::HeldLot;
pub use words::HostWords;

use crate::domain::{DAY, Member, Value};
use crate::rules::RegexEngine;
use crate::snapshot::{PublicKey, Snapshot};

/// The furthest that the device's clock is corrected, in milliseconds: a week. Clocks are wrong by hours and days; what
/// claims more is a mistake or an attack.
pub const MOST_CORRECTION: i64 = 7 * DAY;

/// One handle over a snapshot, a member and what happened on this device.
pub struct Engine {
    /// Makes the regular expressions of rules.
    regex: Rc<dyn RegexEngine>,
    /// The snapshot in use.
    snapshot: Option<Rc<Snapshot>>,
    /// Features and experiments in use.
    features: Option<features::FeaturesInUse>,
    /// What experiments are evaluated for, where a call doesn't say.
    experiment_context: Rc<ExperimentRequest>,
    /// The same, made ready.
    bound: Option<experiment_context::Bound>,
    /// What experiments in other answers led to, until it is counted.
    pending: parameters::Pending,
    /// The newest version seen of the shop in use: none below it is taken.
    newest: Option<(String, u64)>,
    /// Keys of which one signed the snapshot in use; none where that was not checked.
    keys: Vec<PublicKey>,
    /// The device's clock can't be right before this instant: a signed snapshot was made then.
    not_before: i64,
    /// The member as the server pushed it.
    profile: Option<Profile>,
    /// The member as answers may see it: with what happened here, without what the member does not allow.
    visible: Rc<Member>,
    /// The whole member, with what happened here: for the facts of the contract only.
    member: Rc<Member>,
    /// Something happened that `visible` and `member` do not hold yet.
    behind: bool,
    /// Answers are only looked at: nothing counts as exposure.
    peek: bool,
    /// What this device knows.
    device: Device,
    /// What answers about the member keep from one to the next.
    kept: kept::Kept,
    /// What recommendations keep from one request to the next.
    recommender: signals::Recommender,
    /// What `nearest` keeps from one request to the next.
    nearby: nearest::Nearby,
    /// What offers are about, kept from one request to the next.
    goods: RefCell<made::Made<Rc<Vec<crate::recommend::OfferGoods>>>>,
    /// The items that the offers' filters name.
    named: RefCell<made::Made<Rc<cart::Named>>>,
    /// What a quote may propose beside the cart, kept likewise.
    popular: RefCell<made::Made<beside::Popular>>,
    /// The locale of texts; none are made without.
    locale: Option<String>,
    /// How the host writes numbers, amounts and dates.
    host_words: Option<Rc<dyn HostWords>>,
}

impl Engine {
    /// An engine without snapshot and member. `device` names this device in batch ids: a random number that the host
    /// draws once; [`Engine::restore_state`] brings back the one saved. `regex` has JavaScript's semantics.
    pub fn new(device: u64, regex: Rc<dyn RegexEngine>) -> Self {
        Engine {
            regex,
            snapshot: None,
            features: None,
            experiment_context: Rc::default(),
            bound: None,
            pending: parameters::Pending::default(),
            newest: None,
            keys: Vec::new(),
            not_before: i64::MIN,
            profile: None,
            visible: Rc::default(),
            member: Rc::default(),
            behind: false,
            peek: false,
            device: Device { id: device, ..Device::default() },
            kept: kept::Kept::default(),
            recommender: signals::Recommender::default(),
            nearby: nearest::Nearby::default(),
            goods: RefCell::default(),
            named: RefCell::default(),
            popular: RefCell::default(),
            locale: None,
            host_words: None,
        }
    }

    /// Takes one event: it changes the next answers at once, and waits for the server, with the flags of what speaks
    /// against it.
    ///
    /// # Errors
    /// `malformed-request` with the field's name.
    pub fn track(&mut self, event: Value, clock: i64) -> Result<(), EngineError> {
        self.note(event, clock)?;
        self.catch_up();
        Ok(())
    }

    /// As [`Engine::track`], but answers know of it only after [`Engine::catch_up`]: that costs as much for one event as for
    /// many, and a page tells of many before it asks again.
    ///
    /// # Errors
    /// `malformed-request` with the field's name.
    pub fn note(&mut self, event: Value, clock: i64) -> Result<(), EngineError> {
        let now = self.now(None, clock);
        let event = MemberEvent::from_value(event, now)?;
        if self.looks_back(&event) {
            self.catch_up();
        }
        let event = self.with_flags(event, now);
        self.device.latest = now;
        self.reward_slots(&event);
        self.device.track(event);
        self.behind = true;
        Ok(())
    }

    /// While `peek`, answers are only looked at: nothing counts as exposure, and no arm is kept.
    pub const fn set_peek(&mut self, peek: bool) {
        self.peek = peek;
    }

    /// From now on answers know of everything that was noted.
    pub fn catch_up(&mut self) {
        if self.behind {
            let (kept, before) = (core::mem::take(&mut self.kept), self.member.clone());
            self.refresh_member();
            // What was searched for, put into the cart or counted changes no fact of the member, nor what may be seen of it.
            if before == self.member {
                self.kept = kept;
            }
        }
    }

    /// The next batch of at most `limit` events for the server; empty where nothing waits.
    pub fn drain_events(&mut self, limit: usize) -> EventBatch {
        self.count_exposures();
        self.device.outbox.drain(self.device.id, &self.device.member, limit)
    }

    /// The server did not take the batch called `id`: it is the next to be drained, unchanged.
    pub fn return_events(&mut self, id: &str) {
        self.device.outbox.give_back(id);
    }

    /// The server took the batch called `id`.
    pub fn confirm_events(&mut self, id: &str) {
        self.device.outbox.confirm(id);
    }

    /// Events that wait for the server.
    pub fn events_waiting(&self) -> usize {
        self.device.outbox.len()
    }

    /// Effective at once.
    ///
    /// # Errors
    /// `malformed-request` where a setting has the wrong kind; nothing is changed then.
    pub fn set_privacy(&mut self, settings: &PrivacySettings) -> Result<(), EngineError> {
        self.device.privacy.apply(settings)?;
        self.device.decided();
        self.refresh_member();
        Ok(())
    }

    /// Deletes a tag on this device: no answer uses it from now on, also when the server pushes it again.
    pub fn forget_tag(&mut self, tag: &str) {
        if !self.device.forgotten.iter().any(|known| known == tag) {
            self.device.forgotten.push(tag.into());
        }
        self.refresh_member();
    }

    /// The server's time, seen when this device's clock showed `clock`: from now on the engine's clock runs by it.
    /// `false`, and nothing is changed, where it is further away than [`MOST_CORRECTION`], or a day before the snapshot
    /// in use was signed.
    pub fn observe_server_time(&mut self, server: i64, clock: i64) -> bool {
        let offset = server.saturating_sub(clock);
        let plausible = offset.saturating_abs() <= MOST_CORRECTION && server >= self.not_before.saturating_sub(DAY);
        if plausible {
            self.device.clock_offset = offset;
        }
        plausible
    }

    /// The instant an answer is for: the one asked for, else the device's clock corrected by the server's, and never
    /// before the newest signed snapshot was made.
    pub fn now(&self, asked: Option<i64>, clock: i64) -> i64 {
        asked.unwrap_or_else(|| clock.saturating_add(self.device.clock_offset).max(self.not_before))
    }

    /// What this device knows.
    pub fn device(&self) -> &Device {
        &self.device
    }

    fn refresh_member(&mut self) {
        self.behind = false;
        self.kept = kept::Kept::default();
        let member = self.profile.as_ref().map(|profile| profile.member.clone()).unwrap_or_default();
        let member = self.device.overlay(member);
        self.visible = Rc::new(self.device.privacy.visible(&member, &self.device.forgotten));
        self.member = Rc::new(member);
    }
}
