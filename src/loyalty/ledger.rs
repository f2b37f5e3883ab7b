//! The ledger of a wallet: lots that come in, are spent first-expiring first, and end.

use alloc::string::String;
use alloc::vec::Vec;

use super::earning::Earning;
use super::measure::WalletMeasure;
use super::span::Span;
use super::view::{MemberView, is_credit};
use super::wallet::Wallet;
use crate::domain::{LedgerEntry, Zone, day_number};

/// Points that came in together and end together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lot {
    /// When they came in, in milliseconds since 1970.
    pub earned_at: i64,
    /// When they can first be spent; `i64::MAX` while an event is awaited.
    pub available_at: i64,
    /// When they end (exclusive).
    pub expires_at: Option<i64>,
    /// Points left.
    pub amount: i64,
    /// The place of the earning rule whose event is awaited.
    pub awaits: Option<u32>,
    /// The place of the movement that made it, in the member's ledger in order.
    made_by: Option<u32>,
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

/// What holds for the movements of every wallet of a programme.
#[derive(Clone, Copy, Debug, Default)]
pub struct LedgerRules<'a> {
    /// The earning rules: their pending times hold where a movement names one.
    pub earning: &'a [Earning],
    /// Spent points that come back, and whose lot ended no longer ago than this many days, live again.
    pub reinstatement_days: i32,
    /// How long they then live, from the refund; the days of the window where absent.
    pub reinstated_for: Option<Span>,
}

/// Whose wallet it is, and when it is looked at.
#[derive(Clone, Copy)]
pub struct Holder<'a> {
    /// The member.
    pub view: &'a MemberView<'a>,
    /// The tier, for wallets whose expiry differs by tier.
    pub tier: Option<&'a str>,
    /// The tiers held before, each from its instant on, ascending; empty where they are not known: then `tier` stands for
    /// all of them.
    pub tiers: &'a [(i64, &'a str)],
    /// The shop's clock.
    pub zone: &'a Zone,
    /// The instant.
    pub now: i64,
}

impl<'a> Holder<'a> {
    /// The tier held at `at`.
    fn tier_at(&self, at: i64) -> Option<&'a str> {
        let known = self.tiers.iter().rev().find(|(since, _)| *since <= at).or(self.tiers.first());
        known.map(|(_, tier)| *tier).or(self.tier)
    }
}

impl Wallet {
    /// Replays the wallet up to `holder.now`. `first` says whether movements that name no wallet are this one's.
    ///
    /// * A debit takes points of the lot that ends first, of equal ends the one that came in first; only of lots that could
    ///   be spent at its instant. Where they do not cover it, it is refused whole, or, where the wallet may go below
    ///   nothing, the rest is owed and later credits pay it first.
    /// * A refund gives back what the spend took, in the reverse order, to end when it would have ended. What would have
    ///   ended meanwhile lives again, or has ended, by the rules of reinstatement. A refund of no spend that is known is a
    ///   new lot.
    /// * A revocation takes back what is left of the lot of its earning, pending or not. What of that lot has ended
    ///   is not taken a second time; what was spent is taken from other lots, and the rest is owed.
    pub fn ledger(&self, first: bool, rules: LedgerRules<'_>, holder: Holder<'_>) -> Ledger {
        let Holder { view, now, .. } = holder;
        let mine = |wallet: &Option<String>| wallet.as_ref().map_or(first, |wallet| *wallet == self.id);
        let mut replay = Replay { wallet: self, rules, holder, ledger: Ledger::default(), taken: Vec::new(), ended: Vec::new() };
        let contained = match view.lots_at {
            Some(at) => Some(at),
            None => (!view.lots.is_empty()).then_some(i64::MAX),
        };
        for lot in view.lots.iter().filter(|lot| lot.amount > 0 && mine(&lot.wallet)) {
            let earned_at = contained.unwrap_or(now).min(now);
            let available_at = lot.available_at.unwrap_or(i64::MIN);
            replay.ledger.credit(Lot { earned_at, available_at, expires_at: lot.expires_at, amount: lot.amount, ..Lot::default() });
        }
        for (place, entry) in (0_u32..).zip(&view.ledger) {
            if entry.at > now || !mine(&entry.wallet) {
                continue;
            }
            if contained.is_none_or(|at| entry.at > at) {
                replay.take(place, entry);
            } else {
                replay.measure(entry);
            }
        }
        replay.expire(now);
        replay.ledger
    }
}

/// A wallet on its way through its movements.
struct Replay<'a> {
    wallet: &'a Wallet,
    rules: LedgerRules<'a>,
    holder: Holder<'a>,
    ledger: Ledger,
    /// What each spend took and was not given back yet, by the place of its movement.
    taken: Vec<(u32, Vec<Lot>)>,
    /// What ended of each movement's lots.
    ended: Vec<(u32, i64)>,
}

impl Replay<'_> {
    /// What was earned counts for tiers, whether the confirmed lots contain it or not.
    fn measure(&mut self, entry: &LedgerEntry) {
        match entry.kind.as_str() {
            "earn" => self.ledger.measure.earned.push((entry.at, entry.amount)),
            "revoke" => self.ledger.measure.earned.push((entry.at, entry.amount.saturating_neg())),
            _ => {}
        }
    }

    fn take(&mut self, place: u32, entry: &LedgerEntry) {
        self.expire(entry.at);
        self.measure(entry);
        match entry.kind.as_str() {
            "refund" => self.refund(place, entry),
            "revoke" => self.revoke(entry),
            kind if is_credit(kind) == Some(true) => {
                let lot = self.new_lot(place, entry, entry.amount);
                self.ledger.credit(lot);
            }
            _ => {
                let lots = self.ledger.debit(entry.at, entry.amount, self.wallet.negative);
                self.taken.push((place, lots));
            }
        }
    }

    fn new_lot(&self, place: u32, entry: &LedgerEntry, amount: i64) -> Lot {
        let Holder { view, zone, now, .. } = self.holder;
        let expiry = self.wallet.expiry_of(self.holder.tier_at(entry.at));
        let expires_at = entry.expires_at.or_else(|| expiry.end_of(entry.at, view, zone, now));
        let known = entry.rule.as_ref().filter(|_| entry.kind == "earn" && entry.available_at.is_none());
        let rule = known.and_then(|id| (0_u32..).zip(self.rules.earning).find(|(_, rule)| rule.id == *id));
        let pending = rule.map(|(place, rule)| (place, rule.pending.available(entry.at, entry.source.as_deref(), view, zone, now)));
        let available_at = entry.available_at.or(pending.map(|(_, at)| at)).unwrap_or(entry.at);
        let awaits = pending.filter(|(_, at)| *at == i64::MAX).map(|(place, _)| place);
        Lot { earned_at: entry.at, available_at, expires_at, amount, awaits, made_by: Some(place) }
    }

    /// What names what `entry` names, or the movement that it names.
    fn sources<'e>(&self, entry: &'e LedgerEntry) -> impl Fn(&LedgerEntry) -> bool + use<'e> {
        let source = entry.source.as_deref();
        move |known: &LedgerEntry| source.is_some_and(|source| known.id == source || known.source.as_deref() == Some(source))
    }

    fn refund(&mut self, place: u32, entry: &LedgerEntry) {
        let is_source = self.sources(entry);
        let mut left = entry.amount;
        let mut back = Vec::new();
        for (spend, lots) in self.taken.iter_mut().rev() {
            if !self.holder.view.ledger.get(*spend as usize).is_some_and(|spend| is_source(spend)) {
                continue;
            }
            while let Some(lot) = lots.last_mut().filter(|_| left > 0) {
                let given = lot.amount.min(left);
                lot.amount = lot.amount.saturating_sub(given);
                left = left.saturating_sub(given);
                back.push(Lot { amount: given, ..*lot });
                if lot.amount == 0 {
                    lots.pop();
                }
            }
        }
        // What was owed is paid back first, by what no lot had given.
        if left > 0 {
            let lot = self.new_lot(place, entry, left);
            self.ledger.credit(lot);
        }
        for lot in back {
            let ended = lot.expires_at.filter(|end| *end <= entry.at);
            let expires_at = match (entry.expires_at, ended) {
                (Some(end), _) => Some(end),
                (None, None) => lot.expires_at,
                (None, Some(end)) => Some(self.reinstated(end, entry.at)),
            };
            self.ledger.credit(Lot { earned_at: entry.at, expires_at, made_by: Some(place), ..lot });
        }
        self.expire(entry.at);
    }

    /// When points end again that ended at `end` and come back at `at`: at once where that is too long ago.
    fn reinstated(&self, end: i64, at: i64) -> i64 {
        let zone = self.holder.zone;
        let day = |at| day_number(zone.local(at).date);
        if day(at).saturating_sub(day(end)) > i64::from(self.rules.reinstatement_days) || self.rules.reinstatement_days <= 0 {
            return end;
        }
        self.rules.reinstated_for.unwrap_or(Span::of_days(self.rules.reinstatement_days)).after(zone, at)
    }

    fn revoke(&mut self, entry: &LedgerEntry) {
        let is_source = self.sources(entry);
        let earned =
            |made_by: u32| self.holder.view.ledger.get(made_by as usize).is_some_and(|known| known.kind == "earn" && is_source(known));
        let (mut left, _) = self.ledger.take_from(entry.at, entry.amount, |lot| lot.made_by.is_some_and(earned));
        for (_, ended) in self.ended.iter_mut().filter(|(made_by, _)| earned(*made_by)) {
            let gone = (*ended).min(left);
            *ended = ended.saturating_sub(gone);
            left = left.saturating_sub(gone);
        }
        self.ledger.debit(entry.at, left, true);
    }

    fn expire(&mut self, now: i64) {
        let ledger = &mut self.ledger;
        // The first to end stands first: mostly none does.
        if ledger.lots.first().is_none_or(|lot| lot.expires_at.is_none_or(|end| now < end)) {
            return;
        }
        let (changes, expired, ended) = (&mut ledger.measure.changes, &mut ledger.expired, &mut self.ended);
        ledger.lots.retain(|lot| {
            let lives = lot.expires_at.is_none_or(|end| now < end);
            if !lives {
                *expired = expired.saturating_add(lot.amount);
                changes.push((lot.expires_at.unwrap_or(now).max(lot.earned_at), lot.amount.saturating_neg()));
                if let Some(made_by) = lot.made_by {
                    ended.push((made_by, lot.amount));
                }
            }
            lives
        });
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

    /// What was taken, lot by lot; nothing where it was refused.
    fn debit(&mut self, at: i64, amount: i64, may_owe: bool) -> Vec<Lot> {
        let free = self.balance(at).max(0);
        if free < amount && !may_owe {
            self.refused = self.refused.saturating_add(1);
            return Vec::new();
        }
        let (left, lots) = self.take_from(at, amount, |lot| lot.available_at <= at);
        self.owed = self.owed.saturating_add(left);
        self.spent = self.spent.saturating_add(left);
        self.measure.changes.push((at, left.saturating_neg()));
        lots
    }

    /// Takes up to `amount` from the lots that are `wanted`, first-expiring first. What is left to take, and what was taken.
    fn take_from(&mut self, at: i64, amount: i64, wanted: impl Fn(&Lot) -> bool) -> (i64, Vec<Lot>) {
        let (mut left, mut lots) = (amount, Vec::new());
        for lot in self.lots.iter_mut().filter(|lot| wanted(lot)) {
            let taken = lot.amount.min(left);
            if taken == 0 {
                break;
            }
            lot.amount = lot.amount.saturating_sub(taken);
            left = left.saturating_sub(taken);
            lots.push(Lot { amount: taken, ..*lot });
        }
        self.lots.retain(|lot| lot.amount > 0);
        let gone = amount.saturating_sub(left);
        self.spent = self.spent.saturating_add(gone);
        if gone > 0 {
            self.measure.changes.push((at, gone.saturating_neg()));
        }
        (left, lots)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::span::Span;
    use super::super::wallet::{Expiry, ExpiryKind, LastDay};
    use super::*;
    use crate::domain::{Basket, BasketLine, DAY, LedgerEntry, Member, PointsLot};

    fn entry(id: &str, day: i64, kind: &str, amount: i64) -> LedgerEntry {
        LedgerEntry { id: id.into(), at: day * DAY, kind: kind.into(), amount, ..LedgerEntry::default() }
    }

    fn wallet() -> Wallet {
        let expiry = Expiry { kind: ExpiryKind::Rolling, lives: Span::of_days(30), ..Expiry::default() };
        Wallet { id: "points".into(), expiry, ..Wallet::default() }
    }

    fn replay(wallet: &Wallet, member: &Member, day: i64) -> Ledger {
        let view = MemberView::new(member, &[], &|_| None);
        let rules = LedgerRules { earning: &[], reinstatement_days: 10, reinstated_for: None };
        wallet.ledger(true, rules, Holder { view: &view, tier: None, tiers: &[], zone: &Zone::default(), now: day * DAY })
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

    fn of(id: &str, day: i64, kind: &str, amount: i64, source: &str) -> LedgerEntry {
        LedgerEntry { source: Some(source.into()), ..entry(id, day, kind, amount) }
    }

    #[test]
    fn a_refund_gives_back_what_the_spend_took_to_end_as_before() {
        let early = LedgerEntry { expires_at: Some(20 * DAY), ..entry("a", 0, "earn", 10) };
        let mut ledger = alloc::vec![early, entry("b", 1, "earn", 10), of("s", 2, "spend", 15, "o1"), of("r", 3, "refund", 8, "o1")];
        let lots = |ledger: &Vec<LedgerEntry>, day| {
            let replayed = replay(&wallet(), &Member { ledger: ledger.clone(), ..Member::default() }, day);
            replayed.lots.iter().map(|lot| (lot.amount, lot.expires_at.unwrap() / DAY)).collect::<Vec<_>>()
        };
        assert_eq!(lots(&ledger, 4), [(3, 20), (5, 32), (5, 32)]);
        ledger.push(of("r2", 5, "refund", 7, "s"));
        assert_eq!(lots(&ledger, 6), [(3, 20), (7, 20), (5, 32), (5, 32)]);
    }

    #[test]
    fn what_ended_meanwhile_lives_again_within_the_window_only() {
        let early = LedgerEntry { expires_at: Some(20 * DAY), ..entry("a", 0, "earn", 10) };
        let back = |day| {
            let ledger = alloc::vec![early.clone(), of("s", 2, "spend", 10, "o"), of("r", day, "refund", 10, "o")];
            let replayed = replay(&wallet(), &Member { ledger, ..Member::default() }, day);
            (replayed.balance(day * DAY), replayed.expired)
        };
        assert_eq!((back(19), back(30), back(31)), ((10, 0), (10, 0), (0, 10)));
    }

    #[test]
    fn a_revocation_takes_the_earning_itself_and_never_twice_what_ended() {
        let pending = LedgerEntry { available_at: Some(50 * DAY), source: Some("o".into()), ..entry("a", 0, "earn", 10) };
        let member = |ledger| Member { ledger, ..Member::default() };
        let taken = replay(&wallet(), &member(alloc::vec![pending, entry("b", 0, "earn", 5), of("r", 1, "revoke", 10, "o")]), 2);
        assert_eq!((taken.balance(2 * DAY), taken.pending(2 * DAY)), (5, 0));
        let ended = alloc::vec![of("a", 0, "earn", 10, "o"), entry("b", 20, "earn", 5), of("r", 40, "revoke", 10, "o")];
        let kept = replay(&wallet(), &member(ended), 41);
        assert_eq!((kept.balance(41 * DAY), kept.expired, kept.spent), (5, 10, 0));
        let spent = alloc::vec![of("a", 0, "earn", 10, "o"), entry("s", 1, "spend", 8), of("r", 2, "revoke", 10, "o")];
        assert_eq!(replay(&wallet(), &member(spent), 3).balance(3 * DAY), -8);
    }

    #[test]
    fn expiry_goes_by_the_tier_held_when_points_were_earned() {
        let longer = Expiry { kind: ExpiryKind::Rolling, lives: Span::of_days(90), ..Expiry::default() };
        let wallet = Wallet { expiry_by_tier: alloc::vec![(alloc::vec!["gold".into()], longer)], ..wallet() };
        let member = Member { ledger: alloc::vec![entry("a", 0, "earn", 1), entry("b", 5, "earn", 2)], ..Member::default() };
        let view = MemberView::new(&member, &[], &|_| None);
        let tiers = [(i64::MIN, "base"), (3 * DAY, "gold")];
        let holder = Holder { view: &view, tier: Some("gold"), tiers: &tiers, zone: &Zone::default(), now: 9 * DAY };
        let ends = |holder| {
            wallet.ledger(true, LedgerRules::default(), holder).lots.iter().map(|lot| lot.expires_at.unwrap() / DAY).collect::<Vec<_>>()
        };
        assert_eq!((ends(holder), ends(Holder { tiers: &[], ..holder })), (alloc::vec![31, 96], alloc::vec![91, 96]));
    }

    #[test]
    fn points_wait_for_their_event() {
        use crate::domain::Activity;
        use crate::loyalty::earning::Pending;
        let rule = Earning {
            id: "base".into(),
            pending: Pending { span: Span::of_days(2), event: Some("delivered".into()), date: None },
            ..Earning::default()
        };
        let earned = LedgerEntry { rule: Some("base".into()), ..of("a", 0, "earn", 10, "o") };
        let delivered = Activity { at: 5 * DAY, kind: "delivered".into(), subject: Some("o".into()), ..Activity::default() };
        let at = |day: i64, activities| {
            let member = Member { ledger: alloc::vec![earned.clone()], activities, ..Member::default() };
            let view = MemberView::new(&member, &[], &|_| None);
            let rules = LedgerRules { earning: core::slice::from_ref(&rule), ..LedgerRules::default() };
            let ledger =
                wallet().ledger(true, rules, Holder { view: &view, tier: None, tiers: &[], zone: &Zone::default(), now: day * DAY });
            (ledger.balance(day * DAY), ledger.lots[0].available_at, ledger.lots[0].awaits)
        };
        assert_eq!(at(9, Vec::new()), (0, i64::MAX, Some(0)));
        assert_eq!(at(4, alloc::vec![delivered.clone()]), (0, i64::MAX, Some(0)));
        assert_eq!(at(9, alloc::vec![delivered]), (10, 5 * DAY, None));
    }

    const KINDS: &[&str] = &["earn", "spend", "refund", "revoke", "donate", "transfer-in", "transfer-out", "adjust", "deduct"];

    fn movements() -> impl Strategy<Value = Vec<LedgerEntry>> {
        let source = prop::option::of(0_u8..6);
        let pending = prop::option::of(0_i64..40);
        let one = (0_i64..100, prop::sample::select(KINDS), 1_i64..50, source, pending);
        prop::collection::vec(one, 0..40).prop_map(|all| {
            let mut made = Vec::new();
            for (day, kind, amount, source, pending) in all {
                made.push(LedgerEntry {
                    source: source.map(|order| alloc::format!("o{order}")),
                    available_at: pending.filter(|_| kind == "earn").map(|days: i64| (day + days) * DAY),
                    ..entry(&alloc::format!("e{}", made.len()), day, kind, amount)
                });
            }
            made
        })
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made(ledger in movements(), negative: bool, day in 0_i64..140) {
            let member = Member { ledger, ..Member::default() };
            let ledger = replay(&Wallet { negative, ..wallet() }, &member, day);
            let held: i64 = ledger.lots.iter().map(|lot| lot.amount).sum();
            prop_assert_eq!(ledger.earned, ledger.spent + ledger.expired + held - ledger.owed);
            prop_assert!(ledger.lots.iter().all(|lot| lot.amount > 0) && (negative || ledger.owed == 0 || ledger.spent > 0));
            let changed: i64 = ledger.measure.changes.iter().map(|(_, amount)| amount).sum();
            prop_assert_eq!(changed, held - ledger.owed);
        }

        /// Whatever ends lots, and whatever the member did meanwhile.
        #[test]
        fn nothing_is_lost_under_any_expiry(ledger in movements(), bought in prop::collection::vec(0_i64..100, 0..8), kind in 0_usize..4, day in 0_i64..200) {
            let history = bought.iter().map(|day| Basket {
                id: alloc::format!("b{day}"), at: day * DAY + 7, lines: alloc::vec![BasketLine { item: "a".into(), quantity: 1, ..BasketLine::default() }], ..Basket::default()
            }).collect();
            let member = Member { ledger, history, ..Member::default() };
            let kind = [ExpiryKind::None, ExpiryKind::Rolling, ExpiryKind::Fixed, ExpiryKind::Sliding][kind];
            let expiry = Expiry { kind, lives: Span::of_days(20), last_days: alloc::vec![LastDay::Yearly(1, 31), LastDay::Yearly(3, 15)], ..Expiry::default() };
            let ledger = replay(&Wallet { expiry, ..wallet() }, &member, day);
            let held: i64 = ledger.lots.iter().map(|lot| lot.amount).sum();
            prop_assert_eq!(ledger.earned, ledger.spent + ledger.expired + held - ledger.owed);
            prop_assert!(ledger.lots.iter().all(|lot| lot.expires_at.is_none_or(|end| end > day * DAY)));
        }

        /// A sliding end against a walk from day to day: points live while the last purchase is less than their span ago.
        #[test]
        fn a_sliding_end_is_where_the_member_did_nothing_for_long(bought in prop::collection::vec(0_i64..120, 0..12), earned in 0_i64..60) {
            let (span, now) = (15, 150);
            let history = bought.iter().map(|day| Basket {
                id: alloc::format!("b{day}"), at: day * DAY, lines: alloc::vec![BasketLine { item: "a".into(), quantity: 1, ..BasketLine::default() }], ..Basket::default()
            }).collect();
            let member = Member { ledger: alloc::vec![entry("e", earned, "earn", 10)], history, ..Member::default() };
            let expiry = Expiry { kind: ExpiryKind::Sliding, lives: Span::of_days(span), ..Expiry::default() };
            let ledger = replay(&Wallet { expiry, ..wallet() }, &member, now);
            let mut last = earned;
            // Rounded up to the midnight after the day they end on.
            let ends = |last: i64| last + i64::from(span) + 1;
            let mut day = earned + 1;
            while day < ends(last) && day <= now {
                if bought.contains(&day) { last = day; }
                day += 1;
            }
            let lives = ends(last) > now;
            prop_assert_eq!((ledger.balance(now * DAY), ledger.expired), if lives { (10, 0) } else { (0, 10) }, "last {}", last);
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
