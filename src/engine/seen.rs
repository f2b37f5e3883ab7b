//! One member, seen at an instant: what every answer about the membership starts from.

use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::kept::{Kept, Stood};
use crate::domain::{Catalog, Listed, Zone};
use crate::loyalty::{Holder, MemberView, Person, Programme};
use crate::rules::{AttributeSource, Attributes, Condition, ItemBinding};
use crate::snapshot::Snapshot;

/// One member, seen at an instant.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub snapshot: &'a Snapshot,
    pub view: &'a MemberView<'a>,
    pub now: i64,
    pub horizon: i64,
    /// What is kept of the member, where the view is of the one in use.
    pub kept: Option<&'a Kept>,
}

impl<'a> Seen<'a> {
    pub fn programme(&self) -> &'a Programme {
        self.snapshot.programme()
    }

    pub fn zone(&self) -> &'a Zone {
        &self.snapshot.info.zone
    }

    /// Where the member stands, and the ledger of each wallet. `member` answers the tiers' own conditions.
    pub fn standing(&self, member: &dyn AttributeSource) -> Rc<Stood> {
        let open = self.programme().ladder.open_to(member);
        match self.kept {
            Some(kept) => kept.stood(open, self.now, self.horizon, |open| self.find_standing(open)),
            None => Rc::new(self.find_standing(&open)),
        }
    }

    fn find_standing(&self, open: &[bool]) -> Stood {
        let stood = self.standing_with(open, &[]);
        if self.programme().wallets.iter().all(|wallet| wallet.expiry_by_tier.is_empty()) {
            return stood;
        }
        // Where expiry differs by tier, lots end by the tiers that were held; these may in turn ask for the balance.
        let ladder = &self.programme().ladder;
        let earlier = &stood.standing;
        let first = earlier.past.first().map_or(earlier.tier, |step| step.from);
        let later = earlier.past.iter().map(|step| (step.at, ladder.id(step.to)));
        let tiers: Vec<(i64, &str)> = core::iter::once((i64::MIN, ladder.id(first))).chain(later).listed();
        let mut found = self.standing_with(open, &tiers);
        found.standing.calm.until = found.standing.calm.until.min(earlier.calm.until);
        found
    }

    fn standing_with(&self, open: &[bool], tiers: &[(i64, &str)]) -> Stood {
        let tier = self.view.tier.map(|tier| tier.id.as_str());
        let mut ledgers = self.programme().ledgers(Holder { view: self.view, tier, tiers, zone: self.zone(), now: self.now });
        let mut measured = Vec::new();
        for ledger in &mut ledgers {
            measured.push(core::mem::take(&mut ledger.measure));
        }
        let ladder = &self.programme().ladder;
        let measures = ladder.measure(self.view, &measured, self.zone());
        let mut standing = ladder.standing(self.view, &measures, open, self.zone(), self.now, self.horizon);
        standing.calm = standing.calm.of_ledgers(ladder, self.view, &ledgers);
        Stood { standing, ledgers }
    }

    /// The id of the tier at `place`.
    pub fn tier_id(&self, place: usize) -> String {
        self.programme().ladder.id(place).to_string()
    }
}

/// A member with what conditions read of them.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub attributes: &'a Attributes<'static>,
    /// None without personalisation.
    pub segments: &'a [String],
    pub tier: usize,
}

impl<'a> Known<'a> {
    pub fn person(&self) -> Person<'a> {
        Person { tier: self.tier, segments: self.segments, attributes: self.attributes }
    }
}

/// Answers conditions over `item.*` for items by their ids; an item that the catalog does not have meets none.
pub(super) struct Goods<'a> {
    catalog: &'a Catalog,
    binding: ItemBinding,
}

impl<'a> Goods<'a> {
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Goods { catalog: &snapshot.catalog, binding: ItemBinding::new(snapshot.attributes(), &snapshot.catalog) }
    }

    pub fn meets(&self, id: &str, condition: &Condition) -> bool {
        self.catalog.find(id).is_some_and(|item| condition.matches(&self.binding.item(self.catalog, item)))
    }
}

/// The price of an item in the catalog.
pub(super) fn price<'a>(snapshot: &'a Snapshot) -> impl Fn(&str) -> Option<i64> + 'a {
    |item: &str| snapshot.catalog.find(item).and_then(|item| snapshot.catalog.price(item))
}
