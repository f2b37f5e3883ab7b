//! Points in a quote: what the loyalty programme lets them pay, and what the order would earn.

use super::Engine;
use crate::domain::Value;
use crate::loyalty::{EarningLine, MemberView};
use crate::offers::{PointsPayment, Quote, QuoteInput, Rate};
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
    /// What points can pay for a member of tier `tier`; `None` where the programme does not take them or none are wanted.
    pub(super) fn points_payment(&self, snapshot: &Snapshot, wanted: PointsWanted, tier: Option<&str>, now: i64) -> Option<PointsPayment> {
        let redemption = snapshot.programme.redemption.as_ref()?.of(tier);
        let wanted = match wanted {
            PointsWanted::None => return None,
            PointsWanted::Some(points) => points,
            PointsWanted::Max => i64::MAX,
        };
        let view = MemberView::new(&self.member, &[], &|_| None);
        let wallet = snapshot.programme.wallets.get(redemption.wallet)?;
        let ledger = wallet.ledger(redemption.wallet == 0, &view, tier, &snapshot.info.zone, now);
        Some(PointsPayment {
            wanted,
            balance: ledger.balance(now),
            points: redemption.points,
            value: redemption.value,
            minimum: redemption.min,
            maximum: redemption.max,
            step: redemption.step,
            share: redemption.max_share.and_then(|share| Rate::percent(share * 100.0)).unwrap_or(Rate::WHOLE),
        })
    }

    /// Fills in what the order of `quote` would earn.
    pub(super) fn add_earning(&self, snapshot: &Snapshot, input: &QuoteInput<'_>, quote: &mut Quote) {
        let rules = &snapshot.programme.earning;
        if rules.rules.is_empty() || self.profile.is_none() {
            return;
        }
        let lines = quote.lines.iter().zip(&input.lines);
        let lines: alloc::vec::Vec<EarningLine> = lines
            .map(|(priced, line)| EarningLine {
                before: priced.subtotal,
                after: priced.total,
                paid: priced.total.saturating_sub(priced.points_value),
                goods: line.attributes,
            })
            .collect();
        let view = MemberView::new(&self.member, &[], &|_| None);
        let (points, reasons) = rules.preview(&lines, input.request, &view, &snapshot.info.zone, input.now);
        quote.points.earned = points;
        quote.points.reasons.extend(reasons);
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::from_value;
    use crate::engine::{CatalogSource, EngineError};
    use crate::rules::NativeRegex;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn ask(request: &str) -> Result<Quote, EngineError> {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = value(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "USD"},
                "items": [{"id": "a", "price": 1000}],
                "programme": {"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "access": "invited"}],
                  "days": [{"id": "eighth", "dayOfMonth": 8}],
                  "points": {"earning": [{"id": "base", "on": "purchase", "points": 1, "per": 100}],
                    "multipliers": [{"id": "double", "factor": 2, "when": {"now.days": {"$in": ["eighth"]}}}],
                    "redemption": {"points": 100, "value": 100, "step": 100, "maxShare": 0.3, "byTier": [{"tiers": ["gold"], "maxShare": 0.5}]}}}}"#,
        );
        engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap();
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
    fn a_day_that_is_on_multiplies() {
        let eighth = 7 * crate::domain::DAY;
        let quote = ask(&alloc::format!(r#"{{"lines": [{{"item": "a", "quantity": 1}}], "now": {eighth}}}"#)).unwrap();
        assert_eq!(quote.points.earned, 20);
    }
}
