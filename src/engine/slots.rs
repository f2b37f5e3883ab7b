//! `slot`: which of several arms a place shows, decided on the device by Thompson sampling.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Device, Engine, EngineError, MemberEvent, SlotRequest};
use crate::domain::{Listed, Value};
use crate::experiments::{Slot, SlotState};

/// What a place shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct SlotChoice {
    /// The slot's key.
    pub slot: String,
    /// The arm's key.
    pub arm: String,
    /// What to show.
    #[cfg_attr(target_os = "unknown", tsify(type = "unknown"))]
    pub value: Value,
    /// Whether the arm was kept from before.
    pub kept: bool,
    /// How likely this arm was to be shown, in (0, 1]: what off-policy estimates weigh its reward by; 1 for an arm that is kept.
    pub propensity: f64,
    /// The version of the server's priors.
    pub version: f64,
    /// The seed it was drawn with: the same seed and state give the same arm.
    pub seed: f64,
}

impl Engine {
    /// What the slot called `key` shows. Counts as an impression of the arm, with its propensity, unless the request only looks: tell a reward by
    /// an event with `slot` and `arm` (a `click` counts 1, any event with a number `reward` that much).
    ///
    /// # Errors
    /// `no-features`, `unknown-slot`.
    pub fn slot(&mut self, key: &str, request: &SlotRequest, clock: i64) -> Result<SlotChoice, EngineError> {
        let book = self.book()?;
        let slot = find(&book.slots, key)?;
        let mut state = self.device.slots.get(key).cloned().unwrap_or_default();
        // Unless the caller says one: of this device, and another for each decision.
        let seed = request.seed.map_or_else(|| drawn_seed(&self.device, key), u64::from);
        let Some(choice) = slot.choose(&state, seed) else {
            return Err(EngineError::malformed("unknown-slot", "the slot has no arm", key));
        };
        let propensity = if choice.kept { 1.0 } else { slot.weights(&state).get(choice.place).copied().unwrap_or(0.0) };
        #[allow(clippy::cast_precision_loss)] // below 2^53
        let answer = SlotChoice {
            slot: key.into(),
            arm: choice.arm.key.to_string(),
            value: choice.arm.value.clone(),
            kept: choice.kept,
            propensity,
            version: slot.version(),
            seed: seed as f64,
        };
        if !(request.peek || self.peek) {
            slot.keep(&mut state, &choice);
            self.device.slots.insert(key.into(), state);
            let fields: Vec<(String, Value)> = alloc::vec![
                ("slot".into(), key.into()),
                ("arm".into(), answer.arm.as_str().into()),
                ("version".into(), Value::Number(answer.version)),
                ("propensity".into(), Value::Number(answer.propensity)),
            ];
            let event = MemberEvent { kind: "impression".into(), at: self.now(request.now, clock), fields, ..MemberEvent::default() };
            self.reward_slots(&event);
            self.device.track(event);
        }
        Ok(answer)
    }

    /// The keys of all slots, in the payload's order.
    pub fn slot_keys(&self) -> Vec<String> {
        self.feature_book().map(|book| book.slots.iter().map(|slot| slot.key().to_string()).listed()).unwrap_or_default()
    }

    /// How likely each arm of the slot called `key` is to be shown next: arm keys with probabilities, which sum up to 1.
    /// By quadrature over what is believed of the arms, not by draws; for an arm that is kept, 1.
    ///
    /// # Errors
    /// `no-features`, `unknown-slot`.
    pub fn slot_weights(&self, key: &str) -> Result<Vec<(String, f64)>, EngineError> {
        let book = self.book()?;
        let slot = find(&book.slots, key)?;
        let state = self.device.slots.get(key).cloned().unwrap_or_default();
        let kept = slot.kept(&state);
        let weights = slot.weights(&state);
        let weight = |(place, weight): (usize, f64)| match kept {
            Some(kept) => f64::from(u8::from(kept == place)),
            None => weight,
        };
        Ok(slot.arms().iter().map(|arm| arm.key.to_string()).zip(weights.into_iter().enumerate().map(weight)).listed())
    }

    /// Counts what an event tells of a slot: an `impression` that the arm was shown, a `click` a reward of 1, any event with
    /// a number `reward` that much.
    pub(super) fn reward_slots(&mut self, event: &MemberEvent) {
        let (Some(key), Some(arm)) = (event.text("slot"), event.text("arm")) else { return };
        let Some(book) = self.feature_book().filter(|_| cfg!(feature = "experiments")) else { return };
        let Ok(slot) = find(&book.slots, key) else { return };
        let (count, reward) = match (event.field("reward").and_then(Value::as_f64), event.kind.as_str()) {
            (Some(reward), _) => (0.0, reward),
            (None, "impression") => (1.0, 0.0),
            (None, "click") => (0.0, 1.0),
            (None, _) => return,
        };
        if let Some(state) = self.device.slots.get_or_insert_with(key.into(), SlotState::default) {
            slot.tally(state, arm, count, reward);
        }
    }
}

fn find<'s>(slots: &'s [Slot], key: &str) -> Result<&'s Slot, EngineError> {
    let known = slots.iter().find(|slot| slot.key() == key);
    known.ok_or_else(|| EngineError::new("unknown-slot", "the payload has no slot of that key"))
}

/// Below 2^53, so that JavaScript can hold it.
fn drawn_seed(device: &Device, key: &str) -> u64 {
    let mut mixed = device.id ^ device.sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in key.bytes() {
        mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) >> 11
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::engine::testing::value;
    use crate::rules::NativeRegex;

    fn engine(slot: &str) -> Engine {
        let mut engine = Engine::new(7, Rc::new(NativeRegex));
        engine.load_features(&value(&alloc::format!(r#"{{"slots": [{slot}]}}"#))).unwrap();
        engine
    }

    const HERO: &str = r#"{"key": "hero", "version": 1, "arms": [{"key": "a", "value": {"title": "A"}}, {"key": "b", "value": "B"}]}"#;

    #[test]
    fn a_slot_that_is_not_there_is_said() {
        assert_eq!(Engine::new(1, Rc::new(NativeRegex)).slot("x", &SlotRequest::default(), 0).unwrap_err().code, "no-features");
        assert_eq!(engine(HERO).slot("x", &SlotRequest::default(), 0).unwrap_err().code, "unknown-slot");
        let mut wrong = Engine::new(1, Rc::new(NativeRegex));
        let info = wrong.load_features(&value(r#"{"slots": [{"key": "hero", "arms": []}]}"#)).unwrap();
        assert_eq!(info.warnings[0].code, "malformed-slot");
    }

    #[test]
    fn looking_counts_nothing_and_the_same_seed_shows_the_same() {
        let mut engine = engine(HERO);
        let peek = SlotRequest { peek: true, seed: Some(5), ..SlotRequest::default() };
        let first = engine.slot("hero", &peek, 0).unwrap();
        assert_eq!(engine.slot("hero", &peek, 0).unwrap(), first);
        engine.set_peek(true);
        engine.slot("hero", &SlotRequest { seed: Some(5), ..SlotRequest::default() }, 0).unwrap();
        engine.set_peek(false);
        assert_eq!(engine.events_waiting(), 0);
    }

    #[test]
    fn own_events_move_the_weights_and_survive_a_reload() {
        let mut engine = engine(HERO);
        for round in 0..60 {
            let shown = engine.slot("hero", &SlotRequest { seed: Some(round), ..SlotRequest::default() }, 0).unwrap();
            if shown.arm == "b" {
                engine.track(value(r#"{"type": "click", "slot": "hero", "arm": "b"}"#), 0).unwrap();
            }
        }
        let weights = engine.slot_weights("hero").unwrap();
        assert!(weights[1].1 > 0.95, "{weights:?}");
        assert!((weights[0].1 + weights[1].1 - 1.0).abs() < 1e-12);
        let mut after = self::engine(HERO);
        after.restore_state(&engine.save_state()).unwrap();
        assert_eq!(after.slot_weights("hero").unwrap(), weights);
        // The server has taken it up: its new priors count, not what was counted here.
        after.load_features(&value(&alloc::format!(r#"{{"slots": [{}]}}"#, HERO.replace("\"version\": 1", "\"version\": 2")))).unwrap();
        assert!((after.slot_weights("hero").unwrap()[0].1 - 0.5).abs() < 1e-9);
    }

    /// The propensities that events carry are the shares in which arms are really shown.
    #[test]
    fn impressions_carry_how_likely_they_were() {
        let hero = HERO.replace("\"value\": \"B\"", "\"value\": \"B\", \"alpha\": 6, \"beta\": 9");
        let mut engine = engine(&hero);
        let weights = engine.slot_weights("hero").unwrap();
        let shown = engine.slot("hero", &SlotRequest { seed: Some(3), ..SlotRequest::default() }, 0).unwrap();
        let weight = weights.iter().find(|(arm, _)| *arm == shown.arm).unwrap().1;
        assert_eq!(shown.propensity, weight);
        let batch = engine.drain_events(9);
        assert_eq!(batch.events[0].field("propensity").and_then(Value::as_f64), Some(weight));
        let peek = |seed| SlotRequest { peek: true, seed: Some(seed), ..SlotRequest::default() };
        let inverse: f64 = (0..4000).map(|seed| 1.0 / engine.slot("hero", &peek(seed), 0).unwrap().propensity).sum::<f64>() / 4000.0;
        // The mean of 1 / propensity is the number of arms.
        assert!((inverse - 2.0).abs() < 0.1, "{inverse}");
    }

    #[test]
    fn a_kept_arm_is_shown_again_whatever_happens() {
        let mut engine = engine(&HERO.replace("\"version\"", "\"sticky\": true, \"version\""));
        let first = engine.slot("hero", &SlotRequest::default(), 0).unwrap();
        assert!(!first.kept);
        for _ in 0..30 {
            let again = engine.slot("hero", &SlotRequest::default(), 0).unwrap();
            assert!(again.kept && again.arm == first.arm);
        }
        let weights = engine.slot_weights("hero").unwrap();
        assert_eq!(weights.iter().find(|(arm, _)| *arm == first.arm).unwrap().1, 1.0);
    }
}
