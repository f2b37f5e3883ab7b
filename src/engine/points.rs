//! Points in a quote: what the loyalty programme lets them pay, and what the order would earn.

use alloc::vec::Vec;

use super::Engine;
use super::seen::Seen;
use crate::domain::{LedgerEntry, Listed, Reason, Value, Zone};
use crate::loyalty::{Cap, Earned, EarningLine, MemberView, Occasion, Per, Stretch, earned_by};
use crate::offers::{PointsPayment, Quote, QuoteInput, Rate};
use crate::rules::AttributeSource;
use crate::snapshot::Snapshot;

/// Points that a request asks to pay with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PointsWanted {
    /// None.
    #[default]
    None,
    /// At most so many.
    Some(i64),
    /// As many as the programme lets.
    Max,
}

impl PointsWanted {
    /// Reads `points` of a request; `None` where it is neither a number from 0 on nor `max`.
    pub(super) fn read(points: &Value) -> Option<Self> {
        match points {
            Value::Null => Some(PointsWanted::None),
            Value::String(text) if text == "max" => Some(PointsWanted::Max),
            Value::Number(number) => {
                let whole = super::event::whole(*number).filter(|points| *points >= 0)?;
                Some(if whole == 0 { PointsWanted::None } else { PointsWanted::Some(whole) })
            }
            _ => None,
        }
    }
}

impl Engine {
    /// What points can pay of `goods`, the lines of the cart, for a member of tier `tier`; `None` where the programme does
    /// not take them or none are wanted. `member` answers the programme's condition.
    pub(super) fn points_payment(
        &self,
        snapshot: &Snapshot,
        wanted: PointsWanted,
        goods: &[&dyn AttributeSource],
        member: &dyn AttributeSource,
        tier: Option<&str>,
        now: i64,
    ) -> Option<PointsPayment> {
        let redemption = snapshot.programme().redemption.as_ref()?.of(tier);
        let wanted = match wanted {
            PointsWanted::None => return None,
            PointsWanted::Some(points) => points,
            PointsWanted::Max => i64::MAX,
        };
        let view = self.view(Some(snapshot));
        let programme = snapshot.programme();
        let wallet = programme.wallets.get(redemption.wallet).filter(|wallet| !wallet.not_spendable)?;
        let zone = &snapshot.info.zone;
        let stood = Seen { snapshot, view: &view, now, horizon: now, kept: Some(&self.kept) }.standing(member);
        let ledger = stood.ledgers.get(redemption.wallet)?;
        let per_stretch = redemption.max_per.map(|cap| left_over(&cap, &wallet.id, redemption.wallet == 0, &view, zone, now));
        Some(PointsPayment {
            wanted,
            balance: ledger.balance(now),
            points: redemption.points,
            value: redemption.value,
            minimum: redemption.min,
            maximum: [redemption.max, per_stretch].into_iter().flatten().min(),
            step: redemption.step,
            share: redemption.max_share.and_then(|share| Rate::percent(share * 100.0)).unwrap_or(Rate::WHOLE),
            min_order: redemption.min_order,
            not_with_coupons: redemption.not_with_coupons,
            unpayable: goods.iter().enumerate().filter(|(_, goods)| !redemption.goods.matches(**goods)).map(|(place, _)| place).listed(),
            refusal: (!redemption.when.matches(member)).then(|| Reason::new("condition")),
        })
    }

    /// Fills in what the order of `quote` would earn of the programme's first wallet.
    pub(super) fn add_earning(&self, snapshot: &Snapshot, input: &QuoteInput<'_>, quote: &mut Quote) {
        if snapshot.programme().earning.rules.is_empty() || self.profile.is_none() {
            return;
        }
        let view = self.view(Some(snapshot));
        let before = |_: &str, _: Stretch| (0, 0);
        let at = Occasion { member: input.request, view: &view, before: &before, zone: &snapshot.info.zone, now: input.now };
        for earned in self.earned_with(snapshot, input, quote, &view) {
            let wallet = snapshot.programme().wallets.get(earned.rule.wallet).filter(|_| earned.rule.wallet != 0);
            for reason in earned.reasons(None, &at) {
                quote.points.reasons.push(match wallet {
                    Some(wallet) => reason.with("wallet", wallet.id.as_str()),
                    None => reason,
                });
            }
            if earned.rule.wallet == 0 {
                quote.points.earned = quote.points.earned.saturating_add(earned.points);
            }
        }
    }

    /// What the order of `quote` would earn, by rule.
    pub(super) fn earned_with<'s>(
        &self,
        snapshot: &'s Snapshot,
        input: &QuoteInput<'_>,
        quote: &Quote,
        view: &MemberView<'_>,
    ) -> Vec<Earned<'s>> {
        let lines = quote.lines.iter().zip(&input.lines);
        let lines: Vec<EarningLine> = lines
            .map(|(priced, line)| EarningLine {
                before: priced.subtotal,
                after: priced.total,
                paid: priced.total.saturating_sub(priced.points_value),
                goods: line.attributes,
            })
            .listed();
        let before = |id: &str, stretch| earned_by(view, id, stretch);
        let at = Occasion { member: input.request, view, before: &before, zone: &snapshot.info.zone, now: input.now };
        snapshot.programme().earning.by_purchase(&lines, &at)
    }
}

/// Points that `cap` lets be spent at `now`, after what the ledger says was spent.
fn left_over(cap: &Cap, wallet: &str, first: bool, view: &MemberView<'_>, zone: &Zone, now: i64) -> i64 {
    let stretch = cap.per.around(zone, now, view.joined).up_to(now);
    let single = matches!(cap.per, Per::Order | Per::Action);
    let mine = |entry: &&&LedgerEntry| {
        entry.kind == "spend" && !single && stretch.contains(entry.at) && entry.wallet.as_ref().map_or(first, |named| named == wallet)
    };
    let (mut spent, mut times) = (0_i64, 0_u32);
    for entry in view.ledger.iter().filter(mine) {
        (spent, times) = (spent.saturating_add(entry.amount), times.saturating_add(1));
    }
    if cap.count.is_some_and(|most| times >= most) { 0 } else { cap.points.map_or(i64::MAX, |most| most.saturating_sub(spent).max(0)) }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::from_value;
    use crate::engine::testing::{shop, value};
    use crate::engine::{CatalogSource, EngineError};
    use crate::rules::NativeRegex;

    fn ask(request: &str) -> Result<Quote, EngineError> {
        let mut engine = shop(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "USD"},
                "items": [{"id": "a", "price": 1000}],
                "programme": {"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "access": "invited"}],
                  "days": [{"id": "eighth", "dayOfMonth": 8}],
                  "points": {"earning": [{"id": "base", "on": "purchase", "points": 1, "per": 100}],
                    "multipliers": [{"id": "double", "factor": 2, "when": {"now.days": {"$in": ["eighth"]}}}],
                    "redemption": {"points": 100, "value": 100, "step": 100, "maxShare": 0.3, "byTier": [{"tiers": ["gold"], "maxShare": 0.5}]}}}}"#,
        );
        engine.load_member(&value(r#"{"id": "m", "tier": {"id": "gold"}, "points": [{"amount": 850}]}"#), 0).unwrap();
        engine.quote(&from_value(&value(request)).unwrap(), 0)
    }

    #[test]
    fn what_is_no_number_of_points_is_refused() {
        for points in ["-1", "1.5", "\"all\"", "[]"] {
            let error = ask(&alloc::format!(r#"{{"lines": [], "points": {points}}}"#)).unwrap_err();
            assert_eq!((error.code, error.path.as_deref()), ("malformed-request", Some("points")), "{points}");
        }
    }

    #[test]
    fn points_pay_what_the_tier_allows_and_what_is_paid_earns() {
        let quote = ask(r#"{"lines": [{"item": "a", "quantity": 1}], "points": "max"}"#).unwrap();
        assert_eq!((quote.points.spent, quote.points.spent_value, quote.total, quote.points.earned), (500, 500, 500, 5));
        let quote = ask(r#"{"lines": [{"item": "a", "quantity": 2}]}"#).unwrap();
        assert_eq!((quote.points.spent, quote.points.earned), (0, 20));
    }

    #[test]
    fn conditions_on_goods_and_members_hold_for_points() {
        let quote = |redemption: &str| {
            let mut engine = Engine::new(1, Rc::new(NativeRegex));
            let catalog = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "USD"},
                "items": [{"id": "a", "price": 1000, "category": "x"}, {"id": "b", "price": 500, "category": "y"}],
                "programme": {"id": "club", "points": {"redemption": {"points": 1, "value": 1, REDEMPTION}}}}"#;
            engine.load_catalog(CatalogSource::Json(&value(&catalog.replace("REDEMPTION", redemption))), &[], 0).unwrap();
            let member = r#"{"id": "m", "joinedAt": -86400000, "ledger": [{"id": "1", "at": 0, "kind": "earn", "amount": 5000}, {"id": "2", "at": 1, "kind": "spend", "amount": 700}]}"#;
            engine.load_member(&value(member), 0).unwrap();
            let request = r#"{"lines": [{"item": "a", "quantity": 1}, {"item": "b", "quantity": 1}], "points": "max", "now": 9}"#;
            let points = engine.quote(&from_value(&value(request)).unwrap(), 0).unwrap().points;
            (points.spent, points.reasons.first().map(|reason| reason.code.clone().into_owned()))
        };
        assert_eq!(quote(r#""where": {"item.category": "y"}"#).0, 500);
        assert_eq!(quote(r#""when": {"member.memberDays": {"$gt": 1}}"#), (0, Some("condition".into())));
        assert_eq!(quote(r#""minOrder": 1501"#), (0, Some("points-min-order".into())));
        assert_eq!(quote(r#""maxPer": {"points": 1000, "per": "month"}"#), (300, Some("points-maximum".into())));
        assert_eq!(quote(r#""min": 1"#).0, 1500);
    }

    #[test]
    fn a_day_that_is_on_multiplies() {
        let eighth = 7 * crate::domain::DAY;
        let quote = ask(&alloc::format!(r#"{{"lines": [{{"item": "a", "quantity": 1}}], "now": {eighth}}}"#)).unwrap();
        assert_eq!(quote.points.earned, 20);
    }
}
