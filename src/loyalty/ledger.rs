//! The ledger of a wallet: lots that come in, are spent first-expiring first, and end.

use alloc::vec::Vec;

use super::measure::WalletMeasure;
use super::view::{MemberView, is_credit};
use super::wallet::Wallet;
use crate::domain::Zone;

/// Points that came in together and end together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    /// When they came in, in milliseconds since 1970.
    pub earned_at: i64,
    /// When they can first be spent.
    pub available_at: i64,
    /// When they end (exclusive).
    pub expires_at: Option<i64>,
    /// Points left.
    pub amount: i64,
}

/// What happened to a wallet up to an instant. Whatever came in is spent, ended or held:
/// `earned = spent + expired + held`, where a balance below nothing counts as held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Lots with points left, first-expiring first.
    pub lots: Vec<Lot>,
    /// Points that came in.
    pub earned: i64,
    /// Points that went out.
    pub spent: i64,
    /// Points that ended.
    pub expired: i64,
    /// Points owed: spent without being there.
    pub owed: i64,
    /// Movements that were refused, since they were not covered.
    pub refused: u32,
    /// What tiers may ask of it.
    pub measure: WalletMeasure,
}

impl Wallet {
    /// Replays the wallet up to `now`. `first` says whether movements that name no wallet are this one's; `tier_at`
    /// tells the tier held at an instant, for tiers with an expiry of their own.
    ///
    /// A debit takes points of the lot that ends first, of equal ends the one that came in first; only of lots that could
    /// be spent at its instant. Where they do not cover it, it is refused whole, or, where the wallet may go below nothing,
    /// the rest is owed and later credits pay it first.
    pub fn ledger(&self, first: bool, view: &MemberView, tier: Option<&str>, zone: &Zone, now: i64) -> Ledger {
        let mine = |wallet: &Option<alloc::string::String>| wallet.as_ref().map_or(first, |wallet| *wallet == self.id);
        let expiry = self.expiry_of(tier);
        let mut ledger = Ledger::default();
        let contained = match view.lots_at {
            Some(at) => Some(at),
            None => (!view.lots.is_empty()).then_some(i64::MAX),
        };
        for lot in view.lots.iter().filter(|lot| lot.amount > 0 && mine(&lot.wallet)) {
            let earned_at = contained.unwrap_or(now).min(now);
            ledger.credit(Lot {
                earned_at,
                available_at: lot.available_at.unwrap_or(i64::MIN),
                expires_at: lot.expires_at,
                amount: lot.amount,
            });
        }
        let later = view.ledger.iter().filter(|entry| contained.is_none_or(|at| entry.at > at) && entry.at <= now && mine(&entry.wallet));
        for entry in later {
            ledger.expire(entry.at);
            if is_credit(&entry.kind) == Some(true) {
                let expires_at = entry.expires_at.or_else(|| expiry.end_of(entry.at, view, zone, now));
                let available_at = entry.available_at.unwrap_or(entry.at);
                if entry.kind == "earn" {
                    ledger.measure.earned.push((entry.at, entry.amount));
                }
                ledger.credit(Lot { earned_at: entry.at, available_at, expires_at, amount: entry.amount });
            } else {
                if entry.kind == "revoke" {
                    ledger.measure.earned.push((entry.at, entry.amount.saturating_neg()));
                }
                ledger.debit(entry.at, entry.amount, self.negative || entry.kind == "revoke");
            }
        }
        ledger.expire(now);
        ledger
    }
}

impl Ledger {
    /// Points that can be spent at `now`, less what is owed.
    pub fn balance(&self, now: i64) -> i64 {
        let free = self.lots.iter().filter(|lot| lot.available_at <= now).fold(0_i64, |sum, lot| sum.saturating_add(lot.amount));
        free.saturating_sub(self.owed)
    }

    /// Points that can be spent later.
    pub fn pending(&self, now: i64) -> i64 {
        self.lots.iter().filter(|lot| lot.available_at > now).fold(0_i64, |sum, lot| sum.saturating_add(lot.amount))
    }

    fn credit(&mut self, mut lot: Lot) {
        self.earned = self.earned.saturating_add(lot.amount);
        self.measure.changes.push((lot.earned_at, lot.amount));
        let paid = lot.amount.min(self.owed);
        self.owed = self.owed.saturating_sub(paid);
        lot.amount = lot.amount.saturating_sub(paid);
        if lot.amount > 0 {
            let key = |lot: &Lot| (lot.expires_at.unwrap_or(i64::MAX), lot.earned_at);
            let place = self.lots.partition_point(|known| key(known) <= key(&lot));
            self.lots.insert(place, lot);
        }
    }

    fn debit(&mut self, at: i64, amount: i64, may_owe: bool) {
        let free = self.balance(at).max(0);
        if free < amount && !may_owe {
            self.refused = self.refused.saturating_add(1);
            return;
        }
        let mut left = amount;
        for lot in self.lots.iter_mut().filter(|lot| lot.available_at <= at) {
            let taken = lot.amount.min(left);
            lot.amount = lot.amount.saturating_sub(taken);
            left = left.saturating_sub(taken);
        }
        self.lots.retain(|lot| lot.amount > 0);
        self.owed = self.owed.saturating_add(left);
        self.spent = self.spent.saturating_add(amount);
        self.measure.changes.push((at, amount.saturating_neg()));
    }

    fn expire(&mut self, now: i64) {
        let mut ended = 0_i64;
        let changes = &mut self.measure.changes;
        self.lots.retain(|lot| {
            let lives = lot.expires_at.is_none_or(|end| now < end);
            if !lives {
                ended = ended.saturating_add(lot.amount);
                changes.push((lot.expires_at.unwrap_or(now), lot.amount.saturating_neg()));
            }
            lives
        });
        self.expired = self.expired.saturating_add(ended);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::span::Span;
    use super::super::wallet::{Expiry, ExpiryKind};
    use super::*;
    use crate::domain::{DAY, LedgerEntry, Member, PointsLot};

    fn entry(id: &str, day: i64, kind: &str, amount: i64) -> LedgerEntry {
        LedgerEntry { id: id.into(), at: day * DAY, kind: kind.into(), amount, ..LedgerEntry::default() }
    }

    fn wallet() -> Wallet {
        let expiry = Expiry { kind: ExpiryKind::Rolling, lives: Span::of_days(30), ..Expiry::default() };
        Wallet { id: "points".into(), expiry, ..Wallet::default() }
    }

    fn replay(wallet: &Wallet, member: &Member, day: i64) -> Ledger {
        wallet.ledger(true, &MemberView::new(member, &[], &|_| None), None, &Zone::default(), day * DAY)
    }

    #[test]
    fn a_spend_that_is_not_covered_is_refused_or_owed() {
        let member = Member {
            ledger: alloc::vec![entry("a", 0, "earn", 10), entry("b", 1, "spend", 15), entry("c", 2, "earn", 7)],
            ..Member::default()
        };
        let refused = replay(&wallet(), &member, 3);
        assert_eq!((refused.balance(3 * DAY), refused.refused), (17, 1));
        let owed = replay(&Wallet { negative: true, ..wallet() }, &member, 3);
        assert_eq!((owed.balance(3 * DAY), owed.refused), (2, 0));
    }

    #[test]
    fn the_first_to_end_is_spent_first_and_what_ends_is_gone_once() {
        let late = LedgerEntry { expires_at: Some(90 * DAY), ..entry("a", 0, "earn", 10) };
        let member = Member { ledger: alloc::vec![late, entry("b", 1, "earn", 10), entry("c", 2, "spend", 4)], ..Member::default() };
        let before = replay(&wallet(), &member, 31);
        assert_eq!(before.lots.iter().map(|lot| lot.amount).collect::<Vec<_>>(), [6, 10]);
        let after = replay(&wallet(), &member, 32);
        assert_eq!((after.balance(32 * DAY), after.expired, after.spent), (10, 6, 4));
    }

    #[test]
    fn pending_points_are_not_in_the_balance() {
        let pending = LedgerEntry { available_at: Some(9 * DAY), ..entry("a", 0, "earn", 10) };
        let ledger = replay(&wallet(), &Member { ledger: alloc::vec![pending], ..Member::default() }, 3);
        assert_eq!((ledger.balance(3 * DAY), ledger.pending(3 * DAY)), (0, 10));
    }

    #[test]
    fn confirmed_lots_hold_what_came_before_them() {
        let lots = alloc::vec![PointsLot { amount: 50, expires_at: Some(20 * DAY), ..PointsLot::default() }];
        let ledger = alloc::vec![entry("a", 1, "earn", 10), entry("b", 5, "earn", 3)];
        let member = |points_at| Member { points: lots.clone(), ledger: ledger.clone(), points_at, ..Member::default() };
        assert_eq!(replay(&wallet(), &member(None), 9).balance(9 * DAY), 50);
        assert_eq!(replay(&wallet(), &member(Some(3 * DAY)), 9).balance(9 * DAY), 53);
    }

    fn movements() -> impl Strategy<Value = Vec<LedgerEntry>> {
        let kind = prop_oneof![Just("earn"), Just("spend"), Just("refund"), Just("revoke"), Just("donate")];
        let one = (0_i64..100, kind, 1_i64..50).prop_map(|(day, kind, amount)| entry("", day, kind, amount));
        prop::collection::vec(one, 0..40).prop_map(|mut all| {
            all.iter_mut().enumerate().for_each(|(place, entry)| entry.id = alloc::format!("e{place}"));
            all
        })
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made(ledger in movements(), negative: bool, day in 0_i64..140) {
            let member = Member { ledger, ..Member::default() };
            let ledger = replay(&Wallet { negative, ..wallet() }, &member, day);
            let held: i64 = ledger.lots.iter().map(|lot| lot.amount).sum();
            prop_assert_eq!(ledger.earned, ledger.spent + ledger.expired + held - ledger.owed);
        }

        #[test]
        fn order_and_repetition_change_nothing(ledger in movements(), turn in 0_usize..40) {
            let mut shuffled = ledger.clone();
            let by = turn.min(ledger.len());
            shuffled.rotate_left(by);
            shuffled.extend(ledger.iter().take(turn).cloned());
            let replayed = |ledger: Vec<LedgerEntry>| replay(&wallet(), &Member { ledger, ..Member::default() }, 60);
            prop_assert_eq!(replayed(ledger), replayed(shuffled));
        }
    }
}
