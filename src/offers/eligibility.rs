//! Whether an offer takes part, and what keeps it from that.

use alloc::vec::Vec;

use super::limits::LimitState;
use super::offer::{CouponCode, Offer, Threshold};
use super::prepare::Case;
use super::{Activation, Selection, Timing};
use crate::domain::{Arrange, Fact, Listed, Reason, WalletCoupon, in_small};
use crate::rules::{AttributeSource, Need, Unmet, ValueRef};

/// How an offer stands before any other is applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// Everything in its way; none where it is eligible.
    pub obstacles: Vec<Obstacle>,
    /// When it ends, where that is known.
    pub ends_at: Option<i64>,
    /// Which use by the member this would be, from 1.
    pub use_number: u32,
    /// Whether something is in its way that no other cart takes away.
    barred: bool,
}

/// One thing in the way of an offer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Obstacle {
    pub kind: ObstacleKind,
    pub reason: Reason,
}

/// What can be done about an obstacle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObstacleKind {
    /// Over for good.
    Ended,
    /// Used up by the member, or by all.
    Used,
    /// Waiting helps.
    Later,
    /// Buying, adding or rising a tier helps.
    Missing,
    /// Nothing that the shopper does in this cart.
    Fixed,
}

impl Standing {
    pub fn is_eligible(&self) -> bool {
        self.obstacles.is_empty()
    }

    fn block(&mut self, kind: ObstacleKind, reason: Reason) {
        self.obstacles.push(Obstacle { kind, reason });
    }

    fn time(&mut self, timing: Timing, later: &'static str, ended: &'static str) {
        match timing {
            Timing::Open(until) => self.ends_at = [self.ends_at, until].into_iter().flatten().min(),
            Timing::Opens(at) => {
                let fact = at.map_or(Fact::Null, Fact::Integer);
                self.obstacles.push(Obstacle {
                    kind: ObstacleKind::Later,
                    reason: Reason { facts: alloc::vec![("at", fact)], ..Reason::new(later) },
                });
            }
            Timing::Ended(at) => self.block(ObstacleKind::Ended, Reason::new(ended).with("at", at)),
        }
    }
}

/// How `offer` stands for the cart of `case`.
///
/// | code | facts | when |
/// |---|---|---|
/// | `not-started`, `closed-now`, `wait-after-receipt` | `at` | it opens at `at`, where that is known |
/// | `ended`, `coupon-expired` | `at` | it is over |
/// | `limit-total`, `budget-spent` | | used up by all |
/// | `limit-member`, `chain-ended` | `used`, `limit` or `uses` | used up by the member |
/// | `limit-period`, `chain-pause` | `at`, ... | free again at `at` |
/// | `needs-code` | | no code given activates it |
/// | `code-used-up` | `code` | the code given has no use left |
/// | `not-in-wallet` | | the member holds no coupon for it |
/// | `needs-tier` | `needed`, `actual` | for other tiers |
/// | `condition` | `attribute`, `operator`, `wanted`, `actual`, `missing`, `at` | its condition asks for something else: waiting helps where that is about `now.*` or days that go by (until `at`), buying where it is about the cart, orders or money spent, rising where it is about the tier |
/// | `below-amount` | `needed`, `actual`, `missing` | more money's worth of the goods is needed |
/// | `below-quantity`, `below-lines` | `needed`, `actual`, `missing` | more pieces or lines of the goods are needed |
/// | `stock-gone` | | no piece is left at its price |
/// | `not-listed` | | the order that is asked about does not have it |
/// | `no-matching-goods` | | nothing in the cart is what it is for |
pub(super) fn standing(case: &Case<'_>, offer: &Offer, request: &dyn AttributeSource) -> Standing {
    let (now, zone) = (case.input.now, case.input.zone);
    let mut standing = Standing::default();
    if let Selection::Held(ids) = case.input.selection {
        if !ids.contains(&offer.id) {
            standing.block(ObstacleKind::Fixed, Reason::new("not-listed"));
        }
        in_the_cart(case, offer, &mut standing);
        return standing;
    }
    standing.time(offer.window.timing(now), "not-started", "ended");
    standing.time(offer.schedule.timing(now, zone), "closed-now", "ended");
    activation(case, offer, &mut standing);
    let mut uses: Vec<i64> = case.input.uses.iter().filter(|used| used.offer == offer.id).map(|used| used.at).listed();
    uses.arrange();
    standing.use_number = u32::try_from(uses.len()).unwrap_or(u32::MAX).saturating_add(1);
    match offer.limits.state(&uses, now, zone) {
        LimitState::Free(until) => standing.time(Timing::Open(until), "", ""),
        LimitState::Paused(_, reason) => standing.block(ObstacleKind::Later, reason),
        LimitState::UsedUp(reason) => standing.block(ObstacleKind::Used, reason),
    }
    if !offer.tiers.is_empty() && !case.input.tier.is_some_and(|tier| offer.tiers.iter().any(|known| known == tier)) {
        let actual = case.input.tier.map_or(Fact::Null, Fact::from);
        let needed = offer.tiers.first().map_or("", |tier| tier);
        standing.block(ObstacleKind::Missing, Reason::new("needs-tier").with("needed", needed).with("actual", actual));
    }
    standing.barred = !standing.is_eligible();
    for unmet in offer.when.unmet(request) {
        let (kind, reason) = condition(case, &unmet);
        standing.block(kind, reason);
    }
    in_the_cart(case, offer, &mut standing);
    standing
}

/// Whether `offer` takes part for the same member at the same instant as `before`, with another cart: what does not hang on
/// that is not asked again.
pub(super) fn standing_of_changed(case: &Case<'_>, offer: &Offer, request: &dyn AttributeSource, before: &Standing) -> Standing {
    let mut standing = Standing { ends_at: before.ends_at, use_number: before.use_number, barred: before.barred, obstacles: Vec::new() };
    if before.barred || !offer.when.matches(request) {
        standing.block(ObstacleKind::Fixed, Reason::new("condition"));
    } else {
        in_the_cart(case, offer, &mut standing);
    }
    standing
}

/// What the cart lacks.
fn in_the_cart(case: &Case<'_>, offer: &Offer, standing: &mut Standing) {
    for threshold in &offer.thresholds {
        below(case, threshold, standing);
    }
    if !offer.effects.is_empty() && offer.effects.iter().all(|effect| effect.max_pieces == Some(0)) {
        standing.block(ObstacleKind::Used, Reason::new("stock-gone"));
    }
    if !offer.effects.is_empty() && !offer.effects.iter().any(|effect| has_goods(case, effect)) {
        standing.block(ObstacleKind::Missing, Reason::new("no-matching-goods"));
    }
}

fn has_goods(case: &Case<'_>, effect: &super::Effect) -> bool {
    if effect.is_shipping() {
        return !case.input.shipping.is_empty();
    }
    effect.is_beside_the_order() || !case.goods(effect.goods).is_empty()
}

/// Codes and the wallet.
fn activation(case: &Case<'_>, offer: &Offer, standing: &mut Standing) {
    let (now, zone) = (case.input.now, case.input.zone);
    let held = case.input.wallet.iter().filter(|coupon| coupon.offer == offer.id);
    let coupon_timing = |coupon: &WalletCoupon| {
        let own = super::Window { from: None, until: coupon.expires_at }.timing(now);
        coupon.received_at.map_or(own, |received| own.and(offer.receipt.window(received, zone).timing(now)))
    };
    // The coupon that can be used, and of those the one that ends first; else the one that opens first.
    let best = held.filter(|coupon| coupon.uses_left != Some(0)).map(coupon_timing).min_by_key(|timing| match timing {
        Timing::Open(until) => (0, until.unwrap_or(i64::MAX)),
        Timing::Opens(at) => (1, at.unwrap_or(i64::MAX)),
        Timing::Ended(at) => (2, at.saturating_neg()),
    });
    let given = |code: &CouponCode| case.input.codes.iter().any(|given| same_code(given, &code.code));
    match offer.activation.unwrap_or(Activation::Automatic) {
        Activation::Automatic => {
            if let Some(timing) = best {
                standing.time(timing, "wait-after-receipt", "coupon-expired");
            }
        }
        Activation::Wallet => match best {
            Some(timing) => standing.time(timing, "wait-after-receipt", "coupon-expired"),
            None => standing.block(ObstacleKind::Fixed, Reason::new("not-in-wallet")),
        },
        Activation::Code => match (best, offer.codes.iter().find(|code| given(code))) {
            (_, Some(code)) => code_terms(case, offer, code, standing),
            (Some(timing), None) => standing.time(timing, "wait-after-receipt", "coupon-expired"),
            (None, None) => standing.block(ObstacleKind::Fixed, Reason::new("needs-code")),
        },
    }
}

fn code_terms(case: &Case<'_>, offer: &Offer, code: &CouponCode, standing: &mut Standing) {
    standing.time(code.window.timing(case.input.now), "not-started", "coupon-expired");
    let mine =
        |used: &&crate::domain::OfferUse| used.offer == offer.id && used.code.as_deref().is_some_and(|used| same_code(used, &code.code));
    let used = case.input.uses.iter().filter(mine).count();
    if code.uses_left == Some(0) || code.per_member.is_some_and(|limit| used >= limit as usize) {
        standing.block(ObstacleKind::Used, Reason::new("code-used-up").with("code", code.code.as_str()));
    }
}

/// Whether the shopper's `given` is `code`, which is lower-cased: letters count in any case, spaces around don't.
pub(super) fn same_code(given: &str, code: &str) -> bool {
    let given = given.trim();
    if given.is_ascii() { given.eq_ignore_ascii_case(code) } else { in_small(given) == code }
}

fn condition(case: &Case<'_>, unmet: &Unmet<'_>) -> (ObstacleKind, Reason) {
    let plain = |reason: Reason| (ObstacleKind::Fixed, reason);
    match unmet {
        Unmet::Need(need) => need_reason(case, need),
        // Of several ways the first that is one single step says what is missing.
        Unmet::OneOf(ways) => match ways.iter().find_map(|way| if let [one] = way.as_slice() { one.need() } else { None }) {
            Some(need) => need_reason(case, need),
            None => plain(Reason::new("condition")),
        },
        Unmet::Never => plain(Reason::new("condition")),
    }
}

fn need_reason(case: &Case<'_>, need: &Need<'_>) -> (ObstacleKind, Reason) {
    let fact = |value: ValueRef<'_>| match value {
        ValueRef::Bool(flag) => Fact::Bool(flag),
        ValueRef::Number(number) => number_fact(number),
        ValueRef::Str(text) => Fact::from(text),
        ValueRef::List(_) | ValueRef::Terms(..) => value.element(0).map_or(Fact::Null, |first| match first {
            ValueRef::Str(text) => Fact::from(text),
            ValueRef::Number(number) => number_fact(number),
            _ => Fact::Null,
        }),
        ValueRef::Null | ValueRef::Object(_) => Fact::Null,
    };
    let attribute = case.input.names.path(need.attribute);
    let mut reason = Reason::new("condition").with("attribute", attribute).with("operator", need.operator.name());
    reason.facts.push(("wanted", fact(need.wanted)));
    reason.facts.push(("actual", fact(need.actual)));
    let missing = need.missing().filter(|missing| *missing > 0.0);
    if let Some(missing) = missing {
        reason.facts.push(("missing", number_fact(missing)));
    }
    // Days go by of themselves.
    if let (Some(days), true) = (missing, matches!(attribute, "member.memberDays" | "member.ageDays" | "member.daysSinceOrder")) {
        #[allow(clippy::cast_possible_truncation)] // saturates
        let at = case.input.now.saturating_add((f64::ceil(days) as i64).saturating_mul(crate::domain::DAY));
        return (ObstacleKind::Later, reason.with("at", at));
    }
    let bought = attribute.starts_with("cart.") || matches!(attribute, "member.orders" | "member.spent");
    // Months and birthdays come too, at a time that this does not work out; a time that went by does not come again.
    let comes = match attribute {
        "member.ageMonths" => missing.is_some(),
        "member.birthdayToday" | "member.birthdayMonth" => matches!(need.actual, ValueRef::Bool(false)),
        "now.at" | "now.date" if matches!(need.operator.name(), "$lt" | "$lte") => return (ObstacleKind::Ended, reason),
        _ => attribute.starts_with("now."),
    };
    let kind = if comes {
        ObstacleKind::Later
    } else if attribute == "member.tier" || (bought && missing.is_some()) {
        ObstacleKind::Missing
    } else {
        ObstacleKind::Fixed
    };
    (kind, reason)
}

#[allow(clippy::cast_possible_truncation)] // whole and in range by the guard
fn number_fact(number: f64) -> Fact {
    if f64::trunc(number) == number && f64::abs(number) < 9e15 { Fact::Integer(number as i64) } else { Fact::Number(number) }
}

/// What the cart lacks for `threshold`, measured before any offer.
fn below(case: &Case<'_>, threshold: &Threshold, standing: &mut Standing) {
    let goods = case.goods(threshold.goods);
    let measured = |of: &dyn Fn(usize) -> i64| {
        let each = goods.iter().map(|line| of(*line));
        if threshold.per_line { each.max().unwrap_or(0) } else { each.fold(0, i64::saturating_add) }
    };
    let lines = i64::try_from(goods.len()).unwrap_or(i64::MAX);
    let checks = [
        ("below-amount", threshold.amount, measured(&|line| case.subtotal(line))),
        ("below-quantity", threshold.quantity.map(i64::from), measured(&|line| case.quantity(line).into())),
        ("below-lines", threshold.lines.map(i64::from), lines),
    ];
    for (code, needed, actual) in checks {
        if let Some(needed) = needed.filter(|needed| actual < *needed) {
            let missing = needed.saturating_sub(actual);
            standing.block(ObstacleKind::Missing, Reason::new(code).with("needed", needed).with("actual", actual).with("missing", missing));
        }
    }
}
