//! Off-policy estimates: what another policy would have brought, from what was logged under the one in use.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use regulars::experiments::{Slot, SlotState};
use serde::Serialize;
use serde_json::Value;

use super::metrics::Mean;

/// What was logged of a slot.
#[derive(Args)]
pub struct Logs {
    /// Events of devices as JSON lines, one event or one batch a line: impressions of slots carry the propensity they were shown with
    #[arg(long, value_name = "FILE", requires = "slot")]
    logs: Vec<PathBuf>,

    /// The slot
    #[arg(long, value_name = "KEY")]
    slot: Option<String>,

    /// Another policy to be judged: {arm: probability}; beside always the same arm, and each as often
    #[arg(long, value_name = "FILE.json")]
    policy: Option<PathBuf>,

    /// Where to write the estimates
    #[arg(long, value_name = "FILE.json", requires = "logs")]
    estimates: Option<PathBuf>,

    /// Prints how far estimates are from a known truth, and how often their intervals cover it, over so many simulated logs
    #[arg(long, value_name = "N", conflicts_with = "logs")]
    simulate: Option<u32>,

    /// Decides what is simulated
    #[arg(long, value_name = "N", default_value_t = 2026)]
    seed: u64,
}

/// One decision: which arm, how likely it was, and what it brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// The place of the arm.
    pub arm: usize,
    /// How likely it was to be shown, in (0, 1].
    pub propensity: f64,
    /// What it brought.
    pub reward: f64,
}

/// What a policy would have brought, a decision.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimates {
    /// Rewards weighed by the policy's probability over the propensity. Right on average; the wider, the rarer the policy's arms
    /// were shown.
    pub ips: Mean,
    /// The same over the sum of the weights: steadier, right for many decisions.
    pub snips: Mean,
    /// What the mean reward of each arm says, put right by weighed misses: right on average, and steadier than `ips` where means
    /// say something.
    pub doubly_robust: Mean,
    /// So many decisions as if the policy itself had made them.
    pub effective: f64,
}

/// What a policy that shows each arm with `probabilities` would have brought.
pub fn estimate(decisions: &[Decision], probabilities: &[f64]) -> Estimates {
    let weight = |decision: &Decision| probabilities.get(decision.arm).copied().unwrap_or(0.0) / decision.propensity;
    let ips = Mean::of(decisions.iter().map(|decision| weight(decision) * decision.reward));
    let total: f64 = decisions.iter().map(weight).sum();
    let squares: f64 = decisions.iter().map(|decision| weight(decision).powi(2)).sum();
    let mean = if total > 0.0 { decisions.iter().map(|decision| weight(decision) * decision.reward).sum::<f64>() / total } else { 0.0 };
    let spread: f64 = decisions.iter().map(|decision| (weight(decision) * (decision.reward - mean)).powi(2)).sum();
    let margin = if total > 0.0 { 1.96 * spread.sqrt() / total } else { 0.0 };
    Estimates {
        ips,
        snips: Mean { mean, interval: [mean - margin, mean + margin] },
        doubly_robust: doubly_robust(decisions, probabilities, weight),
        effective: if squares > 0.0 { total * total / squares } else { 0.0 },
    }
}

/// The means of one half of the decisions judge the other, so that no reward is expected from itself.
fn doubly_robust(decisions: &[Decision], probabilities: &[f64], weight: impl Fn(&Decision) -> f64) -> Mean {
    let means: [Vec<f64>; 2] = [0, 1].map(|half| {
        let mut sums = vec![(0.0, 0.0); probabilities.len()];
        for decision in decisions.iter().skip(half).step_by(2) {
            if let Some((count, sum)) = sums.get_mut(decision.arm) {
                *count += 1.0;
                *sum += decision.reward;
            }
        }
        sums.iter().map(|(count, sum)| if *count > 0.0 { sum / count } else { 0.0 }).collect()
    });
    let value = |(place, decision): (usize, &Decision)| {
        let expected = &means[(place + 1) % 2];
        let by_model: f64 = probabilities.iter().zip(expected).map(|(probability, mean)| probability * mean).sum();
        by_model + weight(decision) * (decision.reward - expected.get(decision.arm).copied().unwrap_or(0.0))
    };
    Mean::of(decisions.iter().enumerate().map(value))
}

impl Logs {
    /// Runs the command.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub fn run(&self) -> Result<()> {
        if let Some(runs) = self.simulate {
            println!("{}", simulate(runs, self.seed)?);
            return Ok(());
        }
        let Some(slot) = &self.slot else { bail!("name --model and --histories, or --logs and --slot, or --simulate") };
        let mut reader = Reader { slot, arms: Vec::new(), decisions: Vec::new(), open: BTreeMap::new(), without: 0 };
        for path in &self.logs {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            for (line, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
                let value: Value = serde_json::from_str(text).with_context(|| format!("{}:{}", path.display(), line + 1))?;
                reader.read(&value);
            }
        }
        let Reader { arms, decisions, without, .. } = reader;
        if decisions.is_empty() {
            bail!("no impression of the slot {slot} with a propensity in these files ({without} without one)");
        }
        let one = |place: usize| (0..arms.len()).map(|other| f64::from(u8::from(other == place))).collect::<Vec<f64>>();
        let mut policies: Vec<(String, Vec<f64>)> =
            arms.iter().enumerate().map(|(place, arm)| (format!("always {arm}"), one(place))).collect();
        policies.push(("each as often".into(), vec![1.0 / arms.len() as f64; arms.len()]));
        if let Some(path) = &self.policy {
            let told: BTreeMap<String, f64> = serde_json::from_slice(&fs::read(path)?).with_context(|| path.display().to_string())?;
            let sum: f64 = told.values().sum();
            if (sum - 1.0).abs() > 1e-6 || told.values().any(|probability| !(0.0..=1.0).contains(probability)) {
                bail!("{}: the probabilities sum up to {sum}, and should to 1", path.display());
            }
            policies.push((path.display().to_string(), arms.iter().map(|arm| told.get(arm).copied().unwrap_or(0.0)).collect()));
        }
        let logged = Mean::of(decisions.iter().map(|decision| decision.reward));
        println!("{} decisions with a propensity, {without} without; each brought {logged}", decisions.len());
        let all: Vec<(&str, Estimates)> =
            policies.iter().map(|(name, probabilities)| (name.as_str(), estimate(&decisions, probabilities))).collect();
        for (name, found) in &all {
            println!("{name}: as good as {:.0} own decisions", found.effective);
            println!("  IPS {}  SNIPS {}  doubly robust {}", found.ips, found.snips, found.doubly_robust);
        }
        if let Some(path) = &self.estimates {
            let policies: BTreeMap<&str, Estimates> = all.into_iter().collect();
            let told = serde_json::json!({"decisions": decisions.len(), "without": without, "logged": logged, "policies": policies});
            fs::write(path, serde_json::to_string_pretty(&told)? + "\n").with_context(|| path.display().to_string())?;
        }
        Ok(())
    }
}

/// Puts impressions and what followed them together. A reward belongs to the last impression of its arm on its device.
struct Reader<'a> {
    slot: &'a str,
    arms: Vec<String>,
    decisions: Vec<Decision>,
    /// The last decision by device and arm.
    open: BTreeMap<(String, usize), usize>,
    without: usize,
}

impl Reader<'_> {
    fn read(&mut self, value: &Value) {
        match value.get("events").and_then(Value::as_array) {
            Some(events) => events.iter().for_each(|event| self.event(event, value)),
            None => self.event(value, &Value::Null),
        }
    }

    fn event(&mut self, event: &Value, batch: &Value) {
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        let (Some(slot), Some(arm)) = (text("slot"), text("arm")) else { return };
        if slot != self.slot {
            return;
        }
        let device = ["device", "member"].iter().find_map(|name| event.get(*name).or_else(|| batch.get(*name))).map(Value::to_string);
        let device = device.unwrap_or_default();
        let known = self.arms.iter().position(|known| known == arm);
        let place = known.unwrap_or_else(|| {
            self.arms.push(arm.to_owned());
            self.arms.len() - 1
        });
        let reward = event.get("reward").and_then(Value::as_f64);
        match (text("type"), reward) {
            (Some("impression"), None) => {
                match event.get("propensity").and_then(Value::as_f64).filter(|share| *share > 0.0 && *share <= 1.0) {
                    Some(propensity) => {
                        self.open.insert((device, place), self.decisions.len());
                        self.decisions.push(Decision { arm: place, propensity, reward: 0.0 });
                    }
                    None => self.without += 1,
                }
            }
            (kind, reward) => {
                let reward = reward.unwrap_or(if kind == Some("click") { 1.0 } else { 0.0 });
                if let Some(decision) = self.open.get(&(device, place)).and_then(|place| self.decisions.get_mut(*place)) {
                    decision.reward += reward;
                }
            }
        }
    }
}

/// What arms of the simulated slot really bring, and what the judged policy shows.
const TRUTH: [f64; 4] = [0.05, 0.08, 0.12, 0.07];
const JUDGED: [f64; 4] = [0.1, 0.2, 0.6, 0.1];
/// Days of a simulated log, decisions a day; the slot learns over night.
const DAYS: usize = 8;
const A_DAY: usize = 400;

/// A log of a slot that learns: Thompson sampling with the engine's own code, and a reward now and then.
fn simulated(random: &mut Xoshiro256PlusPlus) -> Result<Vec<Decision>> {
    let arms: Vec<Value> = (0..TRUTH.len()).map(|arm| serde_json::json!({"key": arm.to_string(), "alpha": 2, "beta": 18})).collect();
    let wire = serde_json::json!({"key": "simulated", "version": 1, "floor": 0.05, "arms": arms});
    let wire: regulars::domain::Value = serde_json::from_value(wire)?;
    let slot = Slot::compile(&wire).map_err(|reason| anyhow::anyhow!("{reason:?}"))?;
    let mut state = SlotState::default();
    let mut decisions = Vec::with_capacity(DAYS * A_DAY);
    for _ in 0..DAYS {
        let propensities = slot.weights(&state);
        let mut rewards = Vec::with_capacity(A_DAY);
        for _ in 0..A_DAY {
            let Some(choice) = slot.choose(&state, random.next_u64()) else { continue };
            let drawn = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            let reward = f64::from(u8::from(drawn < TRUTH[choice.place]));
            decisions.push(Decision { arm: choice.place, propensity: propensities[choice.place], reward });
            rewards.push((choice.arm.key.clone(), reward));
        }
        rewards.iter().for_each(|(arm, reward)| slot.reward(&mut state, arm, *reward));
    }
    Ok(decisions)
}

/// Bias and coverage of an estimator over many simulated logs.
#[derive(Clone, Copy, Debug, Default)]
struct Judged {
    sum: f64,
    squares: f64,
    covered: f64,
}

/// Of each estimator over `runs` logs: bias, its error, and the share of the intervals that hold the truth.
fn judged(runs: u32, seed: u64) -> Result<[Judged; 3]> {
    let truth: f64 = TRUTH.iter().zip(JUDGED).map(|(reward, probability)| reward * probability).sum();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut all = [Judged::default(); 3];
    for _ in 0..runs {
        let found = estimate(&simulated(&mut random)?, &JUDGED);
        for (judged, mean) in all.iter_mut().zip([found.ips, found.snips, found.doubly_robust]) {
            judged.sum += mean.mean - truth;
            judged.squares += (mean.mean - truth).powi(2);
            judged.covered += f64::from(u8::from(mean.interval[0] <= truth && truth <= mean.interval[1]));
        }
    }
    Ok(all)
}

fn simulate(runs: u32, seed: u64) -> Result<String> {
    let count = f64::from(runs.max(1));
    let mut text = format!("{runs} logs of {} decisions by Thompson sampling, {DAYS} updates; a policy that was not in use:", DAYS * A_DAY);
    for (name, judged) in ["IPS", "SNIPS", "doubly robust"].iter().zip(judged(runs, seed)?) {
        let bias = judged.sum / count;
        let error = (judged.squares / count / count).sqrt();
        text += &format!(
            "\n  {name:<14} bias {bias:+.5} ± {:.5}, error {:.5}, 95 % intervals hold the truth in {:.1} %",
            1.96 * error,
            (judged.squares / count).sqrt(),
            100.0 * judged.covered / count
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_that_were_certain_are_their_own_estimate() {
        let decisions = [1.0, 0.0, 1.0, 1.0].map(|reward| Decision { arm: 0, propensity: 1.0, reward });
        let found = estimate(&decisions, &[1.0]);
        assert_eq!((found.ips.mean, found.snips.mean, found.doubly_robust.mean, found.effective), (0.75, 0.75, 0.75, 4.0));
        let never = estimate(&decisions, &[0.0, 1.0]);
        assert_eq!((never.ips.mean, never.snips.mean, never.effective), (0.0, 0.0, 0.0));
    }

    #[test]
    fn rare_decisions_count_more() {
        let decisions = [Decision { arm: 0, propensity: 0.8, reward: 1.0 }, Decision { arm: 1, propensity: 0.2, reward: 1.0 }];
        let found = estimate(&decisions, &[0.5, 0.5]);
        assert!((found.ips.mean - (0.625 + 2.5) / 2.0).abs() < 1e-12 && (found.snips.mean - 1.0).abs() < 1e-12);
    }

    /// On logs of a slot that learned while they were made, of a policy that was never in use.
    #[test]
    fn estimates_are_right_on_average_and_intervals_cover() {
        let runs = 400.0;
        let all = judged(400, 7).unwrap();
        for (name, judged) in ["ips", "snips", "doubly robust"].iter().zip(all) {
            let (bias, error) = (judged.sum / runs, (judged.squares / runs / runs).sqrt());
            assert!(bias.abs() < 4.0 * error, "{name}: {bias} {error}");
            assert!((0.91..=0.985).contains(&(judged.covered / runs)), "{name}: {}", judged.covered / runs);
        }
        assert!(all[2].squares < all[0].squares, "a model of the rewards steadies the estimate");
    }

    #[test]
    fn rewards_go_to_the_last_impression_of_their_device() {
        let mut reader = Reader { slot: "hero", arms: Vec::new(), decisions: Vec::new(), open: BTreeMap::new(), without: 0 };
        let shown = |device: &str, propensity: f64| serde_json::json!({"device": device, "events": [{"type": "impression", "slot": "hero", "arm": "a", "propensity": propensity}]});
        reader.read(&shown("one", 0.5));
        reader.read(&shown("two", 0.25));
        reader.read(&serde_json::json!({"type": "click", "slot": "hero", "arm": "a", "device": "one"}));
        reader.read(&serde_json::json!({"type": "purchase", "slot": "hero", "arm": "a", "device": "two", "reward": 3}));
        reader.read(&serde_json::json!({"type": "click", "slot": "other", "arm": "a", "device": "one"}));
        reader.read(&serde_json::json!({"type": "impression", "slot": "hero", "arm": "a", "device": "one"}));
        assert_eq!((reader.decisions.iter().map(|decision| decision.reward).collect::<Vec<_>>(), reader.without), (vec![1.0, 3.0], 1));
    }
}
