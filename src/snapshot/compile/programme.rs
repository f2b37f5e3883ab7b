//! The membership programme to what memberships are answered from.

mod audience;
mod contact;
mod growth;
mod merchandising;
mod privileges;

pub use merchandising::merchandising;

use alloc::vec::Vec;

use super::Context;
use super::moment::moment;
use crate::domain::{
    Arrange, FromValue, Listed, Value, ValueError, ValueErrorKind, date_from, field_or_default, from_value, month_day_from,
};
use crate::loyalty::{
    Cap, Criteria, Criterion, Day, Earning, EarningRules, Expiry, Ladder, LastDay, Lifecycle, Meter, Metric, Multiplier, Pending, Period,
    PeriodKind, Programme, Recurrence, Redemption, RoundUp, Span, StreakBonus, Tier, Validity, ValidityKind, Wallet,
};
use crate::rules::Condition;
use crate::snapshot::wire::programme as wire;

/// Days ahead of an expiry that it is warned of, where the programme does not say.
const WARNING_DAYS: i32 = 30;

/// The programme. An entry of a list that can't be read is left out with the warning `programme-part-disabled`; where
/// what all depends on can't be read, there is no programme, with the warning `programme-disabled`.
pub fn compile(programme: &Value, context: &mut Context<'_>) -> Programme {
    if programme.is_null() {
        return Programme::default();
    }
    read(programme, context).unwrap_or_else(|error| {
        context.warnings.push(error.in_field("programme").reason("programme-disabled"));
        Programme::default()
    })
}

fn read(programme: &Value, context: &mut Context<'_>) -> Result<Programme, ValueError> {
    if programme.as_object().is_none() {
        return Err(ValueError::wrong_type("an object", programme));
    }
    let points = programme.get("points").unwrap_or(&Value::Null);
    let in_points = |error: ValueError| error.in_field("points");
    let wallets = wallets(points, context);
    let policy: wire::TierPolicy = field_or_default(programme, "tierPolicy")?;
    let ladder = ladder(programme, &policy, &wallets, context)?;
    let redemption: Option<wire::Redemption> = field_or_default(points, "redemption").map_err(in_points)?;
    let warning_days: Option<i32> = field_or_default(points, "warningDays").map_err(in_points)?;
    let reinstatement_days: i32 = field_or_default(points, "reinstatementDays").map_err(in_points)?;
    let reinstated_for: Option<Span> = field_or_default(points, "reinstatedFor").map_err(in_points)?;
    let lifecycle: wire::Lifecycle = field_or_default(programme, "lifecycle")?;
    let benefits = privileges::benefits(programme, &ladder, context);
    let partners = privileges::partners(programme, &wallets, context);
    let tasks = growth::tasks(programme, context);
    let rewards = growth::rewards(programme, &ladder, &wallets, context);
    let (draws, refused_draws) = growth::draws(programme, &ladder, &wallets, context);
    let earning = earning(points, &wallets, context)?;
    Ok(Programme {
        id: field_or_default(programme, "id")?,
        version: field_or_default(programme, "version")?,
        redemption: redemption
            .map(|wire| self::redemption(&wire, &wallets, context))
            .transpose()
            .map_err(|error| in_points(error.in_field("redemption")))?,
        is_timely: is_timely(&earning, context),
        earning,
        days: days(programme, context),
        fit: privileges::fit(programme, context),
        tags: contact::tags(programme, context),
        contact: contact::contact(programme, &ladder, context)?,
        value: contact::value(programme)?,
        lifecycle: Lifecycle {
            new_days: lifecycle.new_days,
            slipping_days: lifecycle.slipping_days,
            lapsed_days: lifecycle.lapsed_days,
            won_back_days: lifecycle.won_back_days,
            loyal_orders: lifecycle.loyal_orders,
            loyal_within: lifecycle.loyal_within,
        },
        velocity: entries::<wire::Velocity>(programme, "velocity", context).into_iter().map(|(_, wire)| growth::velocity(wire)).listed(),
        ladder,
        wallets,
        benefits,
        partners,
        tasks,
        rewards,
        draws,
        refused_draws,
        reinstatement_days,
        reinstated_for,
        warning_days: warning_days.unwrap_or(WARNING_DAYS).clamp(0, 3660),
    })
}

/// What can be read of the list `name` of `object`, each with its place; the rest is told of.
fn entries<'v, T: FromValue<'v>>(object: &'v Value, name: &'static str, context: &mut Context<'_>) -> Vec<(usize, T)> {
    let mut read = Vec::new();
    for (index, value) in context.list(name, object.get(name).unwrap_or(&Value::Null)).iter().enumerate() {
        match from_value(value) {
            Ok(entry) => read.push((index, entry)),
            Err(error) => left_out(name, index, value, &error, context),
        }
    }
    read
}

fn left_out(name: &str, index: usize, value: &Value, error: &ValueError, context: &mut Context<'_>) {
    let id = value.get("id").and_then(Value::as_str);
    let error = error.clone().at_index(index).in_field(name);
    context.warnings.disabled("programme-part-disabled", "part", id, index, &error);
}

/// A condition; everybody meets one that is absent.
fn condition(wire: &Value, context: &mut Context<'_>) -> Condition {
    match wire {
        Value::Null => Condition::default(),
        wire => Condition::compile(wire, &mut context.attributes, &context.rules),
    }
}

fn wallets(points: &Value, context: &mut Context<'_>) -> Vec<Wallet> {
    let mut wallets: Vec<Wallet> = Vec::new();
    for (index, wire) in entries::<wire::Wallet>(points, "wallets", context) {
        match wallet(&wire) {
            Ok(wallet) => wallets.push(wallet),
            Err(error) => left_out("wallets", index, &Value::Null, &error, context),
        }
    }
    if wallets.is_empty() {
        wallets.push(Wallet { id: "points".into(), ..Wallet::default() });
    }
    wallets
}

fn wallet(wire: &wire::Wallet) -> Result<Wallet, ValueError> {
    let by_tier = wire.expiry_by_tier.iter().map(|own| Ok((own.tiers.clone(), expiry(&own.expiry)?)));
    Ok(Wallet {
        id: wire.id.clone(),
        expiry: expiry(&wire.expiry)?,
        expiry_by_tier: by_tier.listed_until_error()?,
        negative: wire.negative,
        not_spendable: wire.not_spendable,
        transferable: wire.transferable,
        donatable: wire.donatable,
        max_balance: wire.max_balance,
    })
}

fn expiry(wire: &wire::Expiry) -> Result<Expiry, ValueError> {
    let last_day = |text: &alloc::string::String| {
        last_day(text).ok_or_else(|| ValueError::invalid("must be `MM-DD` or `YYYY-MM-DD`").in_field("dates"))
    };
    Ok(Expiry {
        kind: wire.kind,
        lives: Span { years: wire.years, months: wire.months, days: wire.days, hours: 0 },
        round_up: wire.round_up,
        last_days: wire.dates.iter().take(64).map(last_day).listed_until_error()?,
        actions: wire.actions.clone(),
    })
}

fn last_day(text: &str) -> Option<LastDay> {
    match month_day_from(text) {
        Some((month, day)) => Some(LastDay::Yearly(month, day)),
        None => date_from(text).map(LastDay::Once),
    }
}

/// The place of the wallet called `id`, the first where none is named.
fn wallet_place(id: Option<&str>, wallets: &[Wallet]) -> Result<usize, ValueError> {
    let place = id.map_or(Some(0), |id| wallets.iter().position(|wallet| wallet.id == id));
    place.ok_or_else(|| ValueError::invalid("is no wallet").in_field("wallet"))
}

fn redemption(wire: &wire::Redemption, wallets: &[Wallet], context: &mut Context<'_>) -> Result<Redemption, ValueError> {
    if wire.points <= 0 || wire.value <= 0 {
        return Err(ValueError::invalid("must be above 0").in_field(if wire.points <= 0 { "points" } else { "value" }));
    }
    let common = Redemption {
        wallet: wallet_place(wire.wallet.as_deref(), wallets)?,
        points: wire.points,
        value: wire.value,
        min: wire.min.max(0),
        max: wire.max,
        step: wire.step.max(1),
        max_share: wire.max_share.map(|share| share.clamp(0.0, 1.0)),
        min_order: wire.min_order.max(0),
        max_per: wire.max_per.as_ref().map(cap),
        not_with_coupons: wire.not_with_coupons,
        goods: condition(&wire.r#where, context),
        when: condition(&wire.when, context),
        by_tier: Vec::new(),
    };
    let of_tier = |own: &wire::TierRate| {
        let redemption = Redemption {
            points: own.points.filter(|points| *points > 0).unwrap_or(common.points),
            value: own.value.filter(|value| *value > 0).unwrap_or(common.value),
            min: own.min.unwrap_or(common.min).max(0),
            max: own.max.or(common.max),
            max_share: own.max_share.map(|share| share.clamp(0.0, 1.0)).or(common.max_share),
            ..common.clone()
        };
        (own.tiers.clone(), redemption)
    };
    Ok(Redemption { by_tier: wire.by_tier.iter().map(of_tier).listed(), ..common.clone() })
}

fn earning(points: &Value, wallets: &[Wallet], context: &mut Context<'_>) -> Result<EarningRules, ValueError> {
    let mut rules = EarningRules {
        stacking: field_or_default(points, "stacking").map_err(|error| error.in_field("points"))?,
        ..EarningRules::default()
    };
    for (index, wire) in entries::<wire::Earning>(points, "earning", context) {
        match earning_rule(wire, wallets, context) {
            Ok(rule) => rules.rules.push(rule),
            Err(error) => left_out("earning", index, &Value::Null, &error, context),
        }
    }
    for (index, wire) in entries::<wire::Multiplier>(points, "multipliers", context) {
        match window(&wire.window, context) {
            Ok(window) => rules.multipliers.push(Multiplier {
                goods: condition(&wire.r#where, context),
                when: condition(&wire.when, context),
                window,
                thousandths: thousandths(wire.factor),
                rules: wire.rules,
                id: wire.id,
            }),
            Err(error) => left_out("multipliers", index, &Value::Null, &error, context),
        }
    }
    Ok(rules)
}

fn earning_rule(wire: wire::Earning, wallets: &[Wallet], context: &mut Context<'_>) -> Result<Earning, ValueError> {
    let date = wire.pending.date.as_ref().map_or(Ok(None), |text| moment(&Value::from(text.as_str()), context.zone));
    let date = date.map_err(|error| error.in_field("date").in_field("pending"))?;
    let mut streaks: Vec<StreakBonus> = wire
        .streaks
        .iter()
        .filter(|bonus| bonus.days > 0)
        .map(|bonus| StreakBonus { days: bonus.days, points: bonus.points, repeats: bonus.repeats })
        .listed();
    streaks.arrange_by_key(|bonus| bonus.days);
    Ok(Earning {
        on: wire.on,
        wallet: wallet_place(wire.wallet.as_deref(), wallets)?,
        pending: Pending {
            span: Span { days: wire.pending.days, hours: wire.pending.hours, ..Span::default() },
            event: wire.pending.event,
            date,
        },
        streaks,
        goods: condition(&wire.r#where, context),
        when: condition(&wire.when, context),
        window: window(&wire.window, context)?,
        caps: wire.caps.iter().map(cap).listed(),
        points: wire.points,
        per: wire.per,
        base: wire.base,
        rounding: wire.rounding,
        round_each: wire.round_each,
        not_on_discounted: wire.not_on_discounted,
        id: wire.id,
    })
}

/// Whether a condition of earning asks what time it is.
fn is_timely(earning: &EarningRules, context: &Context<'_>) -> bool {
    let rules = earning.rules.iter().map(|rule| &rule.when);
    let mut conditions = rules.chain(earning.multipliers.iter().map(|multiplier| &multiplier.when));
    conditions.any(|when| when.attributes().iter().any(|id| context.attributes.path(*id).starts_with("now.")))
}

#[allow(clippy::cast_possible_truncation)] // a cast of a double saturates, and is held to the range besides
fn thousandths(factor: f64) -> i64 {
    (libm::round(factor * 1000.0) as i64).clamp(0, 1_000_000_000)
}

fn cap(wire: &wire::Cap) -> Cap {
    Cap { points: wire.points, count: wire.count, per: wire.per, when_reached: wire.when_reached }
}

fn window(wire: &wire::Window, context: &Context<'_>) -> Result<(Option<i64>, Option<i64>), ValueError> {
    let end = |value: &Value, name| moment(value, context.zone).map_err(|error| error.in_field(name).in_field("window"));
    Ok((end(&wire.from, "from")?, end(&wire.until, "until")?))
}

fn days(programme: &Value, context: &mut Context<'_>) -> Vec<Day> {
    let mut days = Vec::new();
    for (index, wire) in entries::<wire::Day>(programme, "days", context) {
        match recurrence(&wire) {
            Ok(recurrence) => days.push(Day { id: wire.id, recurrence, before: wire.days_before, after: wire.days_after }),
            Err(error) => left_out("days", index, &Value::Null, &error, context),
        }
    }
    days
}

fn recurrence(wire: &wire::Day) -> Result<Recurrence, ValueError> {
    let within = |day: u8, most: i8, name| {
        let day = i8::try_from(day).ok().filter(|day| (1..=most).contains(day));
        day.ok_or_else(|| ValueError::new(ValueErrorKind::OutOfRange).in_field(name))
    };
    if wire.birthday {
        return Ok(Recurrence::Birthday);
    }
    if wire.anniversary {
        return Ok(Recurrence::Anniversary);
    }
    if let Some(text) = &wire.every_year {
        let (month, day) = month_day_from(text).ok_or_else(|| ValueError::invalid("must be `MM-DD`").in_field("everyYear"))?;
        return Ok(Recurrence::EveryYear(month, day));
    }
    if let Some(day) = wire.day_of_month {
        return Ok(Recurrence::DayOfMonth(within(day, 31, "dayOfMonth")?));
    }
    if let Some(day) = wire.weekday {
        return Ok(Recurrence::Weekday(within(day, 7, "weekday")?));
    }
    let date = |text: &alloc::string::String| match last_day(text) {
        Some(LastDay::Once(date)) => Ok(date),
        _ => Err(ValueError::invalid("must be `YYYY-MM-DD`").in_field("dates")),
    };
    Ok(Recurrence::Dates(wire.dates.iter().map(date).listed_until_error()?))
}

fn ladder(programme: &Value, policy: &wire::TierPolicy, wallets: &[Wallet], context: &mut Context<'_>) -> Result<Ladder, ValueError> {
    let in_policy = |error: ValueError| error.in_field("tierPolicy");
    let period = period(&policy.period).map_err(|error| in_policy(error.in_field("period")))?;
    let mut ladder = Ladder {
        period,
        upgrade: policy.upgrade,
        validity: validity(&policy.validity, &period),
        downgrade: policy.downgrade,
        grace: policy.grace,
        round_up: policy.round_up.or(RoundUp::Exact),
        ..Ladder::default()
    };
    for (index, wire) in entries::<wire::Tier>(programme, "tiers", context) {
        let tier = if ladder.find(&wire.id).is_some() {
            Err(ValueError::invalid("is used twice").in_field("id"))
        } else {
            tier(&wire, &mut ladder, wallets, context)
        };
        match tier {
            Ok(tier) => ladder.tiers.push(tier),
            Err(error) => left_out("tiers", index, &Value::Null, &error, context),
        }
    }
    Ok(ladder)
}

fn tier(wire: &wire::Tier, ladder: &mut Ladder, wallets: &[Wallet], context: &mut Context<'_>) -> Result<Tier, ValueError> {
    let mut compiled = |criteria: &Option<wire::Criteria>, name| match criteria {
        Some(criteria) => self::criteria(criteria, ladder, wallets).map(Some).map_err(|error: ValueError| error.in_field(name)),
        None => Ok(None),
    };
    let reach = compiled(&wire.criteria, "criteria")?.unwrap_or_default();
    let keep = compiled(&wire.keep, "keep")?.unwrap_or_else(|| reach.clone());
    Ok(Tier {
        id: wire.id.clone(),
        access: wire.access,
        criteria: reach,
        keep,
        never_lost: wire.never_lost,
        price: wire.price,
        lasts: wire.lasts,
        when: condition(&wire.when, context),
    })
}

fn criteria(wire: &wire::Criteria, ladder: &mut Ladder, wallets: &[Wallet]) -> Result<Criteria, ValueError> {
    let mut list = |parts: &[wire::Criteria], name: &str| {
        let compiled = parts
            .iter()
            .enumerate()
            .map(|(index, part)| criteria(part, ladder, wallets).map_err(|error| error.at_index(index).in_field(name)));
        compiled.listed_until_error()
    };
    let mut parts = list(&wire.all, "all")?;
    let any = list(&wire.any, "any")?;
    if !any.is_empty() {
        parts.push(Criteria::Any(any));
    }
    if let Some(metric) = wire.metric {
        parts.push(Criteria::One(criterion(wire, metric, ladder, wallets)?));
    }
    Ok(match <[Criteria; 1]>::try_from(parts) {
        Ok([one]) => one,
        Err(parts) => Criteria::All(parts),
    })
}

fn criterion(wire: &wire::Criteria, metric: Metric, ladder: &mut Ladder, wallets: &[Wallet]) -> Result<Criterion, ValueError> {
    let wallet = wallet_place(wire.wallet.as_deref(), wallets)?;
    let period = match &wire.period {
        Some(own) => self::period(own).map_err(|error| error.in_field("period"))?,
        None => ladder.period,
    };
    if let Some(span) = period.counts_for()
        && !ladder.spans.contains(&span)
    {
        ladder.spans.push(span);
    }
    let meter = Meter { metric, wallet, actions: wire.actions.clone() };
    let place = ladder.meters.iter().position(|known| *known == meter);
    let place = place.unwrap_or_else(|| {
        ladder.meters.push(meter);
        ladder.meters.len().saturating_sub(1)
    });
    Ok(Criterion { meter: place, metric, period, at_least: wire.at_least })
}

fn period(wire: &wire::Period) -> Result<Period, ValueError> {
    let months = wire.months.unwrap_or(12).max(1);
    Ok(match wire.kind {
        PeriodKind::CalendarYear => match wire.starts_on.as_deref().map(month_day_from) {
            None => Period::Year(1, 1),
            Some(Some((month, day))) => Period::Year(month, day),
            Some(None) => return Err(ValueError::invalid("must be `MM-DD`").in_field("startsOn")),
        },
        PeriodKind::CalendarHalf => Period::Months(6),
        PeriodKind::CalendarQuarter => Period::Months(3),
        PeriodKind::CalendarMonth => Period::Months(1),
        PeriodKind::Anniversary => Period::Joined(months),
        PeriodKind::TierAnniversary => Period::Tier(months),
        PeriodKind::Rolling => {
            let months = wire.months.unwrap_or(if wire.days.is_some() { 0 } else { 12 });
            Period::Rolling(Span { months, days: wire.days.unwrap_or(0), ..Span::default() })
        }
        PeriodKind::Lifetime => Period::Lifetime,
    })
}

fn validity(wire: &wire::Validity, period: &Period) -> Validity {
    match (wire.kind, period) {
        (ValidityKind::PeriodEnd, _) => Validity::PeriodEnd,
        (ValidityKind::Span, _) => Validity::For(Span { years: wire.years, months: wire.months, days: wire.days, hours: 0 }),
        (ValidityKind::WhileMet, _) | (ValidityKind::Auto, Period::Rolling(_)) => Validity::WhileMet,
        (ValidityKind::Forever, _) | (ValidityKind::Auto, Period::Lifetime) => Validity::Forever,
        (ValidityKind::Auto, _) => Validity::PeriodEnd,
    }
}
