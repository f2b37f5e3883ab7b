//! Offers to the book that quotes are made from.

mod effects;
mod stacking;

use alloc::string::String;
use alloc::vec::Vec;

use super::Context;
use super::moment::{minute_of_day, window};
use crate::domain::{AddAll, Arrange, Listed, Map, Value, ValueError, ValueErrorKind, Zone, from_value, in_small};
use crate::offers::{
    Activation, CartAttributes, Chain, Class, Combines, CouponCode, Effect, Filter, Limits, Offer, OfferBook, Period, PeriodLimit,
    PriceBase, Rate, Receipt, Schedule, Target, Threshold,
};
use crate::rules::Condition;
use crate::snapshot::wire::offer as wire;
use crate::snapshot::wire::stacking::Base;

/// The offers in the list `offers`, going together as `stacking` says. An offer that can't be read, or that has the id of
/// one before it, is left out with the warning `offer-disabled`; a `stacking` that can't be read counts as absent, with
/// the warning `section-disabled`.
pub fn compile(offers: &Value, stacking: &Value, context: &mut Context<'_>) -> OfferBook {
    let settings = stacking::compile(stacking, context);
    let mut compiler = Compiler { context, settings, filters: alloc::vec![Condition::default()], known: Vec::new(), tags: Map::new() };
    let mut compiled: Vec<Offer> = Vec::new();
    let list = compiler.context.list("offers", offers);
    for (index, value) in list.iter().enumerate() {
        let offer = from_value::<wire::Offer>(value).and_then(|wire| {
            if compiled.iter().any(|known| known.id == wire.id) {
                return Err(ValueError::invalid("is used twice").in_field("id"));
            }
            compiler.offer(&wire)
        });
        match offer {
            Ok(offer) => compiled.push(offer),
            Err(error) => {
                let id = value.get("id").and_then(Value::as_str);
                compiler.context.warnings.disabled("offer-disabled", "offer", id, index, &error.at_index(index));
            }
        }
    }
    compiled.arrange_by(|left, right| left.id.cmp(&right.id));
    let attributes = &compiler.context.attributes;
    let cart = CartAttributes {
        subtotal: attributes.find("cart.subtotal"),
        quantity: attributes.find("cart.quantity"),
        lines: attributes.find("cart.lines"),
    };
    OfferBook { offers: compiled, filters: compiler.filters, stacking: compiler.settings.stacking, cart }
}

struct Compiler<'a, 'c> {
    context: &'a mut Context<'c>,
    settings: stacking::Settings,
    /// The first is the one that everything passes.
    filters: Vec<Condition>,
    /// What `filters` after the first were written as.
    known: Vec<Value>,
    tags: Map<String, u32>,
}

fn missing() -> ValueError {
    ValueError::new(ValueErrorKind::MissingField)
}

fn out_of_range() -> ValueError {
    ValueError::new(ValueErrorKind::OutOfRange)
}

/// `list`, each element compiled; an error names its place.
fn each<W, T>(list: &[W], field: &str, mut one: impl FnMut(&W) -> Result<T, ValueError>) -> Result<Vec<T>, ValueError> {
    list.iter().enumerate().map(|(index, wire)| one(wire).map_err(|error| error.at_index(index).in_field(field))).listed_until_error()
}

fn percent(percent: f64) -> Result<Rate, ValueError> {
    Rate::percent(percent).ok_or_else(out_of_range)
}

impl Compiler<'_, '_> {
    fn offer(&mut self, wire: &wire::Offer) -> Result<Offer, ValueError> {
        if wire.id.is_empty() {
            return Err(ValueError::invalid("must not be empty").in_field("id"));
        }
        if wire.effects.is_empty() {
            return Err(ValueError::invalid("must not be empty").in_field("effects"));
        }
        let class = wire.class.unwrap_or_else(|| class_of(&wire.effects));
        let base = self.settings.base_of(class);
        let effects = each(&wire.effects, "effects", |effect| self.effect(effect, base))?;
        let zone = self.context.zone;
        let mut codes: Vec<CouponCode> =
            wire.codes.iter().map(|code| CouponCode { code: in_small(code.trim()), ..CouponCode::default() }).listed();
        codes.add_all(each(&wire.coupons, "coupons", |coupon| {
            let window = window(&coupon.window, zone).map_err(|error| error.in_field("window"))?;
            Ok(CouponCode { code: in_small(coupon.code.trim()), window, uses_left: coupon.uses_left, per_member: coupon.per_member })
        })?);
        let activation = wire.activation.or((!codes.is_empty()).then_some(Activation::Code));
        let group = match &wire.group {
            Some(id) => Some(self.settings.group(id).ok_or_else(|| ValueError::invalid("names no group of `stacking`").in_field("group"))?),
            None => None,
        };
        let pool = |(id, amount): (&String, &u32)| {
            let place =
                self.settings.pool(id).ok_or_else(|| ValueError::invalid("names no pool of `stacking`").in_field(id).in_field("pools"))?;
            Ok((place, *amount))
        };
        let pools = wire.pools.iter().map(pool).listed_until_error()?;
        let combines =
            wire.combines_with.as_ref().map(|combines| Combines { classes: combines.classes.clone(), tags: self.tag_list(&combines.tags) });
        Ok(Offer {
            id: wire.id.clone(),
            activation,
            codes,
            tiers: wire.tiers.clone(),
            when: self.condition(&wire.when).map_err(|error| error.in_field("when"))?,
            thresholds: each(&wire.thresholds, "thresholds", |threshold| self.threshold(threshold))?,
            window: window(&wire.window, zone).map_err(|error| error.in_field("window"))?,
            schedule: schedule(&wire.schedule, self.context.zone).map_err(|error| error.in_field("schedule"))?,
            receipt: Receipt {
                wait_days: wire.receipt.wait_days,
                valid_days: wire.receipt.valid_days,
                exact_hours: wire.receipt.exact_hours,
            },
            limits: limits(&wire.limits).map_err(|error| error.in_field("limits"))?,
            class,
            group,
            tags: self.tag_list(&wire.tags),
            combines,
            priority: wire.priority,
            exclusive: wire.exclusive,
            pools,
            with_points: wire.with_points.unwrap_or(true),
            skip_reduced: wire.skip_reduced,
            floor: wire.floor_percent.map_or(Ok(Rate::default()), percent).map_err(|error| error.in_field("floorPercent"))?,
            effects,
        })
    }

    fn condition(&mut self, wire: &Value) -> Result<Condition, ValueError> {
        if wire.is_null() {
            return Ok(Condition::default());
        }
        let condition = Condition::compile(wire, &mut self.context.attributes, &self.context.rules);
        match condition.problems().iter().find(|problem| problem.kind.disables()) {
            Some(problem) => Err(ValueError::invalid(problem.kind.code()).in_field(&problem.path)),
            None => Ok(condition),
        }
    }

    /// The filter of `wire`; conditions that are written the same are one filter.
    fn filter(&mut self, wire: &Value) -> Result<Filter, ValueError> {
        if wire.is_null() {
            return Ok(Filter::ALL);
        }
        let place = match self.known.iter().position(|known| known == wire) {
            Some(place) => place.saturating_add(1),
            None => {
                let condition = self.condition(wire).map_err(|error| error.in_field("where"))?;
                self.filters.push(condition);
                self.known.push(wire.clone());
                self.known.len()
            }
        };
        Ok(Filter(u32::try_from(place).unwrap_or(u32::MAX)))
    }

    fn threshold(&mut self, wire: &wire::Threshold) -> Result<Threshold, ValueError> {
        if wire.amount.is_none() && wire.quantity.is_none() && wire.lines.is_none() {
            return Err(missing().in_field("amount"));
        }
        Ok(Threshold {
            amount: wire.amount,
            quantity: wire.quantity,
            lines: wire.lines,
            goods: self.filter(&wire.r#where)?,
            base: wire.base.unwrap_or(self.settings.threshold_base),
            per_line: wire.per_line,
        })
    }

    fn tag_list(&mut self, names: &[String]) -> Vec<u32> {
        let mut tags: Vec<u32> = Vec::with_capacity(names.len());
        for name in names {
            let next = u32::try_from(self.tags.len()).unwrap_or(u32::MAX);
            tags.add_all(self.tags.get_or_insert_with(name.clone(), || next).copied());
        }
        tags.arrange();
        tags.dedup();
        tags
    }

    fn effect(&mut self, wire: &wire::Effect, base: PriceBase) -> Result<Effect, ValueError> {
        let goods = self.filter(&wire.r#where)?;
        let kind = self.kind(wire, goods)?;
        let flash = wire.kind == wire::EffectKind::FlashPrice;
        let negative = [("cap", wire.cap), ("amount", wire.amount), ("price", wire.price)]
            .into_iter()
            .find(|(_, money)| money.is_some_and(|money| money < 0));
        if let Some((field, _)) = negative {
            return Err(out_of_range().in_field(field));
        }
        Ok(Effect {
            target: if flash { Target::Units } else { wire.on },
            goods,
            methods: wire.methods.clone(),
            max_quantity: wire.max_quantity,
            max_pieces: [wire.max_pieces, wire.stock.filter(|_| flash)].into_iter().flatten().min(),
            base: wire.base.unwrap_or(base),
            cap: wire.cap,
            at_use: wire.at_use,
            kind,
        })
    }
}

fn limits(wire: &wire::Limits) -> Result<Limits, ValueError> {
    let period = |limit: &wire::PeriodLimit| {
        if limit.period == Period::Days && limit.days == 0 {
            return Err(missing().in_field("days"));
        }
        Ok(PeriodLimit { uses: limit.uses, period: limit.period, days: limit.days })
    };
    Ok(Limits {
        per_member: wire.per_member,
        per_period: each(&wire.per_period, "perPeriod", period)?,
        uses_left: wire.uses_left,
        budget_left: wire.budget_left,
        overrun: wire.overrun,
        max_saving: wire.max_saving,
        chain: wire.chain.as_ref().map(|chain| Chain { uses: chain.uses, min_days: chain.min_days, max_days: chain.max_days }),
    })
}

/// Where an offer with these effects stands in an order.
fn class_of(effects: &[wire::Effect]) -> Class {
    let beside = |effect: &wire::Effect| matches!(effect.kind, wire::EffectKind::Gift | wire::EffectKind::NextOrderCoupon);
    let counted = || effects.iter().filter(|effect| !beside(effect));
    if counted().next().is_none() || counted().any(|effect| effect.on == Target::Order) {
        Class::Order
    } else if counted().all(|effect| matches!(effect.on, Target::Shipping | Target::ShippingTotal)) {
        Class::Shipping
    } else {
        Class::Product
    }
}

impl stacking::Settings {
    fn base_of(&self, class: Class) -> PriceBase {
        let Base { product, order, shipping } = &self.base;
        let base = match class {
            Class::Product => product,
            Class::Order => order,
            Class::Shipping => shipping,
        };
        base.unwrap_or_default()
    }
}

/// Recurring times.
///
/// # Errors
///
/// Where a day or a time of day is none.
pub fn schedule(wire: &wire::Schedule, zone: &Zone) -> Result<Schedule, ValueError> {
    let bits = |days: &[u8], last: u8, field: &str| {
        each(days, field, |day| if (1..=last).contains(day) { Ok(1_u32 << day) } else { Err(out_of_range()) })
            .map(|days| days.into_iter().fold(0, |all, day| all | day))
    };
    let minute = |text: &str, field: &str| minute_of_day(text).ok_or_else(|| ValueError::invalid("must be `HH:MM`").in_field(field));
    Ok(Schedule {
        weekdays: u8::try_from(bits(&wire.weekdays, 7, "weekdays")?).unwrap_or(u8::MAX),
        days_of_month: bits(&wire.days_of_month, 31, "daysOfMonth")?,
        hours: each(&wire.hours, "hours", |hours| Ok((minute(&hours.from, "from")?, minute(&hours.until, "until")?)))?,
        dates: each(&wire.dates, "dates", |dates| window(dates, zone))?,
    })
}
