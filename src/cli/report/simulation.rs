//! Experiments with a known truth: events to look at, and how often intervals cover it.

use std::fmt::Write;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use regulars::experiments::statistics::{PairedMoments, absolute_difference, cuped_difference, normal_quantile, relative_difference};
use regulars::experiments::statistics::{mixture_value, sample_ratio, sequential_half_width};
use serde_json::json;

use super::analysis::Plan;

fn uniform(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    normal_quantile(uniform(random).max(1e-15))
}

const DAY: i64 = 86_400_000;
/// 1 September 2026.
const START: i64 = 1_788_220_800_000;

/// Events of one experiment of 8,000 units over four weeks, as JSON lines: the treatment converts at 0.23 against 0.20 and
/// spends the same an order, phones answer to it more than desktops, and it is dismissed more often.
pub fn sample(seed: u64) -> String {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut lines = Vec::new();
    for number in 0..8_000 {
        let unit = format!("member-{number:05}");
        let taste = normal(&mut random);
        let phone = uniform(&mut random) < 0.7;
        let variation = i64::from(uniform(&mut random) < 0.5);
        let exposed = START + (uniform(&mut random) * 28.0 * DAY as f64) as i64;
        let mut push = |at: i64, fields: serde_json::Value| lines.push((at, fields));
        let orders = |random: &mut Xoshiro256PlusPlus, rate: f64| (0..3).filter(|_| uniform(random) < rate).count();
        let liking = 1.0 / (1.0 + (-1.2 * taste).exp());
        let amount = |random: &mut Xoshiro256PlusPlus| (3_000.0 * (0.5 * taste + 0.4 * normal(random)).exp()).round();
        for order in 0..orders(&mut random, 0.25 * liking) {
            let at = exposed - (uniform(&mut random) * 27.0 * DAY as f64) as i64 - 1;
            push(at, json!({"type": "purchase", "order": format!("{unit}-before-{order}"), "amount": amount(&mut random)}));
        }
        let (arm, device) = (["control", "treatment"][variation as usize], if phone { "phone" } else { "desktop" });
        push(
            exposed,
            json!({"type": "exposure", "experiment": "new-checkout", "variation": variation, "key": arm, "hashAttribute": "id",
                "hashValue": unit, "device": device}),
        );
        let lift = if variation == 0 {
            1.0
        } else if phone {
            1.2
        } else {
            1.02
        };
        for order in 0..orders(&mut random, 0.15 * liking * lift) {
            let at = exposed + 1 + (uniform(&mut random) * 20.0 * DAY as f64) as i64;
            push(at, json!({"type": "purchase", "order": format!("{unit}-{order}"), "amount": amount(&mut random)}));
            if uniform(&mut random) < 0.3 {
                push(at + 1, json!({"type": "offer-used", "offer": "welcome"}));
            }
            if uniform(&mut random) < 0.06 {
                push(at + DAY, json!({"type": "return", "order": format!("{unit}-{order}")}));
            }
        }
        if uniform(&mut random) < 0.35 + 0.03 * variation as f64 {
            push(exposed + 8 * DAY, json!({"type": "view", "item": "milk"}));
        }
        if uniform(&mut random) < 0.05 {
            push(exposed + DAY, json!({"type": "share", "channel": "chat"}));
        }
        if uniform(&mut random) < 0.04 + 0.03 * variation as f64 {
            push(exposed + 2, json!({"type": "dismiss", "item": "popup"}));
        }
        for (_, event) in lines.iter_mut().rev().take_while(|(_, event)| event.get("unit").is_none()) {
            event["unit"] = unit.as_str().into();
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.iter().fold(String::new(), |mut text, (at, event)| {
        let mut event = event.clone();
        event["at"] = (*at).into();
        let _ = writeln!(text, "{event}");
        text
    })
}

/// Units of one simulated experiment in each arm at each of the looks.
const UNITS_A_LOOK: usize = 100;
const LOOKS: usize = 10;

/// An arm of units whose number from before correlates with the one measured: mean 10, and `effect` more.
fn add_units(random: &mut Xoshiro256PlusPlus, sums: &mut PairedMoments, effect: f64) {
    for _ in 0..UNITS_A_LOOK {
        let taste = normal(random);
        sums.add(10.0 + 2.0 * taste, 10.0 + effect + 1.6 * taste + 1.2 * normal(random));
    }
}

#[derive(Default)]
struct Counts {
    absolute: u32,
    relative: u32,
    cuped: u32,
    sequential_end: u32,
    sequential_ever: u32,
    mixture_alarms: u32,
    welch_alarms_ever: u32,
    ratio_alarms: u32,
    width: f64,
    cuped_width: f64,
}

/// A table: over `count` experiments with a known truth, how often what is said to hold did.
pub fn coverage(count: u32, seed: u64, plan: &Plan) -> String {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut counts = Counts::default();
    for _ in 0..count {
        one(&mut random, plan, &mut counts);
    }
    let rate = |found: u32| f64::from(found) / f64::from(count);
    let stated = 1.0 - plan.alpha;
    let (low, high) = within(stated, count);
    let mut text = String::new();
    let _ = writeln!(text, "{count} simulated experiments, {} units in each arm, seed {seed}", UNITS_A_LOOK * LOOKS);
    let _ = writeln!(text, "share of intervals that cover the true effect (stated {stated:.3}; chance alone gives {low:.3} to {high:.3})");
    for (name, found) in [
        ("Welch, absolute difference", counts.absolute),
        ("Welch, relative difference", counts.relative),
        ("CUPED, theta of both arms joined", counts.cuped),
    ] {
        let _ = writeln!(text, "  {name:<50}{:.3}", rate(found));
    }
    let _ = writeln!(text, "at least so often (stated {stated:.3})");
    for (name, found) in [
        ("confidence sequence, at the end", counts.sequential_end),
        ("confidence sequence, at all of 10 looks at once", counts.sequential_ever),
    ] {
        let _ = writeln!(text, "  {name:<50}{:.3}", rate(found));
    }
    let _ = writeln!(text, "alarms without any effect, looked at 10 times (at most {:.3} for what allows looking)", plan.alpha);
    for (name, found) in [
        ("mixture sequential test", counts.mixture_alarms),
        ("Welch, which does not allow looking", counts.welch_alarms_ever),
        ("sample ratio mismatch (0.001)", counts.ratio_alarms),
    ] {
        let _ = writeln!(text, "  {name:<50}{:.3}", rate(found));
    }
    let _ =
        write!(text, "CUPED intervals are {:.3} times as wide as Welch's (true correlation 0.8: 0.600)", counts.cuped_width / counts.width);
    text
}

/// Within four standard errors of the rate.
pub fn within(rate: f64, count: u32) -> (f64, f64) {
    let error = 4.0 * (rate * (1.0 - rate) / f64::from(count)).sqrt();
    (rate - error, rate + error)
}

fn one(random: &mut Xoshiro256PlusPlus, plan: &Plan, counts: &mut Counts) {
    let truth = 0.3;
    let covers = |(low, high): (f64, f64), truth: f64| u32::from(low <= truth && truth <= high);
    let (mut control, mut treatment, mut idle) = (PairedMoments::default(), PairedMoments::default(), PairedMoments::default());
    let (mut always, mut alarmed, mut welch_alarmed) = (true, false, false);
    for look in 0..LOOKS {
        add_units(random, &mut control, 0.0);
        add_units(random, &mut treatment, truth);
        add_units(random, &mut idle, 0.0);
        if let Some(difference) = absolute_difference(control.after, treatment.after) {
            let half = sequential_half_width(difference.error, control.after.count + treatment.after.count, plan.tuned_for, plan.alpha);
            let is_covered = (difference.estimate - truth).abs() <= half;
            always &= is_covered;
            counts.sequential_end += u32::from(is_covered && look + 1 == LOOKS);
        }
        if let Some(difference) = absolute_difference(control.after, idle.after) {
            let count = control.after.count;
            let spread = (plan.expected_effect * control.after.mean()).powi(2);
            alarmed |= mixture_value(difference.estimate, difference.error * difference.error * count, count, spread) < plan.alpha;
            welch_alarmed |= difference.p_value() < plan.alpha;
        }
    }
    counts.sequential_ever += u32::from(always);
    counts.mixture_alarms += u32::from(alarmed);
    counts.welch_alarms_ever += u32::from(welch_alarmed);
    if let (Some(absolute), Some(relative), Some(cuped)) = (
        absolute_difference(control.after, treatment.after),
        relative_difference(control.after, treatment.after),
        cuped_difference(control, treatment),
    ) {
        counts.absolute += covers(absolute.interval(plan.alpha), truth);
        counts.relative += covers(relative.interval(plan.alpha), truth / 10.0);
        counts.cuped += covers(cuped.interval(plan.alpha), truth);
        counts.width += absolute.error;
        counts.cuped_width += cuped.error;
    }
    let assigned = (0..2_000).filter(|_| uniform(random) < 0.5).count() as f64;
    counts.ratio_alarms += u32::from(sample_ratio(&[assigned, 2_000.0 - assigned], &[1.0, 1.0]).is_some_and(|ratio| ratio.is_mismatch));
}
