//! Tasks, rewards, draws, and how much of an action is believed.

use alloc::string::String;
use alloc::vec::Vec;

use super::audience::{Said, places};
use super::privileges::quota;
use super::{condition, entries, left_out, wallet_place, window};
use crate::domain::{Listed, Reason, Value, ValueError};
use crate::loyalty::{Audience, Draw, Ladder, Prize, Reward, Task, Velocity, Wallet};
use crate::snapshot::compile::Context;
use crate::snapshot::wire::programme as wire;

pub(super) fn tasks(programme: &Value, context: &mut Context<'_>) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (index, wire) in entries::<wire::Task>(programme, "tasks", context) {
        match task(wire, context) {
            Ok(task) => tasks.push(task),
            Err(error) => left_out("tasks", index, &Value::Null, &error, context),
        }
    }
    tasks
}

fn task(wire: wire::Task, context: &mut Context<'_>) -> Result<Task, ValueError> {
    if wire.goal <= 0 {
        return Err(ValueError::invalid("must be above 0").in_field("goal"));
    }
    let window = window(&wire.window, context)?;
    Ok(Task {
        goods: condition(&wire.r#where, context),
        audience: Audience { when: condition(&wire.when, context), window, ..Audience::default() },
        id: wire.id,
        action: wire.action,
        counts: wire.counts,
        goal: wire.goal,
        per: wire.per,
        reward: wire.reward,
    })
}

pub(super) fn rewards(programme: &Value, ladder: &Ladder, wallets: &[Wallet], context: &mut Context<'_>) -> Vec<Reward> {
    let mut rewards = Vec::new();
    for (index, wire) in entries::<wire::Reward>(programme, "rewards", context) {
        match reward(wire, ladder, wallets, context) {
            Ok(reward) => rewards.push(reward),
            Err(error) => left_out("rewards", index, &Value::Null, &error, context),
        }
    }
    rewards
}

fn reward(wire: wire::Reward, ladder: &Ladder, wallets: &[Wallet], context: &mut Context<'_>) -> Result<Reward, ValueError> {
    let said = Said { tiers: &wire.tiers, from_tier: wire.from_tier.as_ref(), segments: &[], when: &wire.when, window: &wire.window };
    let cost = |own: &wire::TierCost| {
        let tiers = places(&own.tiers, ladder).map_err(|error| error.in_field("tiers").in_field("costByTier"))?;
        Ok((tiers, own.cost.max(0)))
    };
    Ok(Reward {
        audience: said.compile(ladder, context)?,
        cost_by_tier: wire.cost_by_tier.iter().map(cost).listed_until_error()?,
        wallet: wallet_place(wire.wallet.as_deref(), wallets)?,
        quota: wire.quota.as_ref().map(quota),
        id: wire.id,
        kind: wire.kind,
        cost: wire.cost.max(0),
        price: wire.price.max(0),
        item: wire.item,
        offer: wire.offer,
        draw: wire.draw,
        stock: wire.stock,
    })
}

/// The draws whose rules are published, and why the others are refused; a warning tells of these too.
pub(super) fn draws(programme: &Value, ladder: &Ladder, wallets: &[Wallet], context: &mut Context<'_>) -> (Vec<Draw>, Vec<Reason>) {
    let (mut draws, mut refused) = (Vec::new(), Vec::new());
    for (index, wire) in entries::<wire::Draw>(programme, "draws", context) {
        match draw(wire, ladder, wallets, context) {
            Ok(draw) => match draw.refusal(context.currency) {
                None => draws.push(draw),
                Some(reason) => {
                    context.warnings.push(reason.clone());
                    refused.push(reason);
                }
            },
            Err(error) => left_out("draws", index, &Value::Null, &error, context),
        }
    }
    (draws, refused)
}

fn draw(wire: wire::Draw, ladder: &Ladder, wallets: &[Wallet], context: &mut Context<'_>) -> Result<Draw, ValueError> {
    let tiers: &[String] = &[];
    let said = Said { tiers, from_tier: None, segments: tiers, when: &wire.when, window: &wire.window };
    let prize = |prize: wire::Prize| Prize { id: prize.id, odds: prize.odds, stock: prize.stock, value: prize.value };
    Ok(Draw {
        audience: said.compile(ladder, context)?,
        wallet: wallet_place(wire.wallet.as_deref(), wallets)?,
        quota: wire.quota.as_ref().map(quota),
        id: wire.id,
        rules_version: wire.rules_version,
        prizes: wire.prizes.into_iter().map(prize).listed(),
        cost: wire.cost.max(0),
    })
}

pub(super) fn velocity(wire: wire::Velocity) -> Velocity {
    Velocity { action: wire.action, count: wire.count, seconds: wire.seconds }
}
