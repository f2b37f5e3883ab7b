//! The figures of a report.

use std::collections::BTreeMap;

use clap::Args;
use regulars::experiments::statistics::{
    Difference, Moments, PairedMoments, absolute_difference, chance_to_win, chance_to_win_rate, cuped_difference, cuped_theta, holm,
    mixture_value, relative_difference, sample_ratio, sequential_half_width, sequential_value,
};
use serde::Serialize;

use super::events::{Experiment, Unit, Units};
use super::measures::{BEFORE, Better, MEASURES, Measure};

/// How experiments are judged.
#[derive(Args, Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Days from its first exposure for which a unit is measured
    #[arg(long, value_name = "DAYS", default_value_t = 28, value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub window: i64,

    /// Days before its first exposure that tell what a unit was like before (CUPED)
    #[arg(long, value_name = "DAYS", default_value_t = 28, value_parser = clap::value_parser!(i64).range(0..=3650))]
    pub before: i64,

    /// Days after which a unit that does something again counts as retained
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=3650))]
    pub retention: i64,

    /// The rate at which intervals may miss the truth, and tests alarm without an effect
    #[arg(long, value_name = "RATE", default_value_t = 0.05)]
    pub alpha: f64,

    /// Units around which the sequential interval is tightest
    #[arg(long, value_name = "N", default_value_t = 5000.0)]
    pub tuned_for: f64,

    /// The effect that the mixture test expects, as a share of control's mean
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub expected_effect: f64,

    /// Planned shares of the arms in their order; equal where absent
    #[arg(long, value_name = "SHARES", value_delimiter = ',')]
    pub weights: Vec<f64>,

    /// Watches this measure for harm; may be given several times: conversion, revenue, ...
    #[arg(long = "guardrail", value_name = "MEASURE", value_parser = measure)]
    pub guardrails: Vec<String>,

    /// Decimals of the currency
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=4))]
    pub decimals: u8,

    /// Segments with fewer units than this in an arm are left out
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub least_units: u32,
}

fn measure(name: &str) -> Result<String, String> {
    let known: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
    if known.contains(&name) { Ok(name.to_owned()) } else { Err(format!("no such measure; there are {}", known.join(", "))) }
}

/// Everything a page shows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    pub plan: Plan,
    /// First and last instant of all events, in milliseconds since 1970.
    pub from: i64,
    pub to: i64,
    pub events: i64,
    pub measures: Vec<Measure>,
    pub experiments: Vec<ExperimentFigures>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExperimentFigures {
    pub key: String,
    pub arms: Vec<ArmFigures>,
    /// Units seen in several arms, left out.
    pub in_several: i64,
    pub sample_ratio: Option<SampleRatioFigures>,
    /// By measure, then by arm but control.
    pub effects: Vec<EffectFigures>,
    pub segments: Vec<SegmentFigures>,
    /// Differences of each day so far, for conversion and revenue.
    pub days: Vec<DayFigures>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArmFigures {
    pub variation: i64,
    pub arm: String,
    pub units: usize,
    pub planned_share: f64,
    /// The mean of each measure, and how many units it is of.
    pub means: Vec<Option<MeanFigures>>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeanFigures {
    pub units: f64,
    pub mean: f64,
    pub error: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleRatioFigures {
    pub chi_square: f64,
    pub p_value: f64,
    pub is_mismatch: bool,
}

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub estimate: f64,
    pub error: f64,
    pub low: f64,
    pub high: f64,
    pub p_value: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EffectFigures {
    pub measure: &'static str,
    pub guardrail: bool,
    pub arm: String,
    /// Welch: treatment less control.
    pub absolute: Option<Estimate>,
    /// The same as a share of control's mean.
    pub relative: Option<Estimate>,
    /// Less variance by what units were like before; theta is that of both arms joined.
    pub cuped: Option<CupedFigures>,
    /// Right however often one looks: the asymptotic confidence sequence, of the relative difference.
    pub sequential: Option<Estimate>,
    /// The mixture sequential test: the least p-value of all days so far.
    pub mixture_p_value: Option<f64>,
    /// How likely the arm is better than control in this measure.
    pub chance_to_win: Option<f64>,
    /// The Welch p-value for all measures and arms of the experiment at once (Holm); guardrails aside.
    pub adjusted_p_value: Option<f64>,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CupedFigures {
    pub theta: f64,
    #[serde(flatten)]
    pub estimate: Estimate,
    /// How much of the variance it takes off, in [0, 1].
    pub variance_reduction: f64,
}

/// What the sequential interval says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Better,
    Worse,
    Unclear,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentFigures {
    pub segment: String,
    pub value: String,
    pub measure: &'static str,
    pub arm: String,
    pub units: f64,
    pub relative: Option<Estimate>,
    /// For all values of this segment and measure at once (Holm).
    pub adjusted_p_value: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DayFigures {
    /// The end of the day, in milliseconds since 1970.
    pub at: i64,
    pub measure: &'static str,
    pub arm: String,
    pub relative: Option<Estimate>,
    pub sequential: Option<Estimate>,
}

/// Measures shown by day and by segment.
pub const LEADING: [usize; 2] = [0, 2];
const DAY: i64 = 86_400_000;
/// Values of a segment shown at most, the largest first.
const MOST_VALUES: usize = 12;

/// Sums of every measure in one arm.
#[derive(Clone, Default)]
struct Sums {
    measures: [PairedMoments; MEASURES.len()],
}

impl Sums {
    fn add(&mut self, unit: &Unit) {
        for (place, (sums, value)) in self.measures.iter_mut().zip(unit.values).enumerate() {
            if let Some(value) = value {
                sums.add(BEFORE[place].map_or(0.0, |before| unit.before[before]), value);
            }
        }
    }
}

/// All figures.
pub fn analyse(units: &Units, plan: &Plan) -> Figures {
    Figures {
        plan: plan.clone(),
        from: units.span.0,
        to: units.span.1,
        events: units.events,
        measures: (0..MEASURES.len()).map(|place| measure_of(plan, place)).collect(),
        experiments: units.experiments.iter().map(|(key, experiment)| of_experiment(key, experiment, &units.segments, plan)).collect(),
    }
}

/// The measure, with what the plan says of it.
fn measure_of(plan: &Plan, place: usize) -> Measure {
    let measure = MEASURES[place];
    Measure { guardrail: measure.guardrail || plan.guardrails.iter().any(|name| name == measure.name), ..measure }
}

fn of_experiment(key: &str, experiment: &Experiment, segments: &[String], plan: &Plan) -> ExperimentFigures {
    let arms: Vec<(i64, &String)> = experiment.arms.iter().map(|(number, arm)| (*number, arm)).collect();
    let place_of: BTreeMap<i64, usize> = arms.iter().enumerate().map(|(place, (number, _))| (*number, place)).collect();
    let mut sums = vec![Sums::default(); arms.len()];
    let mut days = Vec::new();
    // The least mixture p-value of each measure and arm over the days so far.
    let mut least = vec![[1.0_f64; MEASURES.len()]; arms.len()];
    let mut day_end = None;
    let mut look = |sums: &[Sums], at: i64| {
        for place in 1..arms.len() {
            for (measure, least) in least[place].iter_mut().enumerate() {
                if let Some(value) = mixture(&sums[0].measures[measure], &sums[place].measures[measure], plan) {
                    *least = least.min(value);
                }
            }
            for measure in LEADING {
                let (control, treatment) = (sums[0].measures[measure].after, sums[place].measures[measure].after);
                let relative = relative_difference(control, treatment);
                days.push(DayFigures {
                    at,
                    measure: MEASURES[measure].name,
                    arm: arms[place].1.clone(),
                    relative: relative.map(|difference| estimate(&difference, plan.alpha)),
                    sequential: relative.map(|difference| sequential(&difference, control.count + treatment.count, plan)),
                });
            }
        }
    };
    for unit in &experiment.units {
        let end = unit.at.div_euclid(DAY) * DAY + DAY;
        if let Some(before) = day_end.filter(|before| *before < end) {
            look(&sums, before);
        }
        day_end = Some(end);
        sums[place_of[&unit.variation]].add(unit);
    }
    if let Some(end) = day_end {
        look(&sums, end);
    }
    let weights = if plan.weights.len() == arms.len() { plan.weights.clone() } else { vec![1.0; arms.len()] };
    let total: f64 = weights.iter().sum();
    let counts: Vec<usize> =
        arms.iter().map(|(number, _)| experiment.units.iter().filter(|unit| unit.variation == *number).count()).collect();
    let observed: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
    let mut effects = Vec::new();
    for measure in 0..MEASURES.len() {
        for (place, least) in least.iter().enumerate().skip(1) {
            let mut effect = effect(measure, arms[place].1, &sums[0].measures[measure], &sums[place].measures[measure], plan);
            effect.mixture_p_value = effect.absolute.map(|_| least[measure]);
            effects.push(effect);
        }
    }
    adjust(&mut effects);
    ExperimentFigures {
        key: key.to_owned(),
        arms: arms
            .iter()
            .enumerate()
            .map(|(place, (variation, arm))| ArmFigures {
                variation: *variation,
                arm: (*arm).clone(),
                units: counts[place],
                planned_share: weights[place] / total,
                means: sums[place].measures.iter().map(mean).collect(),
            })
            .collect(),
        in_several: experiment.in_several,
        sample_ratio: sample_ratio(&observed, &weights).map(|found| SampleRatioFigures {
            chi_square: found.chi_square,
            p_value: found.p_value,
            is_mismatch: found.is_mismatch,
        }),
        effects,
        segments: by_segment(experiment, segments, &arms, plan),
        days,
    }
}

fn mean(sums: &PairedMoments) -> Option<MeanFigures> {
    let after = sums.after;
    (after.count >= 2.0).then(|| MeanFigures { units: after.count, mean: after.mean(), error: after.error_squared().sqrt() })
}

/// One measure of one arm against control.
pub fn effect(measure: usize, arm: &str, control: &PairedMoments, treatment: &PairedMoments, plan: &Plan) -> EffectFigures {
    let described = measure_of(plan, measure);
    let absolute = absolute_difference(control.after, treatment.after);
    let relative = relative_difference(control.after, treatment.after);
    let sequential = relative.map(|difference| sequential(&difference, control.after.count + treatment.after.count, plan));
    let towards = |better: f64| if described.better == Better::Higher { better } else { 1.0 - better };
    let chance = if described.is_share {
        let rate = |moments: Moments| (moments.sum, moments.count);
        (control.after.count > 0.0 && treatment.after.count > 0.0)
            .then(|| chance_to_win_rate(rate(control.after), rate(treatment.after), (1.0, 1.0)))
    } else {
        absolute.as_ref().map(chance_to_win)
    };
    EffectFigures {
        measure: described.name,
        guardrail: described.guardrail,
        arm: arm.to_owned(),
        absolute: absolute.map(|difference| estimate(&difference, plan.alpha)),
        relative: relative.map(|difference| estimate(&difference, plan.alpha)),
        cuped: BEFORE[measure].and_then(|_| cuped(control, treatment, plan)),
        sequential,
        mixture_p_value: None,
        chance_to_win: chance.map(towards),
        adjusted_p_value: None,
        verdict: sequential.map_or(Verdict::Unclear, |sequential| {
            let (good, bad) = match described.better {
                Better::Higher => (sequential.low > 0.0, sequential.high < 0.0),
                Better::Lower => (sequential.high < 0.0, sequential.low > 0.0),
            };
            if good {
                Verdict::Better
            } else if bad {
                Verdict::Worse
            } else {
                Verdict::Unclear
            }
        }),
    }
}

fn estimate(difference: &Difference, alpha: f64) -> Estimate {
    let (low, high) = difference.interval(alpha);
    Estimate { estimate: difference.estimate, error: difference.error, low, high, p_value: difference.p_value() }
}

fn sequential(difference: &Difference, units: f64, plan: &Plan) -> Estimate {
    let half = sequential_half_width(difference.error, units, plan.tuned_for, plan.alpha);
    Estimate {
        estimate: difference.estimate,
        error: difference.error,
        low: difference.estimate - half,
        high: difference.estimate + half,
        p_value: sequential_value(difference.estimate, difference.error, units, plan.tuned_for, plan.alpha),
    }
}

fn cuped(control: &PairedMoments, treatment: &PairedMoments, plan: &Plan) -> Option<CupedFigures> {
    let theta = cuped_theta(*control, *treatment);
    let adjusted = cuped_difference(*control, *treatment)?;
    let plain = absolute_difference(control.after, treatment.after)?;
    (theta != 0.0).then(|| CupedFigures {
        theta,
        estimate: estimate(&adjusted, plan.alpha),
        variance_reduction: 1.0 - (adjusted.error / plain.error).powi(2),
    })
}

/// The p-value of one look of the mixture test. It wants equally many units in each arm; their harmonic mean stands for them.
fn mixture(control: &PairedMoments, treatment: &PairedMoments, plan: &Plan) -> Option<f64> {
    let (control, treatment) = (control.after, treatment.after);
    let difference = absolute_difference(control, treatment)?;
    let count = 2.0 / (1.0 / control.count + 1.0 / treatment.count);
    let spread = (plan.expected_effect * control.mean()).powi(2);
    (spread > 0.0).then(|| mixture_value(difference.estimate, difference.error * difference.error * count, count, spread))
}

/// Holm's correction over all effects but those of guardrails: for harm no look should be missed.
fn adjust(effects: &mut [EffectFigures]) {
    let mut asked: Vec<&mut EffectFigures> = effects.iter_mut().filter(|effect| !effect.guardrail && effect.absolute.is_some()).collect();
    let values: Vec<f64> = asked.iter().map(|effect| effect.absolute.map_or(1.0, |absolute| absolute.p_value)).collect();
    for (effect, value) in asked.iter_mut().zip(holm(&values)) {
        effect.adjusted_p_value = Some(value);
    }
}

fn by_segment(experiment: &Experiment, segments: &[String], arms: &[(i64, &String)], plan: &Plan) -> Vec<SegmentFigures> {
    let mut found = Vec::new();
    for (place, segment) in segments.iter().enumerate() {
        let mut values: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in &experiment.units {
            *values.entry(&unit.segments[place]).or_default() += 1;
        }
        let mut values: Vec<(&str, usize)> = values.into_iter().collect();
        values.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        values.truncate(MOST_VALUES);
        for measure in LEADING {
            let mut rows = Vec::new();
            for (value, _) in &values {
                let mut sums: BTreeMap<i64, Moments> = BTreeMap::new();
                for unit in experiment.units.iter().filter(|unit| unit.segments[place] == *value) {
                    if let Some(number) = unit.values[measure] {
                        sums.entry(unit.variation).or_default().add(number);
                    }
                }
                let control = sums.get(&arms[0].0).copied().unwrap_or_default();
                for (number, arm) in &arms[1..] {
                    let treatment = sums.get(number).copied().unwrap_or_default();
                    if control.count.min(treatment.count) < f64::from(plan.least_units) {
                        continue;
                    }
                    rows.push(SegmentFigures {
                        segment: segment.clone(),
                        value: (*value).to_owned(),
                        measure: MEASURES[measure].name,
                        arm: (*arm).clone(),
                        units: control.count + treatment.count,
                        relative: relative_difference(control, treatment).map(|difference| estimate(&difference, plan.alpha)),
                        adjusted_p_value: None,
                    });
                }
            }
            let values: Vec<f64> = rows.iter().map(|row| row.relative.map_or(1.0, |relative| relative.p_value)).collect();
            for (row, value) in rows.iter_mut().zip(holm(&values)) {
                row.adjusted_p_value = row.relative.map(|_| value);
            }
            found.extend(rows);
        }
    }
    found
}
