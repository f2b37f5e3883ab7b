//! What the rules of a programme are asked about: one member's facts, put in order.

use alloc::vec::Vec;

use crate::domain::{Activity, AddAll, Arrange, Basket, LedgerEntry, Listed, Member, PointsLot, TierState, Zone, month_day_from};

/// One purchase of which something was kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Receipt<'a> {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What was paid for what was kept, in minor units.
    pub paid: i64,
    /// The order.
    pub basket: &'a Basket,
}

/// In which order a [`MemberView`] has one member's facts, by their places among the member's: as long as the member and the
/// prices stay, sorting once is enough.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactOrder {
    ledger: Vec<u32>,
    /// With what was paid.
    receipts: Vec<(u32, i64)>,
    activities: Vec<u32>,
}

/// One member's facts in order of time, each once: whatever order they came in, and however often.
#[derive(Clone, Debug, Default)]
pub struct MemberView<'a> {
    /// When the member joined, in milliseconds since 1970.
    pub joined: Option<i64>,
    /// Month and day of birth.
    pub birthday: Option<(i8, i8)>,
    /// The tier that the server last confirmed.
    pub tier: Option<&'a TierState>,
    /// Tiers that were given, bought or tried.
    pub grants: &'a [TierState],
    /// Lots that the server last confirmed.
    pub lots: &'a [PointsLot],
    /// The instant up to which the lots contain the ledger.
    pub lots_at: Option<i64>,
    /// Movements of points, by time; credits before debits at the same time, then by id.
    pub ledger: Vec<&'a LedgerEntry>,
    /// Purchases, by time, then by id.
    pub receipts: Vec<Receipt<'a>>,
    /// What was done beside buying, by time, then by kind and id.
    pub activities: Vec<&'a Activity>,
}

impl<'a> MemberView<'a> {
    /// The facts of `member`, with `more` activities (of this device). `price` tells the price of an item whose line does
    /// not say what was paid. A purchase of which everything was given back does not count.
    pub fn new(member: &'a Member, more: &'a [Activity], price: &dyn Fn(&str) -> Option<i64>) -> Self {
        let mut view = Self::without_facts(member);
        view.ledger = ledger(&member.ledger);
        view.receipts = receipts(&member.history, price);
        view.activities = activities(member.activities.iter().chain(more));
        view
    }

    /// The facts of `member` in the order that [`MemberView::order`] gave for this very member.
    pub fn in_order(member: &'a Member, order: &FactOrder) -> Self {
        let mut view = Self::without_facts(member);
        for place in &order.ledger {
            view.ledger.add_all(member.ledger.get(*place as usize));
        }
        for (place, paid) in &order.receipts {
            if let Some(basket) = member.history.get(*place as usize) {
                view.receipts.push(Receipt { at: basket.at, paid: *paid, basket });
            }
        }
        for place in &order.activities {
            view.activities.add_all(member.activities.get(*place as usize));
        }
        view
    }

    /// The order of the facts, of a view that was made of `member` without more activities.
    pub fn order(&self, member: &Member) -> FactOrder {
        let mut order = FactOrder::default();
        for entry in &self.ledger {
            order.ledger.push(place_of(&member.ledger, entry));
        }
        for receipt in &self.receipts {
            order.receipts.push((place_of(&member.history, receipt.basket), receipt.paid));
        }
        for activity in &self.activities {
            order.activities.push(place_of(&member.activities, activity));
        }
        order
    }

    #[inline(never)]
    fn without_facts(member: &'a Member) -> Self {
        let mut view = Self::dates_of(member);
        (view.tier, view.grants) = (member.tier.as_ref(), &member.grants);
        (view.lots, view.lots_at) = (&member.points, member.points_at);
        view
    }

    /// The dates of `member` alone: when they joined, and their birthday.
    pub fn dates_of(member: &Member) -> Self {
        MemberView { joined: member.joined_at, birthday: member.birthday.as_deref().and_then(month_day), ..MemberView::default() }
    }

    /// Whether no fact lies after `now`.
    pub fn is_past(&self, now: i64) -> bool {
        self.ledger.last().is_none_or(|entry| entry.at <= now)
            && self.receipts.last().is_none_or(|receipt| receipt.at <= now)
            && self.activities.last().is_none_or(|activity| activity.at <= now)
    }

    /// When the membership began as far as is known: joined, or bought first.
    pub fn began(&self) -> Option<i64> {
        self.joined.or_else(|| self.receipts.first().map(|receipt| receipt.at))
    }

    /// The instants of activities of a kind, ascending; `purchase` means the receipts.
    pub fn times<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = i64> + 's {
        let purchases = self.receipts.iter().filter(move |_| kind == "purchase").map(|receipt| receipt.at);
        let others = self.activities.iter().filter(move |activity| kind != "purchase" && activity.kind == kind);
        purchases.chain(others.map(|activity| activity.at))
    }

    /// How many activities of `kind` about `subject` lie in a stretch.
    pub fn uses(&self, kind: &str, subject: &str, stretch: super::Stretch) -> u32 {
        let about =
            |activity: &&&Activity| activity.kind == kind && activity.subject.as_deref() == Some(subject) && stretch.contains(activity.at);
        u32::try_from(self.activities.iter().filter(about).count()).unwrap_or(u32::MAX)
    }

    /// Whole days on the shop's clock since the membership began.
    pub fn age_days(&self, zone: &Zone, now: i64) -> Option<i64> {
        let day = |at| crate::domain::day_number(zone.local(at).date);
        self.began().map(|began| day(now).saturating_sub(day(began)))
    }

    /// Whole months on the shop's clock since the membership began: one is full on the same day of the next month, or on
    /// its last.
    pub fn age_months(&self, zone: &Zone, now: i64) -> Option<i64> {
        let (began, today) = (zone.local(self.began()?).date, zone.local(now).date);
        let index = |date: jiff::civil::Date| i32::from(date.year()).saturating_mul(12).saturating_add(i32::from(date.month()));
        let months = index(today).saturating_sub(index(began));
        let full = super::span::add_months(began, months) <= today;
        Some(i64::from(if full { months } else { months.saturating_sub(1) }))
    }
}

/// Where in `list` `element` lies, which is one of it.
fn place_of<T>(list: &[T], element: &T) -> u32 {
    let away = core::ptr::from_ref(element).addr().wrapping_sub(list.as_ptr().addr());
    away.checked_div(size_of::<T>()).and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX)
}

/// Whether a movement's kind brings points; `None` for a kind that is not known.
pub(super) fn is_credit(kind: &str) -> Option<bool> {
    match kind {
        "earn" | "refund" | "adjust" | "transfer-in" => Some(true),
        "spend" | "revoke" | "deduct" | "transfer-out" | "donate" => Some(false),
        _ => None,
    }
}

fn ledger(entries: &[LedgerEntry]) -> Vec<&LedgerEntry> {
    let mut sorted: Vec<&LedgerEntry> = entries.iter().filter(|entry| entry.amount > 0 && is_credit(&entry.kind).is_some()).listed();
    let debit = |entry: &LedgerEntry| is_credit(&entry.kind) == Some(false);
    // Credits first: points earned and spent at the same instant are there when they are spent. What is equal in all
    // keys but differs otherwise is put in a fixed order too, so that the same set always gives the same ledger.
    sorted.arrange_by(|one, other| {
        let first = |entry: &'_ LedgerEntry| (entry.at, debit(entry));
        let rest = |entry: &LedgerEntry| (entry.amount, entry.expires_at, entry.available_at);
        let texts = |entry: &LedgerEntry| [&entry.source, &entry.wallet, &entry.rule].map(Clone::clone);
        let order = first(one).cmp(&first(other)).then_with(|| one.id.cmp(&other.id)).then_with(|| one.kind.cmp(&other.kind));
        order.then_with(|| rest(one).cmp(&rest(other))).then_with(|| texts(one).cmp(&texts(other)))
    });
    let ids: Vec<_> = sorted.iter().map(|entry| ("", entry.id.as_str())).listed();
    keep_first(&mut sorted, &ids);
    sorted
}

fn receipts<'a>(history: &'a [Basket], price: &dyn Fn(&str) -> Option<i64>) -> Vec<Receipt<'a>> {
    let paid = |basket: &Basket| {
        let line = |line: &crate::domain::BasketLine| {
            line.paid.unwrap_or_else(|| price(&line.item).unwrap_or(0).saturating_mul(line.quantity.into())).max(0)
        };
        basket.lines.iter().fold(0_i64, |sum, next| sum.saturating_add(line(next)))
    };
    let kept = |basket: &&Basket| basket.lines.iter().any(|line| line.quantity > 0);
    let mut sorted: Vec<Receipt> = history.iter().filter(kept).map(|basket| Receipt { at: basket.at, paid: paid(basket), basket }).listed();
    sorted.arrange_by(|one, other| (one.at, &one.basket.id, one.paid).cmp(&(other.at, &other.basket.id, other.paid)));
    let ids: Vec<_> = sorted.iter().map(|receipt| ("", receipt.basket.id.as_str())).listed();
    keep_first(&mut sorted, &ids);
    sorted
}

fn activities<'a>(all: impl Iterator<Item = &'a Activity>) -> Vec<&'a Activity> {
    let mut sorted: Vec<&Activity> = all.listed();
    sorted.arrange_by(|one, other| {
        let key = |activity: &'a Activity| (activity.at, &activity.kind, &activity.id, &activity.subject);
        key(one).cmp(&key(other))
    });
    let ids: Vec<_> = sorted.iter().map(|activity| (activity.kind.as_str(), activity.id.as_str())).listed();
    keep_first(&mut sorted, &ids);
    sorted
}

/// Keeps of what has the same kind and id, in `ids` beside it, the first; all that has no id.
fn keep_first<T>(list: &mut Vec<T>, ids: &[(&str, &str)]) {
    let mut repeated = repeated(ids).into_iter();
    list.retain(|_| !repeated.next().unwrap_or(false));
}

/// For each whether the same stands before it; never for an empty id.
fn repeated(ids: &[(&str, &str)]) -> Vec<bool> {
    let mut places: Vec<(usize, (&str, &str))> = ids.iter().copied().enumerate().listed();
    places.arrange_by_key(|(_, id)| *id);
    let mut repeated = alloc::vec![false; ids.len()];
    let mut before = None;
    for (place, id) in places {
        if let Some(slot) = repeated.get_mut(place) {
            *slot = !id.1.is_empty() && before == Some(id);
        }
        before = Some(id);
    }
    repeated
}

/// `MM-DD` as numbers, where it is a day of some year.
pub(super) fn month_day(text: &str) -> Option<(i8, i8)> {
    month_day_from(text).filter(|_| text.len() == "MM-DD".len() && text.as_bytes().get(2) == Some(&b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BasketLine, DAY};

    fn entry(id: &str, at: i64, kind: &str) -> LedgerEntry {
        LedgerEntry { id: id.into(), at, kind: kind.into(), amount: 10, ..LedgerEntry::default() }
    }

    #[test]
    fn what_is_no_day_is_no_birthday() {
        for text in ["", "02-30", "13-01", "2-3", "0203", "1990-02-03", "+1-02"] {
            assert_eq!(month_day(text), None, "{text}");
        }
        assert_eq!(month_day("02-29"), Some((2, 29)));
    }

    #[test]
    fn movements_of_no_amount_or_unknown_kind_are_left_out() {
        let member = Member {
            ledger: alloc::vec![entry("a", 1, "magic"), LedgerEntry { amount: -5, ..entry("b", 1, "earn") }, entry("c", 1, "earn")],
            ..Member::default()
        };
        let view = MemberView::new(&member, &[], &|_| None);
        assert_eq!(view.ledger.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["c"]);
    }

    #[test]
    fn facts_are_put_in_order_and_counted_once() {
        let member = Member {
            ledger: alloc::vec![entry("b", 5, "spend"), entry("c", 5, "earn"), entry("a", 7, "earn"), entry("b", 5, "spend")],
            ..Member::default()
        };
        let view = MemberView::new(&member, &[], &|_| None);
        assert_eq!(view.ledger.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
    }

    #[test]
    fn an_order_gives_the_same_view_again() {
        let line = |quantity| BasketLine { item: "i".into(), quantity, paid: None };
        let basket = |id: &str, at, quantity| Basket { id: id.into(), at, lines: alloc::vec![line(quantity)], ..Basket::default() };
        let activity = |id: &str, at| Activity { id: id.into(), at, kind: "review".into(), ..Activity::default() };
        let member = Member {
            ledger: alloc::vec![entry("b", 5, "spend"), entry("c", 5, "earn"), entry("x", 6, "magic"), entry("b", 5, "spend")],
            history: alloc::vec![basket("p", 9, 2), basket("q", 3, 0), basket("o", 4, 1), basket("p", 9, 2)],
            activities: alloc::vec![activity("2", 8), activity("1", 2), activity("2", 8)],
            tier: Some(TierState::default()),
            joined_at: Some(7),
            ..Member::default()
        };
        let view = MemberView::new(&member, &[], &|_| Some(50));
        let order = view.order(&member);
        let again = MemberView::in_order(&member, &order);
        assert_eq!(alloc::format!("{view:?}"), alloc::format!("{again:?}"));
        assert_eq!((again.ledger.len(), again.receipts.len(), again.activities.len()), (2, 2, 2));
        assert_eq!(again.order(&member), order);
    }

    #[test]
    fn what_was_given_back_whole_is_no_purchase() {
        let line = |quantity, paid| BasketLine { item: "i".into(), quantity, paid };
        let basket = |id: &str, lines| Basket { id: id.into(), at: 3, lines, ..Basket::default() };
        let member = Member {
            history: alloc::vec![basket("o", alloc::vec![line(0, Some(0))]), basket("p", alloc::vec![line(2, None), line(1, Some(70))])],
            ..Member::default()
        };
        let view = MemberView::new(&member, &[], &|_| Some(50));
        assert_eq!(view.receipts.iter().map(|receipt| receipt.paid).collect::<Vec<_>>(), [170]);
    }

    #[test]
    fn a_month_of_membership_is_full_on_the_same_day_or_the_last() {
        let member = Member { joined_at: Some(30 * DAY), ..Member::default() }; // 31 January 1970
        let view = MemberView::new(&member, &[], &|_| None);
        let months = |day: i64| view.age_months(&Zone::default(), day * DAY);
        assert_eq!((months(57), months(58), months(88), months(89)), (Some(0), Some(1), Some(1), Some(2)));
        assert_eq!(view.age_days(&Zone::default(), 58 * DAY), Some(28));
    }
}
