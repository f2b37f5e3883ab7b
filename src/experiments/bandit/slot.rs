//! A slot: a place that shows one of several arms.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use serde::Serialize;

use super::sample::uniform;
use super::{Posterior, best_arm_probabilities, with_floor};
use crate::domain::{Listed, Map, Reason, Value, read_fields};

/// A place that shows one of several arms, compiled.
#[derive(Clone, Debug)]
pub struct Slot {
    key: Box<str>,
    version: f64,
    floor: f64,
    sticky: bool,
    arms: Vec<SlotArm>,
}

/// One arm of a [`Slot`].
#[derive(Clone, Debug)]
pub struct SlotArm {
    /// Its key.
    pub key: Box<str>,
    /// What to show.
    pub value: Value,
    /// What the server believes of it.
    pub prior: Posterior,
}

/// What happened to a slot on this device.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotState {
    /// The version of the slot that this is about.
    #[serde(default)]
    pub version: f64,
    /// The arm that is kept, where arms are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// Rewards by arm.
    #[serde(default)]
    pub tallies: Map<String, Tally>,
}

read_fields!(SlotState: version, kept, tallies);

/// The rewards of an arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// How often it was shown and the outcome is known.
    pub count: f64,
    /// The sum of its rewards.
    pub sum: f64,
}

read_fields!(Tally: count(required), sum(required));

/// A decision.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// The arm's place.
    pub place: usize,
    /// The arm.
    pub arm: &'a SlotArm,
    /// Whether it was kept from before.
    pub kept: bool,
}

impl Slot {
    /// Reads a slot:
    ///
    /// ```json
    /// {"key": "hero", "version": 3, "floor": 0.01, "sticky": true, "arms": [
    ///     {"key": "summer", "value": "a", "alpha": 31, "beta": 970},
    ///     {"key": "winter", "value": "b", "mean": 12.5, "deviation": 0.4, "noise": 30}]}
    /// ```
    ///
    /// `floor` is the least probability of each arm (0.01 where it is not said), `version` rises whenever the server has
    /// taken up what devices told it: what this device has counted is then in the priors, and is dropped. An arm without
    /// a prior gets the even one (`alpha` and `beta` 1).
    ///
    /// # Errors
    ///
    /// `malformed-slot` with the `slot` and the `field`.
    pub fn compile(wire: &Value) -> Result<Self, Reason> {
        let key = wire.get("key").and_then(Value::as_str).unwrap_or_default();
        let malformed = |field: &str| Reason::new("malformed-slot").with("slot", key).with("field", field);
        let number = |key: &'static str, default: f64| match wire.get(key) {
            None => Ok(default),
            Some(value) => value.as_f64().filter(|number| number.is_finite() && *number >= 0.0).ok_or_else(|| malformed(key)),
        };
        let arms = wire.get("arms").and_then(Value::as_array).filter(|arms| !arms.is_empty()).ok_or_else(|| malformed("arms"))?;
        let arms: Option<Vec<SlotArm>> = arms.iter().map(SlotArm::read).collect();
        let arms = arms.ok_or_else(|| malformed("arms"))?;
        if arms.iter().enumerate().any(|(place, arm)| arms.iter().take(place).any(|other| other.key == arm.key)) {
            return Err(malformed("arms"));
        }
        let sticky = wire.get("sticky").and_then(Value::as_bool).unwrap_or(false);
        Ok(Slot { key: key.into(), version: number("version", 0.0)?, floor: number("floor", 0.01)?, sticky, arms })
    }

    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The version of the server's priors.
    pub fn version(&self) -> f64 {
        self.version
    }

    /// The place of the arm that is kept from before, where arms are.
    pub fn kept(&self, state: &SlotState) -> Option<usize> {
        let kept = state.kept.as_deref().filter(|_| self.sticky)?;
        self.arms.iter().position(|arm| &*arm.key == kept)
    }

    /// Its arms.
    pub fn arms(&self) -> &[SlotArm] {
        &self.arms
    }

    /// Decides by one draw for each arm. The same `seed` and `state` give the same arm. Where arms are kept, the first
    /// decision holds for as long as the arm exists.
    pub fn choose<'a>(&'a self, state: &SlotState, seed: u64) -> Option<Choice<'a>> {
        if let Some(place) = self.kept(state) {
            return self.arms.get(place).map(|arm| Choice { place, arm, kept: true });
        }
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let lucky = uniform(&mut random);
        #[allow(clippy::cast_precision_loss)] // arms are few
        let arms = self.arms.len() as f64;
        let floor = self.floor.min(1.0 / arms);
        if lucky < floor * arms {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the number of arms
            let place = (lucky / floor) as usize;
            return self.arms.get(place).map(|arm| Choice { place, arm, kept: false });
        }
        let mut best: Option<(f64, Choice<'_>)> = None;
        for (place, (arm, belief)) in self.arms.iter().zip(self.beliefs(state)).enumerate() {
            let draw = belief.draw(&mut random);
            if best.is_none_or(|(highest, _)| draw > highest) {
                best = Some((draw, Choice { place, arm, kept: false }));
            }
        }
        best.map(|(_, choice)| choice)
    }

    /// Remembers `choice`, where arms are kept.
    pub fn keep(&self, state: &mut SlotState, choice: &Choice<'_>) {
        self.renew(state);
        state.kept = self.sticky.then(|| String::from(&*choice.arm.key));
    }

    /// Counts a reward of the arm called `arm`: for a prior with `alpha` and `beta` between 0 and 1. Rewards that are no
    /// number, and those of unknown arms, don't count.
    pub fn reward(&self, state: &mut SlotState, arm: &str, reward: f64) {
        self.tally(state, arm, 1.0, reward);
    }

    /// Counts that the arm called `arm` was shown `count` times more, and brought `reward` more: for an arm that is shown now
    /// and rewarded later. As for [`Slot::reward`], what makes no sense doesn't count.
    pub fn tally(&self, state: &mut SlotState, arm: &str, count: f64, reward: f64) {
        self.renew(state);
        if reward.is_finite() && self.arms.iter().any(|known| &*known.key == arm) {
            let Some(tally) = state.tallies.get_or_insert_with(arm.into(), Tally::default) else { return };
            tally.count += count;
            tally.sum += reward;
        }
    }

    /// What is believed of each arm, with what happened on this device.
    pub fn beliefs(&self, state: &SlotState) -> impl Iterator<Item = Posterior> {
        let is_current = state.version == self.version;
        self.arms.iter().map(move |arm| match state.tallies.get(&*arm.key).filter(|_| is_current) {
            Some(tally) => arm.prior.updated(tally.count, tally.sum),
            None => arm.prior,
        })
    }

    /// The probability of each arm to be shown next.
    pub fn weights(&self, state: &SlotState) -> Vec<f64> {
        with_floor(&best_arm_probabilities(&self.beliefs(state).listed()), self.floor)
    }

    /// Drops what the server has counted by now.
    fn renew(&self, state: &mut SlotState) {
        if state.version != self.version {
            state.tallies.clear();
            state.version = self.version;
        }
    }
}

impl SlotArm {
    fn read(wire: &Value) -> Option<Self> {
        let number = |key: &str, default: f64| wire.get(key).map_or(Some(default), Value::as_f64);
        let prior = if wire.get("mean").is_some() {
            Posterior::Gaussian { mean: number("mean", 0.0)?, deviation: number("deviation", 0.0)?, noise: number("noise", 0.0)? }
        } else {
            Posterior::Beta { alpha: number("alpha", 1.0)?, beta: number("beta", 1.0)? }
        };
        let key = wire.get("key").and_then(Value::as_str)?;
        prior.is_sound().then(|| SlotArm { key: key.into(), value: wire.get("value").cloned().unwrap_or_default(), prior })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(json: &str) -> Result<Slot, Reason> {
        Slot::compile(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn malformed_slots_are_refused() {
        for json in [
            "{}",
            r#"{"arms": []}"#,
            r#"{"arms": [{}]}"#,
            r#"{"arms": [{"key": "a", "alpha": 0}]}"#,
            r#"{"arms": [{"key": "a", "mean": 1}]}"#,
            r#"{"arms": [{"key": "a"}, {"key": "a"}]}"#,
            r#"{"arms": [{"key": "a"}], "floor": -1}"#,
            r#"{"arms": [{"key": "a"}], "version": "x"}"#,
        ] {
            assert!(slot(json).is_err_and(|reason| reason.code == "malformed-slot"), "{json}");
        }
    }

    #[test]
    fn arms_are_shown_as_often_as_their_weights_say() {
        let slot = slot(r#"{"key": "s", "floor": 0.05, "arms": [{"key": "a", "alpha": 11, "beta": 91}, {"key": "b", "alpha": 16, "beta": 86}, {"key": "c", "alpha": 3, "beta": 90}]}"#).unwrap();
        let state = SlotState::default();
        let mut shown = [0_u32; 3];
        for seed in 0..40_000 {
            shown[slot.choose(&state, seed).unwrap().place] += 1;
        }
        for (count, weight) in shown.iter().zip(slot.weights(&state)) {
            let share = f64::from(*count) / 40_000.0;
            assert!((share - weight).abs() < 4.5 * (weight * (1.0 - weight) / 40_000.0).sqrt(), "{share} instead of {weight}");
        }
    }

    #[test]
    fn kept_arms_hold_until_they_are_gone() {
        let wire = r#"{"key": "s", "sticky": true, "arms": [{"key": "a"}, {"key": "b"}]}"#;
        let slot_of = slot(wire).unwrap();
        let mut state = SlotState::default();
        let first = slot_of.choose(&state, 1).unwrap();
        slot_of.keep(&mut state, &first);
        for seed in 0..50 {
            let again = slot_of.choose(&state, seed).unwrap();
            assert!(again.kept && again.place == first.place);
        }
        let other = slot(r#"{"key": "s", "sticky": true, "arms": [{"key": "c"}]}"#).unwrap();
        assert!(!other.choose(&state, 1).unwrap().kept);
    }

    #[test]
    fn rewards_count_until_the_server_has_them() {
        let slot_of = |version: u32| {
            slot(&alloc::format!(r#"{{"key": "s", "version": {version}, "arms": [{{"key": "a"}}, {{"key": "b"}}]}}"#)).unwrap()
        };
        let (old, new) = (slot_of(1), slot_of(2));
        let mut state = SlotState::default();
        for _ in 0..20 {
            old.reward(&mut state, "a", 1.0);
            old.reward(&mut state, "b", 0.0);
            old.reward(&mut state, "unknown", 1.0);
            old.reward(&mut state, "b", f64::NAN);
        }
        assert_eq!(state.tallies.len(), 2);
        assert!(old.weights(&state)[0] > 0.98);
        assert!((new.weights(&state)[0] - 0.5).abs() < 1e-9);
        new.reward(&mut state, "a", 0.0);
        assert_eq!(state.tallies.get("a"), Some(&Tally { count: 1.0, sum: 0.0 }));
    }
}
