//! What offers give.

use super::{Compiler, each, missing, out_of_range, percent};
use crate::domain::{Arrange, ValueError};
use crate::offers::{Bundle, BuyGet, Discount, Filter, Kind, PieceSet, Rate};
use crate::snapshot::wire::offer as wire;
use crate::snapshot::wire::offer::EffectKind;

/// The one of the three that is given; `None` where none is.
fn discount(rate: Option<f64>, amount: Option<i64>, price: Option<i64>) -> Result<Option<Discount>, ValueError> {
    let money = |money: i64, field: &str| if money < 0 { Err(out_of_range().in_field(field)) } else { Ok(money) };
    match (rate, amount, price) {
        (None, None, None) => Ok(None),
        (Some(rate), None, None) => percent(rate).map(|rate| Some(Discount::Percent(rate))).map_err(|error| error.in_field("percent")),
        (None, Some(amount), None) => Ok(Some(Discount::Amount(money(amount, "amount")?))),
        (None, None, Some(price)) => Ok(Some(Discount::Price(money(price, "price")?))),
        _ => Err(ValueError::invalid("`percent`, `amount` and `price` exclude each other")),
    }
}

impl Compiler<'_, '_> {
    /// What an effect on the goods `goods` gives.
    pub(super) fn kind(&mut self, wire: &wire::Effect, goods: Filter) -> Result<Kind, ValueError> {
        let given = || discount(wire.percent, wire.amount, wire.price);
        let times = wire.times.unwrap_or(u32::MAX);
        Ok(match wire.kind {
            EffectKind::Percent => {
                let rate = wire.percent.ok_or_else(|| missing().in_field("percent"))?;
                Kind::Off(Discount::Percent(percent(rate).map_err(|error| error.in_field("percent"))?))
            }
            EffectKind::Amount => Kind::Off(Discount::Amount(wire.amount.ok_or_else(|| missing().in_field("amount"))?)),
            EffectKind::FixedPrice | EffectKind::FlashPrice => {
                Kind::Off(Discount::Price(wire.price.ok_or_else(|| missing().in_field("price"))?))
            }
            EffectKind::Ladder => Kind::Ladder { steps: steps(&wire.steps, i64::MIN)?, by: wire.by },
            EffectKind::NthPiece => {
                Kind::NthPiece { steps: steps(&wire.steps, 1)?, by: wire.by, cycle: wire.cycle.filter(|cycle| *cycle > 0), pick: wire.pick }
            }
            EffectKind::EachFull => {
                let full = wire.full.ok_or_else(|| missing().in_field("full"))?;
                if full < 1 {
                    return Err(out_of_range().in_field("full"));
                }
                Kind::EachFull { full, less: wire.amount.ok_or_else(|| missing().in_field("amount"))?, by: wire.by, times }
            }
            EffectKind::BuyGet => {
                let buy = wire.buy.as_ref().ok_or_else(|| missing().in_field("buy"))?;
                let buy = self.pieces(buy, goods).map_err(|error| error.in_field("buy"))?;
                let get = match &wire.get {
                    Some(get) => self.pieces(get, goods).map_err(|error| error.in_field("get"))?,
                    None => PieceSet { quantity: 1, goods: buy.goods, amount: None },
                };
                let discount = given()?.unwrap_or(Discount::Percent(Rate::WHOLE));
                Kind::BuyGet(BuyGet { buy, get, discount, times, same_line: wire.same_line, whole: wire.whole, pick: wire.pick })
            }
            EffectKind::Bundle => {
                let sets = each(&wire.sets, "sets", |set| self.pieces(set, goods))?;
                if sets.is_empty() {
                    return Err(ValueError::invalid("must not be empty").in_field("sets"));
                }
                let discount = given()?.ok_or_else(|| missing().in_field("percent"))?;
                Kind::Bundle(Bundle { sets, discount, discounted: wire.discounted, times, pick: wire.pick })
            }
            EffectKind::Gift => {
                let gifts = each(&wire.gifts, "gifts", |gift| {
                    if gift.item.is_empty() {
                        return Err(missing().in_field("item"));
                    }
                    Ok((gift.item.clone(), gift.quantity.max(1)))
                })?;
                let choose = wire.choose.map_or(gifts.len(), |choose| choose as usize);
                Kind::Gift { gifts, choose, worth: wire.worth.max(0) }
            }
            EffectKind::NextOrderCoupon => {
                let offer = wire.offer.clone().ok_or_else(|| missing().in_field("offer"))?;
                Kind::NextOrderCoupon { offer, worth: wire.worth.max(0) }
            }
        })
    }

    /// A set of pieces; of the effect's goods where it does not say which.
    fn pieces(&mut self, wire: &wire::PieceSet, goods: Filter) -> Result<PieceSet, ValueError> {
        let own = self.filter(&wire.r#where)?;
        if wire.quantity == 0 && wire.amount.is_none() {
            return Err(missing().in_field("quantity"));
        }
        if wire.amount.is_some_and(|amount| amount < 1) {
            return Err(out_of_range().in_field("amount"));
        }
        Ok(PieceSet { quantity: wire.quantity, goods: if own == Filter::ALL { goods } else { own }, amount: wire.amount })
    }
}

/// Steps, ascending; none from below `least`.
fn steps(wire: &[wire::Step], least: i64) -> Result<alloc::vec::Vec<(i64, Discount)>, ValueError> {
    if wire.is_empty() {
        return Err(ValueError::invalid("must not be empty").in_field("steps"));
    }
    let mut steps = each(wire, "steps", |step| {
        if step.from < least {
            return Err(out_of_range().in_field("from"));
        }
        let discount = discount(step.percent, step.amount, step.price)?.ok_or_else(|| missing().in_field("percent"))?;
        Ok((step.from, discount))
    })?;
    steps.arrange_by_key(|(from, _)| *from);
    Ok(steps)
}
