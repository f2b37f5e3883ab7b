//! One member, seen at an instant: what every answer about the membership starts from.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::domain::{Catalog, Listed, Zone};
use crate::loyalty::{Holder, Ledger, MemberView, Person, Programme, Standing};
use crate::rules::{AttributeSource, Attributes, Condition, ItemBinding};
use crate::snapshot::Snapshot;

/// One member, seen at an instant.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub snapshot: &'a Snapshot,
    pub view: &'a MemberView<'a>,
    pub now: i64,
    pub horizon: i64,
}

impl<'a> Seen<'a> {
    pub fn programme(&self) -> &'a Programme {
        self.snapshot.programme()
    }

    pub fn zone(&self) -> &'a Zone {
        &self.snapshot.info.zone
    }

    /// Where the member stands, and the ledger of each wallet.
    pub fn standing(&self, member: &dyn AttributeSource) -> (Standing, Vec<Ledger>) {
        let (standing, ledgers) = self.standing_with(member, &[]);
        if self.programme().wallets.iter().all(|wallet| wallet.expiry_by_tier.is_empty()) {
            return (standing, ledgers);
        }
        // Where expiry differs by tier, lots end by the tiers that were held; these may in turn ask for the balance.
        let ladder = &self.programme().ladder;
        let first = standing.past.first().map_or(standing.tier, |step| step.from);
        let later = standing.past.iter().map(|step| (step.at, ladder.id(step.to)));
        let tiers: Vec<(i64, &str)> = core::iter::once((i64::MIN, ladder.id(first))).chain(later).listed();
        self.standing_with(member, &tiers)
    }

    fn standing_with(&self, member: &dyn AttributeSource, tiers: &[(i64, &str)]) -> (Standing, Vec<Ledger>) {
        let tier = self.view.tier.map(|tier| tier.id.as_str());
        let ledgers = self.programme().ledgers(Holder { view: self.view, tier, tiers, zone: self.zone(), now: self.now });
        let measured: Vec<_> = ledgers.iter().map(|ledger| ledger.measure.clone()).listed();
        let ladder = &self.programme().ladder;
        let measures = ladder.measure(self.view, &measured, self.zone());
        (ladder.standing(self.view, &measures, member, self.zone(), self.now, self.horizon), ledgers)
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
