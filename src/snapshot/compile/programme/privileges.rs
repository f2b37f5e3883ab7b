//! Benefits and partners.

use alloc::vec::Vec;

use super::audience::{Said, places};
use super::{cap, condition, entries, left_out};
use crate::domain::{Listed, Value, ValueError};
use crate::loyalty::{Benefit, Conversion, FitRule, Ladder, Partner, Quota, Wallet};
use crate::snapshot::compile::Context;
use crate::snapshot::wire::programme as wire;

pub(super) fn benefits(programme: &Value, ladder: &Ladder, context: &mut Context<'_>) -> Vec<Benefit> {
    let mut benefits = Vec::new();
    for (index, wire) in entries::<wire::Benefit>(programme, "benefits", context) {
        match benefit(&wire, ladder, context) {
            Ok(benefit) => benefits.push(benefit),
            Err(error) => left_out("benefits", index, &Value::Null, &error, context),
        }
    }
    benefits
}

fn benefit(wire: &wire::Benefit, ladder: &Ladder, context: &mut Context<'_>) -> Result<Benefit, ValueError> {
    let said =
        Said { tiers: &wire.tiers, from_tier: wire.from_tier.as_ref(), segments: &wire.segments, when: &wire.when, window: &wire.window };
    let own = |own: &wire::TierQuota| {
        let tiers = places(&own.tiers, ladder).map_err(|error| error.in_field("tiers").in_field("quotaByTier"))?;
        Ok((tiers, quota(&own.quota)))
    };
    Ok(Benefit {
        id: wire.id.clone(),
        kind: wire.kind.clone(),
        audience: said.compile(ladder, context)?,
        quota: wire.quota.as_ref().map(quota),
        quota_by_tier: wire.quota_by_tier.iter().map(own).listed_until_error()?,
        offers: wire.offers.clone(),
        partner: wire.partner.clone(),
    })
}

pub(super) fn quota(wire: &wire::Quota) -> Quota {
    Quota { count: wire.count, per: wire.per }
}

pub(super) fn partners(programme: &Value, wallets: &[Wallet], context: &mut Context<'_>) -> Vec<Partner> {
    let mut partners = Vec::new();
    for (index, wire) in entries::<wire::Partner>(programme, "partners", context) {
        let conversions = wire
            .conversions
            .iter()
            .enumerate()
            .map(|(place, wire)| conversion(wire, wallets).map_err(|error| error.at_index(place).in_field("conversions")));
        match conversions.listed_until_error() {
            Ok(conversions) => {
                let when = condition(&wire.when, context);
                partners.push(Partner { when, conversions, offers: wire.offers, precedence: wire.precedence, id: wire.id });
            }
            Err(error) => left_out("partners", index, &Value::Null, &error, context),
        }
    }
    partners
}

fn conversion(wire: &wire::Conversion, wallets: &[Wallet]) -> Result<Conversion, ValueError> {
    if wire.give <= 0 || wire.get <= 0 {
        return Err(ValueError::invalid("must be above 0").in_field(if wire.give <= 0 { "give" } else { "get" }));
    }
    Ok(Conversion {
        id: wire.id.clone(),
        from: wire.from.clone(),
        from_own: wallets.iter().position(|wallet| wallet.id == wire.from),
        to: wire.to.clone(),
        give: wire.give,
        get: wire.get,
        min: wire.min.max(0),
        step: wire.step.max(1),
        caps: wire.caps.iter().map(cap).listed(),
    })
}

/// By which part the score of a preferred item rises, where the rule does not say.
const PREFERENCE: f64 = 0.2;

/// How items suit members. A rule that compares nothing and asks nothing is left out.
pub(super) fn fit(programme: &Value, context: &mut Context<'_>) -> Vec<FitRule> {
    let mut rules = Vec::new();
    for (index, wire) in entries::<wire::FitRule>(programme, "fit", context) {
        let pair = match (&wire.member, &wire.item) {
            (Some(of_member), Some(of_item)) => {
                let attributes = &mut context.attributes;
                Some((attributes.intern(&["member.", of_member].concat()), attributes.intern(&["item.", of_item].concat())))
            }
            (None, None) if !wire.when.is_null() => None,
            _ => {
                let error = ValueError::invalid("needs `member` and `item`, or a condition");
                left_out("fit", index, &Value::Null, &error, context);
                continue;
            }
        };
        rules.push(FitRule {
            kind: wire.rule,
            pair,
            when: condition(&wire.when, context),
            weight: if wire.weight > 0.0 && wire.weight.is_finite() { wire.weight } else { PREFERENCE },
            attribute: wire.member.unwrap_or_default(),
            id: wire.id,
        });
    }
    rules
}
